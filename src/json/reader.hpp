#pragma once

#include <pentimento/error.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// Strict reading of JSON. A `Node` is a value and the way to it; an `ObjectReader` takes the members of an object and
// rejects those that nobody asked for. What is invalid is thrown as a `Failure`; a `Wording` turns it into an error.

namespace pentimento::json_form {

namespace json = boost::json;

class Node;

/// What is wrong with a value.
struct Problem {
  enum class Kind {
    type,       ///< The value has another type; `text` says which is needed: "a string".
    too_small,  ///< A number is below its range; `text` says which is needed: "a whole number from 1 to 64".
    too_large,  ///< A number is above its range.
    choice,     ///< A text is not one of `names`.
    missing,    ///< The object has no member `text`.
    unknown,    ///< The object has a member `text`, which is not one of `names`.
    other,      ///< `text` says what is wrong.
  };
  Kind kind;
  std::string text;
  std::vector<std::string> names;
};

/// Turns a problem into an error. The default is `parse_failed` with the path to the value.
class Wording {
 public:
  virtual ~Wording() = default;
  virtual Error error(const Node& node, const Problem& problem) const;
};

template <class T>
struct As {};

/// A value and the way to it. Must not outlive the value, its parent node, the image source and the wording.
class Node {
 public:
  Node(const json::value& value, const ImageSource& images, const Wording& wording = default_wording()) noexcept
      : value_{value}, images_{images}, wording_{wording} {}
  Node child(std::string_view key, const json::value& value) const noexcept { return {*this, key, 0, value}; }
  Node child(std::size_t index, const json::value& value) const noexcept { return {*this, {}, index, value}; }

  const json::value& value() const noexcept { return value_; }
  const ImageSource& images() const noexcept { return images_; }
  /// `$.brief.requirements[2]`.
  std::string path() const;
  /// The value in a few words: `"maybe"`, `3.5`, `an array`.
  std::string described() const;
  /// Throws the error for a problem with this value.
  [[noreturn]] void fail(Problem problem) const;
  [[noreturn]] void fail(std::string why) const { fail(Problem{Problem::Kind::other, std::move(why), {}}); }

  const json::object& object() const;
  const json::array& array() const;
  std::string_view text() const;
  bool truth() const;
  double number(double least, double most) const;

 private:
  Node(const Node& parent, std::string_view key, std::size_t index, const json::value& value) noexcept
      : value_{value}, images_{parent.images_}, wording_{parent.wording_}, parent_{&parent}, key_{key}, index_{index} {}
  static const Wording& default_wording() noexcept;

  const json::value& value_;
  const ImageSource& images_;
  const Wording& wording_;
  const Node* parent_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
};

std::string read(const Node& node, As<std::string>);
std::map<std::string, std::string> read(const Node& node, As<std::map<std::string, std::string>>);
bool read(const Node& node, As<bool>);
double read(const Node& node, As<double>, double least = std::numeric_limits<double>::lowest(),
            double most = std::numeric_limits<double>::max());

template <std::integral T>
T read(const Node& node, As<T>, T least = std::numeric_limits<T>::min(), T most = std::numeric_limits<T>::max()) {
  const json::value& value = node.value();
  bool is_below = false;
  const auto fits = [&](auto number) {
    is_below = std::cmp_less(number, least);
    return !is_below && std::cmp_less_equal(number, most);
  };
  if (value.is_int64() && fits(value.get_int64())) return static_cast<T>(value.get_int64());
  if (value.is_uint64() && fits(value.get_uint64())) return static_cast<T>(value.get_uint64());
  const bool is_whole = value.is_int64() || value.is_uint64();
  node.fail(Problem{!is_whole  ? Problem::Kind::type
                    : is_below ? Problem::Kind::too_small
                               : Problem::Kind::too_large,
                    "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
                    {}});
}

template <class T>
std::vector<T> read(const Node& node, As<std::vector<T>>) {
  std::vector<T> items;
  for (std::size_t i = 0; const json::value& value : node.array())
    items.push_back(read(node.child(i++, value), As<T>{}));
  return items;
}

/// Reads the members of an object one by one. `done` rejects the members that were not asked for.
class ObjectReader {
 public:
  explicit ObjectReader(const Node& node) : node_{node}, object_{node.object()} { known_.reserve(16); }

  const Node& node() const noexcept { return node_; }

  /// A required member.
  template <class T, class... Range>
  T get(std::string_view key, Range... range) {
    if (const json::value* value = look_up(key)) return read(node_.child(key, *value), As<T>{}, range...);
    node_.fail(Problem{Problem::Kind::missing, std::string{key}, {}});
  }
  /// An optional member with a default.
  template <class T, class... Range>
  T get_or(T by_default, std::string_view key, Range... range) {
    if (const json::value* value = look_up(key)) return read(node_.child(key, *value), As<T>{}, range...);
    return by_default;
  }
  template <class T, class... Range>
  std::optional<T> find(std::string_view key, Range... range) {
    if (const json::value* value = look_up(key)) return read(node_.child(key, *value), As<T>{}, range...);
    return std::nullopt;
  }
  /// The node of an optional member.
  std::optional<Node> node_of(std::string_view key) {
    if (const json::value* value = look_up(key)) return node_.child(key, *value);
    return std::nullopt;
  }
  /// Allows a derived member without reading it.
  void ignore(std::string_view key) { look_up(key); }
  std::string text(std::string_view key) { return get_or(std::string{}, key); }
  std::vector<std::string> texts(std::string_view key) { return get_or(std::vector<std::string>{}, key); }

  /// An optional member that is derived from others: it must have this value.
  void check(std::string_view key, const json::value& derived);

  /// Throws if there is a member that was not asked for.
  void done() const;

 private:
  const json::value* look_up(std::string_view key);

  const Node& node_;
  const json::object& object_;
  std::vector<std::string> known_;
};

}  // namespace pentimento::json_form
