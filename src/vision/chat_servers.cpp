#include <pentimento/vision/chat_completions.hpp>

#include <algorithm>
#include <utility>

// The servers of the dialect, as their documents and sources stood in autumn 2026.

namespace pentimento {
namespace {

const std::vector<MediaType>& png_jpeg_webp() {
  static const std::vector<MediaType> types{MediaType::png, MediaType::jpeg, MediaType::webp};
  return types;
}

/// A server on hardware of one's own: it asks for no key, costs nothing and takes a temperature.
ChatServer local(std::string name, std::string title, std::string base_url) {
  ChatServer server;
  server.name = std::move(name);
  server.title = std::move(title);
  server.base_url = std::move(base_url);
  server.key_name = "the API key";
  server.needs_key = false;
  server.is_billed = false;
  server.token_cap = TokenCapField::max_tokens;
  server.temperature = 0.0;
  server.takes_detail = false;
  server.image_types = png_jpeg_webp();
  return server;
}

// OpenAI's Azure resource, of the URL form since August 2025: the model is the deployment's name, and no api-version is
// needed. The older form works by a base_url of ".../openai/deployments/NAME?api-version=...".
ChatServer azure() {
  ChatServer server;
  server.name = "azure";
  server.title = "Azure OpenAI";
  server.base_url.clear();
  server.key_header = "api-key";
  server.key_prefix.clear();
  server.key_name = "AZURE_OPENAI_API_KEY";
  return server;
}

// Without `require_parameters` a provider behind it that knows no `response_format` ignores it in silence.
ChatServer openrouter() {
  ChatServer server;
  server.name = "openrouter";
  server.title = "OpenRouter";
  server.base_url = "https://openrouter.ai/api/v1";
  server.key_name = "OPENROUTER_API_KEY";
  server.token_cap = TokenCapField::max_tokens;
  server.extra_body = R"({"provider":{"require_parameters":true}})";
  return server;
}

// Its default port moved from 8080 to 9931 in 2026, so none is assumed. Its picture decoder lists no WebP. A grammar
// and a thinking model do not go together (llama.cpp #22537), so thinking is off.
ChatServer llama_cpp() {
  ChatServer server = local("llama.cpp", "llama.cpp", "");
  server.image_types = {MediaType::png, MediaType::jpeg, MediaType::gif};
  server.extra_body = R"({"chat_template_kwargs":{"enable_thinking":false}})";
  return server;
}

ChatServer ollama() {
  ChatServer server = local("ollama", "Ollama", "http://127.0.0.1:11434/v1");
  server.captions_images = false;
  return server;
}

ChatServer vllm() {
  ChatServer server = local("vllm", "vLLM", "http://127.0.0.1:8000/v1");
  server.extra_body = R"({"chat_template_kwargs":{"enable_thinking":false}})";
  return server;
}

// A picture that it cannot decode it drops, and lets the model answer all the same.
ChatServer local_ai() {
  ChatServer server = local("localai", "LocalAI", "http://127.0.0.1:8080/v1");
  server.token_cap = TokenCapField::both;
  server.image_types = {MediaType::png, MediaType::jpeg};
  return server;
}

std::vector<ChatServer> presets() {
  return {ChatServer{},
          azure(),
          openrouter(),
          llama_cpp(),
          ollama(),
          vllm(),
          local("lm-studio", "LM Studio", "http://127.0.0.1:1234/v1"),
          local_ai()};
}

}  // namespace

std::vector<std::string> ChatServer::names() {
  std::vector<std::string> names;
  for (const ChatServer& server : presets()) names.push_back(server.name);
  return names;
}

Result<ChatServer> ChatServer::named(std::string_view name) {
  std::string known;
  for (ChatServer& server : presets()) {
    if (server.name == name) return std::move(server);
    known += (known.empty() ? "" : ", ") + server.name;
  }
  return Error{errc::invalid_argument, "there is no server of Chat Completions called \"" +
                                           std::string{name.substr(0, 60)} + "\"; there are: " + known};
}

}  // namespace pentimento
