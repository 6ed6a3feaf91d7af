#pragma once

#include <algorithm>
#include <string_view>

namespace pentimento::emulator {

/// Returns where a text has the word "forbidden", or an empty view. An image prompt with it is refused.
inline std::string_view forbidden_word(std::string_view text) {
  constexpr std::string_view word = "forbidden";
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const auto is_letter = [&](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; };
  for (std::size_t from = 0; from + word.size() <= text.size(); ++from) {
    const std::string_view candidate = text.substr(from, word.size());
    const std::size_t end = from + word.size();
    if (std::ranges::equal(candidate, word, {}, lower) && (from == 0 || !is_letter(text[from - 1])) &&
        (end == text.size() || !is_letter(text[end])))
      return candidate;
  }
  return {};
}

inline bool is_forbidden(std::string_view text) { return !forbidden_word(text).empty(); }

}  // namespace pentimento::emulator
