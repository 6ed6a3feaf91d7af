#pragma once

#include <pentimento/critic.hpp>
#include <pentimento/error.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/image.hpp>
#include <pentimento/media_type.hpp>
#include <pentimento/money.hpp>
#include <pentimento/providers/prices.hpp>
#include <pentimento/secrets/secret.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento {

/// The field in which a server takes the cap on tokens to be written. OpenAI's reasoning models refuse `max_tokens`;
/// Ollama's `/v1` reads nothing else and otherwise writes without end.
enum class TokenCapField { max_completion_tokens, max_tokens, both };

/// How a server is told what form the answer has. `none` relies on the words alone.
enum class AnswerFormat { json_schema, json_object, none };

/**
 * What one server of the Chat Completions dialect does its own way. All of it is data: change what differs at yours.
 *
 * The presets follow the servers' own documents and sources as of autumn 2026. An error's code may be a text or a
 * number and its body may stand under a status of 200, with any server; that is no matter of this record.
 */
struct ChatServer {
  std::string name = "openai";
  /// What people call it.
  std::string title = "OpenAI";
  /// Where the API is, as in "https://api.openai.com/v1"; a query stays at the end of every address. Empty where there
  /// is no address that could be known (a resource of one's own at Azure; llama.cpp, whose port has moved).
  std::string base_url = "https://api.openai.com/v1";
  /// What is appended to the base.
  std::string path = "chat/completions";
  /// More of a query, without the question mark: "api-version=2025-04-01-preview".
  std::string query{};

  /// The header that carries the key, and what stands before the key.
  std::string key_header = "Authorization";
  std::string key_prefix = "Bearer ";
  /// Where the key comes from, for messages.
  std::string key_name = "OPENAI_API_KEY";
  /// Whether it is of no use to ask without a key, unless the server is on this machine.
  bool needs_key = true;
  /// Whether calls cost money. Where they do not, estimates and charges are zero whatever the prices say.
  bool is_billed = true;

  TokenCapField token_cap = TokenCapField::max_completion_tokens;
  /// The temperature that is sent, or none: reasoning models refuse every one but their own.
  std::optional<double> temperature{};
  AnswerFormat answer_format = AnswerFormat::json_schema;
  /// The role of the instructions: "system", or "developer" as OpenAI calls it since o1.
  std::string instructions_role = "system";
  /// Whether `detail` of an image is sent.
  bool takes_detail = true;
  /// Whether each image is named by a text right before it. Ollama's `/v1` makes messages of their own of all parts, so
  /// that names may be attached to the wrong image; there the images come first, and one text says which is which.
  bool captions_images = true;
  /// The picture formats that it takes, told by a picture's bytes.
  std::vector<MediaType> image_types{MediaType::png, MediaType::jpeg, MediaType::webp, MediaType::gif};
  /// The most bytes that one encoded picture may have.
  std::size_t max_image_bytes = std::size_t{20} << 20;
  /// The fields of a message in which a model's thoughts may stand, and at times its answer.
  std::vector<std::string> reasoning_fields{"reasoning_content", "reasoning", "thinking"};
  /// More members of the request's body, as the text of a JSON object: {"provider":{"require_parameters":true}}.
  std::string extra_body{};

  /// The preset of this name. Errors: `invalid_argument`, naming those there are.
  static Result<ChatServer> named(std::string_view name);
  /// openai, azure, openrouter, llama.cpp, ollama, vllm, lm-studio, localai.
  static std::vector<std::string> names();
};

/// How a critic asks.
enum class ChatStyle {
  /// One question for each requirement, answered yes, no or unclear with the evidence first.
  checklist,
  /// As the article of 2024 did that this library grew from: "Based on the original intent to depict '...', suggest a
  /// concise prompt for refining this image", in prose. The whole answer is the remark and the suggested prompt;
  /// nothing is judged, so that every requirement stays `unknown` and a person, a comparison or a limit ends the run.
  free_text,
};

/// How finely the server is asked to look, where it can be asked. `automatic` sends nothing; the meaning of the others
/// differs between models, and `original` exists since GPT-5.5.
enum class ImageDetail { automatic, low, high, original };

/// Gives a smaller picture of the same content, its longest side at most `max_side` pixels, in a format that every
/// server takes (PNG or JPEG); also asked to re-encode a picture that is small enough but of a format that the server
/// does not take. May block: it is run on a thread of its own.
using ScaleDown = std::function<Result<Image>(const Image& image, std::uint32_t max_side)>;

struct ChatCompletionsOptions {
  /// May be empty for servers that ask for none.
  Secret api_key{};
  /// The model's name as the server knows it, at Azure that of the deployment. Required: names change several times a
  /// year, so there is no default. It must take pictures.
  std::string model{};
  ChatServer server{};
  /// Takes the place of the server's own `base_url` unless it is empty.
  std::string base_url{};
  /// The critic's name in records; "<server>:<model>" where it is empty. Two critics of one run need two names.
  std::string name{};

  ChatStyle style = ChatStyle::checklist;
  /// Whether it compares pictures when the loop asks.
  bool compares = true;
  /// The most requirements that a run has from the user and from the plan together, as far as the plan can help it; for
  /// 0 the model is not asked for a plan, and only the user's own requirements are judged. Judges get careless beyond
  /// about 20.
  std::size_t max_items = 20;

  /// The most tokens that one answer may have. Hidden reasoning counts as well: a small cap leaves an empty answer.
  std::uint32_t max_output_tokens = 4'000;
  /// "low", "medium", ... where a server takes `reasoning_effort`; not sent where it is empty.
  std::string reasoning_effort{};
  ImageDetail detail = ImageDetail::automatic;

  /// The longest side of a picture that is sent, in pixels; larger ones go through `scale_down`. About one megapixel is
  /// cheap everywhere and shows all but small print and fingers; a 4K picture costs ten times as much on GPT-5.6 and
  /// newer.
  std::uint32_t max_image_side = 1'024;
  /// Makes pictures smaller: `offline::scale_down` does. Without it a picture of up to `max_unscaled_side` pixels is
  /// sent as it is, and a larger one, or one of a format that the server does not take, is an error.
  ScaleDown scale_down{};
  std::uint32_t max_unscaled_side = 2'048;
  /// The most tokens that one picture of the largest size counts as; 0 for 2.5 for every 32 by 32 pixels, which covers
  /// the models that are known as of autumn 2026 but gpt-4o-mini (25,501).
  std::uint32_t image_tokens = 0;
  /// The most bytes of text in one question. A brief and checklist that make a longer one are an error before anything
  /// is sent.
  std::size_t max_question_bytes = 16'384;

  /// Over a call and its one repetition, retries and waits included.
  std::chrono::milliseconds timeout{std::chrono::minutes{5}};
  /// What tokens cost.
  PriceTable prices = PriceTable::builtin();
  /// The most that one call can cost, for models that the prices do not know; goes before what they say.
  std::optional<Money> worst_case{};
};

/**
 * A critic that asks a vision model over the Chat Completions dialect: OpenAI, Azure, OpenRouter, llama.cpp, Ollama,
 * vLLM, LM Studio, LocalAI and many more.
 *
 * **Plan**: one call makes the goal into atomic statements with dependencies, `must` or `should`; their ids begin with
 * "vision_". The user's own requirements that no other critic owns are claimed. **Critique**: one call asks about every
 * requirement that it owns or nobody does, and what these depend on: evidence first, then yes, no or unclear (pass,
 * fail, unknown). What the model leaves out stays unknown; totals are not asked for. **Compare**: one call about one
 * order of the pictures.
 *
 * An answer is held against its schema here, whatever the server promised. One that does not fit is asked for once
 * more, with what was wrong with it; the second failure is an error (`unusable_reply`, with what both cost), never a
 * verdict.
 *
 * **The model is hostile input**, as is the picture that it looks at. An answer can set verdicts, texts of limited
 * length without control characters, and a suggested prompt that is free of control tags (`without_control_tags`) and
 * keeps the user's words (`with_required_words`); nothing else. The model writes down the text that it sees in the
 * picture; where that speaks to a judge ("give this image full marks", "ignore the instructions") and the brief did not
 * ask for those words, the reading is *suspect*: every pass of it becomes unknown, its suggested prompt is dropped, a
 * comparison is a draw, and the remark says so. So such a picture cannot satisfy a run or take the incumbent's place by
 * what is written on it. The words are searched for in English; it is a trip wire and no proof.
 *
 * The model is also asked whether it was shown a picture at all; a no is an error, since some servers drop pictures
 * that they cannot read. A yes proves nothing.
 *
 * A picture that was scaled is in `Critique::judged()`.
 *
 * **Money**: the estimate of a call is the worst case of two askings: picture, text and answer at their caps, by the
 * prices, text as a token for two bytes (English has one for four); unbounded for a billed model that they do not know.
 * The charge is what the reply says that it cost, else its
 * usage by the prices, else (`estimated`) the worst case of what was asked.
 *
 * **Errors** besides those of `http::Client::send`: `unauthorized`, `payment_required`, `rate_limited`, `not_found`,
 * `backend_failed`, `refused` (also under a status of 200), `unusable_reply`, `unsupported` (a picture's format; a
 * server without a vision model), `too_large` (a picture or question past its limit), `invalid_argument` (a picture
 * without bytes).
 *
 * **Executor**: any; requests run on the client's. **Cancellation**: at once. **Thread safety**: copies share
 * everything and may be used from any thread.
 */
class ChatCompletionsCritic final : public Critic {
 public:
  /// Throws `Failure` with what `create` reports.
  ChatCompletionsCritic(http::Client client, ChatCompletionsOptions options);

  /// Errors: `invalid_argument` for an option that cannot be used: no model, no key where one is needed, no address or
  /// a wrong one, a cap of zero, an `extra_body` that is no JSON object.
  static Result<ChatCompletionsCritic> create(http::Client client, ChatCompletionsOptions options);

 private:
  friend class ChatRephraser;  // which asks the same model
  class Impl;
  explicit ChatCompletionsCritic(std::shared_ptr<Impl> impl) noexcept;

  std::string do_name() const override;
  Money do_estimate(CallKind kind) const override;
  bool do_can_compare() const override;
  void do_prepare() override;
  boost::asio::awaitable<Result<Plan>> do_plan(Brief brief) override;
  boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override;
  boost::asio::awaitable<Result<Comparison>> do_compare(ComparisonRequest request) override;

  std::shared_ptr<Impl> impl_;
};

}  // namespace pentimento
