#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text that a model wrote, made fit to be shown, stored and handed on.

namespace pentimento {

constexpr bool is_ascii_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_ascii_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Whether two texts are the same but for the case of ASCII letters.
bool same_letters(std::string_view a, std::string_view b) noexcept;

/**
 * The text on one line: valid UTF-8, every run of white space one space, none at the ends, and no characters that do
 * not show: controls (C0, DEL, C1), marks of writing direction, invisible operators, byte order marks, tag characters.
 * The joiners that Indic and Arabic writing and emoji need stay.
 */
std::string one_line(std::string_view text);

/// The same, with its line breaks (LF; at most one empty line in a row).
std::string some_lines(std::string_view text);

/// At most `limit` bytes of a text: cut between words where there is one near, else between characters.
std::string shortened_text(std::string text, std::size_t limit);

}  // namespace pentimento
