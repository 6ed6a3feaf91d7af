#pragma once

#include <pentimento/generator.hpp>
#include <pentimento/pixel_size.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace pentimento::offline {

/**
 * A procedural painter: the prompt becomes a small scene, the scene SVG, the SVG a PNG. It needs no key, no network and no model,
 * and costs nothing. It is no artificial intelligence, but it is imperfect the way one is, so that a refinement loop has real work.
 *
 * **What it understands**: counts, the CSS colour names with light, dark, pale, deep and bright, sizes, some sixty `things()`, where
 * they are to each other (left of, right of, above, below, behind, in front of, on, beside), who wears what, the background
 * (plain, gradient, park, beach, night, studio, sky, room), the light (bright, dull, dark, sunny, golden hour, soft) and the framing
 * (close-up, fills the frame, centred, wide). It ignores every other word, and never puts words of a prompt into the SVG.
 *
 * **The binding rule.** Each phrase of the prompt (a count, a colour, a place, the background...) *binds* or does not:
 *
 *     pull   = sum over its mentions, strongest first, each 0.55 of the one before:
 *                (0.55 + 0.45 exp(-words before it / 26)) * emphasis
 *     margin = 2.5 ln(pull * served / 0.72) + ease + chance,   served = min(1, (3 / sum of all pulls)^0.45)
 *
 * It binds if the margin is positive. Emphasis is a factor: 1.45 under "Important:", 1.1 under "Keep:", 1.12 for "exactly", 1.15
 * for "must", 1.1 for "very" or "clearly", 1.2 for CAPITALS, and the weight of "(phrase:1.4)". `served` is attention that
 * all phrases share: the longer the list of wishes, the less each gets. `ease` is what kind of phrase it is: a count above four is
 * hard, a landscape is easy. `chance` is normal with deviation 1, a hash of the seed (a third of its variance) and of the seed with
 * the whole prompt (the rest): a new wording is a new throw. A phrase that does not bind comes out wrong in proportion to how far it
 * missed: the count off by one or two, the colour washed out, usual for the thing or leaked from another phrase, white tinted or
 * uneven, the light dull, the relation swapped, the framing loose. Nothing counts rounds, remembers earlier calls or looks at a
 * critique: the picture is a function of prompt, negative prompt, seed and size (and base, mask and strength), on one machine
 * byte by byte.
 *
 * **Image to image**: up to a strength of 0.4 the things in the base stay as they are; where its backdrop is even, that is replaced
 * by the prompt's, the more the higher the strength, and the exposure follows the prompt's light. Up to 0.75, things are drawn anew
 * in the places of those in the base if the prompt comes to as many; else they stay. Above, the picture is new, with the places kept
 * below 0.95 if their number fits. At 0 the base comes back as it is, at the size that was asked for. It follows that an edit below
 * 0.75 mends a background or the light but not a count. A mask keeps the base wherever it is black.
 *
 * **Executor**: drawing runs on worker threads that the whole process shares; the awaiting coroutine stays on its own
 * executor, which must be as `offload` requires. **Cancellation**: at once. A drawing that has not begun is dropped, one
 * in progress ends as soon as the renderer allows; neither cancelling nor destroying a generator waits for that.
 * **Thread safety**: copies may be used from several threads.
 *
 * Base image and mask are untrusted: PNG, JPEG, WebP and GIF up to 32 MiB and 64 megapixels are decoded. Errors:
 * `unreadable_image`, `too_large` for these; `backend_failed` if the SVG renderer fails, or if threads or memory are
 * lacking.
 */
class SketchGenerator final : public Generator {
 public:
  /// The size of a picture for which none is asked, when it has no base either: 768 by 768 pixels unless told. Each side is brought
  /// into `smallest_side` to `largest_side`.
  SketchGenerator& default_size(PixelSize size);
  PixelSize default_size() const noexcept { return default_size_; }

  /// The sides that a picture may have, in pixels.
  static constexpr std::uint32_t smallest_side = 64;
  static constexpr std::uint32_t largest_side = 4096;

  /// What it can draw: canonical nouns, sorted. Synonyms ("handbag", "sneakers") are understood too.
  static std::vector<std::string> things();

 private:
  Capabilities do_capabilities() const override;
  boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override;

  PixelSize default_size_{768, 768};
};

}  // namespace pentimento::offline
