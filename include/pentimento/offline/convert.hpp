#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>
#include <pentimento/media_type.hpp>

namespace pentimento::offline {

/**
 * The same picture in another format: PNG, JPEG (quality 90) or WebP (quality 90). One that has the format already is
 * given back as it is, with all that it holds; of others the pixels alone are kept, transparency on white.
 *
 * The picture is untrusted: decoded as `MeasuringCritic` does, within the same limits. Errors: `unreadable_image`,
 * `too_large`, `unsupported` for GIF, `backend_failed` if the encoder fails. Blocks for the time of decoding and
 * encoding. Thread-safe.
 */
Result<Image> convert(const Image& image, MediaType type);

}  // namespace pentimento::offline
