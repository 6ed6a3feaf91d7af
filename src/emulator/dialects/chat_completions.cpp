// OpenAI Chat Completions, as its documents of autumn 2026 have them, for models that look at pictures; also under
// Azure's path. Requests are validated as these documents say, the schema of a strict answer included. The critic
// behind it answers what our own critic asks (chat_question.hpp); any other question gets the smallest answer that its
// schema allows. No tools are called, no files are known, no picture is fetched; pictures in `user` messages are read
// for their header only.

#include "emulator/dialects/chat_question.hpp"
#include "emulator/dialects/dialect.hpp"
#include "emulator/dialects/json_schema.hpp"
#include "emulator/dialects/openai_fields.hpp"
#include "emulator/images.hpp"
#include "json/lookup.hpp"
#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/detail/base64.hpp>
#include <pentimento/detail/utf8.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace pentimento::emulator {
namespace {

namespace json = boost::json;
using openai::Complaint;
using openai::Fields;
using openai::refuse_field;
using openai::refuse_value;
using openai::Refused;

constexpr std::size_t max_images = 1'500;
constexpr std::size_t max_image_bytes = std::size_t{50} << 20;
constexpr std::int64_t created = 1'763'800'000;
constexpr std::uint64_t reasoning_tokens = 64;
constexpr std::size_t piece_of_stream = 32;  // bytes
constexpr std::string_view declined = "I'm sorry, but I can't assist with that request.";

// Models --------------------------------------------------------------------------------------------------------------

bool begins_with_any(std::string_view model, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return model.starts_with(name); });
}

void check_model(const std::string& model, bool is_deployment) {
  const bool is_other_kind = begins_with_any(model, {"gpt-image", "gpt-audio", "gpt-realtime"});
  const bool is_retired = begins_with_any(model, {"gpt-4-", "gpt-3"}) || model == "gpt-4";
  const bool is_known = begins_with_any(model, {"gpt-", "chatgpt-", "o1", "o3", "o4"});
  if (is_deployment || (is_known && !is_other_kind && !is_retired)) return;
  Complaint unknown{404, "The model `" + model + "` does not exist or you do not have access to it."};
  unknown.code("model_not_found");
  throw Refused{std::move(unknown)};
}

/// Whether a model thinks before it answers, and so takes neither `max_tokens` nor a temperature.
bool reasons(std::string_view model) { return begins_with_any(model, {"gpt-5", "gpt-6", "o1", "o3", "o4"}); }

// Requests ------------------------------------------------------------------------------------------------------------

/// What a request asks for, once it has been found to be right.
struct Wish {
  std::string model;
  std::string text;  // all that the user says
  std::vector<Image> images;
  json::value schema;  // null for none
  bool as_json = false;
  bool streamed = false;
  bool usage_in_stream = false;
  std::int64_t count = 1;
  std::int64_t cap = std::numeric_limits<std::int64_t>::max();
  std::uint64_t text_tokens = 0;
  std::uint64_t image_tokens = 0;
};

[[noreturn]] void refuse_image(const std::string& message, const std::string& path, const char* code) {
  Complaint complaint{400, message};
  complaint.param(path).code(code);
  throw Refused{std::move(complaint)};
}

void read_image(const Fields& part, Wish& wish) {
  part.get("image_url");
  const Fields image{*part.object("image_url"), part.path_of("image_url")};
  image.allow_only({"url", "detail"});
  image.one_of("detail", {"auto", "low", "high", "original"});
  const std::string url = image.required_text("url");
  const std::string path = image.path_of("url");
  constexpr std::string_view data = "data:";
  if (url.starts_with("http://") || url.starts_with("https://"))
    refuse_image("Failed to download image: the emulator fetches nothing.", path, "invalid_image_url");
  const std::size_t comma = url.find(',');
  if (!url.starts_with(data) || comma == std::string::npos)
    refuse_image("Invalid image_url: expected a data URL or an http(s) URL.", path, "invalid_image_url");
  const std::string_view head = std::string_view{url}.substr(data.size(), comma - data.size());
  if (!head.ends_with(";base64")) refuse_image("Invalid data URL: it is not in base64.", path, "invalid_base64_image");
  const auto bytes = detail::decode_base64(std::string_view{url}.substr(comma + 1), max_image_bytes);
  if (!bytes) refuse_image("Invalid base64 image_url: " + bytes.error().message(), path, "invalid_base64_image");
  if (bytes->empty()) refuse_image("The image file is empty.", path, "empty_image_file");
  const std::string_view stated = head.substr(0, head.find(';'));
  Result<Image> picture = picture_of({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!media_type_from_string(stated) || !picture) {
    refuse_image(
        "You uploaded an unsupported image. Please make sure your image has of one the following formats: "
        "['png', 'jpeg', 'gif', 'webp'].",
        path, "invalid_image_format");
  }
  if (to_string(picture->media_type()) != stated) {
    refuse_image("The image is stated to be " + std::string{stated} + " and is " +
                     std::string{to_string(picture->media_type())} + '.',
                 path, "invalid_image_format");
  }
  wish.image_tokens += openai::tokens_of(picture->size());
  wish.images.push_back(std::move(*picture));
  if (wish.images.size() > max_images)
    refuse_field("messages", "Too many images: at most 1500 are accepted.", "too_many_images");
}

void read_part(const json::value& value, const std::string& path, std::string_view role, Wish& wish) {
  if (!value.is_object())
    refuse_field(path,
                 "Invalid type for '" + path + "': expected an object, but got " + openai::kind_of(value) + " instead.",
                 "invalid_type");
  const Fields part{value.get_object(), path};
  const std::string type = part.required_text("type");
  constexpr std::array<std::string_view, 1> texts_only{"text"};
  constexpr std::array<std::string_view, 2> of_assistant{"text", "refusal"};
  constexpr std::array<std::string_view, 4> of_user{"text", "image_url", "input_audio", "file"};
  const std::span<const std::string_view> supported = role == "user" ? std::span<const std::string_view>{of_user}
                                                      : role == "assistant"
                                                          ? std::span<const std::string_view>{of_assistant}
                                                          : std::span<const std::string_view>{texts_only};
  if (std::ranges::find(supported, type) == supported.end()) refuse_value(part.path_of("type"), type, supported);
  if (type == "text") {
    part.allow_only({"type", "text"});
    const std::string text = part.required_text("text");
    wish.text_tokens += openai::tokens_of(text);
    if (role == "user") wish.text += text + '\n';
  } else if (type == "image_url") {
    part.allow_only({"type", "image_url"});
    read_image(part, wish);
  } else if (type != "refusal") {
    refuse_field(part.path_of("type"), "The emulator takes neither audio nor files.", "unsupported_value");
  }
}

void read_message(const json::value& value, const std::string& path, Wish& wish) {
  if (!value.is_object())
    refuse_field(path,
                 "Invalid type for '" + path + "': expected an object, but got " + openai::kind_of(value) + " instead.",
                 "invalid_type");
  const Fields message{value.get_object(), path};
  message.get("role");
  const std::string role = *message.one_of("role", {"system", "developer", "user", "assistant", "tool", "function"});
  message.allow_only({"role", "content", "name", "refusal", "tool_calls", "tool_call_id", "audio", "function_call"});
  const bool may_be_empty = role == "assistant" && (message.has("tool_calls") || message.has("refusal"));
  if (may_be_empty && !message.has("content")) return;
  const json::value& content = message.get("content");
  if (content.is_string()) {
    wish.text_tokens += openai::tokens_of(json_form::text_of(content.get_string()));
    if (role == "user") wish.text += std::string{json_form::text_of(content.get_string())} + '\n';
    return;
  }
  const std::string content_path = message.path_of("content");
  if (!content.is_array()) {
    refuse_field(content_path,
                 "Invalid type for '" + content_path + "': expected one of a string or array of objects, but got " +
                     openai::kind_of(content) + " instead.",
                 "invalid_type");
  }
  if (content.get_array().empty()) {
    refuse_field(content_path,
                 "Invalid '" + content_path +
                     "': empty array. Expected an array with minimum length 1, but got an empty array instead.",
                 "empty_array");
  }
  for (std::size_t i = 0; i < content.get_array().size(); ++i)
    read_part(content.get_array()[i], content_path + '[' + std::to_string(i) + ']', role, wish);
}

void read_messages(const Fields& fields, Wish& wish) {
  fields.get("messages");
  const json::array& messages = *fields.array("messages");
  if (messages.empty()) {
    refuse_field(
        "messages",
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        "empty_array");
  }
  for (std::size_t i = 0; i < messages.size(); ++i)
    read_message(messages[i], "messages[" + std::to_string(i) + ']', wish);
}

bool says_json(std::string_view body) {
  constexpr std::string_view word = "json";
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; };
  return !std::ranges::search(body, word, same).empty();
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == name.npos;
}

void read_response_format(const Fields& fields, Wish& wish) {
  const json::object* object = fields.object("response_format");
  if (object == nullptr) return;
  const Fields format{*object, "response_format"};
  format.allow_only({"type", "json_schema"});
  format.get("type");
  const std::string type = *format.one_of("type", {"json_object", "json_schema", "text"});
  wish.as_json = type == "json_object";
  if (wish.as_json && !says_json(wish.text)) {
    refuse_field(
        "messages",
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", {});
  }
  if (type != "json_schema") return;
  format.get("json_schema");
  const Fields schema{*format.object("json_schema"), "response_format.json_schema"};
  schema.allow_only({"name", "description", "strict", "schema"});
  const std::string name = schema.required_text("name");
  if (!is_name(name)) {
    refuse_field(schema.path_of("name"),
                 "Invalid '" + schema.path_of("name") +
                     "': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$' "
                     "and has at "
                     "most 64 characters.",
                 "invalid_value");
  }
  schema.text("description");
  const bool strict = schema.truth("strict").value_or(false);
  schema.get("schema");
  schema.object("schema");
  wish.schema = schema.get("schema");
  if (!strict) return;
  if (const std::optional<std::string> fault = fault_of_strict_schema(wish.schema))
    refuse_field("response_format", "Invalid schema for response_format '" + name + "': " + *fault, {});
}

void read_settings(const Fields& fields, Wish& wish) {
  const bool reasoning = reasons(wish.model);
  const auto most = std::numeric_limits<std::int64_t>::max() - 1;
  const auto old_cap = fields.integer("max_tokens", 1, most);
  const auto cap = fields.integer("max_completion_tokens", 1, most);
  if (old_cap && reasoning) {
    refuse_field(
        "max_tokens",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        "unsupported_parameter");
  }
  if (old_cap && cap)
    refuse_field("max_tokens", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.");
  wish.cap = cap.value_or(old_cap.value_or(wish.cap));
  const auto only_default = [&](const char* name, double least, double most_of_it) {
    const auto number = fields.number(name, least, most_of_it);
    if (!number || !reasoning || *number == 1.0) return;
    refuse_field(name,
                 "Unsupported value: '" + std::string{name} +
                     "' does not support this value with this model. Only the default (1) value is supported.",
                 "unsupported_value");
  };
  only_default("temperature", 0, 2);
  only_default("top_p", 0, 1);
  fields.number("presence_penalty", -2, 2);
  fields.number("frequency_penalty", -2, 2);
  wish.count = fields.integer("n", 1, 128).value_or(1);
  fields.truth("logprobs");
  fields.integer("top_logprobs", 0, 20);
  fields.integer("seed", std::numeric_limits<std::int64_t>::min(), most);
  fields.truth("store");
  fields.text("user");
  fields.text("safety_identifier", 64);
  const auto effort = fields.one_of("reasoning_effort", {"none", "minimal", "low", "medium", "high", "xhigh", "max"});
  if (effort && !reasoning) {
    refuse_field("reasoning_effort", "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
                 "unsupported_parameter");
  }
  wish.streamed = fields.truth("stream").value_or(false);
  if (const json::object* object = fields.object("stream_options")) {
    if (!wish.streamed)
      refuse_field("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.", {});
    const Fields options{*object, "stream_options"};
    options.allow_only({"include_usage", "include_obfuscation"});
    wish.usage_in_stream = options.truth("include_usage").value_or(false);
  }
}

Wish read_wish(const EmulatedRequest& request) {
  const json::value body = openai::parse_body(request, 64);
  const Fields fields{body.get_object(), {}};
  fields.allow_only({"model",
                     "messages",
                     "max_completion_tokens",
                     "max_tokens",
                     "temperature",
                     "top_p",
                     "n",
                     "stream",
                     "stream_options",
                     "stop",
                     "presence_penalty",
                     "frequency_penalty",
                     "logit_bias",
                     "logprobs",
                     "top_logprobs",
                     "user",
                     "safety_identifier",
                     "prompt_cache_key",
                     "seed",
                     "response_format",
                     "reasoning_effort",
                     "store",
                     "metadata",
                     "tools",
                     "tool_choice",
                     "parallel_tool_calls",
                     "service_tier",
                     "verbosity",
                     "modalities",
                     "prediction",
                     "audio",
                     "web_search_options"});
  Wish wish;
  const bool is_deployment = request.path().find("/deployments/") != std::string::npos;
  if (!is_deployment || fields.has("model")) wish.model = fields.required_text("model");
  check_model(wish.model, is_deployment);
  read_messages(fields, wish);
  read_settings(fields, wish);
  read_response_format(fields, wish);
  return wish;
}

// Replies -------------------------------------------------------------------------------------------------------------

/// What a model says.
struct Answer {
  std::string content;
  bool refused = false;
  std::string finish_reason = "stop";
  std::uint64_t tokens = 0;  // of the answer, without reasoning
};

/// The text as an answer, cut off at the cap: hidden reasoning comes first.
Answer answer_of(std::string text, const Wish& wish) {
  Answer answer;
  const std::uint64_t thought = reasons(wish.model) ? reasoning_tokens : 0;
  const auto cap = static_cast<std::uint64_t>(wish.cap);
  const std::uint64_t room = cap > thought ? cap - thought : 0;
  if (openai::tokens_of(text) > room) {
    text.resize(detail::cut_utf8(text, static_cast<std::size_t>(room) * 4).size());
    answer.finish_reason = "length";
  }
  answer.tokens = openai::tokens_of(text);
  answer.content = std::move(text);
  return answer;
}

json::object usage_of(const Wish& wish, const Answer& answer) {
  const std::uint64_t thought =
      reasons(wish.model) ? std::min(reasoning_tokens, static_cast<std::uint64_t>(wish.cap)) : 0;
  const std::uint64_t written = (answer.tokens + thought) * static_cast<std::uint64_t>(wish.count);
  json::object prompt_details;
  prompt_details["cached_tokens"] = 0;
  prompt_details["image_tokens"] = wish.image_tokens;
  prompt_details["text_tokens"] = wish.text_tokens;
  json::object completion_details;
  completion_details["reasoning_tokens"] = thought * static_cast<std::uint64_t>(wish.count);
  json::object usage;
  usage["prompt_tokens"] = wish.text_tokens + wish.image_tokens;
  usage["completion_tokens"] = written;
  usage["total_tokens"] = wish.text_tokens + wish.image_tokens + written;
  usage["prompt_tokens_details"] = std::move(prompt_details);
  usage["completion_tokens_details"] = std::move(completion_details);
  return usage;
}

json::object completion(const Wish& wish, std::string_view object, std::uint64_t number) {
  json::object body;
  body["id"] = "chatcmpl-emulated-" + std::to_string(number);
  body["object"] = object;
  body["created"] = created;
  body["model"] = wish.model;
  return body;
}

EmulatedReply whole_reply(const Wish& wish, const Answer& answer, std::uint64_t number) {
  json::array choices;
  for (std::int64_t i = 0; i < wish.count; ++i) {
    json::object message;
    message["role"] = "assistant";
    message["content"] = answer.refused ? json::value(nullptr) : json::value(answer.content);
    message["refusal"] = answer.refused ? json::value(answer.content) : json::value(nullptr);
    json::object choice;
    choice["index"] = i;
    choice["message"] = std::move(message);
    choice["logprobs"] = nullptr;
    choice["finish_reason"] = answer.finish_reason;
    choices.push_back(std::move(choice));
  }
  json::object body = completion(wish, "chat.completion", number);
  body["choices"] = std::move(choices);
  body["usage"] = usage_of(wish, answer);
  return openai::json_reply(200, body, number);
}

http::Body data_event(const json::value& data) { return http::Body{"data: " + to_text(data) + "\n\n"}; }

EmulatedReply streamed_reply(const Wish& wish, const Answer& answer, const EmulatedRequest& request) {
  const std::uint64_t number = request.number();
  std::vector<http::Body> events;
  const auto add = [&](json::object delta, const json::value& finish_reason) {
    json::object choice;
    choice["index"] = 0;
    choice["delta"] = std::move(delta);
    choice["logprobs"] = nullptr;
    choice["finish_reason"] = finish_reason;
    json::array choices;
    choices.push_back(std::move(choice));
    json::object chunk = completion(wish, "chat.completion.chunk", number);
    chunk["choices"] = std::move(choices);
    if (wish.usage_in_stream) chunk["usage"] = nullptr;
    events.push_back(data_event(chunk));
  };
  json::object start;
  start["role"] = "assistant";
  start["content"] = "";
  start["refusal"] = nullptr;
  add(std::move(start), nullptr);
  for (std::size_t at = 0; at < answer.content.size();) {
    std::size_t end = std::min(at + piece_of_stream, answer.content.size());
    while (end < answer.content.size() && (static_cast<unsigned char>(answer.content[end]) & 0xC0U) == 0x80U) ++end;
    json::object delta;
    delta[answer.refused ? "refusal" : "content"] = answer.content.substr(at, end - at);
    add(std::move(delta), nullptr);
    at = end;
  }
  add({}, json::value(answer.finish_reason));
  if (wish.usage_in_stream) {
    json::object last = completion(wish, "chat.completion.chunk", number);
    last["choices"] = json::array{};
    last["usage"] = usage_of(wish, answer);
    events.push_back(data_event(last));
  }
  events.emplace_back("data: [DONE]\n\n");

  EmulatedReply reply{200};
  reply.header("content-type", "text/event-stream; charset=utf-8").header("cache-control", "no-cache");
  reply.header("x-request-id", openai::request_id(number));
  const auto& error = request.twist().stream_error;
  const std::size_t whole =
      error ? static_cast<std::size_t>(std::min<std::uint64_t>(error->after, events.size())) : events.size();
  for (std::size_t i = 0; i < whole; ++i) reply.event(std::move(events[i]));
  if (error) {
    json::object data;
    data["error"] = openai::complaint_of(ErrorScript{500, error->code, error->message, {}}).json();
    reply.event(data_event(data));
  }
  return reply;
}

class ChatCompletionsDialect final : public Dialect {
 public:
  explicit ChatCompletionsDialect(std::shared_ptr<const Backends> backends) : backends_{std::move(backends)} {}

  std::string name() const override { return "Chat Completions"; }
  std::vector<std::string> endpoints() const override { return {"POST /v1/chat/completions"}; }
  bool matches(std::string_view, std::string_view path) const override { return path.ends_with("/chat/completions"); }

  boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) override {
    Wish wish;
    if (std::optional<EmulatedReply> refused = check(request, wish)) co_return std::move(*refused);
    const Twist& twist = request.twist();
    Answer answer;
    ChatQuestion question = ChatQuestion::read(wish.text, wish.schema);
    // Who asks for other words has to say which.
    const bool is_forbidden = question.asked() != Asked::rephrasing && openai::is_forbidden(wish.text);
    if (is_forbidden || twist.refuse == Refusal::prompt) {
      answer.content = declined;
      answer.refused = true;
    } else if (twist.refuse == Refusal::picture) {
      answer.finish_reason = "content_filter";
    } else if (twist.payload) {
      answer = answer_of(*twist.payload, wish);
    } else {
      std::vector<Image> images = wish.images;
      Result<std::string> text = co_await ask(std::move(question), std::move(images), wish.as_json);
      if (!text) co_return failure(text.error(), request.number());
      answer = answer_of(std::move(*text), wish);
    }
    co_return wish.streamed ? streamed_reply(wish, answer, request) : whole_reply(wish, answer, request.number());
  }

  EmulatedReply error(const ErrorScript& error, std::uint64_t number) const override {
    return openai::reply_of(error, number);
  }

 private:
  /// What is wrong with a request, or nothing, and what it asks for.
  std::optional<EmulatedReply> check(const EmulatedRequest& request, Wish& wish) const {
    const std::uint64_t number = request.number();
    try {
      openai::need_access(request, backends_->api_key);
      wish = read_wish(request);
    } catch (const Refused& refused) {
      return openai::reply_of(refused.complaint, number);
    }
    const auto& error = request.twist().stream_error;
    if (error && !wish.streamed) return openai::reply_of(ErrorScript{500, error->code, error->message, {}}, number);
    return std::nullopt;
  }

  /// The text of the answer to a question.
  boost::asio::awaitable<Result<std::string>> ask(ChatQuestion question, std::vector<Image> images, bool as_json) {
    const bool needs_picture = question.asked() == Asked::critique || question.asked() == Asked::suggestion;
    const bool lacks_pictures =
        (needs_picture && images.empty()) || (question.asked() == Asked::comparison && images.size() < 2);
    if (question.asked() == Asked::something_else || lacks_pictures) co_return other_answer(question, as_json);
    if (question.asked() == Asked::rephrasing) co_return to_text(rephrasing_answer(question));
    Result<Plan> plan = co_await backends_->critic->plan(question.brief());
    if (!plan) co_return plan.error();
    if (question.asked() == Asked::plan) co_return to_text(plan_answer(question, plan->requirements()));

    const Checklist checklist{question.brief().requirements(), plan->requirements()};
    CritiqueRequest first_request = critique_request(question.brief(), checklist, images.front());
    Result<Critique> first = co_await backends_->critic->critique(std::move(first_request));
    if (!first) co_return first.error();
    if (question.asked() == Asked::suggestion) {
      co_return first->suggested_prompt().empty() ? question.brief().goal() : first->suggested_prompt();
    }
    if (question.asked() == Asked::critique) co_return to_text(critique_answer(question, checklist, *first));
    CritiqueRequest second_request = critique_request(question.brief(), checklist, images[1]);
    Result<Critique> second = co_await backends_->critic->critique(std::move(second_request));
    if (!second) co_return second.error();
    co_return to_text(comparison_answer(question, checklist, *first, *second));
  }

  static CritiqueRequest critique_request(const Brief& brief, const Checklist& checklist, const Image& image) {
    return CritiqueRequest{brief, checklist, Candidate{CandidateId{0, 0}, GenerationRequest{brief.goal()}, image}};
  }

  static std::string other_answer(const ChatQuestion& question, bool as_json) {
    if (!question.schema().is_null()) return to_text(least_value(question.schema()));
    return as_json ? "{}" : "This is an emulator, which only answers the questions of a Pentimento critic.";
  }

  static EmulatedReply failure(const Error& error, std::uint64_t number) {
    const bool is_request = error.code() == errc::unreadable_image || error.code() == errc::too_large ||
                            error.code() == errc::invalid_argument;
    if (!is_request) return openai::reply_of(ErrorScript{500, {}, error.message(), {}}, number);
    Complaint complaint{400, error.message()};
    complaint.code(error.code() == errc::unreadable_image ? "image_parse_error" : "invalid_value");
    return openai::reply_of(complaint, number);
  }

  std::shared_ptr<const Backends> backends_;
};

}  // namespace

std::unique_ptr<Dialect> make_chat_completions_dialect(std::shared_ptr<const Backends> backends) {
  return std::make_unique<ChatCompletionsDialect>(std::move(backends));
}

}  // namespace pentimento::emulator
