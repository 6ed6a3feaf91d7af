#pragma once

#include <pentimento/generator.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/image.hpp>
#include <pentimento/providers/prices.hpp>
#include <pentimento/providers/server.hpp>
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
 * How a server speaks the OpenAI Images API. All of it is data: a further server is a further value.
 *
 * **Source**: autumn 2026. OpenAI and Azure: OpenAI's Node SDK 7.57.0. sd-server and LocalAI: their sources of August 2026.
 * Together and xAI: their SDKs and documents.
 */
struct OpenAiImagesServer : Server {
  /// A field of a request beyond prompt and size, with the name that request options use.
  struct Field {
    enum class Type { text, whole_number, number, truth };
    std::string name;
    Type type = Type::text;
    /// The range of a number.
    double least = 0;
    double most = 1e9;
    /// The accepted texts; any if empty.
    std::vector<std::string> values;
    bool in_generations = true;
    bool in_edits = true;
    /// The path inside the tag of native options ("sample_params.sample_steps"); empty for a field of the request.
    std::string tag_path;
  };

  /// The form of a size: "size": "1024x1024"; "width" and "height"; or "aspect_ratio": "3:2".
  enum class SizeStyle { size, width_height, aspect_ratio };
  /// The form of a mask: not supported, transparent pixels may change, or white pixels may change.
  enum class MaskStyle { none, transparent, white };
  /// The place of a seed or a negative prompt: not supported; a field ("seed", "negative_prompt"); the tag of native options
  /// at the end of the prompt; after a bar at the end of the prompt ("a cat|blurry").
  enum class Extra { none, field, tag, bar };
  /// How a reply states its cost: not, so that the price table is used; tokens ("usage", with OpenAI's names); dollars
  /// ("usage.cost"); or ten-billionths of a dollar ("usage.cost_in_usd_ticks").
  enum class CostStyle { table, tokens, dollars, ticks };

  /// The path after `base_url`; "{model}" is replaced by the model.
  std::string generations_path = "images/generations";
  /// The path for requests with an init image, which are multipart forms. Empty if not supported.
  std::string edits_path = "images/edits";
  /// The form field of the init image.
  std::string image_field = "image[]";
  /// The default model; empty if there is none.
  std::string default_model;
  /// The value of "response_format" for which the server replies with base64. Empty: the field is not sent.
  std::string response_format;
  SizeStyle size_style = SizeStyle::size;
  /// True to send "size": "auto" if no size is requested.
  bool auto_size = false;
  /// The supported sizes, of which the one with the nearest aspect ratio is requested. Empty: any size.
  std::vector<std::string> sizes;
  /// The models (or the beginnings of their names up to a '-') that support any size of OpenAI's rule instead of `sizes`:
  /// multiples of 16, ratio 1:3 to 3:1, 655,360 to 8,294,400 pixels, no side above 3840.
  std::vector<std::string> flexible_models;
  /// The aspect ratios for `SizeStyle::aspect_ratio`.
  std::vector<std::string> aspect_ratios;
  MaskStyle mask = MaskStyle::none;
  Extra seed = Extra::none;
  Extra negative_prompt = Extra::none;
  /// True if the tag has the strength for an init image.
  bool strength_in_tag = false;
  /// The tag at the end of a prompt that holds native options as JSON. Empty if there is none. Such tags in a prompt are
  /// removed, because a model may have written the prompt.
  std::string tag;
  std::vector<Field> fields;
  /// In characters.
  std::size_t longest_prompt = 32'000;
  std::size_t most_image_bytes = std::size_t{50} * 1'000'000;
  std::size_t most_mask_bytes = std::size_t{4} * 1'000'000;
  /// True if the server supports streamed replies.
  bool streams = false;
  /// True if a reply without images is a refusal.
  bool empty_is_refusal = false;
  /// Error codes of a refusal, in addition to those known of all providers.
  std::vector<std::string> refusal_codes;
  CostStyle cost = CostStyle::table;

  /// OpenAI; with edits and streaming.
  static OpenAiImagesServer openai();
  /// Azure OpenAI. `base_url` is your resource, "https://RESOURCE.openai.azure.com"; the model is the deployment's name.
  static OpenAiImagesServer azure();
  /// The server of stable-diffusion.cpp; http://127.0.0.1:1234 by default. Seed, negative prompt, strength and steps are sent
  /// as native options.
  static OpenAiImagesServer sd_server();
  /// LocalAI; http://127.0.0.1:8080 by default.
  static OpenAiImagesServer localai();
  static OpenAiImagesServer together();
  static OpenAiImagesServer xai();

  /// Returns a preset by its name. **Errors**: `invalid_argument`, with the known names.
  static Result<OpenAiImagesServer> named(std::string_view name);
  static std::vector<std::string> names();
};

/// The options of an `OpenAiImagesGenerator`.
struct OpenAiImagesOptions {
  OpenAiImagesServer server = OpenAiImagesServer::openai();
  /// The API key. Optional for a server that needs none or is on this machine.
  Secret api_key;
  /// The name of the key in messages. Default: that of the server.
  std::string key_name;
  /// Default: that of the server ("gpt-image-2" for OpenAI).
  std::string model;
  /// Default: that of the server.
  std::string base_url;
  /// Azure's "api-version". Not sent if empty.
  std::string api_version;
  /// OpenAI's "OpenAI-Organization" and "OpenAI-Project". Not sent if empty.
  std::string organization;
  std::string project;
  /// Defaults for the options of a request: {"quality", "medium"}.
  std::map<std::string, std::string> defaults;
  /// True to stream the reply, with 0 to 3 partial images. OpenAI charges 100 tokens for each.
  bool stream = false;
  int partial_images = 0;
  /// Receives the partial images and their indices from 0, on the client's executor. It should return quickly. Exceptions are
  /// ignored. One call may still be in progress after a cancellation.
  std::function<void(const Image& partial, int index)> on_partial;
  /// Converts a mask into a PNG that is transparent where the mask is white, for servers with transparent masks: this library
  /// does not decode images. Default: masks are not supported for such servers. Runs on the executor of the call.
  std::function<Result<Image>(const Image& mask)> mask_to_alpha;
  /// True to send an init image and a mask with their metadata: places, cameras, comments. By default only pixels, colour
  /// profile and orientation leave the machine; see `Generation::sent_init_image`.
  bool send_metadata = false;
  /// Makes an upright image of one that its EXIF orientation turns; `offline::scale_down` does. Runs on the process's worker
  /// threads. Without it, or with a mask, the orientation is sent beside the pixels, and it is up to the provider.
  std::function<Result<Image>(const Image& image, std::uint32_t max_side)> scale_down;
  /// The timeout of a call, including retries and waits. Images of high quality can take minutes.
  std::chrono::milliseconds timeout = std::chrono::minutes{5};
  /// The prices of calls.
  PriceTable prices = PriceTable::builtin();
  /// The worst-case cost of a call if `prices` does not know it. Default: unbounded, so that a `Budget` ends the run before
  /// the call.
  std::optional<Money> worst_case;
};

/**
 * A generator for servers that speak the OpenAI Images API: OpenAI, Azure, and the other presets of `OpenAiImagesServer`.
 *
 * **Requests**
 * - A text is sent to "images/generations" as JSON, an init image to "images/edits" as a form. OpenAI has no strength; it is
 *   ignored there. An init image is a PNG, JPEG or WebP below 50 MB.
 * - Seed and negative prompt are sent if the server has them. OpenAI has neither. No server confirms a seed.
 * - Size: the nearest supported one. For most models of OpenAI: 1024x1024, 1536x1024 and 1024x1536; for GPT Image 2 and 2.5:
 *   any of its rule; "auto" if no size is requested.
 * - Options: those of the server, by its names, such as `quality`, `background`, `output_format`, `output_compression`,
 *   `moderation`, `complexity`, `input_fidelity` of OpenAI, or `steps` of sd-server and Together.
 * - A reply with a URL instead of the image: the image is fetched within the same timeout, without the key. The URL must be
 *   https and its address public, or of the API's own origin, or on this machine if the API is. Redirects are not followed.
 *   If it cannot be fetched, the error is an `unusable_reply` with the URL as its provider message, and with the charge.
 *
 * **Errors**: before anything is sent: `invalid_argument`, `unsupported`, `too_large`. Afterwards: those of
 * `http::Client::send`, and `refused` (moderation), `unauthorized`, `payment_required`, `rate_limited`, `not_found`,
 * `unusable_reply` (also for an incomplete image, or one of more than 64 Mi pixels). An error inside a streamed reply is
 * maybe billed.
 *
 * **Cost**: estimated by the most tokens for quality and size, and charged by the figures of the reply. The bytes of the
 * prompt are an upper bound of its tokens. For "auto" sizes the most expensive of the three standard sizes counts.
 *
 * **Memory**: a reply with base64 exists up to three times for a moment: the text, its parsed copy, and the image.
 *
 * **Cancellation**: as for `http::Client::send`. **Thread safety**: thread-safe if the functions of the options are; copies
 * share connections.
 */
class OpenAiImagesGenerator final : public Generator {
 public:
  /// Creates a generator. **Errors**: `invalid_argument` for invalid options, or a key that would be sent unencrypted;
  /// `unsupported` for streaming from a server that cannot; `unauthorized` for a missing key.
  static Result<OpenAiImagesGenerator> create(const http::Client& client, OpenAiImagesOptions options);
  /// Like `create`. **Errors**: throws `Failure`.
  OpenAiImagesGenerator(const http::Client& client, OpenAiImagesOptions options);

  const OpenAiImagesOptions& options() const noexcept { return *options_; }

 private:
  Capabilities do_capabilities() const override;
  Money do_estimate(const GenerationRequest& request) const override;
  std::optional<Error> do_validate(const GenerationRequest& request) const override;
  void do_warm_up() override;
  boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override;

  http::Client client_;
  std::shared_ptr<const OpenAiImagesOptions> options_;
};

}  // namespace pentimento
