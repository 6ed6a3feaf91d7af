#pragma once

#include <pentimento/error.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Base64 with the standard alphabet and padding (RFC 4648 §4).
namespace pentimento::detail {

/// How many characters the base64 form of so many bytes has.
constexpr std::size_t base64_size(std::size_t bytes) noexcept { return (bytes + 2) / 3 * 4; }

/// Writes the base64 form of `bytes` to `out`, which has room for `base64_size(bytes.size())` characters: one unbroken
/// line. Returns one past the last character.
char* encode_base64(std::span<const std::byte> bytes, char* out) noexcept;

std::string encode_base64(std::span<const std::byte> bytes);

/// The bytes of a base64 text. White space between characters and missing padding are taken; everything else that is not
/// canonical is not. Errors: `parse_failed` with the offset of the character; `too_large` when there would be more than
/// `max_bytes`, found out before anything is allocated.
Result<std::vector<std::byte>> decode_base64(std::string_view text, std::size_t max_bytes);

}  // namespace pentimento::detail
