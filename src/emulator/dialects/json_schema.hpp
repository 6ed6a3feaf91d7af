#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace pentimento::emulator {

/**
 * What OpenAI has against a schema under `strict`, in its words, or nothing.
 *
 * By its guide to structured outputs of 2025/26: the root is an object; every object names all of its properties as
 * required and forbids others; only the keywords, types and formats that are listed there; at most 10 levels, 5,000
 * properties, 1,000 values of enumerations and 120,000 characters of names and values; `$ref` within the schema.
 */
std::optional<std::string> fault_of_strict_schema(const boost::json::value& schema);

/// The smallest value that a schema allows, as far as that can be seen without thinking: empty texts and lists, least
/// numbers, the first of several. Null where it does not end.
boost::json::value least_value(const boost::json::value& schema);

}  // namespace pentimento::emulator
