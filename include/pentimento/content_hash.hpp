#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pentimento {

/// Returns the SHA-256 of bytes as 64 lower-case hexadecimal digits. Throws `Failure` if OpenSSL has no SHA-256.
std::string sha256(std::span<const std::byte> bytes);

/// Returns the SHA-256 of an image's bytes, which names it in a record. Computed once and cached in the image. A
/// recorded image returns the hash that it was made with.
/// **Lifetime**: valid as long as the image or a copy of it. **Thread safety**: thread-safe.
const std::string& content_hash(const Image& image);

/// Returns the SHA-256 of the JSON text of a brief. It is equal for equal briefs, images included, on every machine and
/// in every version with the same JSON form.
std::string content_hash(const Brief& brief);

/// Returns a recorded image with its bytes.
/// **Errors**: `unreadable_image` if these are not the bytes of the recorded image.
Result<Image> restore(const Image& recorded, std::vector<std::byte> bytes);

}  // namespace pentimento
