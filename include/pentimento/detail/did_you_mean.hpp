#pragma once

#include <pentimento/detail/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

/// Suggestions for a misspelt name. `Names` is a range of strings.
namespace pentimento::detail {

/// The number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
/// **Source**: optimal string alignment, Damerau 1964.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

/// Returns the name that was probably meant: one that begins with the word, or the closest if at most a third differs.
template <class Names>
std::optional<std::string_view> closest(std::string_view word, const Names& names) {
  std::optional<std::string_view> best;
  std::size_t least = 0;
  if (word.size() > 100) return best;
  for (const std::string_view name : names) {
    if (word.size() >= 2 && name.size() > word.size() && name.starts_with(word)) return name;
  }
  for (const std::string_view name : names) {
    const std::size_t distance = edit_distance(word, name);
    if (distance <= std::max<std::size_t>(1, name.size() / 3) && (!best || distance < least)) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/// `; did you mean "measure"?`, or nothing if no name is close to the word.
template <class Names>
std::string did_you_mean(std::string_view word, const Names& names) {
  const auto guess = closest(word, names);
  return guess ? "; did you mean \"" + std::string{*guess} + "\"?" : std::string{};
}

/// The message for an unknown name: `there is no critic "mesure"; did you mean "measure"?` or `...; there are a, b`.
/// The word may be untrusted: it is shortened, and control characters are removed.
template <class Names>
std::string unknown_name(std::string_view kind, std::string_view word, const Names& names) {
  std::string shown = valid_utf8(word.substr(0, 60)) + (word.size() > 60 ? "..." : "");
  std::erase_if(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  std::string sentence = "there is no " + std::string{kind} + " \"" + shown + '"';
  if (const std::string guess = did_you_mean(word, names); !guess.empty()) return sentence + guess;
  if (std::ranges::empty(names)) return sentence + "; there are none";
  sentence += std::ranges::size(names) == 1 ? "; the only one is " : "; there are ";
  for (const char* separator = ""; const std::string_view name : names) {
    sentence.append(separator).append(name);
    separator = ", ";
  }
  return sentence;
}

}  // namespace pentimento::detail
