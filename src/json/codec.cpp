#include "json/codec.hpp"

#include "json/spelling.hpp"
#include <pentimento/detail/utf8.hpp>

namespace pentimento::json_form {

json::value write(const std::string& text) {
  return is_ascii(text) ? json::value(std::string_view{text}) : json::value(detail::valid_utf8(text));
}

json::value write(double number) { return finite(number); }

json::value write(const std::map<std::string, std::string>& map) {
  json::object object;
  for (const auto& [key, text] : map) object.emplace(detail::valid_utf8(key), write(text));
  return object;
}

}  // namespace pentimento::json_form
