#pragma once

#include <pentimento/generator.hpp>
#include <pentimento/pixel_size.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace pentimento::offline {

/**
 * A procedural painter: draws what it understands of a prompt from a small set of drawings. It needs no key, no network and
 * no model, and is no artificial intelligence. It is imperfect the way a model is, so that a refinement loop has real work.
 *
 * **What it understands**: counts; the colour names of CSS with light, pale, dark, deep and bright; its `things()`, and a
 * person with clothes, hair and jewellery; left of, right of, above, below and on; a plain background or a gradient; bright,
 * sunny, dull, dark and golden-hour light; close-up, wide, centred and filling the frame. It ignores every other word. A
 * thing that it has no drawing of becomes a stone. Words of a prompt never reach the image.
 *
 * **The rule of binding**: each phrase of the prompt (a count, a colour, a place, the background, the light, the framing)
 * comes out as asked, or weak. A phrase is the stronger the earlier and the more often the prompt says it. What strength it
 * needs is chance, drawn from the seed and the wording: what is said late or once may come out weak, and a new wording is a
 * new throw. Large counts need more. A weak count is off by one or two, a weak colour is washed out, usual for the thing or
 * taken from another phrase, a weak background is tinted or uneven, a weak light is dull, a weak place is swapped. Nothing
 * counts rounds, remembers earlier calls or looks at a critique: an image is a function of prompt, negative prompt, seed and
 * size (and init image, mask and strength), on one machine byte for byte. The figures of the rule are in
 * `src/offline/sketch/binding.cpp`.
 *
 * **Image to image**: at strength 0 the init image comes back at the size that was asked for. Below 0.75 its things stay:
 * the prompt's light is applied, and an even backdrop gives way to the prompt's background. So an edit mends a background
 * or the light, but no count or colour. From 0.75 the image is painted anew. A mask keeps the init image where it is black.
 *
 * **Errors**: `unreadable_image` and `too_large` for an init image or mask, which are untrusted (PNG, JPEG, WebP and GIF up
 * to 64 MiB and 64 megapixels are decoded); `backend_failed` if the renderer fails or memory runs out.
 *
 * **Executor**: drawing runs on worker threads that the whole process shares; the awaiting coroutine stays on its own
 * executor, which must be as `offload` requires. **Cancellation**: at once. A drawing that has not begun is dropped, one
 * in progress ends as soon as the renderer allows; neither cancelling nor destroying a generator waits for that.
 *
 * **Thread safety**: copies may be used from several threads.
 */
class SketchGenerator final : public Generator {
 public:
  /// Sets the size of an image if neither the request nor an init image gives one: 768 by 768 pixels by default. Each side
  /// is brought into `smallest_side` to `largest_side`.
  SketchGenerator& default_size(PixelSize size);
  PixelSize default_size() const noexcept { return default_size_; }

  /// The sides that an image may have, in pixels.
  static constexpr std::uint32_t smallest_side = 64;
  static constexpr std::uint32_t largest_side = 4096;

  /// Returns what it can draw: singular nouns, sorted. Some other words ("sneaker", "cottage") name the same drawings.
  static std::vector<std::string> things();

 private:
  Capabilities do_capabilities() const override;
  boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override;

  PixelSize default_size_{768, 768};
};

}  // namespace pentimento::offline
