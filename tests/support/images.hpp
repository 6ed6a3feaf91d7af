#pragma once

#include <pentimento/image.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

/// The bytes of small pictures, put together by hand from the formats' specifications.
namespace pentimento::test {

using Bytes = std::vector<std::byte>;

inline Bytes& operator<<(Bytes& bytes, std::string_view text) {
  for (char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

inline Bytes& put(Bytes& bytes, std::initializer_list<unsigned> values) {
  for (unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

inline Bytes& big32(Bytes& bytes, std::uint32_t value) {
  return put(bytes, {value >> 24, value >> 16 & 0xFF, value >> 8 & 0xFF, value & 0xFF});
}

/// A PNG of a header and an end, with no pixels between them; `tag` makes pictures of one size different.
inline Bytes png_bytes(std::uint32_t width, std::uint32_t height, std::uint32_t tag = 0) {
  Bytes bytes;
  bytes << std::string_view{"\x89PNG\r\n\x1A\n", 8};
  big32(bytes, 13);
  bytes << "IHDR";
  big32(bytes, width);
  big32(bytes, height);
  put(bytes, {8, 2, 0, 0, 0});
  big32(bytes, tag);  // where a check sum would be
  big32(bytes, 0);
  bytes << "IEND";
  return put(bytes, {0xAE, 0x42, 0x60, 0x82});
}

/// A picture of its own for every tag.
inline Image picture(std::uint32_t tag, std::uint32_t width = 64, std::uint32_t height = 64) {
  return Image{png_bytes(width, height, tag)};
}

}  // namespace pentimento::test
