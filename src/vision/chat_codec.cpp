#include "vision/chat_codec.hpp"

#include "json/reply_text.hpp"
#include "json/spelling.hpp"
#include "vision/codec_json.hpp"
#include <pentimento/json.hpp>

#include <algorithm>

namespace pentimento::chat_codec {
namespace {

namespace json = boost::json;
using json_form::quoted;

std::string_view to_string(ImageDetail detail) {
  switch (detail) {
    case ImageDetail::low: return "low";
    case ImageDetail::high: return "high";
    case ImageDetail::original: return "original";
    default: return "auto";
  }
}

void add_image(http::Body& body, const Image& image, const ChatCompletionsOptions& options) {
  // The base64 is one unbroken line: llama.cpp's decoder stops at the first other character, without a word.
  body.add(R"({"type":"image_url","image_url":{"url":"data:)" + std::string{pentimento::to_string(image.media_type())} +
           ";base64,");
  body.add_base64(image);
  std::string end = "\"";
  if (options.server.takes_detail && options.detail != ImageDetail::automatic)
    end += R"(,"detail":)" + quoted(to_string(options.detail));
  body.add(end + "}}");
}

void add_content(http::Body& body, const Question& question, const ChatCompletionsOptions& options) {
  const std::vector<Question::Part>& parts = question.parts();
  if (parts.size() == 1 && std::holds_alternative<std::string>(parts.front())) {
    body.add(quoted(std::get<std::string>(parts.front())));
    return;
  }
  const char* separator = "[";
  for (const Question::Part& part : parts) {
    body.add(separator);
    separator = ",";
    if (const auto* text = std::get_if<std::string>(&part)) {
      body.add(R"({"type":"text","text":)" + quoted(*text) + '}');
    } else {
      add_image(body, std::get<Image>(part), options);
    }
  }
  body.add("]");
}

std::string settings(const Question& question, const ChatCompletionsOptions& options, AnswerFormat format) {
  const ChatCompletionsServer& server = options.server;
  const std::string cap = std::to_string(question.max_output_tokens());
  std::string text;
  if (server.token_cap != TokenCapField::max_tokens) text += R"(,"max_completion_tokens":)" + cap;
  if (server.token_cap != TokenCapField::max_completion_tokens) text += R"(,"max_tokens":)" + cap;
  if (server.temperature) text += R"(,"temperature":)" + json_form::number_text(*server.temperature);
  if (!options.reasoning_effort.empty()) text += R"(,"reasoning_effort":)" + quoted(options.reasoning_effort);
  if (question.schema().empty() || format == AnswerFormat::none) return text;
  if (format == AnswerFormat::json_object) return text + R"(,"response_format":{"type":"json_object"})";
  // Without `strict` the schema is only a hint.
  return text + R"(,"response_format":{"type":"json_schema","json_schema":{"name":)" + quoted(question.schema_name()) +
         R"(,"strict":true,"schema":)" + question.schema() + "}}";
}

void read_usage(const json::value& body, Reply& reply) {
  const json::value* usage = member(body, "usage");
  if (usage == nullptr) return;
  // OpenRouter says what the call cost.
  if (const json::value* cost = member(*usage, "cost"); cost != nullptr && cost->is_number()) {
    const double dollars = cost->to_number<double>();
    if (dollars >= 0 && dollars < 1e6) reply.charge(Charge::paid(usd(dollars)));
  }
  const json::value* prompt = member(*usage, "prompt_tokens");
  const json::value* completion = member(*usage, "completion_tokens");
  if (prompt == nullptr || completion == nullptr) return;
  const std::uint64_t in = count_of(prompt);
  std::uint64_t out = count_of(completion);
  // Reasoning is output. Where completion_tokens does not include it, the total shows it.
  if (const std::uint64_t total = count_of(member(*usage, "total_tokens")); total > in) out = std::max(out, total - in);
  std::uint64_t cached = 0;
  std::uint64_t images = 0;
  if (const json::value* details = member(*usage, "prompt_tokens_details")) {
    cached = std::min(count_of(member(*details, "cached_tokens")), in);
    images = std::min(count_of(member(*details, "image_tokens")), in - cached);
  }
  TokenUsage counted;
  counted.tokens(TokenKind::cached_text_in, cached).tokens(TokenKind::image_in, images);
  counted.tokens(TokenKind::text_in, in - cached - images).tokens(TokenKind::text_out, out);
  reply.usage(counted);
}

/// The content is a text, or a list of parts.
void read_content(const json::value& message, Reply& reply) {
  const json::value* content = member(message, "content");
  std::string text{text_of(content)};
  if (content != nullptr && content->is_array()) {
    for (const json::value& part : content->get_array()) {
      const std::string_view type = text_of(member(part, "type"));
      if (type == "text" || type == "output_text") text += text_of(member(part, "text"));
      if (type == "refusal") reply.refusal(std::string{text_of(member(part, "refusal"))});
      if (type == "thinking" || type == "reasoning") reply.think(std::string{text_of(member(part, type))});
    }
  }
  reply.text(std::move(text));
}

}  // namespace

Result<std::string> extra_members(const ChatCompletionsOptions& options) {
  const std::string& extra = options.server.extra_body;
  if (extra.empty()) return std::string{};
  const Result<json::value> parsed = parse_json(extra);
  if (!parsed || !parsed->is_object())
    return Error{errc::invalid_argument, "extra_body is invalid; the text of a JSON object is needed"};
  std::vector<std::string_view> ours{"model",           "messages", "max_tokens", "max_completion_tokens",
                                     "response_format", "stream",   "n"};
  if (options.server.temperature) ours.emplace_back("temperature");
  if (!options.reasoning_effort.empty()) ours.emplace_back("reasoning_effort");
  for (const std::string_view key : ours) {
    if (parsed->get_object().contains(key)) {
      return Error{errc::invalid_argument,
                   "extra_body sets \"" + std::string{key} + "\", which the question sets; leave it out"};
    }
  }
  const std::string text = to_text(*parsed);
  return text.substr(1, text.size() - 2);
}

http::Body encode(const Question& question, const ChatCompletionsOptions& options, AnswerFormat format,
                  std::string_view extra) {
  http::Body body{R"({"model":)" + quoted(options.model) + R"(,"messages":[{"role":)" +
                  quoted(options.server.instructions_role) + R"(,"content":)" + quoted(question.instructions()) +
                  R"(},{"role":"user","content":)"};
  add_content(body, question, options);
  body.add("}]" + settings(question, options, format));
  if (!extra.empty()) body.add("," + std::string{extra});
  body.add("}");
  return body;
}

Result<Reply> decode(std::string_view body, const std::vector<std::string>& reasoning_fields) {
  const Result<json::value> parsed = json_form::parse_reply(body);
  if (!parsed) return Error{errc::unusable_reply, "it is not JSON (" + parsed.error().message() + ')'};
  if (member(*parsed, "error") != nullptr) return Error{errc::backend_failed, "it holds an error"};
  const json::value* choices = member(*parsed, "choices");
  if (choices == nullptr || !choices->is_array() || choices->get_array().empty())
    return Error{errc::unusable_reply, "it has no \"choices\""};
  const json::value& choice = choices->get_array().front();
  const std::string_view reason = text_of(member(choice, "finish_reason"));
  // As OpenRouter does when a model fails that has begun to write.
  if (member(choice, "error") != nullptr || reason == "error")
    return Error{errc::backend_failed, "its choice holds an error"};
  const json::value* message = member(choice, "message");
  if (message == nullptr || !message->is_object())
    return Error{errc::unusable_reply, "its first choice has no \"message\""};
  Reply reply;
  reply.refusal(std::string{text_of(member(*message, "refusal"))});
  read_content(*message, reply);
  for (const std::string& field : reasoning_fields) {
    if (const std::string_view thought = text_of(member(*message, field)); !thought.empty())
      reply.think(std::string{thought});
  }
  if (!reply.refusal().empty() || reason == "content_filter") {
    reply.end(ReplyEnd::refusal);
  } else if (reason == "length") {
    reply.end(ReplyEnd::length);
  } else if (!reason.empty() && reason != "stop") {
    reply.end(ReplyEnd::other);
  }
  read_usage(*parsed, reply);
  return reply;
}

}  // namespace pentimento::chat_codec
