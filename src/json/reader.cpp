#include "json/reader.hpp"

#include "json/lookup.hpp"
#include "json/spelling.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/detail/utf8.hpp>

#include <algorithm>

namespace pentimento::json_form {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace

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

void Node::fail(Problem problem) const { throw Failure{wording_.error(*this, problem)}; }

const Wording& Node::default_wording() noexcept {
  static const Wording wording;
  return wording;
}

Error Wording::error(const Node& node, const Problem& problem) const {
  const auto failed = [&](const std::string& why) { return Error{errc::parse_failed, node.path() + ": " + why}; };
  switch (problem.kind) {
    case Problem::Kind::choice: return failed(node.described() + " is not one of " + joined(problem.names));
    case Problem::Kind::missing: return failed('"' + problem.text + "\" is missing");
    case Problem::Kind::unknown: return failed(detail::unknown_name("member", problem.text, problem.names));
    case Problem::Kind::other: return failed(problem.text);
    default: return failed(problem.text + " is needed, not " + node.described());
  }
}

const json::object& Node::object() const {
  if (!value_.is_object()) fail({Problem::Kind::type, "an object", {}});
  return value_.get_object();
}

const json::array& Node::array() const {
  if (!value_.is_array()) fail({Problem::Kind::type, "an array", {}});
  return value_.get_array();
}

std::string_view Node::text() const {
  if (!value_.is_string()) fail({Problem::Kind::type, "a string", {}});
  return text_of(&value_);
}

bool Node::truth() const {
  if (!value_.is_bool()) fail({Problem::Kind::type, "true or false", {}});
  return value_.get_bool();
}

double Node::number(double least, double most) const {
  if (!value_.is_number()) fail({Problem::Kind::type, "a number", {}});
  const auto number = value_.to_number<double>();
  if (number >= least && number <= most) return number;
  fail({number < least ? Problem::Kind::too_small : Problem::Kind::too_large,
        "a number from " + number_text(least) + " to " + number_text(most),
        {}});
}

// A value that was not parsed from text need not be UTF-8.
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
  if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
  return object_.if_contains(key);
}

void ObjectReader::check(std::string_view key, const json::value& derived) {
  const json::value* value = look_up(key);
  if (value != nullptr && *value != derived)
    node_.child(key, *value).fail("this does not agree with the other members");
}

void ObjectReader::done() const {
  for (const json::key_value_pair& item : object_) {
    const std::string_view key{item.key().data(), item.key().size()};
    if (std::ranges::find(known_, key) == known_.end()) node_.fail({Problem::Kind::unknown, std::string{key}, known_});
  }
}

}  // namespace pentimento::json_form
