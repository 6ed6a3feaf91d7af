#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pentimento {

/// The SHA-256 of some bytes, as 64 lower-case hexadecimal digits. Throws `Failure` where OpenSSL has no SHA-256.
std::string sha256(std::span<const std::byte> bytes);

/// The SHA-256 of a picture's bytes: its name in a record. Worked out once and kept in the image; a recorded image gives
/// the hash that it was made with. Valid as long as the image or a copy of it lives; may be called from any thread.
const std::string& content_hash(const Image& image);

/// The SHA-256 of the text of a brief's JSON form: equal for briefs that ask for the same, pictures included, on every
/// machine and in every version that has the same form.
std::string content_hash(const Brief& brief);

/// Puts the bytes of a picture back: the same picture as `recorded`, with bytes.
/// Errors: `unreadable_image` when they are not the bytes of that picture.
Result<Image> restore(const Image& recorded, std::vector<std::byte> bytes);

}  // namespace pentimento
