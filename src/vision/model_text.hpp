#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Cleans text that a model wrote, so that it can be shown, stored and passed on.

namespace pentimento {

constexpr bool is_ascii_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_ascii_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Compares two texts without the case of ASCII letters.
bool same_letters(std::string_view a, std::string_view b) noexcept;

/**
 * Returns the text on one line: valid UTF-8, each run of white space as one space, none at the ends, and without
 * invisible characters: controls (C0, DEL, C1), marks of writing direction, invisible operators, byte order marks, tag
 * characters. The joiners that Indic and Arabic scripts and emoji need are kept.
 */
std::string one_line(std::string_view text);

/// The same, but keeps line breaks (LF; at most one empty line in a row).
std::string some_lines(std::string_view text);

/// Returns at most `limit` bytes of a text, cut between words if possible, else between characters.
std::string shortened_text(std::string text, std::size_t limit);

}  // namespace pentimento
