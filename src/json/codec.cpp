#include "json/codec.hpp"

#include "json/spelling.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/detail/utf8.hpp>

#include <algorithm>

namespace pentimento::json_form {

// Writing -------------------------------------------------------------------------------------------------------------

json::value write(const std::string& text) {
  return is_ascii(text) ? json::value(std::string_view{text}) : json::value(detail::valid_utf8(text));
}

json::value write(double number) { return finite(number); }

json::value write(const std::map<std::string, std::string>& map) {
  json::object object;
  for (const auto& [key, text] : map) object.emplace(detail::valid_utf8(key), write(text));
  return object;
}

// Reading -------------------------------------------------------------------------------------------------------------

std::string Node::path() const {
  if (parent_ == nullptr) return "$";
  return parent_->path() + (parent_->value_.is_array() ? path_step(index_) : path_step(key_));
}

std::string Node::described() const {
  switch (value_.kind()) {
    case json::kind::array: return "an array";
    case json::kind::object: return "an object";
    case json::kind::string: return quoted_briefly(text());
    default: return to_text(value_);
  }
}

void Node::fail(const std::string& why) const { throw Failure{Error{errc::parse_failed, path() + ": " + why}}; }

const json::object& Node::object() const {
  if (!value_.is_object()) fail("an object is needed, not " + described());
  return value_.get_object();
}

const json::array& Node::array() const {
  if (!value_.is_array()) fail("an array is needed, not " + described());
  return value_.get_array();
}

std::string_view Node::text() const {
  if (!value_.is_string()) fail("a string is needed, not " + described());
  return {value_.get_string().data(), value_.get_string().size()};
}

bool Node::truth() const {
  if (!value_.is_bool()) fail("true or false is needed, not " + described());
  return value_.get_bool();
}

double Node::number(double least, double most) const {
  if (!value_.is_number()) fail("a number is needed, not " + described());
  const double number = value_.is_double()  ? value_.get_double()
                        : value_.is_int64() ? static_cast<double>(value_.get_int64())
                                            : static_cast<double>(value_.get_uint64());
  if (!(number >= least && number <= most)) {
    fail("a number from " + number_text(least) + " to " + number_text(most) + " is needed, not " + described());
  }
  return number;
}

// The text of a value that was not read from text need not be UTF-8.
std::string read(const Node& node, As<std::string>) { return detail::valid_utf8(node.text()); }
bool read(const Node& node, As<bool>) { return node.truth(); }
double read(const Node& node, As<double>, double least, double most) { return node.number(least, most); }

std::map<std::string, std::string> read(const Node& node, As<std::map<std::string, std::string>>) {
  std::map<std::string, std::string> map;
  for (const json::key_value_pair& item : node.object()) {
    const std::string_view key{item.key().data(), item.key().size()};
    map.emplace(key, read(node.child(key, item.value()), As<std::string>{}));
  }
  return map;
}

const json::value* ObjectReader::look_up(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
  return object_.if_contains(key);
}

void ObjectReader::done() const {
  for (const json::key_value_pair& item : object_) {
    const std::string_view key{item.key().data(), item.key().size()};
    if (std::ranges::find(known_, key) != known_.end()) continue;
    node_.fail(detail::unknown_name("member", key, known_));
  }
}

}  // namespace pentimento::json_form
