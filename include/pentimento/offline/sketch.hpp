#pragma once

#include <pentimento/generator.hpp>
#include <pentimento/pixel_size.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace pentimento::offline {

/**
 * A generator without a model: composes an image from a small set of drawings by the words of the prompt. Needs no key
 * and no network. It makes mistakes as a model does, so that a refinement loop has work to do.
 *
 * **What it understands**: counts; the colour names of CSS with light, pale, dark, deep and bright; its `things()`, and a
 * person with clothes, hair and jewellery; left of, right of, above, below and on; a plain background or a gradient; bright,
 * sunny, dull, dark and golden-hour light; close-up, wide, centred and filling the frame. Other words are ignored. A thing
 * without a drawing becomes a stone. The text of a prompt never appears in the image.
 *
 * **Prompt adherence**: each phrase (a count, a colour, a place, the background, the light, the framing) has a strength,
 * which is higher the earlier and the more often the prompt has the phrase. It is drawn correctly if its strength exceeds
 * a random threshold, which depends on seed and wording and is higher for large counts. Otherwise a count is off by one or
 * two; a colour is pale, typical of the thing, or that of another phrase; a background is tinted or uneven; the light is
 * dull; a place is swapped. The figures are in `src/offline/sketch/binding.cpp`.
 *
 * **Deterministic**: the image depends only on prompt, negative prompt, seed, size, init image, mask and strength. On one
 * machine it is equal byte for byte.
 *
 * **Image to image**: at strength 0 the init image is only scaled to the requested size. Below 0.75 its things stay: the
 * prompt's light is applied, and an even background is replaced by the prompt's. So an edit can change the background or
 * the light, but no count or colour. From 0.75 the image is drawn anew. A mask keeps the init image where it is black.
 *
 * **Errors**: `unreadable_image` and `too_large` for an init image or mask, which are untrusted (PNG, JPEG, WebP and GIF up
 * to 64 MiB and 64 megapixels are decoded); `backend_failed` if the renderer fails or memory runs out.
 *
 * **Executor**: drawing runs on worker threads that the whole process shares; the awaiting coroutine stays on its own
 * executor, which must be as `offload` requires. **Cancellation**: immediate. A drawing that has not begun is dropped;
 * one in progress ends as soon as the renderer allows. Cancelling and destroying a generator do not wait for that.
 *
 * **Thread safety**: copies may be used from several threads.
 */
class SketchGenerator final : public Generator {
 public:
  /// Sets the size of an image if neither the request nor an init image gives one: 768 by 768 pixels by default. Each side
  /// is clamped to `smallest_side` to `largest_side`.
  SketchGenerator& default_size(PixelSize size);
  PixelSize default_size() const noexcept { return default_size_; }

  /// The range of width and height of an image, in pixels.
  static constexpr std::uint32_t smallest_side = 64;
  static constexpr std::uint32_t largest_side = 4096;

  /// Returns what it can draw: singular nouns, sorted. Some synonyms ("sneaker", "cottage") are understood too.
  static std::vector<std::string> things();

 private:
  Capabilities do_capabilities() const override;
  boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override;

  PixelSize default_size_{768, 768};
};

}  // namespace pentimento::offline
