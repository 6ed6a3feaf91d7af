#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pentimento::json_form {

bool is_ascii(std::string_view text) noexcept;

/// The text, with U+FFFD in place of each part that is not UTF-8 (of each maximal subpart, as Unicode recommends).
/// Valid text comes back as it is.
std::string valid_utf8(std::string_view text);

/// At most about `limit` bytes of the text, cut between characters, with an ellipsis if it was cut. The text is valid.
std::string shortened(std::string text, std::size_t limit);

/// The text as it stands in JSON, with its quotation marks, and made valid as by `valid_utf8`.
std::string quoted(std::string_view text);
void append_quoted(std::string& out, std::string_view text);

/// The nearest number that JSON has: what is not finite becomes the largest, "not a number" becomes 0.
double finite(double number) noexcept;

/// The shortest decimal that reads back as just this number: `0.6`.
std::string number_text(double number);

/// One step of a JSON path: `.goal`, or `["style preset"]` for a key that is no word. Long keys are shortened.
std::string path_step(std::string_view key);
/// `[2]`.
std::string path_step(std::size_t index);

}  // namespace pentimento::json_form
