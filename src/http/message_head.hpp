#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/headers.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pentimento::http {

/// Removes optional white space (RFC 9110 §5.6.3) at both ends.
std::string_view trimmed(std::string_view text);

/// Validates what Beast does not in the head of a message (up to and with its empty line): folded lines, lone line feeds or
/// carriage returns, control characters, an invalid or repeated content length. Returns what is wrong, if anything.
std::optional<std::string> validate_head(std::string_view head);

/// Validates a header field to be sent: its name, and the absence of control characters. Returns what is wrong, if anything.
std::optional<std::string> validate_field(std::string_view name, std::string_view value);

}  // namespace pentimento::http
