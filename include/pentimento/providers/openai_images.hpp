#pragma once

#include <pentimento/generator.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/image.hpp>
#include <pentimento/providers/prices.hpp>
#include <pentimento/secrets/secret.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento {

/**
 * How one server differs from the others that speak the OpenAI Images API: data, so that a further server is a
 * further record.
 *
 * The presets are what was read of each server in autumn 2026 (OpenAI: its Node SDK 7.57.0; Azure: the same SDK;
 * sd-server and LocalAI: their sources of August 2026; Together and xAI: SDKs and documents of 2026).
 */
struct OpenAiImagesQuirks {
  /// One field of a request beyond prompt and size, by the name that request options use.
  struct Field {
    enum class Type { text, whole_number, number, truth };
    std::string name;
    Type type = Type::text;
    /// The range of a number.
    double least = 0;
    double most = 1e9;
    /// The texts that are taken; any if empty.
    std::vector<std::string> values;
    bool in_generations = true;
    bool in_edits = true;
    /// Where it goes inside the tag of native options ("sample_params.sample_steps"); empty for a field of the request.
    std::string tag_path;
  };

  /// How a size is told: "size": "1024x1024"; "width" and "height"; or "aspect_ratio": "3:2".
  enum class SizeStyle { size, width_height, aspect_ratio };
  /// What a mask looks like: none is taken, transparent pixels may change, or white pixels may change.
  enum class MaskStyle { none, transparent, white };
  /// How a seed or a negative prompt is told: not at all; as a field ("seed", "negative_prompt"); inside the tag of
  /// native options at the end of the prompt; behind a bar at the end of the prompt ("a cat|blurry").
  enum class Extra { none, field, tag, bar };
  /// What a reply says of its cost: nothing, so that the price table tells; tokens ("usage", by OpenAI's names);
  /// dollars ("usage.cost"); or ten-billionths of a dollar ("usage.cost_in_usd_ticks").
  enum class CostStyle { table, tokens, dollars, ticks };

  /// The name of the server in the price table and in `named`.
  std::string name;
  /// Its name in messages.
  std::string title;
  /// Up to and with the version: "https://api.openai.com/v1". Empty where everyone has their own.
  std::string base_url;
  /// Behind the base; "{model}" stands for the model.
  std::string generations_path = "images/generations";
  /// The same for starting from a picture, which is sent as a multipart form; empty where the server cannot.
  std::string edits_path = "images/edits";
  /// The form field that holds the picture to start from.
  std::string image_field = "image[]";
  /// Where users set the key; the header that carries it, and what stands before it there.
  std::string key_name;
  std::string key_header = "Authorization";
  std::string key_prefix = "Bearer ";
  bool key_is_needed = true;
  /// The model where none is named; empty where there is no good default.
  std::string default_model;
  /// The value of "response_format" that makes the server answer with the picture itself; empty where the field must
  /// not be sent.
  std::string response_format;
  SizeStyle size_style = SizeStyle::size;
  /// Whether "size": "auto" is sent where no size is asked for.
  bool auto_size = false;
  /// Sizes that are taken, where these are few; empty for any size. The nearest by its aspect ratio is asked for.
  std::vector<std::string> sizes;
  /// The models (by the beginning of their names up to a '-') that take any size of OpenAI's rule instead of `sizes`:
  /// multiples of 16, ratio 1:3 to 3:1, 655,360 to 8,294,400 pixels, no side above 3840.
  std::vector<std::string> flexible_models;
  /// The aspect ratios for `SizeStyle::aspect_ratio`.
  std::vector<std::string> aspect_ratios;
  MaskStyle mask = MaskStyle::none;
  Extra seed = Extra::none;
  Extra negative_prompt = Extra::none;
  /// Whether the strength of a base is told, inside the tag.
  bool strength_in_tag = false;
  /// The tag at the end of a prompt that holds native options as JSON; what stands in such a tag in a prompt is
  /// removed, since prompts may have been written by a model. Empty where there is none.
  std::string tag;
  std::vector<Field> fields;
  /// In characters.
  std::size_t longest_prompt = 32'000;
  std::size_t most_image_bytes = std::size_t{50} * 1'000'000;
  std::size_t most_mask_bytes = std::size_t{4} * 1'000'000;
  /// Whether replies can be streamed.
  bool streams = false;
  /// Whether a reply without pictures is a refusal.
  bool empty_is_refusal = false;
  /// Codes of errors that say "declined", besides those known of all providers.
  std::vector<std::string> refusal_codes;
  CostStyle cost = CostStyle::table;

  /// OpenAI itself; edits and streaming.
  static OpenAiImagesQuirks openai();
  /// Azure OpenAI. The base is yours: "https://RESOURCE.openai.azure.com"; the model is the name of the deployment.
  static OpenAiImagesQuirks azure();
  /// The server of stable-diffusion.cpp, at http://127.0.0.1:1234 unless told. Seed, negative prompt, strength and
  /// steps go in its native options.
  static OpenAiImagesQuirks sd_server();
  /// LocalAI, at http://127.0.0.1:8080 unless told.
  static OpenAiImagesQuirks localai();
  static OpenAiImagesQuirks together();
  static OpenAiImagesQuirks xai();

  /// A preset by its name. Errors: `invalid_argument`, with the names that there are.
  static Result<OpenAiImagesQuirks> named(std::string_view name);
  static std::vector<std::string> names();
};

/// What an `OpenAiImagesGenerator` is to use. What is wrong with it is an error of each call; nothing is sent then.
struct OpenAiImagesOptions {
  OpenAiImagesQuirks server = OpenAiImagesQuirks::openai();
  /// The key. May be empty for a server that needs none or is on this machine.
  Secret api_key;
  /// What messages call the key; the server's usual name unless told.
  std::string key_name;
  /// Always sent; the server's default unless told ("gpt-image-2" of OpenAI).
  std::string model;
  /// The server's unless told.
  std::string base_url;
  /// Azure's "api-version"; none is sent if empty.
  std::string api_version;
  /// OpenAI's "OpenAI-Organization" and "OpenAI-Project"; none are sent if empty.
  std::string organization;
  std::string project;
  /// Options of every request that does not have its own: {"quality", "medium"}.
  std::map<std::string, std::string> defaults;
  /// Whether the reply is streamed, where the server can, and how many pictures on the way are asked for, 0 to 3;
  /// OpenAI charges 100 tokens for each.
  bool stream = false;
  int partial_images = 0;
  /// Gets the pictures on the way, with their numbers from 0, on the client's executor; what it throws is dropped. It
  /// must not take long. After a cancel one call of it may still be under way.
  std::function<void(const Image& partial, int index)> on_partial;
  /// Makes a PNG with an alpha channel, transparent where the mask is white, for servers whose masks are transparent:
  /// this library decodes no pictures. Without it such a server takes no masks. It runs on the executor of the call.
  std::function<Result<Image>(const Image& mask)> mask_to_alpha;
  /// The longest that a call may take, waits and retries included. Pictures of high quality can take minutes.
  std::chrono::milliseconds timeout = std::chrono::minutes{5};
  /// What calls cost.
  PriceTable prices = PriceTable::builtin();
  /// The most that a call may cost where `prices` cannot tell. Without it such a call counts as without bound: a
  /// `Budget` then ends the run before it.
  std::optional<Money> worst_case;
};

/**
 * Pictures by a server that speaks the OpenAI Images API: OpenAI, Azure, and those of `OpenAiImagesQuirks`.
 *
 * **What becomes of a request.** Text alone goes to "images/generations" as JSON, a base picture to "images/edits" as
 * a form; OpenAI knows no strength, so that it is ignored there. Seed and negative prompt go where the server has a
 * place for them; OpenAI has none. A size becomes the nearest that the server makes: one of 1024x1024, 1536x1024 and
 * 1024x1536 for most models of OpenAI, any of its rule for GPT Image 2 and 2.5; without one it is "auto". The picture
 * says its own size. A base may be PNG, JPEG or WebP of less than 50 MB. The seed of the result is that which the
 * server confirms, which none does.
 *
 * **Options of a request**: by the server's own names, such as `quality`, `background`, `output_format`,
 * `output_compression`, `moderation`, `complexity`, `input_fidelity` of OpenAI, or `steps` of sd-server and Together.
 * Any other is refused.
 *
 * **URLs are not fetched**: a server that answers with one gets an `unusable_reply`.
 *
 * **Errors**, before anything is sent: `invalid_argument`, `unsupported`, `too_large`, `unauthorized`. After: as for
 * `http::Client::send`, and `refused` for what moderation declines, `unauthorized`, `payment_required`,
 * `rate_limited`, `not_found`, `unusable_reply` (also for half a picture, or one of more than 64 Mi pixels)... A
 * streamed reply can fail after it began; such a call counts as maybe billed.
 *
 * **Money**: before a call, the tokens that quality and size come to at most; after it, what the reply's own figures
 * come to. Tokens of the prompt are counted as its bytes, which is more than they can be. For "auto" sizes the
 * dearest of the three standard sizes is assumed.
 *
 * **Threads**: copies share connections and may be used from several threads, as far as the two functions of the
 * options may. **Cancellation**: at once, as `http::Client`. **Memory**: a reply with base64 is held three times at
 * most for a moment: the text, its parsed copy, and the picture.
 */
class OpenAiImagesGenerator final : public Generator {
 public:
  OpenAiImagesGenerator(const http::Client& client, OpenAiImagesOptions options);

  const OpenAiImagesOptions& options() const noexcept { return *options_; }

 private:
  Capabilities do_capabilities() const override;
  Money do_estimate(const GenerationRequest& request) const override;
  void do_prepare() override;
  boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override;

  http::Client client_;
  std::shared_ptr<const OpenAiImagesOptions> options_;
};

}  // namespace pentimento
