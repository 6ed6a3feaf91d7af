#pragma once

#include <pentimento/critic.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline {

/**
 * A critic that measures pixels: it knows the brief and the picture, and nothing of how the picture was made.
 *
 * It plans a requirement only where the brief's words ask for something that pixels can answer: how many things of a kind
 * there are, their colours, which lies left of or above the other, a plain or white background, light, contrast, saturation,
 * sharpness, framing, size and shape. It claims those of the user's own requirements that it understands whole, and leaves
 * the rest to other critics. Each finding states the figure that was measured and what would satisfy it; where a measure is
 * not reliable for a picture (things that touch, a busy background) the verdict is `unknown`.
 *
 * It does not recognise things: "the mugs are red" is measured on what stands out from the background. Of "yellow
 * lemons on a blue plate" what is blue is the plate; a plate without a colour of its own may make a verdict `unknown`.
 * Free of charge.
 *
 * Pictures are untrusted: PNG, JPEG, WebP and GIF up to 32 MiB and 64 megapixels are decoded, anything else is an error
 * (`unreadable_image`, `too_large`), never a verdict. So is a lack of threads or memory (`backend_failed`).
 *
 * **Executor**: decoding and measuring run on up to four threads that copies share; the awaiting coroutine stays on its
 * own executor, which is as `offload` asks. **Cancellation**: at once; a measurement that has not begun is dropped, one
 * under way is given up after its present step, and the last copy waits for that when it is destroyed.
 * **Thread safety**: copies may be used from several threads; `profile` may not run beside other calls on the same
 * object.
 */
class MeasuringCritic final : public Critic {
 public:
  /// Also judges by a product-photo profile, whatever the brief says; one of `profiles()`. Throws `Failure` with
  /// `errc::invalid_argument`, naming those there are, for another name. `profile_named` is the same without an exception.
  MeasuringCritic& profile(std::string_view name);
  /// A critic with that profile. Errors: `invalid_argument` for an unknown name.
  static Result<MeasuringCritic> profile_named(std::string_view name);
  /// The names of the product-photo profiles.
  static std::vector<std::string> profiles();
  /// What a profile asks for and where its figures come from, in words; empty for an unknown name.
  static std::string profile_source(std::string_view name);

 private:
  std::string do_name() const override;
  boost::asio::awaitable<Result<Plan>> do_plan(Brief brief) override;
  boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override;

  std::string profile_;  ///< empty for none, else a known name
};

}  // namespace pentimento::offline
