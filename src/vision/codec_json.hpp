#pragma once

#include "json/lookup.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>

// What the codecs read JSON with: what is missing, null or of another type counts as not there.

namespace pentimento {

using json_form::member;
using json_form::text_of;

/// A count of tokens, at most a billion. A negative one is 0.
inline std::uint64_t count_of(const boost::json::value* value) {
  if (value == nullptr || !value->is_number()) return 0;
  return static_cast<std::uint64_t>(std::clamp(value->to_number<double>(), 0.0, 1e9));
}

}  // namespace pentimento
