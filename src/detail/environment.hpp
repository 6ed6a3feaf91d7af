#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace pentimento::detail {

/// Returns the value of an environment variable without the white space around it: a variable that was filled from a file
/// often ends with a new line. Empty if the variable is not set. **Lifetime**: until the environment is changed.
inline std::string_view environment(const std::string& name) {
  const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
  std::string_view text = value == nullptr ? std::string_view{} : std::string_view{value};
  constexpr std::string_view space = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  return text.substr(0, text.find_last_not_of(space) + 1);
}

}  // namespace pentimento::detail
