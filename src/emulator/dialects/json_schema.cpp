#include "emulator/dialects/json_schema.hpp"

#include "json/lookup.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::emulator {
namespace {

namespace json = boost::json;

constexpr std::size_t max_levels = 10;
constexpr std::size_t max_properties = 5'000;
constexpr std::size_t max_enum_values = 1'000;
constexpr std::size_t max_characters = 120'000;
constexpr std::size_t long_enum = 250;
constexpr std::size_t max_long_enum_characters = 15'000;

constexpr std::array<std::string_view, 7> types{"string", "number", "boolean", "integer", "object", "array", "null"};
constexpr std::array<std::string_view, 9> formats{"date-time", "time", "date", "duration", "email",
                                                  "hostname",  "ipv4", "ipv6", "uuid"};
constexpr std::array<std::string_view, 23> keywords{"type",        "properties",
                                                    "required",    "additionalProperties",
                                                    "items",       "enum",
                                                    "const",       "anyOf",
                                                    "$defs",       "definitions",
                                                    "$ref",        "title",
                                                    "description", "pattern",
                                                    "format",      "multipleOf",
                                                    "maximum",     "exclusiveMaximum",
                                                    "minimum",     "exclusiveMinimum",
                                                    "minItems",    "maxItems",
                                                    "$schema"};

/// A schema that `$ref` may name.
const json::value* resolve(const json::value& root, std::string_view reference) {
  if (reference == "#") return &root;
  for (const std::string_view place : {"$defs", "definitions"}) {
    const std::string prefix = "#/" + std::string{place} + '/';
    if (!reference.starts_with(prefix) || !root.is_object()) continue;
    const json::value* definitions = root.get_object().if_contains(place);
    if (definitions == nullptr || !definitions->is_object()) return nullptr;
    return definitions->get_object().if_contains(reference.substr(prefix.size()));
  }
  return nullptr;
}

/// Goes through a schema and throws what is wrong with it.
class StrictChecker {
 public:
  explicit StrictChecker(const json::value& root) : root_{root} {}

  void check() {
    if (!root_.is_object()) fail("schema must be a JSON Schema object");
    const json::value* type = root_.get_object().if_contains("type");
    if (root_.get_object().contains("anyOf") || type == nullptr || !type->is_string() || type->get_string() != "object")
      fail("schema must be of type 'object' at its root, and not 'anyOf'");
    check(root_, 1);
  }

  struct Fault {
    std::string what;
  };

 private:
  [[noreturn]] void fail(const std::string& what) const {
    std::string context;
    for (const std::string& step : path_) context += (context.empty() ? "'" : ", '") + step + '\'';
    throw Fault{"In context=(" + context + "), " + what + '.'};
  }

  void check(const json::value& schema, std::size_t level) {
    if (!schema.is_object()) fail("schema must be a JSON Schema object");
    const json::object& object = schema.get_object();
    for (const json::key_value_pair& member : object) {
      const std::string_view key{member.key().data(), member.key().size()};
      if (std::ranges::find(keywords, key) == keywords.end()) fail('\'' + std::string{key} + "' is not permitted");
    }
    if (const json::value* reference = object.if_contains("$ref")) {
      if (!reference->is_string() || resolve(root_, json_form::text_of(reference->get_string())) == nullptr)
        fail("'$ref' does not lead to a schema within this one");
    }
    const bool is_object = check_type(object);
    if (is_object) check_object(object, level);
    if (const json::value* format = object.if_contains("format")) {
      if (!format->is_string() || std::ranges::find(formats, json_form::text_of(format->get_string())) == formats.end())
        fail("'format' is not one of those that are supported");
    }
    check_enum(object);
    step_into(object, "items", level);
    for (const char* const key : {"anyOf"}) {
      const json::value* several = object.if_contains(key);
      if (several == nullptr) continue;
      if (!several->is_array() || several->get_array().empty())
        fail('\'' + std::string{key} + "' must be a list of schemas");
      std::size_t index = 0;
      for (const json::value& each : several->get_array()) {
        path_.push_back(key);
        path_.push_back(std::to_string(index++));
        check(each, level);
        path_.resize(path_.size() - 2);
      }
    }
    for (const char* const key : {"$defs", "definitions"}) {
      const json::value* definitions = object.if_contains(key);
      if (definitions == nullptr) continue;
      if (!definitions->is_object()) fail('\'' + std::string{key} + "' must be an object");
      for (const json::key_value_pair& definition : definitions->get_object()) {
        const std::string name{definition.key().data(), definition.key().size()};
        count_characters(name.size());
        path_.push_back(key);
        path_.push_back(name);
        check(definition.value(), 1);
        path_.resize(path_.size() - 2);
      }
    }
  }

  /// Returns whether it may be an object.
  bool check_type(const json::object& object) {
    const json::value* type = object.if_contains("type");
    if (type == nullptr) {
      const bool has_other =
          object.contains("$ref") || object.contains("anyOf") || object.contains("enum") || object.contains("const");
      if (!has_other) fail("schema must have a 'type' key");
      return object.contains("properties");
    }
    bool is_object = false;
    bool is_array = false;
    const auto take = [&](const json::value& name) {
      if (!name.is_string() || std::ranges::find(types, json_form::text_of(name.get_string())) == types.end())
        fail("'type' is not one of those that are supported");
      is_object = is_object || name.get_string() == "object";
      is_array = is_array || name.get_string() == "array";
    };
    if (type->is_array()) {
      if (type->get_array().empty()) fail("'type' is empty");
      for (const json::value& name : type->get_array()) take(name);
    } else {
      take(*type);
    }
    if (is_array && !object.contains("items")) fail("array schema missing items");
    return is_object;
  }

  void check_object(const json::object& object, std::size_t level) {
    if (level > max_levels) fail("schemas may have at most " + std::to_string(max_levels) + " levels of nesting");
    const json::value* more = object.if_contains("additionalProperties");
    if (more == nullptr || !more->is_bool() || more->get_bool())
      fail("'additionalProperties' is required to be supplied and to be false");
    static const json::object none;
    const json::value* found = object.if_contains("properties");
    if (found != nullptr && !found->is_object()) fail("'properties' must be an object");
    const json::object& properties = found == nullptr ? none : found->get_object();
    const json::value* required = object.if_contains("required");
    std::vector<std::string_view> names;
    if (required != nullptr && required->is_array()) {
      for (const json::value& name : required->get_array()) {
        if (!name.is_string()) fail("'required' must hold names");
        names.push_back(json_form::text_of(name.get_string()));
        if (!properties.contains(names.back()))
          fail("'required' has an extra key '" + std::string{names.back()} + '\'');
      }
    }
    for (const json::key_value_pair& property : properties) {
      const std::string name{property.key().data(), property.key().size()};
      if (std::ranges::find(names, name) == names.end()) {
        fail("'required' is required to be supplied and to be an array including every key in properties. Missing '" +
             name + '\'');
      }
      if (++properties_ > max_properties)
        fail("schemas may have at most " + std::to_string(max_properties) + " properties");
      count_characters(name.size());
      path_.emplace_back("properties");
      path_.push_back(name);
      check(property.value(), level + 1);
      path_.resize(path_.size() - 2);
    }
  }

  void check_enum(const json::object& object) {
    if (const json::value* value = object.if_contains("const"); value != nullptr && value->is_string())
      count_characters(value->get_string().size());
    const json::value* values = object.if_contains("enum");
    if (values == nullptr) return;
    if (!values->is_array() || values->get_array().empty()) fail("'enum' must be a list of values");
    std::size_t characters = 0;
    for (const json::value& value : values->get_array()) {
      if (++enum_values_ > max_enum_values)
        fail("schemas may have at most " + std::to_string(max_enum_values) + " values of enumerations");
      if (value.is_string()) characters += value.get_string().size();
    }
    if (values->get_array().size() > long_enum && characters > max_long_enum_characters)
      fail("an enumeration of more than 250 values may have at most 15000 characters");
    count_characters(characters);
  }

  void step_into(const json::object& object, const char* key, std::size_t level) {
    const json::value* schema = object.if_contains(key);
    if (schema == nullptr) return;
    path_.emplace_back(key);
    check(*schema, level);
    path_.pop_back();
  }

  void count_characters(std::size_t count) {
    characters_ += count;
    if (characters_ > max_characters) fail("names and values of a schema may have at most 120000 characters");
  }

  const json::value& root_;
  std::vector<std::string> path_;
  std::size_t properties_ = 0;
  std::size_t enum_values_ = 0;
  std::size_t characters_ = 0;
};

json::value least_value(const json::value& root, const json::value& schema, int depth) {
  if (!schema.is_object() || depth > 24) return nullptr;
  const json::object& object = schema.get_object();
  if (const json::value* reference = object.if_contains("$ref"); reference != nullptr && reference->is_string()) {
    const json::value* target = resolve(root, json_form::text_of(reference->get_string()));
    return target == nullptr ? json::value(nullptr) : least_value(root, *target, depth + 1);
  }
  if (const json::value* value = object.if_contains("const")) return *value;
  if (const json::value* values = object.if_contains("enum");
      values != nullptr && values->is_array() && !values->get_array().empty())
    return values->get_array().front();
  if (const json::value* several = object.if_contains("anyOf");
      several != nullptr && several->is_array() && !several->get_array().empty())
    return least_value(root, several->get_array().front(), depth + 1);
  const json::value* type = object.if_contains("type");
  if (type != nullptr && type->is_array() && !type->get_array().empty()) type = &type->get_array().front();
  const std::string_view name =
      type != nullptr && type->is_string() ? json_form::text_of(type->get_string()) : "object";
  if (name == "string") return json::value("");
  if (name == "boolean") return false;
  if (name == "null") return nullptr;
  if (name == "number" || name == "integer") {
    const json::value* least = object.if_contains("minimum");
    return least != nullptr && least->is_number() ? *least : json::value(0);
  }
  if (name == "array") {
    json::array items;
    const json::value* count = object.if_contains("minItems");
    const json::value* item = object.if_contains("items");
    const std::int64_t least =
        count != nullptr && count->is_int64() ? std::min<std::int64_t>(count->get_int64(), 100) : 0;
    for (std::int64_t i = 0; i < least && item != nullptr; ++i) items.push_back(least_value(root, *item, depth + 1));
    return items;
  }
  json::object result;
  if (const json::value* properties = object.if_contains("properties");
      properties != nullptr && properties->is_object()) {
    for (const json::key_value_pair& property : properties->get_object())
      result.emplace(property.key(), least_value(root, property.value(), depth + 1));
  }
  return result;
}

}  // namespace

std::optional<std::string> fault_of_strict_schema(const json::value& schema) {
  try {
    StrictChecker{schema}.check();
  } catch (const StrictChecker::Fault& fault) {
    return fault.what;
  }
  return std::nullopt;
}

json::value least_value(const json::value& schema) { return least_value(schema, schema, 0); }

}  // namespace pentimento::emulator
