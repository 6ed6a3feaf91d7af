#pragma once

#include <boost/json/value.hpp>

#include <string_view>

// Looking into JSON that somebody else wrote, where anything may be missing or of another type.

namespace pentimento::json_form {

/// The member of an object. Null if the value is null or not an object, or if the member is missing or `null`.
inline const boost::json::value* member(const boost::json::value* value, std::string_view key) noexcept {
  const boost::json::object* const object = value == nullptr ? nullptr : value->if_object();
  const boost::json::value* const found = object == nullptr ? nullptr : object->if_contains(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}
inline const boost::json::value* member(const boost::json::value& value, std::string_view key) noexcept {
  return member(&value, key);
}

/// The text of a string, valid as long as the string.
inline std::string_view text_of(const boost::json::string& text) noexcept { return {text.data(), text.size()}; }
/// The text of a string; empty if the value is null or not a string.
inline std::string_view text_of(const boost::json::value* value) noexcept {
  const boost::json::string* const text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view{} : text_of(*text);
}

}  // namespace pentimento::json_form
