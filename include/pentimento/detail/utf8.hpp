#pragma once

#include <boost/nowide/utf/utf.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

/// UTF-8, by Boost.Nowide's header: no overlong forms, no surrogates, nothing above U+10FFFF.
namespace pentimento::detail {

/// The replacement for text that is not UTF-8: U+FFFD.
inline constexpr char32_t replacement_character = 0xFFFD;

/// The first character of a text.
struct Utf8Character {
  char32_t code;  ///< `replacement_character` if the text is invalid here.
  std::size_t length;
  bool is_valid;
};

/**
 * Decodes the first character of a text, which must not be empty.
 *
 * Invalid text counts as one character up to the first byte that cannot continue it: the "maximal subpart" of the Unicode
 * standard (chapter 3.9), as web browsers and Python do.
 */
inline Utf8Character first_character(std::string_view text) {
  using Utf8 = boost::nowide::utf::utf_traits<char>;
  const auto decode = [](std::string_view bytes) {
    const char* at = bytes.data();
    return Utf8::decode(at, bytes.data() + bytes.size());
  };
  const std::size_t length = static_cast<std::size_t>(std::max(Utf8::trail_length(text.front()), 0)) + 1;
  if (const auto code = decode(text.substr(0, length)); boost::nowide::utf::is_valid_codepoint(code))
    return {static_cast<char32_t>(code), length, true};
  // Some bytes can begin a character if the lowest or the highest bytes complete them to one.
  const auto can_begin = [&](std::size_t bytes) {
    const auto completed = [&](char rest) {
      std::string whole{text.substr(0, bytes)};
      whole.resize(length, rest);
      return boost::nowide::utf::is_valid_codepoint(decode(whole));
    };
    return completed('\x80') || completed('\xBF');
  };
  std::size_t taken = 1;
  while (taken + 1 < length && taken < text.size() && can_begin(taken + 1)) ++taken;
  return {replacement_character, taken, false};
}

/// Decodes the first character of a text that is not empty, and removes it from the text.
inline char32_t take_character(std::string_view& text) {
  const Utf8Character character = first_character(text);
  text.remove_prefix(character.length);
  return character.code;
}

/// True for characters that control a terminal (C0, DEL, C1), change the direction of text or break the line: a text that
/// contains them may look like another.
constexpr bool controls_display(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/// True for invisible characters: controls, soft hyphens, zero width spaces, marks of direction, invisible operators, byte
/// order marks, tags. They are removed from the text of a model. Not the joiners, which some scripts need.
constexpr bool is_invisible(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E || c == 0x200B || c == 0x200E ||
         c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

/// The offset of the first byte that is not valid UTF-8; `npos` if all of the text is valid.
inline std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character character = first_character(text.substr(at));
    if (!character.is_valid) return at;
    at += character.length;
  }
  return std::string_view::npos;
}

/// The number of characters in valid UTF-8.
inline std::size_t count_characters(std::string_view text) noexcept {
  using Utf8 = boost::nowide::utf::utf_traits<char>;
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !Utf8::is_trail(c); }));
}

/// The beginning of valid UTF-8 with at most this many characters.
inline std::string_view first_characters(std::string_view text, std::size_t most) noexcept {
  using Utf8 = boost::nowide::utf::utf_traits<char>;
  const auto beyond = std::ranges::find_if(text, [&](char c) { return !Utf8::is_trail(c) && most-- == 0; });
  return text.substr(0, static_cast<std::size_t>(beyond - text.begin()));
}

/// The longest beginning of valid UTF-8 that has at most `bytes` bytes and ends with a whole character.
inline std::string_view cut_utf8(std::string_view text, std::size_t bytes) noexcept {
  using Utf8 = boost::nowide::utf::utf_traits<char>;
  if (text.size() <= bytes) return text;
  while (bytes > 0 && Utf8::is_trail(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

/// Appends a character, which must be a valid code point.
inline void append_utf8(std::string& text, char32_t code) {
  boost::nowide::utf::utf_traits<char>::encode(code, std::back_inserter(text));
}

/// The text with U+FFFD for each part that is not UTF-8. Valid text stays as it is.
inline std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t invalid = std::min(find_invalid_utf8(text), text.size());
    valid += text.substr(0, invalid);
    text.remove_prefix(invalid);
    if (text.empty()) break;
    append_utf8(valid, take_character(text));
  }
  return valid;
}

}  // namespace pentimento::detail
