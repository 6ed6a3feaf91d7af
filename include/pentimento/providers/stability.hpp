#pragma once

#include <pentimento/generator.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/providers/prices.hpp>
#include <pentimento/secrets/secret.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace pentimento {

/// In which form Stability sends a picture.
enum class StabilityReply {
  image,  ///< Its bytes as they are, with seed and finish reason in headers: a quarter less to carry than base64.
  json,   ///< Base64 in JSON, with seed and finish reason beside it.
};

/// What a `StabilityGenerator` is to use. What is wrong with it is an error of each call; nothing is sent then.
struct StabilityOptions {
  /// The key. May be empty for a server on this machine.
  Secret api_key;
  /// What messages call the key: where users set it.
  std::string key_name = "STABILITY_API_KEY";
  /// "core", "ultra", or any model of the Stable Diffusion 3.5 endpoint by its name: sd3.5-large, sd3.5-large-turbo,
  /// sd3.5-medium, sd3.5-flash.
  std::string model = "sd3.5-large";
  std::string base_url = "https://api.stability.ai";
  StabilityReply reply = StabilityReply::image;
  /// "png", "jpeg" or "webp".
  std::string output_format = "png";
  /// One of Stability's styles; none unless told. In autumn 2026: enhance, anime, photographic, digital-art,
  /// comic-book, fantasy-art, line-art, analog-film, neon-punk, isometric, low-poly, origami, modeling-compound,
  /// cinematic, 3d-model, pixel-art, tile-texture.
  std::string style_preset;
  /// How closely the prompt is followed, from 1 to 10; the model's own unless told (4, or 1 for Turbo and Flash).
  /// Only for Stable Diffusion 3.5.
  std::optional<double> cfg_scale;
  /// The longest that a call may take, waits and retries included.
  std::chrono::milliseconds timeout = std::chrono::minutes{5};
  /// What calls cost.
  PriceTable prices = PriceTable::builtin();
  /// The most that a call may cost where `prices` does not know the model. Without it such a call counts as without
  /// bound: a `Budget` then ends the run before it.
  std::optional<Money> worst_case;
};

/**
 * Pictures by Stability AI, over its REST API v2beta ("/v2beta/stable-image/generate/..."; OpenAPI document of about
 * 2026).
 *
 * **What becomes of a request.** The seed is one of 1 to 4294967294: 0 means "any" to Stability and becomes the last
 * of them, larger ones are folded into the range. A size is asked for as the nearest of nine aspect ratios (21:9,
 * 16:9, 3:2, 5:4, 1:1, 4:5, 2:3, 9:16, 9:21), since the service takes no pixels: the picture has about one megapixel
 * (Core 1.5) and says its own size. From a base picture (not with Core) the aspect ratio is the base's, and a size is
 * ignored. A base may be PNG, JPEG or WebP with sides of 64 pixels or more (Ultra: up to 16384); all of a request may
 * have 10 MiB. Prompts are in English, up to 10,000 characters, as are negative prompts. There are no masks.
 *
 * **Options of a request**: `style_preset`, `output_format`, and `cfg_scale` for Stable Diffusion 3.5; each outranks
 * that of `StabilityOptions`. Any other is refused.
 *
 * **Errors**, before anything is sent: `invalid_argument`, `unsupported`, `too_large`, `unauthorized`. After: as for
 * `http::Client::send` and those of a provider: `refused` for a prompt or picture that is declined and for one that
 * comes back blurred (`CONTENT_FILTERED`), `unauthorized`, `payment_required`, `rate_limited`, `not_found`,
 * `unusable_reply` (also for half a picture, or one of more than 64 Mi pixels)...
 *
 * **Money**: a call is estimated and charged by the price table, since replies state no cost. Declined and failed
 * requests are not charged, says Stability; whether blurred pictures are it does not say, so that those count as
 * maybe billed.
 *
 * **Threads**: copies share connections and may be used from several threads. **Cancellation**: at once, as
 * `http::Client`.
 */
class StabilityGenerator final : public Generator {
 public:
  StabilityGenerator(const http::Client& client, StabilityOptions options);

  const StabilityOptions& options() const noexcept { return options_; }

 private:
  Capabilities do_capabilities() const override;
  Money do_estimate(const GenerationRequest& request) const override;
  void do_prepare() override;
  boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override;

  http::Client client_;
  StabilityOptions options_;
};

}  // namespace pentimento
