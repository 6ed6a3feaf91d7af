#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/error.hpp>
#include <pentimento/pixel_size.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace pentimento::cli {

// The values of options, parsed from text. Errors: `invalid_argument`, with a message that names the option and what it
// takes.

/// A whole number within a range.
Result<std::uint64_t> parse_whole(std::string_view option, std::string_view text, std::uint64_t least,
                                  std::uint64_t most);

/// The name of a setting or choice as an option has it: `on-error`, `go-on`.
std::string with_hyphens(std::string_view name);

/// `1024x768`.
Result<PixelSize> parse_size(std::string_view option, std::string_view text);

/// `16:9`.
Result<AspectRatio> parse_aspect(std::string_view option, std::string_view text);

/// Checks that a text is valid UTF-8. `what` is its name in messages: `--must`.
Result<void> check_text(std::string_view what, std::string_view text);

/// True if a text is empty or only white space.
bool is_blank(std::string_view text);

}  // namespace pentimento::cli
