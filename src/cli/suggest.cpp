#include "suggest.hpp"

#include "wording.hpp"
#include <pentimento/detail/did_you_mean.hpp>

namespace pentimento::cli {

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  return detail::did_you_mean(word, names);
}

std::string unknown_name(std::string_view kind, std::string_view word, const std::vector<std::string>& names) {
  return detail::unknown_name(kind, printable(word), names);
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
