#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::detail {

/// How many letters must be put in, left out, exchanged or swapped with their neighbour to make `b` of `a` (Damerau 1964,
/// optimal string alignment).
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

/// The name that was probably meant: the closest, if no more than a third of its letters are wrong.
template <class Names>
std::optional<std::string_view> closest(std::string_view word, const Names& names) {
  std::optional<std::string_view> best;
  std::size_t least = 0;
  if (word.size() > 100) return best;
  for (std::string_view name : names) {
    const std::size_t distance = edit_distance(word, name);
    if (distance <= std::max<std::size_t>(1, name.size() / 3) && (!best || distance < least)) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/// `; did you mean "measure"?`, or nothing where no name comes near the word.
inline std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  // A beginning says more than a small distance does: "meas" is meant as "measure".
  for (const std::string& name : names) {
    if (word.size() >= 2 && name.size() > word.size() && name.starts_with(word))
      return "; did you mean \"" + name + "\"?";
  }
  const auto guess = closest(word, names);
  return guess ? "; did you mean \"" + std::string{*guess} + "\"?" : std::string{};
}

/// The sentence for a name that is not known: `there is no critic "mesure"; did you mean "measure"?` or `...; there are
/// sketch, paint`. Control characters of the word are left out.
inline std::string unknown_name(std::string_view kind, std::string_view word, const std::vector<std::string>& names) {
  std::string shown;
  for (const char c : word.substr(0, 200)) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) shown += c;
  }
  std::string sentence = "there is no " + std::string{kind} + " \"" + shown + '"';
  const std::string guess = did_you_mean(word, names);
  if (!guess.empty()) return sentence + guess;
  if (names.empty()) return sentence;
  sentence += names.size() == 1 ? "; the only one is " : "; there are ";
  for (std::size_t i = 0; i < names.size(); ++i) sentence += (i == 0 ? "" : ", ") + names[i];
  return sentence;
}

}  // namespace pentimento::detail
