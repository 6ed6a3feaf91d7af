#pragma once

#include "json/reader.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Short forms for reading JSON with `json_form::ObjectReader`.

namespace pentimento::emulator {

/// The member, or nothing if it is absent or null.
inline std::optional<json_form::Node> find(json_form::ObjectReader& reader, std::string_view key) {
  std::optional<json_form::Node> node = reader.node_of(key);
  if (node && node->value().is_null()) node.reset();
  return node;
}

/// The member. Throws `Failure` if it is absent or null.
inline json_form::Node require(json_form::ObjectReader& reader, std::string_view key) {
  std::optional<json_form::Node> node = find(reader, key);
  if (!node) reader.node().fail('"' + std::string{key} + "\" is missing");
  return *node;
}

/// Accepts members without reading them.
inline void ignore(json_form::ObjectReader& reader, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) reader.node_of(key);
}

/// The position of a string among the values that are accepted. Throws `Failure` for any other.
inline std::size_t read_name(const json_form::Node& node, std::span<const std::string_view> names) {
  const auto found = std::ranges::find(names, node.text());
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string known;
  for (const std::string_view name : names) known += (known.empty() ? "" : ", ") + std::string{name};
  node.fail(node.described() + " is not one of " + known);
}

/// The member as one of these strings, or nothing if it is absent. Throws `Failure` for any other.
inline std::optional<std::string_view> find_name(json_form::ObjectReader& reader, std::string_view key,
                                                 std::initializer_list<std::string_view> names) {
  const std::optional<json_form::Node> node = find(reader, key);
  if (!node) return std::nullopt;
  return names.begin()[read_name(*node, {names.begin(), names.size()})];
}

/// The member as a value of type T within a range, or nothing if it is absent.
template <class T, class... Range>
std::optional<T> find_value(json_form::ObjectReader& reader, std::string_view key, Range... range) {
  const std::optional<json_form::Node> node = find(reader, key);
  return node ? std::optional<T>{json_form::read(*node, json_form::As<T>{}, range...)} : std::nullopt;
}

}  // namespace pentimento::emulator
