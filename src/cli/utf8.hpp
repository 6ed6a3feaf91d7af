#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pentimento::cli {

/// Whether a code point controls a terminal: C0, DEL, C1.
constexpr bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// Whether a code point turns the direction of text around it (bidirectional marks, embeddings, overrides, isolates) or breaks the line.
constexpr bool turns_direction(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/// How many cells of a terminal a code point takes: 0, 1 or 2.
int cells_of(char32_t c);

/// How many cells of a terminal a text takes.
int cells_of(std::string_view text);

/// The beginning of a text that fits into so many cells, with `ellipsis` at the end if something is left off.
std::string fitted(std::string_view text, int cells, std::string_view ellipsis);

}  // namespace pentimento::cli
