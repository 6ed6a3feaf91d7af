#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/providers/server.hpp>
#include <pentimento/vision/remote_model.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento {

/// The field that carries the cap on output tokens. OpenAI's reasoning models refuse `max_tokens`; Ollama's `/v1` reads
/// nothing else, and writes without end if it is missing.
enum class TokenCapField { max_completion_tokens, max_tokens, both };

/// How a server is told the form of the answer, from the strictest. `none` relies on the words of the question alone. If a
/// server rejects one (400 or 422, free of charge), the next is used, now and in later questions to the same model object.
enum class AnswerFormat { json_schema, json_object, none };

/**
 * A server that speaks Chat Completions, and its differences from OpenAI, which is the default.
 *
 * The presets follow the servers' own documents and sources of autumn 2026. An error code may be a text or a number,
 * and an error may come with status 200: that is handled for every server.
 */
struct ChatCompletionsServer : Server {
  ChatCompletionsServer();

  /// Appended to `base_url`.
  std::string path = "chat/completions";
  /// Added to the query of the address, without the question mark: "api-version=2025-04-01-preview".
  std::string query{};

  TokenCapField token_cap = TokenCapField::max_completion_tokens;
  /// The temperature that is sent. Default: none, since reasoning models refuse every temperature but their own.
  std::optional<double> temperature{};
  AnswerFormat answer_format = AnswerFormat::json_schema;
  /// The role of the instructions: "system", or "developer" as OpenAI calls it since o1.
  std::string instructions_role = "system";
  /// True if an image has a `detail` field.
  bool takes_detail = true;
  /// The fields of a message that may hold a model's reasoning, and at times its answer.
  std::vector<std::string> reasoning_fields{"reasoning_content", "reasoning", "thinking"};
  /// More members of the request's body, as the text of a JSON object: {"provider":{"require_parameters":true}}.
  std::string extra_body{};
  ModelLimits limits{};

  /// Every preset: openai, azure, openrouter, llama.cpp, ollama, vllm, lm-studio, localai.
  static std::vector<ChatCompletionsServer> presets();
  /// Returns the preset of this name. Errors: `invalid_argument`, with the known names.
  static Result<ChatCompletionsServer> named(std::string_view name);
};

/// The resolution at which a server looks at an image. `automatic` sends nothing. The meaning of the others differs
/// between models; `original` exists since GPT-5.5.
enum class ImageDetail { automatic, low, high, original };

struct ChatCompletionsOptions : RemoteModelOptions {
  ChatCompletionsServer server{};
  ImageDetail detail = ImageDetail::automatic;
};

/**
 * A vision model that is asked over Chat Completions: OpenAI, Azure, OpenRouter, llama.cpp, Ollama, vLLM, LM Studio,
 * LocalAI and many more.
 *
 * Without a figure of your own or of the price table, an image is estimated at 2.5 tokens for every 32 by 32 pixels: an
 * upper bound for every model known in autumn 2026 except gpt-4o-mini (25,501 tokens).
 */
class ChatCompletionsModel final : public RemoteModel {
 public:
  /// Throws `Failure` with the error of `create`.
  ChatCompletionsModel(http::Client client, ChatCompletionsOptions options);

  /// Errors: `invalid_argument` for a missing model, a missing key where the server requires one, a missing or invalid
  /// address, or an `extra_body` that is not a JSON object or sets a field of the question.
  static Result<ChatCompletionsModel> create(http::Client client, ChatCompletionsOptions options);

 private:
  explicit ChatCompletionsModel(std::shared_ptr<const Impl> impl) noexcept : RemoteModel{std::move(impl)} {}
};

}  // namespace pentimento
