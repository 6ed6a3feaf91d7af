#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>
#include <pentimento/media_type.hpp>

#include <cstdint>

/// Images in another format or size. Sources are untrusted: they are decoded as by `MeasuringCritic`, within the same limits.
namespace pentimento::offline {

/**
 * Converts an image to PNG, JPEG (quality 90) or WebP (quality 90). An image that has the format already is returned
 * unchanged, with all its metadata; otherwise only the pixels are kept, transparency flattened on white.
 *
 * **Errors**: `unreadable_image`, `too_large`, `unsupported` for GIF, `backend_failed` if the encoder fails.
 * Blocks for the time of decoding and encoding. **Thread safety**: thread-safe.
 */
Result<Image> convert(const Image& image, MediaType type);

/**
 * Scales an image down so that its longest side is at most `max_side` pixels (1 to 16,384), and encodes it as PNG. An
 * image that is small enough keeps its size and is only encoded: a JPEG as JPEG (quality 90), a WebP or GIF as PNG.
 *
 * Each new pixel is a weighted mean of all pixels that it covers, so that no other image can be hidden in the large one.
 * The mean is that of sRGB values, not of light, as in most programs: fine black and white patterns become a little
 * darker. Transparency is flattened on white, EXIF orientation is applied, colours become sRGB, of an animation the first
 * frame is used; no metadata is kept.
 *
 * **Errors**: `unreadable_image`, `too_large`, `invalid_argument` for a side out of range or an image without bytes,
 * `backend_failed` if the encoder fails. Blocks for the time of decoding and encoding. **Thread safety**: thread-safe.
 * **Source**: image-scaling attacks, arXiv 2010.02456.
 */
Result<Image> scale_down(const Image& image, std::uint32_t max_side);

}  // namespace pentimento::offline
