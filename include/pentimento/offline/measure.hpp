#pragma once

#include <pentimento/critic.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline {

/**
 * A critic that measures pixels. It sees the brief and the image, and nothing of how the image was made. Free of charge.
 *
 * It plans a requirement only if the brief asks for something that pixels can answer: how many things of a kind there are,
 * their colours, which lies left of or above the other, a plain or white background, light, contrast, saturation, sharpness,
 * framing, size and shape. Of the user's own requirements it claims those that it understands completely, and leaves the
 * rest to other critics. What the brief or the profile asks for and pixels cannot tell ("a floral pattern", "no text") is
 * listed as unjudged. Each finding states the figure that was measured and what would satisfy it. If a measure is not
 * reliable for an image (things that touch, a busy background), the verdict is `unknown`.
 *
 * It does not recognise things: "the mugs are red" is measured on what stands out from the background. Of "yellow lemons on a
 * blue plate" what is blue is the plate; a plate without a colour of its own may make a verdict `unknown`.
 *
 * Images are untrusted: PNG, JPEG, WebP and GIF up to 64 MiB and 64 Mi pixels are decoded.
 *
 * **Errors**: `unreadable_image` and `too_large` for an image that cannot be decoded, never a verdict; `backend_failed` if
 * threads or memory run out.
 * **Executor**: decoding and measuring run on worker threads that the whole process shares; the awaiting coroutine stays on
 * its own executor, which must be as `offload` requires. **Cancellation**: at once. A measurement that has not begun is
 * dropped, one in progress ends after its current step; neither cancelling nor destroying a critic waits for that.
 * **Thread safety**: copies may be used from several threads; `profile` must not run while the same object is in use.
 */
class MeasuringCritic final : public Critic {
 public:
  /// Also judges by a product-photo profile, one of `profiles()`, whatever the brief says. Throws `Failure` with
  /// `invalid_argument` for another name.
  MeasuringCritic& profile(std::string_view name);
  /// A critic with that profile. **Errors**: `invalid_argument` for an unknown name.
  static Result<MeasuringCritic> profile_named(std::string_view name);
  /// The names of the product-photo profiles.
  static std::vector<std::string> profiles();
  /// What a profile requires and where its figures come from, in words; empty for an unknown name.
  static std::string profile_source(std::string_view name);

 private:
  std::string do_name() const override;
  boost::asio::awaitable<Result<Plan>> do_plan(Brief brief) override;
  boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override;

  std::string profile_;  ///< empty for none, else a known name
};

}  // namespace pentimento::offline
