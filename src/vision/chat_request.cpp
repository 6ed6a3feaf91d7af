#include "vision/chat_request.hpp"

#include "json/spelling.hpp"
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

namespace pentimento::chat {
namespace {

namespace json = boost::json;

std::string quoted(std::string_view text) { return '"' + http::json_escaped(text) + '"'; }

std::string_view to_string(ImageDetail detail) {
  switch (detail) {
    case ImageDetail::automatic: return "auto";
    case ImageDetail::low: return "low";
    case ImageDetail::high: return "high";
    case ImageDetail::original: return "original";
  }
  return "auto";
}

void add_image(http::Body& body, const Image& image, const ChatCompletionsOptions& options) {
  // The type is told by the bytes, so it cannot contradict them. The base64 is one unbroken line: llama.cpp's decoder
  // stops at the first character that is none of its alphabet, without a word.
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
  body.add("[");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) body.add(",");
    if (const auto* text = std::get_if<std::string>(&parts[i])) {
      body.add(R"({"type":"text","text":)" + quoted(*text) + '}');
    } else {
      add_image(body, std::get<Image>(parts[i]), options);
    }
  }
  body.add("]");
}

std::string settings(const Question& question, const ChatCompletionsOptions& options) {
  const ChatServer& server = options.server;
  const std::string cap = std::to_string(options.max_output_tokens);
  std::string text;
  if (server.token_cap != TokenCapField::max_tokens) text += R"(,"max_completion_tokens":)" + cap;
  if (server.token_cap != TokenCapField::max_completion_tokens) text += R"(,"max_tokens":)" + cap;
  if (server.temperature) text += R"(,"temperature":)" + json_form::number_text(*server.temperature);
  if (!options.reasoning_effort.empty()) text += R"(,"reasoning_effort":)" + quoted(options.reasoning_effort);
  if (question.schema().empty()) return text;
  switch (server.answer_format) {
    case AnswerFormat::json_schema:
      // `strict` is false where it is left out.
      text += R"(,"response_format":{"type":"json_schema","json_schema":{"name":)" + quoted(question.form()) +
              R"(,"strict":true,"schema":)" + question.schema() + "}}";
      break;
    case AnswerFormat::json_object: text += R"(,"response_format":{"type":"json_object"})"; break;
    case AnswerFormat::none: break;
  }
  return text;
}

}  // namespace

std::size_t Question::text_bytes() const noexcept {
  std::size_t bytes = instructions_.size() + form_.size() + schema_.size();
  for (const Part& part : parts_) {
    if (const auto* text = std::get_if<std::string>(&part)) bytes += text->size();
  }
  return bytes;
}

Result<http::Url> address(const ChatCompletionsOptions& options) {
  const std::string& base = options.base_url.empty() ? options.server.base_url : options.base_url;
  if (base.empty()) {
    return Error{errc::invalid_argument,
                 "the address of " + options.server.name + " cannot be known: set base_url, as in \"https://host/v1\""};
  }
  const Result<http::Url> url = http::Url::parse(base);
  if (!url) return url.error();
  Result<http::Url> whole = url->joined(options.server.path);
  if (!whole || options.server.query.empty()) return whole;
  const char* const sign = whole->target().find('?') == std::string::npos ? "?" : "&";
  return http::Url::parse(whole->to_string() + sign + options.server.query);
}

Result<std::string> extra_members(const ChatCompletionsOptions& options) {
  const std::string& extra = options.server.extra_body;
  if (extra.empty()) return std::string{};
  const Result<json::value> parsed = parse_json(extra);
  if (!parsed || !parsed->is_object())
    return Error{errc::invalid_argument, "extra_body has to be the text of a JSON object"};
  std::vector<std::string_view> ours{"model",           "messages", "max_tokens", "max_completion_tokens",
                                     "response_format", "stream",   "n"};
  if (options.server.temperature) ours.emplace_back("temperature");
  if (!options.reasoning_effort.empty()) ours.emplace_back("reasoning_effort");
  for (const std::string_view key : ours) {
    if (parsed->get_object().contains(key)) {
      return Error{errc::invalid_argument,
                   "extra_body may not set \"" + std::string{key} + "\", which the critic sets by itself"};
    }
  }
  const std::string text = to_text(*parsed);
  return text.substr(1, text.size() - 2);
}

http::Body request_body(const Question& question, const ChatCompletionsOptions& options, std::string_view extra) {
  http::Body body{R"({"model":)" + quoted(options.model) + R"(,"messages":[{"role":)" +
                  quoted(options.server.instructions_role) + R"(,"content":)" + quoted(question.instructions()) +
                  R"(},{"role":"user","content":)"};
  add_content(body, question, options);
  body.add("}]" + settings(question, options));
  if (!extra.empty()) body.add("," + std::string{extra});
  body.add("}");
  return body;
}

}  // namespace pentimento::chat
