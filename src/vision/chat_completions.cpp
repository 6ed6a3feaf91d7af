#include "providers/find_server.hpp"
#include "vision/chat_codec.hpp"
#include "vision/dialect.hpp"
#include <pentimento/vision/chat_completions.hpp>

namespace pentimento {
namespace {

/// An upper bound for every model known in autumn 2026 except gpt-4o-mini: 2.5 for each patch of 32 by 32 pixels.
std::uint64_t image_tokens(std::uint32_t side) {
  const std::uint64_t patches = (std::uint64_t{side} + 31) / 32;
  return (patches * patches * 5 + 1) / 2;
}

/// A server on the user's own hardware: it requires no key and takes a temperature.
ChatCompletionsServer local(std::string name, std::string title, std::string base_url) {
  ChatCompletionsServer server;
  server.name = std::move(name);
  server.title = std::move(title);
  server.base_url = std::move(base_url);
  server.base_url_name.clear();
  server.key_name = "the API key";
  server.needs_key = false;
  server.token_cap = TokenCapField::max_tokens;
  server.temperature = 0.0;
  server.takes_detail = false;
  server.limits.image_types = {MediaType::png, MediaType::jpeg, MediaType::webp};
  return server;
}

// OpenAI's Azure resource, with the addresses of August 2025 and later: the model is the name of the deployment, and no
// api-version is needed. The older form works by a base_url of ".../openai/deployments/NAME?api-version=...".
ChatCompletionsServer azure() {
  ChatCompletionsServer server;
  server.name = "azure";
  server.title = "Azure OpenAI";
  server.base_url.clear();
  server.base_url_name.clear();
  server.key_header = "api-key";
  server.key_prefix.clear();
  server.key_name = "AZURE_OPENAI_API_KEY";
  return server;
}

// Without `require_parameters`, a provider behind it that does not know `response_format` ignores it silently.
ChatCompletionsServer openrouter() {
  ChatCompletionsServer server;
  server.name = "openrouter";
  server.title = "OpenRouter";
  server.base_url = "https://openrouter.ai/api/v1";
  server.base_url_name.clear();
  server.key_name = "OPENROUTER_API_KEY";
  server.check_path = "key";  // its list of models needs no key
  server.token_cap = TokenCapField::max_tokens;
  server.extra_body = R"({"provider":{"require_parameters":true}})";
  return server;
}

// Its default port moved from 8080 to 9931 in 2026, so none is assumed. Its image decoder lists no WebP. A grammar and
// a thinking model do not go together (llama.cpp #22537), so thinking is off.
ChatCompletionsServer llama_cpp() {
  ChatCompletionsServer server = local("llama.cpp", "llama.cpp", "");
  server.limits.image_types = {MediaType::png, MediaType::jpeg, MediaType::gif};
  server.extra_body = R"({"chat_template_kwargs":{"enable_thinking":false}})";
  return server;
}

// Its /v1 makes a message of each part.
ChatCompletionsServer ollama() {
  ChatCompletionsServer server = local("ollama", "Ollama", "http://127.0.0.1:11434/v1");
  server.limits.labels_images = false;
  return server;
}

ChatCompletionsServer vllm() {
  ChatCompletionsServer server = local("vllm", "vLLM", "http://127.0.0.1:8000/v1");
  server.extra_body = R"({"chat_template_kwargs":{"enable_thinking":false}})";
  return server;
}

// An image that it cannot decode is dropped, and the model answers all the same.
ChatCompletionsServer local_ai() {
  ChatCompletionsServer server = local("localai", "LocalAI", "http://127.0.0.1:8080/v1");
  server.token_cap = TokenCapField::both;
  server.limits.image_types = {MediaType::png, MediaType::jpeg};
  return server;
}

}  // namespace

ChatCompletionsServer::ChatCompletionsServer() {
  name = "openai";
  title = "OpenAI";
  base_url = "https://api.openai.com/v1";
  base_url_name = "OPENAI_BASE_URL";
  key_name = "OPENAI_API_KEY";
}

std::vector<ChatCompletionsServer> ChatCompletionsServer::presets() {
  return {ChatCompletionsServer{},
          azure(),
          openrouter(),
          llama_cpp(),
          ollama(),
          vllm(),
          local("lm-studio", "LM Studio", "http://127.0.0.1:1234/v1"),
          local_ai()};
}

Result<ChatCompletionsServer> ChatCompletionsServer::named(std::string_view name) {
  return find_server(presets(), name);
}

ChatCompletionsModel::ChatCompletionsModel(http::Client client, ChatCompletionsOptions options)
    : ChatCompletionsModel{create(std::move(client), std::move(options)).value()} {}

Result<ChatCompletionsModel> ChatCompletionsModel::create(http::Client client, ChatCompletionsOptions options) {
  const ChatCompletionsServer& server = options.server;
  Result<http::Url> url = remote_address(server, options, server.path, server.query);
  if (!url) return url.error();
  Result<std::string> extra = chat_codec::extra_members(options);
  if (!extra) return extra.error();
  Dialect dialect{
      .server = server,
      .url = std::move(*url),
      .fields = {},
      .limits = server.limits,
      .encode =
          [options, extra = std::move(*extra)](const Question& question, int simpler) {
            const int format = static_cast<int>(options.server.answer_format) + simpler;
            return chat_codec::encode(question, options, static_cast<AnswerFormat>(format), extra);
          },
      .simplest = static_cast<int>(AnswerFormat::none) - static_cast<int>(server.answer_format),
      .decode = [fields = server.reasoning_fields](std::string_view body) { return chat_codec::decode(body, fields); },
      .image_tokens = image_tokens,
      .free_statuses = {},
      .free_codes = {}};
  return ChatCompletionsModel{std::make_shared<const Impl>(std::move(client), options, std::move(dialect))};
}

}  // namespace pentimento
