#include "utf8.hpp"

#include <pentimento/detail/utf8.hpp>

#include <algorithm>
#include <array>

namespace pentimento::cli {

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
  while (!text.empty()) cells += cells_of(detail::take_character(text));
  return cells;
}

std::string fitted(std::string_view text, int cells, std::string_view ellipsis) {
  if (cells_of(text) <= cells) return std::string{text};
  const int room = cells - cells_of(ellipsis);
  if (room < 0) return {};
  std::string kept;
  int used = 0;
  while (!text.empty()) {
    const char32_t c = detail::take_character(text);
    if (used + cells_of(c) > room) break;
    used += cells_of(c);
    detail::append_utf8(kept, c);
  }
  return kept.append(ellipsis);
}

}  // namespace pentimento::cli
