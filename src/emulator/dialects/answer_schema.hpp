#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace pentimento::emulator {

/// Which provider's rules a schema must follow.
enum class SchemaRules {
  openai,     ///< Under `strict`: every property is required.
  anthropic,  ///< Properties may be optional.
};

/**
 * Returns why a provider rejects the schema of an answer, in words, or nothing.
 *
 * These are the rules that providers share and that a schema breaks by mistake: the root is an object; every schema has a
 * type, `enum`, `const` or `anyOf`; objects name their properties, require them and forbid others; arrays have
 * `items`; no keyword besides the common ones. The limits of size and depth are not checked.
 */
std::optional<std::string> schema_error(const boost::json::value& schema, SchemaRules rules);

}  // namespace pentimento::emulator
