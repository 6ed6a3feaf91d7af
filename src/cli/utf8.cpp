#include "utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace pentimento::cli {

char32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1U
                             : lead >= 0xC2 && lead < 0xE0 ? 2U
                             : lead >= 0xE0 && lead < 0xF0 ? 3U
                             : lead >= 0xF0 && lead < 0xF5 ? 4U
                                                           : 0U;
  const auto invalid = [&] {
    text.remove_prefix(1);
    return replacement_character;
  };
  if (length == 0 || length > text.size()) return invalid();
  char32_t c = length == 1 ? lead : static_cast<char32_t>(lead & (0x7F >> length));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return invalid();
    c = (c << 6) | static_cast<char32_t>(byte(i) & 0x3F);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return invalid();
  text.remove_prefix(length);
  return c;
}

std::optional<std::size_t> first_invalid_byte(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t before = rest.size();
    // A replacement character that was meant has three bytes.
    if (take_code_point(rest) == replacement_character && before - rest.size() == 1) return text.size() - before;
  }
  return std::nullopt;
}

void append_utf8(std::string& text, char32_t c) {
  const auto add = [&](char32_t bits) { text += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (c < 0x80) return add(c);
  if (c < 0x800) {
    add(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      add(0xE0 | (c >> 12));
    } else {
      add(0xF0 | (c >> 18));
      add(0x80 | ((c >> 12) & 0x3F));
    }
    add(0x80 | ((c >> 6) & 0x3F));
  }
  add(0x80 | (c & 0x3F));
}

int cells_of(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  // Not all of Unicode's tables: what prompts are written in, and emoji.
  constexpr std::array<Range, 12> none{{{0x0300, 0x036F},
                                        {0x0483, 0x0489},
                                        {0x0591, 0x05BD},
                                        {0x064B, 0x065F},
                                        {0x0900, 0x0902},
                                        {0x093C, 0x093C},
                                        {0x0941, 0x0948},
                                        {0x1AB0, 0x1AFF},
                                        {0x1DC0, 0x1DFF},
                                        {0x200B, 0x200F},
                                        {0x20D0, 0x20FF},
                                        {0xFE00, 0xFE0F}}};
  constexpr std::array<Range, 14> wide{{{0x1100, 0x115F},
                                        {0x231A, 0x231B},
                                        {0x2E80, 0x303E},
                                        {0x3041, 0x33FF},
                                        {0x3400, 0x4DBF},
                                        {0x4E00, 0x9FFF},
                                        {0xA000, 0xA4CF},
                                        {0xAC00, 0xD7A3},
                                        {0xF900, 0xFAFF},
                                        {0xFE30, 0xFE6F},
                                        {0xFF00, 0xFF60},
                                        {0xFFE0, 0xFFE6},
                                        {0x1F300, 0x1FAFF},
                                        {0x20000, 0x3FFFD}}};
  const auto within = [c](const Range& range) { return c >= range.first && c <= range.last; };
  if (c == 0 || std::ranges::any_of(none, within)) return 0;
  return std::ranges::any_of(wide, within) ? 2 : 1;
}

int cells_of(std::string_view text) {
  int cells = 0;
  while (!text.empty()) cells += cells_of(take_code_point(text));
  return cells;
}

std::string fitted(std::string_view text, int cells, std::string_view ellipsis) {
  if (cells_of(text) <= cells) return std::string{text};
  const int room = cells - cells_of(ellipsis);
  if (room < 0) return {};
  std::string kept;
  int used = 0;
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (used + cells_of(c) > room) break;
    used += cells_of(c);
    append_utf8(kept, c);
  }
  return kept.append(ellipsis);
}

}  // namespace pentimento::cli
