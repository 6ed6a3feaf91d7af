#pragma once

#include <pentimento/image.hpp>

#include <optional>
#include <string>

namespace pentimento {

/**
 * Validates an image from a provider, without decoding it: its number of pixels, and that it is complete (PNG: IEND; JPEG:
 * EOI; WebP: the length in its header; GIF: the trailer). An incomplete image is an error of the provider, and a critic
 * should not judge it. Bytes after the end are accepted. Returns what is wrong, if anything.
 */
std::optional<std::string> validate_received(const Image& image);

}  // namespace pentimento
