#pragma once

#include <pentimento/error.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Base64 with the standard alphabet and padding (RFC 4648 §4).
namespace pentimento::detail {

/// The number of characters that encode so many bytes.
constexpr std::size_t base64_size(std::size_t bytes) noexcept { return (bytes + 2) / 3 * 4; }

/// Encodes to `out`, which must have room for `base64_size(bytes.size())` characters, without line breaks. Returns the
/// end of the text.
char* encode_base64(std::span<const std::byte> bytes, char* out) noexcept;

std::string encode_base64(std::span<const std::byte> bytes);

/// Decodes a base64 text. Accepts white space and missing padding; rejects everything else that is not canonical.
/// **Errors**: `parse_failed` with the offset of the character; `too_large` for more than `max_bytes`, before anything
/// is allocated.
Result<std::vector<std::byte>> decode_base64(std::string_view text, std::size_t max_bytes);

}  // namespace pentimento::detail
