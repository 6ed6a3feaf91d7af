#include "vision/answer_text.hpp"

#include "json/reply_text.hpp"
#include "vision/model_text.hpp"

#include <array>
#include <utility>

namespace pentimento {
namespace {

namespace json = boost::json;

/// A longer text is not an answer.
constexpr std::size_t max_answer_text = std::size_t{256} << 10;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// Returns the end of the object that begins at `open`, one past its closing brace, or npos. Strings are skipped.
std::size_t end_of_object(std::string_view text, std::size_t open) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return text.npos;
}

/// Returns the place of this tag at or after `from`, in any case.
std::size_t find_tag(std::string_view text, std::string_view tag, std::size_t from) {
  for (std::size_t place = text.find('<', from); place != text.npos; place = text.find('<', place + 1)) {
    if (same_letters(text.substr(place, tag.size()), tag)) return place;
  }
  return text.npos;
}

/// Returns the text without the model's reasoning: each block of these tags, to the end of the text if it is not
/// closed, and everything before a closing tag that has no opening one.
std::string without_thoughts(std::string_view text) {
  constexpr std::array tags{std::pair{std::string_view{"<think>"}, std::string_view{"</think>"}},
                            std::pair{std::string_view{"<thinking>"}, std::string_view{"</thinking>"}}};
  std::string rest{text};
  for (const auto& [open, close] : tags) {
    std::string kept;
    std::size_t from = 0;
    std::size_t begin = find_tag(rest, open, 0);
    std::size_t end = find_tag(rest, close, 0);
    while (begin != rest.npos || end != rest.npos) {
      if (end < begin) {
        kept.clear();  // what came before was thought
      } else {
        kept.append(rest, from, begin - from);
      }
      from = end == rest.npos ? rest.size() : end + close.size();
      if (begin < from) begin = find_tag(rest, open, from);
      if (end < from) end = find_tag(rest, close, from);
      if (end == rest.npos && from == rest.size()) break;
    }
    kept.append(rest, from);
    rest = std::move(kept);
  }
  return rest;
}

/// Returns the objects of a text that stand side by side, up to two: each from its opening brace to its closing one, or
/// to the end of the text.
std::vector<std::string_view> objects_in(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t open = text.find('{'); open != text.npos && found.size() < 2;) {
    const std::size_t end = end_of_object(text, open);
    found.push_back(text.substr(open, end == text.npos ? end : end - open));
    open = end == text.npos ? end : text.find('{', end);
  }
  return found;
}

Result<json::value> parse(std::string_view text) {
  Result<json::value> parsed = json_form::parse_reply(text);
  if (!parsed) return Error{errc::parse_failed, "it is not valid JSON (" + parsed.error().message() + ')'};
  return parsed;
}

}  // namespace

Result<json::value> find_answer(const Reply& reply) {
  const auto unusable = [](const char* why) { return Error{errc::parse_failed, why}; };
  if (reply.text().size() > max_answer_text) return unusable("it is far too long");
  const std::string_view whole = trimmed(reply.text());
  if (whole.starts_with('{') && whole.ends_with('}')) {
    if (Result<json::value> parsed = parse(whole)) return parsed;
  }
  std::string text = without_thoughts(reply.text());
  for (std::size_t i = 0; trimmed(text).empty() && i < reply.thoughts().size(); ++i)
    text = without_thoughts(reply.thoughts()[i]);
  const std::vector<std::string_view> objects = objects_in(text);
  if (text.size() > max_answer_text) return unusable("it is far too long");
  if (objects.empty() && trimmed(text).empty()) return unusable("it is empty");
  if (objects.empty()) return unusable("there is no JSON object in it");
  if (objects.size() > 1) return unusable("there is more than one JSON object in it");
  return parse(objects.front());
}

Result<std::string> find_prose(const Reply& reply) {
  if (reply.text().size() > max_answer_text) return Error{errc::parse_failed, "it is far too long"};
  std::string text = some_lines(without_thoughts(reply.text()));
  if (text.empty()) return Error{errc::parse_failed, "it is empty"};
  return text;
}

}  // namespace pentimento
