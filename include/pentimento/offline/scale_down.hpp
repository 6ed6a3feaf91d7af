#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <cstdint>

namespace pentimento::offline {

/**
 * A smaller picture that shows what the large one shows: by area averaging, its longest side at most `max_side` pixels
 * (1 to 16,384), as PNG. A picture that is small enough keeps its size and is only encoded anew, which makes a PNG of a
 * JPEG, WebP or GIF for whoever takes no other.
 *
 * Each new pixel is the mean of all that it covers, of the sRGB values as they stand and not of light, which is how
 * most programs scale: fine patterns of black and white come out a little darker than they look from afar. Nothing is
 * sampled, so that no other picture can be hidden in the large one (image-scaling attacks, arXiv 2010.02456).
 * Transparency is flattened on white, EXIF orientation is applied, colours become sRGB, of an animation the first frame
 * counts; no metadata is kept.
 *
 * Made for `VisionCriticOptions::scale_down`. The picture is untrusted: decoded as `MeasuringCritic` does, within
 * the same limits. Errors: `unreadable_image`, `too_large`, `invalid_argument` for a side out of range or a picture
 * without bytes, `backend_failed` if the encoder fails. Blocks for the time of decoding and encoding. Thread-safe.
 */
Result<Image> scale_down(const Image& image, std::uint32_t max_side);

}  // namespace pentimento::offline
