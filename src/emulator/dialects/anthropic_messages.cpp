// Anthropic Messages, versions 2023-06-01 and 2026-10-21, as its SDK (1.12.0) and documents of autumn 2026 describe it,
// for models that look at images. Not emulated: streams, tools, documents, files and images by URL.

#include "emulator/dialects/answer_schema.hpp"
#include "emulator/dialects/anthropic.hpp"
#include "emulator/dialects/chat.hpp"
#include "emulator/json_reading.hpp"
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace pentimento::emulator {

namespace json = boost::json;

// What the endpoints share ---------------------------------------------------------------------------------------------

namespace anthropic {
namespace {

std::string request_id(std::uint64_t number) { return "req_emulated_" + std::to_string(number); }

std::string_view type_of(int status) {
  switch (status) {
    case 401: return "authentication_error";
    case 402: return "billing_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 409: return "conflict_error";
    case 413: return "request_too_large";
    case 429: return "rate_limit_error";
    case 504: return "timeout_error";
    case 529: return "overloaded_error";
    default: return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

}  // namespace

EmulatedReply ApiError::reply(std::uint64_t number) const {
  json::object error{{"type", type_.empty() ? type_of(status_) : type_}, {"message", message_}};
  if (!error_code_.empty()) error["details"] = json::object{{"error_code", error_code_}};
  const json::object body{{"type", "error"}, {"error", std::move(error)}, {"request_id", request_id(number)}};
  return json_reply(status_, body, number);
}

EmulatedReply json_reply(int status, const json::value& json, std::uint64_t number) {
  EmulatedReply reply{status, "application/json", http::Body{to_text(json)}};
  reply.header("request-id", request_id(number));
  return reply;
}

void check_headers(const EmulatedRequest& request, const std::string& accepted_key) {
  const std::string_view version = request.headers().value("anthropic-version");
  std::string_view key = request.headers().value("x-api-key");
  if (key.empty() && version == "2026-10-21") key = bearer_key(request.headers());
  if (key.empty()) throw ApiError{401, "x-api-key header is required"};
  if (!accepted_key.empty() && key != accepted_key) throw ApiError{401, "invalid x-api-key"};
  if (version.empty()) throw ApiError{400, "anthropic-version: header is required"};
  if (version != "2023-06-01" && version != "2026-10-21")
    throw ApiError{400, "anthropic-version: \"" + std::string{version} + "\" is not a valid version"};
}

}  // namespace anthropic

// Requests ------------------------------------------------------------------------------------------------------------

namespace anthropic_messages_dialect {
namespace {

using anthropic::ApiError;
using json_form::Node;
using json_form::ObjectReader;

constexpr std::size_t max_body = std::size_t{32} << 20;
constexpr std::size_t max_base64 = std::size_t{10} << 20;
constexpr std::size_t max_images = 600;
constexpr std::size_t many_images = 20;
constexpr std::uint64_t thinking_tokens = 40;

void check_model(const std::string& model) {
  const auto begins_with = [&](std::string_view name) { return model.starts_with(name); };
  const auto families = {"claude-opus-", "claude-sonnet-", "claude-haiku-", "claude-fable-"};
  if (std::ranges::none_of(families, begins_with)) throw ApiError{404, "model: " + model};
}

/// True if a model thinks in any case, so that its answer begins with a block of thinking.
bool always_thinks(std::string_view model) {
  return model.starts_with("claude-opus-5-5") || model.starts_with("claude-fable");
}

void read_image(const Node& node, ChatRequest& chat) {
  ObjectReader source{node};
  constexpr std::array<std::string_view, 1> base64{"base64"};
  read_name(require(source, "type"), base64);
  constexpr std::array<std::string_view, 4> types{"image/jpeg", "image/png", "image/gif", "image/webp"};
  const std::string_view type = types[read_name(require(source, "media_type"), types)];
  const Node data = require(source, "data");
  source.done();
  if (data.text().size() > max_base64) data.fail("at most 10 MB of base64 are accepted");
  Result<Image> image = decode_image(data.text(), type);
  if (!image) data.fail(image.error().message());
  chat.image_tokens += tokens_of(image->size(), 28);
  chat.question.images.push_back(std::move(*image));
}

void read_block(const Node& node, bool is_users, ChatRequest& chat) {
  ObjectReader block{node};
  constexpr std::array<std::string_view, 2> types{"text", "image"};
  const bool is_image = read_name(require(block, "type"), std::span{types}.first(is_users ? 2 : 1)) == 1;
  if (is_image) {
    read_image(require(block, "source"), chat);
  } else {
    const Node text = require(block, "text");
    if (text.text().empty()) text.fail("text content blocks must be non-empty");
    add_text(chat, text.text(), is_users);
  }
  ignore(block, {"cache_control", "transformations"});
  block.done();
}

void read_content(const Node& content, bool is_users, ChatRequest& chat) {
  if (content.value().is_string()) return add_text(chat, content.text(), is_users);
  if (content.array().empty()) content.fail("at least one block is needed");
  for (std::size_t i = 0; const json::value& block : content.array())
    read_block(content.child(i++, block), is_users, chat);
}

void read_messages(const Node& messages, ChatRequest& chat) {
  constexpr std::array<std::string_view, 2> roles{"user", "assistant"};
  if (messages.array().empty()) messages.fail("at least one message is required");
  bool is_users = false;
  for (std::size_t i = 0; const json::value& value : messages.array()) {
    const Node node = messages.child(i++, value);
    ObjectReader message{node};
    is_users = read_name(require(message, "role"), roles) == 0;
    read_content(require(message, "content"), is_users, chat);
    message.done();
  }
  if (!is_users) messages.fail("this model does not support assistant message prefill");
  const std::uint32_t longest = chat.question.images.size() > many_images ? 2000 : 8000;
  for (const Image& image : chat.question.images) {
    if (std::max(image.size().width(), image.size().height()) <= longest) continue;
    throw ApiError{400, "an image has more than " + std::to_string(longest) + " pixels on a side"}.error_code(
        "image_dimensions_too_large");
  }
  if (chat.question.images.size() > max_images) messages.fail("at most 600 images are accepted");
}

void read_output_config(const Node& node, ChatRequest& chat) {
  ObjectReader config{node};
  find_name(config, "effort", {"low", "medium", "high", "xhigh", "max"});
  if (const auto format_node = find(config, "format")) {
    ObjectReader format{*format_node};
    constexpr std::array<std::string_view, 1> types{"json_schema"};
    read_name(require(format, "type"), types);
    const Node schema = require(format, "schema");
    chat.question.schema = schema.object();
    format.done();
    if (const auto why = schema_error(chat.question.schema, SchemaRules::anthropic)) schema.fail(*why);
  }
  config.done();
}

ChatRequest read_request(const EmulatedRequest& request) {
  if (request.body().size() > max_body) throw ApiError{413, "Request exceeds the maximum size"};
  if (!has_media_type(request, "application/json")) throw ApiError{400, "the content type must be application/json"};
  const Result<json::value> value = parse_object(request, 64);
  if (!value) throw ApiError{400, "The request body is not valid JSON: " + value.error().message()};
  const ImageSource no_images;
  const Node node{*value, no_images};
  ObjectReader body{node};
  ChatRequest chat;
  chat.model = require(body, "model").text();
  check_model(chat.model);
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  chat.cap = json_form::read(require(body, "max_tokens"), json_form::As<std::uint64_t>{}, std::uint64_t{1}, most);
  chat.reasoning = always_thinks(chat.model) ? thinking_tokens : 0;
  if (const auto system = find(body, "system")) read_content(*system, false, chat);
  read_messages(require(body, "messages"), chat);
  if (const auto config = find(body, "output_config")) read_output_config(*config, chat);
  if (find_value<bool>(body, "stream").value_or(false)) throw ApiError{400, "stream: not supported by the emulator"};
  for (const char* const name : {"temperature", "top_p", "top_k"}) {
    // Gone since version 2026-10-21; in older versions the models of 2026 reject them.
    if (find(body, name)) throw ApiError{400, '`' + std::string{name} + "` is deprecated for this model."};
  }
  ignore(body, {"metadata", "stop_sequences", "thinking", "service_tier", "cache_control"});
  body.done();
  return chat;
}

// Replies -------------------------------------------------------------------------------------------------------------

EmulatedReply message(const ChatRequest& chat, const ChatAnswer& answer, std::string_view stop_reason,
                      std::uint64_t number) {
  const std::uint64_t thought = std::min(chat.cap, chat.reasoning);
  const bool is_refused = stop_reason == "refusal";
  json::array content;
  if (thought > 0 && !is_refused)
    content.push_back({{"type", "thinking"}, {"thinking", ""}, {"signature", "emulated"}});
  if (!answer.text.empty()) content.push_back({{"type", "text"}, {"text", answer.text}});
  json::value details;
  if (is_refused) details = {{"type", "refusal"}, {"category", nullptr}, {"explanation", "The emulator declines."}};
  const json::object usage{{"input_tokens", chat.text_tokens + chat.image_tokens},
                           {"output_tokens", answer.tokens},
                           {"cache_creation_input_tokens", 0},
                           {"cache_read_input_tokens", 0},
                           {"output_tokens_details", json::object{{"thinking_tokens", is_refused ? 0 : thought}}},
                           {"service_tier", "standard"}};
  const json::object body{{"id", "msg_emulated_" + std::to_string(number)},
                          {"type", "message"},
                          {"role", "assistant"},
                          {"model", chat.model},
                          {"content", std::move(content)},
                          {"stop_reason", stop_reason},
                          {"stop_sequence", nullptr},
                          {"stop_details", std::move(details)},
                          {"usage", usage}};
  return anthropic::json_reply(200, body, number);
}

class AnthropicMessagesDialect final : public Dialect {
 public:
  explicit AnthropicMessagesDialect(std::shared_ptr<const Backends> backends) : backends_{std::move(backends)} {}

  std::string name() const override { return "Anthropic Messages"; }
  std::vector<std::string> endpoints() const override { return {"POST /v1/messages"}; }
  bool matches(std::string_view path) const override { return path == "/v1/messages"; }

  boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) override {
    const std::uint64_t number = request.number();
    ChatRequest chat;
    if (auto rejected = read(request, chat)) co_return std::move(*rejected);
    ChatAnswer answer;
    if (request.overrides().refuse != Refusal::none) co_return message(chat, answer, "refusal", number);
    Result<ChatAnswer> answered = co_await answer_chat(backends_, chat, request);
    if (!answered) {
      const errc code = answered.error().code();
      const bool is_request =
          code == errc::unreadable_image || code == errc::too_large || code == errc::invalid_argument;
      co_return ApiError{is_request ? 400 : 500, answered.error().message()}.reply(number);
    }
    co_return message(chat, *answered, answered->is_cut_off ? "max_tokens" : "end_turn", number);
  }

  EmulatedReply error(const ErrorScript& error, std::uint64_t number) const override {
    ApiError api_error{error.status,
                       error.message.empty() ? "The scenario of the emulator asks for this error." : error.message};
    return api_error.type(error.type).error_code(error.code).reply(number);
  }

 private:
  std::optional<EmulatedReply> read(const EmulatedRequest& request, ChatRequest& chat) const {
    return anthropic::rejection(request.number(), [&] {
      if (request.method() != "POST") throw ApiError{405, "Method Not Allowed"};
      anthropic::check_headers(request, backends_->api_key);
      chat = read_request(request);
      if (const auto& error = request.overrides().stream_error)
        throw ApiError{500, error->message.empty() ? "Internal server error" : error->message}.error_code(error->code);
    });
  }

  std::shared_ptr<const Backends> backends_;
};

}  // namespace
}  // namespace anthropic_messages_dialect

std::unique_ptr<Dialect> make_anthropic_messages_dialect(std::shared_ptr<const Backends> backends) {
  return std::make_unique<anthropic_messages_dialect::AnthropicMessagesDialect>(std::move(backends));
}

}  // namespace pentimento::emulator
