// OpenAI Chat Completions, as its documents of autumn 2026 describe it, for models that look at images; also under
// Azure's path. Not emulated: streams, several choices, tools, audio and files. Images are not fetched from the web.

#include "emulator/dialects/answer_schema.hpp"
#include "emulator/dialects/chat.hpp"
#include "emulator/dialects/openai.hpp"
#include "emulator/json_reading.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace pentimento::emulator {
namespace chat_completions_dialect {
namespace {

namespace json = boost::json;
using json_form::Node;
using json_form::ObjectReader;
using openai::ApiError;
using openai::reject;

constexpr std::size_t max_images = 1'500;
constexpr std::int64_t created = 1'763'800'000;
constexpr std::uint64_t reasoning_tokens = 64;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// Models --------------------------------------------------------------------------------------------------------------

bool begins_with_any(std::string_view model, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return model.starts_with(name); });
}

void check_model(const std::string& model) {
  const bool is_other_kind = begins_with_any(model, {"gpt-image", "gpt-audio", "gpt-realtime"});
  const bool is_retired = begins_with_any(model, {"gpt-4-", "gpt-3"}) || model == "gpt-4";
  const bool is_known = begins_with_any(model, {"gpt-", "chatgpt-", "o1", "o3", "o4"});
  if (is_known && !is_other_kind && !is_retired) return;
  throw ApiError{404, "The model `" + model + "` does not exist or you do not have access to it."}.code(
      "model_not_found");
}

/// True if a model reasons before it answers. Such models take neither `max_tokens` nor a temperature.
bool is_reasoning_model(std::string_view model) { return begins_with_any(model, {"gpt-5", "gpt-6", "o1", "o3", "o4"}); }

// Requests ------------------------------------------------------------------------------------------------------------

void read_image(const Node& node, ChatRequest& chat) {
  ObjectReader image{node};
  const std::string_view url = require(image, "url").text();
  const std::string param = require(image, "url").path().substr(2);
  find_name(image, "detail", {"auto", "low", "high", "original"});
  image.done();
  const std::size_t comma = url.find(',');
  if (!url.starts_with("data:") || comma == std::string_view::npos)
    reject(param, "Invalid image_url: the emulator accepts data URLs only, and downloads nothing.",
           "invalid_image_url");
  const std::string_view head = url.substr(5, comma - 5);
  if (!head.ends_with(";base64")) reject(param, "Invalid data URL: it is not in base64.", "invalid_base64_image");
  Result<Image> decoded = decode_image(url.substr(comma + 1), head.substr(0, head.find(';')));
  if (!decoded) {
    const bool is_image = decoded.error().code() == errc::unreadable_image;
    reject(param, "Invalid image_url: " + decoded.error().message(),
           is_image ? "invalid_image_format" : "invalid_base64_image");
  }
  chat.image_tokens += tokens_of(decoded->size());
  chat.question.images.push_back(std::move(*decoded));
  if (chat.question.images.size() > max_images)
    reject("messages", "Too many images: at most 1500 are accepted.", "too_many_images");
}

void read_part(const Node& node, std::string_view role, ChatRequest& chat) {
  ObjectReader part{node};
  const bool is_users = role == "user";
  constexpr std::array<std::string_view, 2> types{"text", "image_url"};
  const bool is_text = read_name(require(part, "type"), std::span{types}.first(is_users ? 2 : 1)) == 0;
  if (is_text) {
    add_text(chat, require(part, "text").text(), is_users);
  } else {
    read_image(require(part, "image_url"), chat);
  }
  part.done();
}

void read_message(const Node& node, ChatRequest& chat) {
  ObjectReader message{node};
  constexpr std::array<std::string_view, 4> roles{"system", "developer", "user", "assistant"};
  const std::string_view role = roles[read_name(require(message, "role"), roles)];
  const Node content = require(message, "content");
  ignore(message, {"name", "refusal"});
  message.done();
  if (content.value().is_string()) return add_text(chat, content.text(), role == "user");
  if (content.array().empty()) content.fail("at least one part is needed");
  for (std::size_t i = 0; const json::value& part : content.array()) read_part(content.child(i++, part), role, chat);
}

void read_response_format(const Node& node, ChatRequest& chat) {
  ObjectReader format{node};
  constexpr std::array<std::string_view, 3> types{"text", "json_object", "json_schema"};
  const std::size_t type = read_name(require(format, "type"), types);
  chat.as_json = type == 1;
  const std::string& text = chat.question.text;
  const bool says_json = text.find("json") != text.npos || text.find("JSON") != text.npos;
  if (chat.as_json && !says_json)
    reject("messages", "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'.", {});
  if (type == 2) {
    const Node schema_node = require(format, "json_schema");
    ObjectReader schema{schema_node};
    const std::string_view name = require(schema, "name").text();
    if (name.empty() || name.size() > 64 ||
        name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != name.npos)
      require(schema, "name").fail("1 to 64 letters, digits, '_' or '-' are needed");
    chat.question.schema = require(schema, "schema").object();
    const bool strict = find_value<bool>(schema, "strict").value_or(false);
    ignore(schema, {"description"});
    schema.done();
    if (const auto why = strict ? schema_error(chat.question.schema, SchemaRules::openai) : std::nullopt)
      reject("response_format", "Invalid schema for response_format '" + std::string{name} + "': " + *why, {});
  }
  format.done();
}

void read_settings(ObjectReader& body, ChatRequest& chat) {
  const bool reasons = is_reasoning_model(chat.model);
  const auto unsupported = [&](const char* param, const char* why) {
    reject(param, "Unsupported parameter: '" + std::string{param} + "' " + why, "unsupported_parameter");
  };
  const auto old_cap = find_value<std::int64_t>(body, "max_tokens", std::int64_t{1}, most);
  const auto cap = find_value<std::int64_t>(body, "max_completion_tokens", std::int64_t{1}, most);
  if (old_cap && reasons)
    unsupported("max_tokens", "is not supported with this model. Use 'max_completion_tokens' instead.");
  if (old_cap && cap) reject("max_tokens", "'max_tokens' and 'max_completion_tokens' exclude each other.");
  chat.cap = static_cast<std::uint64_t>(cap.value_or(old_cap.value_or(most)));
  chat.reasoning = reasons ? reasoning_tokens : 0;
  for (const auto& [name, highest] : {std::pair{"temperature", 2.0}, {"top_p", 1.0}}) {
    const auto number = find_value<double>(body, name, 0.0, highest);
    if (number && reasons && *number != 1.0)
      reject(name, "Unsupported value: only the default (1) is supported with this model.", "unsupported_value");
  }
  const auto effort = find_name(body, "reasoning_effort", {"none", "minimal", "low", "medium", "high", "xhigh", "max"});
  if (effort && !reasons) unsupported("reasoning_effort", "is not supported with this model.");
  if (find_value<bool>(body, "stream").value_or(false)) unsupported("stream", "is not supported by the emulator.");
  if (find_value<std::int64_t>(body, "n", std::int64_t{1}, std::int64_t{128}).value_or(1) != 1)
    unsupported("n", "above 1 is not supported by the emulator.");
}

ChatRequest read_request(const EmulatedRequest& request) {
  const json::value value = openai::parse_body(request, 64);
  const ImageSource no_images;
  const Node node{value, no_images};
  ObjectReader body{node};
  ChatRequest chat;
  // Azure has the model in the path, under a name of the user's choice.
  const bool is_deployment = request.path().find("/deployments/") != std::string::npos;
  if (const auto model = is_deployment ? find(body, "model") : require(body, "model")) chat.model = model->text();
  if (!is_deployment) check_model(chat.model);
  const Node messages = require(body, "messages");
  if (messages.array().empty()) messages.fail("at least one message is needed");
  for (std::size_t i = 0; const json::value& message : messages.array())
    read_message(messages.child(i++, message), chat);
  read_settings(body, chat);
  if (const auto format = find(body, "response_format")) read_response_format(*format, chat);
  ignore(body, {"stop", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "user",
                "safety_identifier", "prompt_cache_key", "seed", "store", "metadata", "service_tier", "verbosity"});
  body.done();
  return chat;
}

// Replies -------------------------------------------------------------------------------------------------------------

json::object usage_of(const ChatRequest& chat, const ChatAnswer& answer) {
  const std::uint64_t prompt = chat.text_tokens + chat.image_tokens;
  return {{"prompt_tokens", prompt},
          {"completion_tokens", answer.tokens},
          {"total_tokens", prompt + answer.tokens},
          {"prompt_tokens_details",
           {{"cached_tokens", 0}, {"image_tokens", chat.image_tokens}, {"text_tokens", chat.text_tokens}}},
          {"completion_tokens_details", json::object{{"reasoning_tokens", std::min(chat.cap, chat.reasoning)}}}};
}

EmulatedReply completion(const ChatRequest& chat, const ChatAnswer& answer, std::string_view refusal,
                         std::string_view finish_reason, std::uint64_t number) {
  json::object message{{"role", "assistant"}, {"content", answer.text}, {"refusal", nullptr}};
  if (!refusal.empty()) {
    message["content"] = nullptr;
    message["refusal"] = refusal;
  }
  json::object choice{
      {"index", 0}, {"message", std::move(message)}, {"logprobs", nullptr}, {"finish_reason", finish_reason}};
  const json::object body{{"id", "chatcmpl-emulated-" + std::to_string(number)},
                          {"object", "chat.completion"},
                          {"created", created},
                          {"model", chat.model},
                          {"choices", json::array{std::move(choice)}},
                          {"usage", usage_of(chat, answer)}};
  return openai::json_reply(200, body, number);
}

class ChatCompletionsDialect final : public Dialect {
 public:
  explicit ChatCompletionsDialect(std::shared_ptr<const Backends> backends) : backends_{std::move(backends)} {}

  std::string name() const override { return "Chat Completions"; }
  std::vector<std::string> endpoints() const override { return {"POST /v1/chat/completions"}; }
  bool matches(std::string_view path) const override { return path.ends_with("/chat/completions"); }

  boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) override {
    const std::uint64_t number = request.number();
    ChatRequest chat;
    if (auto rejected = read(request, chat)) co_return std::move(*rejected);
    ChatAnswer answer;
    switch (request.overrides().refuse) {
      case Refusal::prompt:
        co_return completion(chat, answer, "I'm sorry, but I can't assist with that request.", "stop", number);
      case Refusal::image: co_return completion(chat, answer, {}, "content_filter", number);
      case Refusal::none: break;
    }
    Result<ChatAnswer> answered = co_await answer_chat(backends_, chat, request);
    if (!answered) co_return openai::reply_of(openai::api_error(answered.error(), "invalid_request_error"), number);
    co_return completion(chat, *answered, {}, answered->is_cut_off ? "length" : "stop", number);
  }

  EmulatedReply error(const ErrorScript& error, std::uint64_t number) const override {
    return openai::reply_of(openai::api_error(error), number);
  }

 private:
  std::optional<EmulatedReply> read(const EmulatedRequest& request, ChatRequest& chat) const {
    return openai::rejection(request.number(), [&] {
      openai::check_access(request, backends_->api_key);
      chat = read_request(request);
      if (const auto& error = request.overrides().stream_error)
        throw openai::api_error(ErrorScript{500, error->code, error->message, {}});
    });
  }

  std::shared_ptr<const Backends> backends_;
};

}  // namespace
}  // namespace chat_completions_dialect

std::unique_ptr<Dialect> make_chat_completions_dialect(std::shared_ptr<const Backends> backends) {
  return std::make_unique<chat_completions_dialect::ChatCompletionsDialect>(std::move(backends));
}

}  // namespace pentimento::emulator
