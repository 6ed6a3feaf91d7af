#pragma once

#include <pentimento/detail/closest.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::detail {

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
