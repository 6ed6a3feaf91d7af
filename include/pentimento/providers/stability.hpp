#pragma once

#include <pentimento/generator.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/image.hpp>
#include <pentimento/providers/prices.hpp>
#include <pentimento/secrets/secret.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace pentimento {

/// The form in which Stability sends an image.
enum class StabilityReply {
  image,  ///< Bytes, with seed and finish reason in the headers: a quarter smaller than base64.
  json,   ///< Base64 in JSON, with seed and finish reason.
};

/// The options of a `StabilityGenerator`.
struct StabilityOptions {
  /// The API key. Optional for a server on this machine.
  Secret api_key;
  /// The name of the key in messages.
  std::string key_name = "STABILITY_API_KEY";
  /// "core", "ultra", or a model of the Stable Diffusion 3.5 endpoint: sd3.5-large, sd3.5-large-turbo, sd3.5-medium,
  /// sd3.5-flash.
  std::string model = "sd3.5-large";
  std::string base_url = "https://api.stability.ai";
  StabilityReply reply = StabilityReply::image;
  /// "png", "jpeg" or "webp".
  std::string output_format = "png";
  /// One of Stability's styles. Default: none. In autumn 2026: enhance, anime, photographic, digital-art, comic-book,
  /// fantasy-art, line-art, analog-film, neon-punk, isometric, low-poly, origami, modeling-compound, cinematic, 3d-model,
  /// pixel-art, tile-texture.
  std::string style_preset;
  /// The guidance scale, 1 to 10. Only for Stable Diffusion 3.5. Default: that of the model (4; 1 for Turbo and Flash).
  std::optional<double> cfg_scale;
  /// True to send an init image and a mask with their metadata: places, cameras, comments. By default only pixels, colour
  /// profile and orientation leave the machine; see `Generation::sent_init_image`.
  bool send_metadata = false;
  /// Makes an upright image of one that its EXIF orientation turns; `offline::scale_down` does. Runs on the process's worker
  /// threads. Without it, or with a mask, the orientation is sent beside the pixels, and it is up to the provider.
  std::function<Result<Image>(const Image& image, std::uint32_t max_side)> scale_down;
  /// The timeout of a call, including retries and waits.
  std::chrono::milliseconds timeout = std::chrono::minutes{5};
  /// The prices of calls.
  PriceTable prices = PriceTable::builtin();
  /// The worst-case cost of a call if `prices` does not have the model. Default: unbounded, so that a `Budget` ends the run
  /// before the call.
  std::optional<Money> worst_case;
};

/**
 * A generator that uses Stability AI's REST API v2beta ("/v2beta/stable-image/generate/...").
 *
 * **Requests**
 * - Seed: 1 to 4294967294. 0 means "any" to Stability and becomes the last of them; larger seeds are folded into the range.
 * - Size: the nearest of nine aspect ratios (21:9, 16:9, 3:2, 5:4, 1:1, 4:5, 2:3, 9:16, 9:21). The image has about one
 *   megapixel (Core: 1.5). With an init image, the aspect ratio is that of the init image.
 * - Init image: not with Core. PNG, JPEG or WebP with sides of at least 64 pixels (Ultra: at most 16384). The whole request
 *   is limited to 10 MiB. Masks are not supported.
 * - Prompt and negative prompt: English, at most 10,000 characters.
 * - Options: `style_preset`, `output_format`, and `cfg_scale` for Stable Diffusion 3.5. Each overrides that of
 *   `StabilityOptions`.
 *
 * **Errors**: before anything is sent: `invalid_argument`, `unsupported`, `too_large`. Afterwards: those of
 * `http::Client::send`, and `refused` for a moderated request or a blurred image (`CONTENT_FILTERED`), `unauthorized`,
 * `payment_required`, `rate_limited`, `not_found`, `unusable_reply` (also for an incomplete image, or one of more than
 * 64 Mi pixels).
 *
 * **Cost**: estimated and charged by the price table, because replies state no cost. Stability does not charge refused and
 * failed requests. It does not say whether it charges blurred images, so these are maybe billed.
 *
 * **Cancellation**: as for `http::Client::send`. **Thread safety**: thread-safe; copies share connections.
 *
 * **Source**: Stability AI's OpenAPI document, 2026.
 */
class StabilityGenerator final : public Generator {
 public:
  /// Creates a generator. **Errors**: `invalid_argument` for invalid options, or a key that would be sent unencrypted;
  /// `unauthorized` for a missing key.
  static Result<StabilityGenerator> create(const http::Client& client, StabilityOptions options);
  /// Like `create`. **Errors**: throws `Failure`.
  StabilityGenerator(const http::Client& client, StabilityOptions options);

  const StabilityOptions& options() const noexcept { return options_; }

 private:
  Capabilities do_capabilities() const override;
  Money do_estimate(const GenerationRequest& request) const override;
  std::optional<Error> do_validate(const GenerationRequest& request) const override;
  void do_warm_up() override;
  boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override;

  http::Client client_;
  StabilityOptions options_;
};

}  // namespace pentimento
