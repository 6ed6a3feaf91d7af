#include "vision/chat_reply.hpp"

#include "vision/model_text.hpp"
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace pentimento::chat {
namespace {

namespace json = boost::json;

const json::value* member(const json::value& value, std::string_view key) {
  const json::value* found = value.is_object() ? value.get_object().if_contains(key) : nullptr;
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string_view text_of(const json::value* value) {
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

/// A count of tokens: what is negative or beyond reason is none.
std::uint64_t count_of(const json::value* value) {
  constexpr std::uint64_t most = 1'000'000'000;
  if (value == nullptr) return 0;
  if (value->is_int64() && value->get_int64() >= 0)
    return std::min<std::uint64_t>(static_cast<std::uint64_t>(value->get_int64()), most);
  if (value->is_uint64()) return most;
  if (value->is_double() && value->get_double() >= 0)
    return static_cast<std::uint64_t>(std::min(value->get_double(), 1e9));
  return 0;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

void read_usage(const json::value& body, Reply& reply) {
  const json::value* usage = member(body, "usage");
  if (usage == nullptr || !usage->is_object()) return;
  if (const json::value* cost = member(*usage, "cost"); cost != nullptr && cost->is_number()) {
    const double dollars = cost->to_number<double>();
    if (dollars >= 0 && dollars < 1e6) reply.cost(usd(dollars));
  }
  const json::value* prompt = member(*usage, "prompt_tokens");
  const json::value* completion = member(*usage, "completion_tokens");
  if (prompt == nullptr || completion == nullptr) return;
  const std::uint64_t in = count_of(prompt);
  std::uint64_t out = count_of(completion);
  // Reasoning is output. Where it does not stand within completion_tokens, the total gives it away.
  if (const std::uint64_t total = count_of(member(*usage, "total_tokens")); total > in) out = std::max(out, total - in);
  std::uint64_t cached = 0;
  std::uint64_t pictures = 0;
  if (const json::value* details = member(*usage, "prompt_tokens_details")) {
    cached = std::min(count_of(member(*details, "cached_tokens")), in);
    pictures = std::min(count_of(member(*details, "image_tokens")), in - cached);
  }
  TokenUsage counted;
  counted.tokens(TokenKind::cached_text_in, cached).tokens(TokenKind::image_in, pictures);
  counted.tokens(TokenKind::text_in, in - cached - pictures).tokens(TokenKind::text_out, out);
  reply.usage(counted);
}

/// The content of a message: a text, or a list of parts of which the texts count and the thoughts are thoughts.
void read_content(const json::value& message, Reply& reply) {
  const json::value* content = member(message, "content");
  if (content == nullptr) return;
  std::string text{text_of(content)};
  if (content->is_array()) {
    for (const json::value& part : content->get_array()) {
      const std::string_view type = text_of(member(part, "type"));
      if (type == "text" || type == "output_text") text += text_of(member(part, "text"));
      if (type == "refusal") reply.refusal(std::string{text_of(member(part, "refusal"))});
      if (type == "thinking" || type == "reasoning") reply.think(std::string{text_of(member(part, type))});
    }
  }
  if (text.size() > max_reply_text) {
    text = shortened_text(std::move(text), max_reply_text);
    reply.cut(true);
  }
  reply.text(std::move(text));
}

// The answer in a text
// -----------------------------------------------------------------------------------------------------

/// Where the object that begins at `open` ends (one past its brace), or npos. Strings are skipped.
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

/// Where this tag stands in the text at or after `from`, without regard to case.
std::size_t find_tag(std::string_view text, std::string_view tag, std::size_t from) {
  for (std::size_t place = text.find('<', from); place != text.npos; place = text.find('<', place + 1)) {
    if (same_letters(text.substr(place, tag.size()), tag)) return place;
  }
  return text.npos;
}

/// The text without its model's thoughts: all before a closing tag that nothing opens, and each block; a block that
/// does not end takes the rest with it.
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

/// The objects of a text, side by side: each from its first brace to the one that closes it, or to the end.
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
  Result<json::value> parsed = parse_json(text, JsonLimits{max_reply_text + 1, max_reply_text + 1, 16});
  if (!parsed) return Error{errc::parse_failed, "it is no valid JSON (" + parsed.error().message() + ')'};
  return parsed;
}

}  // namespace

Result<Reply> read_reply(std::string_view body, const std::vector<std::string>& reasoning_fields) {
  const Result<json::value> parsed = parse_json(body);
  if (!parsed) return Error{errc::unusable_reply, "it is no JSON (" + parsed.error().message() + ')'};
  if (member(*parsed, "error") != nullptr) return Error{errc::backend_failed, "it holds an error"};
  const json::value* choices = member(*parsed, "choices");
  if (choices == nullptr || !choices->is_array() || choices->get_array().empty())
    return Error{errc::unusable_reply, "it has no \"choices\""};
  const json::value& choice = choices->get_array().front();
  if (member(choice, "error") != nullptr) return Error{errc::backend_failed, "its choice holds an error"};
  const json::value* message = member(choice, "message");
  if (message == nullptr || !message->is_object())
    return Error{errc::unusable_reply, "its first choice has no \"message\""};
  Reply reply;
  reply.finish_reason(std::string{text_of(member(choice, "finish_reason"))});
  reply.refusal(std::string{text_of(member(*message, "refusal"))});
  read_content(*message, reply);
  for (const std::string& field : reasoning_fields) {
    const std::string_view thought = text_of(member(*message, field));
    if (!thought.empty()) reply.think(shortened_text(std::string{thought}, max_reply_text));
  }
  read_usage(*parsed, reply);
  return reply;
}

Result<json::value> find_answer(const Reply& reply) {
  if (reply.is_cut()) return Error{errc::parse_failed, "it is far too long"};
  const std::string_view whole = trimmed(reply.text());
  if (whole.starts_with('{') && whole.ends_with('}')) {
    if (Result<json::value> parsed = parse(whole)) return parsed;
  }
  std::string text = without_thoughts(reply.text());
  for (std::size_t i = 0; trimmed(text).empty() && i < reply.thoughts().size(); ++i)
    text = without_thoughts(reply.thoughts()[i]);
  const std::vector<std::string_view> objects = objects_in(text);
  if (objects.empty() && trimmed(text).empty()) return Error{errc::parse_failed, "it is empty"};
  if (objects.empty()) return Error{errc::parse_failed, "there is no JSON object in it"};
  if (objects.size() > 1) return Error{errc::parse_failed, "there is more than one JSON object in it"};
  return parse(objects.front());
}

std::string prose(const Reply& reply) { return some_lines(without_thoughts(reply.text())); }

}  // namespace pentimento::chat
