#include "emulator/dialects/answer_schema.hpp"

#include "json/lookup.hpp"
#include <pentimento/emulator/answers.hpp>
#include <pentimento/error.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace pentimento::emulator {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 11> keywords{"type",  "properties",  "required", "additionalProperties",
                                                    "items", "enum",        "const",    "anyOf",
                                                    "title", "description", "format"};
constexpr std::array<std::string_view, 7> types{"string", "number", "boolean", "integer", "object", "array", "null"};

/// Checks a schema and those within it. Throws the reason as a `Failure`.
class SchemaChecker {
 public:
  explicit SchemaChecker(SchemaRules rules) : rules_{rules} {}

  void check(const json::value& schema, const std::string& path) const {
    const auto fail = [&](const std::string& what) {
      throw Failure{Error{errc::invalid_argument, "In context=(" + path + "), " + what + '.'}};
    };
    if (!schema.is_object()) fail("a schema must be an object");
    const json::object& object = schema.get_object();
    for (const auto& [key, value] : object) {
      if (std::ranges::find(keywords, std::string_view{key}) == keywords.end())
        fail('\'' + std::string{key} + "' is not permitted");
    }
    if (const json::value* several = object.if_contains("anyOf")) {
      if (!several->is_array()) fail("'anyOf' must be an array");
      for (const json::value& each : several->get_array()) check(each, path + "/anyOf");
      return;
    }
    const json::value* type = object.if_contains("type");
    if (type == nullptr && !object.contains("enum") && !object.contains("const")) fail("schema must have a 'type' key");
    if (type == nullptr) return;
    if (!type->is_string() || std::ranges::find(types, json_form::text_of(type->get_string())) == types.end())
      fail("'type' is not supported");
    if (*type == "array") {
      const json::value* items = object.if_contains("items");
      if (items == nullptr) fail("array schema missing items");
      check(*items, path + "/items");
    }
    if (*type == "object") {
      const json::value* more = object.if_contains("additionalProperties");
      if (more == nullptr || *more != json::value(false)) fail("'additionalProperties' must be false");
      const json::value* properties = object.if_contains("properties");
      if (properties == nullptr || !properties->is_object()) fail("'properties' must be an object");
      const json::value* required = object.if_contains("required");
      for (const auto& [name, property] : properties->get_object()) {
        const json::value key(name);
        const bool is_required = required != nullptr && required->is_array() &&
                                 std::ranges::find(required->get_array(), key) != required->get_array().end();
        if (rules_ == SchemaRules::openai && !is_required)
          fail("'required' must include every property. Missing '" + std::string{name} + '\'');
        check(property, path + '/' + std::string{name});
      }
    }
  }

 private:
  SchemaRules rules_;
};

json::value least_value(const json::value& schema, int depth) {
  if (!schema.is_object() || depth > 24) return nullptr;
  const json::object& object = schema.get_object();
  if (const json::value* value = object.if_contains("const")) return *value;
  for (const char* const key : {"enum", "anyOf"}) {
    const json::value* several = object.if_contains(key);
    if (several == nullptr || !several->is_array() || several->get_array().empty()) continue;
    const json::value& first = several->get_array().front();
    return key == std::string_view{"enum"} ? first : least_value(first, depth + 1);
  }
  const json::value* type = object.if_contains("type");
  if (type != nullptr && type->is_array() && !type->get_array().empty()) type = &type->get_array().front();
  const std::string_view name = type != nullptr && type->is_string() ? json_form::text_of(type->get_string()) : "object";
  if (name == "string") return json::value("");
  if (name == "boolean") return false;
  if (name == "number" || name == "integer") return 0;
  if (name == "array") return json::array{};
  if (name == "null") return nullptr;
  json::object result;
  if (const json::value* properties = object.if_contains("properties");
      properties != nullptr && properties->is_object()) {
    for (const auto& [key, property] : properties->get_object()) result.emplace(key, least_value(property, depth + 1));
  }
  return result;
}

}  // namespace

std::optional<std::string> schema_error(const json::value& schema, SchemaRules rules) {
  try {
    SchemaChecker{rules}.check(schema, "");
  } catch (const Failure& failure) {
    return failure.error().message();
  }
  const json::value* type = schema.get_object().if_contains("type");
  if (type == nullptr || *type != "object") return "the root of a schema must be of type 'object', and not 'anyOf'.";
  return std::nullopt;
}

json::value least_value(const json::value& schema) { return least_value(schema, 0); }

}  // namespace pentimento::emulator
