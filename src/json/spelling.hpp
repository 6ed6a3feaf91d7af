#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// How single values are spelled in JSON and in messages about JSON.

namespace pentimento::json_form {

/// True if all bytes are ASCII.
bool is_ascii(std::string_view text) noexcept;

/// At most about `limit` bytes of a valid text, cut between characters, with an ellipsis if it was cut.
std::string shortened(std::string text, std::size_t limit);

/// The text as a JSON string, with its quotation marks. Invalid UTF-8 becomes U+FFFD; characters that control a terminal or
/// the direction of text are escaped, so that a record can be looked at safely.
std::string quoted(std::string_view text);
void append_quoted(std::string& out, std::string_view text);

/// A text for a message: quoted, and shortened to about 40 bytes.
std::string quoted_briefly(std::string_view text);

/// The nearest number that JSON can hold: infinity becomes the largest number, NaN becomes 0.
double finite(double number) noexcept;

/// The shortest decimal that reads back as exactly this number: `0.6`.
std::string number_text(double number);

/// One step of a JSON path: `.goal`, or `["style preset"]` for a key with other characters. Long keys are shortened.
std::string path_step(std::string_view key);
/// `[2]`.
std::string path_step(std::size_t index);

}  // namespace pentimento::json_form
