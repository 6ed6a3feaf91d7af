#include "vision/messages_codec.hpp"

#include "json/reply_text.hpp"
#include "json/spelling.hpp"
#include "vision/codec_json.hpp"
#include <pentimento/json.hpp>

namespace pentimento::messages_codec {
namespace {

namespace json = boost::json;
using json_form::quoted;

void add_part(http::Body& body, const Question::Part& part) {
  if (const auto* text = std::get_if<std::string>(&part)) {
    body.add(R"({"type":"text","text":)" + quoted(*text) + '}');
    return;
  }
  const auto& image = std::get<Image>(part);
  body.add(R"({"type":"image","source":{"type":"base64","media_type":)" + quoted(to_string(image.media_type())) +
           R"(,"data":")");
  body.add_base64(image);
  body.add(R"("}})");
}

/// How hard the model thinks, and the form of its answer: a format has neither a name nor `strict` here.
std::string output_config(const Question& question, const std::string& effort) {
  std::string members;
  if (!effort.empty()) members = R"("effort":)" + quoted(effort);
  if (!question.schema().empty()) {
    if (!members.empty()) members += ',';
    members += R"("format":{"type":"json_schema","schema":)" + question.schema() + '}';
  }
  return members.empty() ? members : R"(,"output_config":{)" + members + '}';
}

/// The first block need not be the answer: thinking comes before it.
void read_content(const json::array& content, Reply& reply) {
  std::string text;
  for (const json::value& block : content) {
    const std::string_view type = text_of(member(block, "type"));
    if (type == "text") text += text_of(member(block, "text"));
    if (type != "thinking") continue;
    if (const std::string_view thought = text_of(member(block, "thinking")); !thought.empty())
      reply.think(std::string{thought});
  }
  reply.text(std::move(text));
}

void read_end(const json::value& body, Reply& reply) {
  const std::string_view reason = text_of(member(body, "stop_reason"));
  if (reason == "refusal") {
    reply.end(ReplyEnd::refusal);
    const json::value* details = member(body, "stop_details");
    if (details == nullptr) return;
    std::string_view words = text_of(member(*details, "explanation"));
    if (words.empty()) words = text_of(member(*details, "category"));
    reply.refusal(std::string{words});
  } else if (reason == "max_tokens" || reason == "model_context_window_exceeded") {
    reply.end(ReplyEnd::length);
  } else if (!reason.empty() && reason != "end_turn" && reason != "stop_sequence") {
    reply.end(ReplyEnd::other);
  }
}

/// `input_tokens` counts neither what was read from the cache nor what was written to it.
void read_usage(const json::value& body, Reply& reply) {
  const json::value* usage = member(body, "usage");
  if (usage == nullptr) return;
  const json::value* in = member(*usage, "input_tokens");
  const json::value* out = member(*usage, "output_tokens");
  if (in == nullptr || out == nullptr) return;
  TokenUsage counted;
  counted.tokens(TokenKind::text_in, count_of(in)).tokens(TokenKind::text_out, count_of(out));
  counted.tokens(TokenKind::cached_text_in, count_of(member(*usage, "cache_read_input_tokens")));
  counted.tokens(TokenKind::cache_write_in, count_of(member(*usage, "cache_creation_input_tokens")));
  reply.usage(counted);
}

}  // namespace

http::Body encode(const Question& question, const std::string& model, const std::string& effort) {
  http::Body body{R"({"model":)" + quoted(model) + R"(,"max_tokens":)" + std::to_string(question.max_output_tokens()) +
                  R"(,"system":)" + quoted(question.instructions()) + R"(,"messages":[{"role":"user","content":[)"};
  for (std::size_t i = 0; i < question.parts().size(); ++i) {
    if (i > 0) body.add(",");
    add_part(body, question.parts()[i]);
  }
  body.add("]}]" + output_config(question, effort) + '}');
  return body;
}

Result<Reply> decode(std::string_view body) {
  const Result<json::value> parsed = json_form::parse_reply(body);
  if (!parsed) return Error{errc::unusable_reply, "it is not JSON (" + parsed.error().message() + ')'};
  if (member(*parsed, "error") != nullptr) return Error{errc::backend_failed, "it holds an error"};
  const json::value* content = member(*parsed, "content");
  if (content == nullptr || !content->is_array()) return Error{errc::unusable_reply, "it has no \"content\""};
  Reply reply;
  read_content(content->get_array(), reply);
  read_end(*parsed, reply);
  read_usage(*parsed, reply);
  return reply;
}

}  // namespace pentimento::messages_codec
