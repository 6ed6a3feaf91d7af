#include "emulator/dialects/openai_fields.hpp"

#include "emulator/images.hpp"
#include "json/lookup.hpp"
#include "json/spelling.hpp"
#include <pentimento/detail/utf8.hpp>
#include <pentimento/json.hpp>

#include <algorithm>
#include <utility>

namespace pentimento::emulator::openai {

namespace json = boost::json;
using http::Headers;

namespace {

std::string quoted(std::string_view text) { return '\'' + json_form::shortened(detail::valid_utf8(text), 200) + '\''; }

[[noreturn]] void refuse(std::string message, const std::string& param, std::string code) {
  Complaint complaint{400, std::move(message)};
  complaint.param(param).code(std::move(code));
  throw Refused{std::move(complaint)};
}

/// "'a', 'b', and 'c'"
std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += names.size() == 2 ? " and " : i + 1 == names.size() ? ", and " : ", ";
    text += quoted(names[i]);
  }
  return text;
}

}  // namespace

void refuse_value(const std::string& path, std::string_view value, std::span<const std::string_view> supported) {
  refuse("Invalid value: " + quoted(value) + ". Supported values are: " + listed(supported) + '.', path,
         "invalid_value");
}

void refuse_field(const std::string& path, const std::string& message, const std::string& code) {
  refuse(message, path, code);
}

std::string kind_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "a boolean";
    case json::kind::int64:
    case json::kind::uint64: return "an integer";
    case json::kind::double_: return "a decimal number";
    case json::kind::string: return "a string";
    case json::kind::array: return "an array";
    case json::kind::object: return "an object";
  }
  return "something";
}

std::string Fields::path_of(std::string_view name) const {
  return path_.empty() ? std::string{name} : path_ + '.' + std::string{name};
}

const json::value* Fields::find(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const json::value& Fields::get(std::string_view name) const {
  const json::value* value = find(name);
  if (value == nullptr)
    refuse("Missing required parameter: " + quoted(path_of(name)) + '.', path_of(name), "missing_required_parameter");
  return *value;
}

void Fields::refuse_type(std::string_view name, std::string_view expected) const {
  refuse("Invalid type for " + quoted(path_of(name)) + ": expected " + std::string{expected} + ", but got " +
             kind_of(*find(name)) + " instead.",
         path_of(name), "invalid_type");
}

std::optional<std::string> Fields::text(std::string_view name, std::size_t most) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) refuse_type(name, "a string");
  std::string text{json_form::text_of(value->get_string())};
  if (most == 0) return text;
  const auto length = detail::count_characters(text);
  if (length > most) {
    refuse("Invalid " + quoted(path_of(name)) + ": string too long. Expected a string with maximum length " +
               std::to_string(most) + ", but got a string with length " + std::to_string(length) + " instead.",
           path_of(name), "string_above_max_length");
  }
  return text;
}

std::string Fields::required_text(std::string_view name, std::size_t most) const {
  get(name);
  return *text(name, most);
}

std::optional<std::string> Fields::one_of(std::string_view name,
                                          std::initializer_list<std::string_view> supported) const {
  std::optional<std::string> value = text(name);
  if (value && std::ranges::find(supported, *value) == supported.end())
    refuse_value(path_of(name), *value, {supported.begin(), supported.size()});
  return value;
}

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t least, std::int64_t most) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64() && !value->is_uint64()) refuse_type(name, "an integer");
  const std::int64_t number = value->is_int64() ? value->get_int64() : most + 1;
  if (number >= least && number <= most) return number;
  const bool above = number > most;
  refuse("Invalid " + quoted(path_of(name)) + ": integer " + (above ? "above maximum" : "below minimum") +
             " value. Expected a value " + (above ? "<= " + std::to_string(most) : ">= " + std::to_string(least)) +
             ", but got " + to_text(*value) + " instead.",
         path_of(name), above ? "integer_above_max_value" : "integer_below_min_value");
}

std::optional<double> Fields::number(std::string_view name, double least, double most) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) refuse_type(name, "a decimal number");
  const double number = value->to_number<double>();
  if (number >= least && number <= most) return number;
  const bool above = number > most;
  refuse("Invalid " + quoted(path_of(name)) + ": decimal " + (above ? "above maximum" : "below minimum") +
             " value. Expected a value " +
             (above ? "<= " + json_form::number_text(most) : ">= " + json_form::number_text(least)) + ", but got " +
             to_text(*value) + " instead.",
         path_of(name), above ? "decimal_above_max_value" : "decimal_below_min_value");
}

std::optional<bool> Fields::truth(std::string_view name) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) refuse_type(name, "a boolean");
  return value->get_bool();
}

const json::object* Fields::object(std::string_view name) const {
  const json::value* value = find(name);
  if (value != nullptr && !value->is_object()) refuse_type(name, "an object");
  return value == nullptr ? nullptr : &value->get_object();
}

const json::array* Fields::array(std::string_view name) const {
  const json::value* value = find(name);
  if (value != nullptr && !value->is_array()) refuse_type(name, "an array");
  return value == nullptr ? nullptr : &value->get_array();
}

void Fields::allow_only(std::initializer_list<std::string_view> names) const {
  for (const json::key_value_pair& member : object_) {
    const std::string_view key{member.key().data(), member.key().size()};
    if (std::ranges::find(names, key) == names.end())
      refuse("Unknown parameter: " + quoted(path_of(key)) + '.', path_of(key), "unknown_parameter");
  }
}

json::value parse_body(const EmulatedRequest& request, std::size_t depth) {
  const std::string_view type = request.headers().value("content-type");
  const std::string_view media_type = type.substr(0, std::min(type.find_first_of("; \t"), type.size()));
  if (!Headers::same_name(media_type, "application/json")) {
    refuse(
        "Unsupported content type: " + quoted(media_type) +
            ". This API method only accepts 'application/json' requests, but you specified the header 'Content-Type: " +
            json_form::shortened(detail::valid_utf8(type), 200) + "'. Please try again with a supported content type.",
        {}, "unsupported_content_type");
  }
  JsonLimits limits;
  limits.bytes = request.body().size();
  limits.depth = depth;
  Result<json::value> body = parse_json(request.body(), limits);
  if (!body || !body->is_object()) {
    refuse("We could not parse the JSON body of your request: " +
               (body ? std::string{"it is no object"} : body.error().message()) +
               ". The OpenAI API expects a JSON payload.",
           {}, {});
  }
  return std::move(*body);
}

void need_access(const EmulatedRequest& request, const std::string& accepted_key) {
  if (request.method() != "POST") {
    Complaint complaint{405, "Not allowed to " + request.method() + " on " + request.path() +
                                 ". (HINT: Perhaps you meant to use a different HTTP method?)"};
    complaint.code("method_not_supported");
    throw Refused{std::move(complaint)};
  }
  if (auto complaint = complaint_about_key(request.headers(), accepted_key)) throw Refused{std::move(*complaint)};
}

std::uint64_t tokens_of(std::string_view text) { return (text.size() + 3) / 4; }

std::uint64_t tokens_of(PixelSize size) {
  return std::uint64_t{(size.width() + 31) / 32} * ((size.height() + 31) / 32);
}

}  // namespace pentimento::emulator::openai
