#pragma once

#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

// What the codecs read JSON with: what is missing, null or of another type counts as not there.

namespace pentimento {

inline const boost::json::value* member(const boost::json::value& value, std::string_view key) {
  const boost::json::value* found = value.is_object() ? value.get_object().if_contains(key) : nullptr;
  return found == nullptr || found->is_null() ? nullptr : found;
}

inline std::string_view text_of(const boost::json::value* value) {
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

/// A count of tokens, at most a billion. A negative one is 0.
inline std::uint64_t count_of(const boost::json::value* value) {
  if (value == nullptr || !value->is_number()) return 0;
  return static_cast<std::uint64_t>(std::clamp(value->to_number<double>(), 0.0, 1e9));
}

}  // namespace pentimento
