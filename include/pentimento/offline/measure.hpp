#pragma once

#include <pentimento/critic.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline {

/**
 * A critic that measures pixels. It knows the brief and the image, not how the image was made. Free of charge.
 *
 * It plans a requirement only if the brief asks for something that pixels can answer: how many things of a kind there are,
 * their colours, which one is left of or above the other, a plain or white background, light, contrast, saturation, sharpness,
 * framing, size and shape. Of the user's own requirements it claims those that it understands completely, and leaves the
 * rest to other critics. What the brief or the profile asks for and pixels cannot show ("a floral pattern", "no text") is
 * listed as unjudged. Each finding states the figure that was measured and what would satisfy it. If a measure is not
 * reliable for an image (things that touch, a busy background), the verdict is `unknown`.
 *
 * It does not recognise objects: "the mugs are red" is measured on everything that stands out from the background. Several
 * kinds of objects are told apart by the colours that the brief gives them; without these a verdict may be `unknown`.
 *
 * Images are untrusted: PNG, JPEG, WebP and GIF up to 64 MiB and 64 Mi pixels are decoded.
 *
 * **Errors**: `unreadable_image` and `too_large` for an image that cannot be decoded, never a verdict; `backend_failed` if
 * threads or memory run out.
 * **Executor**: decoding and measuring run on worker threads that the whole process shares; the awaiting coroutine stays on
 * its own executor, which must be as `offload` requires. **Cancellation**: immediate. A measurement that has not begun
 * is dropped; one in progress ends after its current step. Cancelling and destroying a critic do not wait for that.
 * **Thread safety**: copies may be used from several threads; `profile` must not run while the same object is in use.
 */
class MeasuringCritic final : public Critic {
 public:
  /// Judges by a product-photo profile, one of `profiles()`, in addition to the brief.
  /// **Errors**: throws `Failure` with `invalid_argument` for another name.
  MeasuringCritic& profile(std::string_view name);
  /// Returns a critic with that profile. **Errors**: `invalid_argument` for an unknown name.
  static Result<MeasuringCritic> profile_named(std::string_view name);
  /// Returns the names of the product-photo profiles.
  static std::vector<std::string> profiles();
  /// Returns what a profile requires and the source of its figures, as text; empty for an unknown name.
  static std::string profile_source(std::string_view name);

 private:
  std::string do_name() const override;
  boost::asio::awaitable<Result<Plan>> do_plan(Brief brief) override;
  boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override;

  std::string profile_;  ///< empty for none, else a known name
};

}  // namespace pentimento::offline
