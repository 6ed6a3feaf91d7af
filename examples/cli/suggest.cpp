#include "suggest.hpp"

#include "wording.hpp"
#include <pentimento/detail/closest.hpp>

namespace pentimento::cli {

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  // A beginning says more than a small distance does: "meas" is meant as "measure".
  for (const std::string& name : names) {
    if (word.size() >= 2 && name.size() > word.size() && name.starts_with(word))
      return "; did you mean \"" + name + "\"?";
  }
  const auto guess = detail::closest(word, names);
  return guess ? "; did you mean \"" + std::string{*guess} + "\"?" : std::string{};
}

std::string unknown_name(std::string_view kind, std::string_view word, const std::vector<std::string>& names) {
  const std::string guess = did_you_mean(word, names);
  const std::string known = names.size() == 1 ? "; the only one is " : "; there are ";
  return "there is no " + std::string{kind} + " \"" + printable(word) + '"' +
         (guess.empty() ? known + joined(names) : guess);
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

}  // namespace pentimento::cli
