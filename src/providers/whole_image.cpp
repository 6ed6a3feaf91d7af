#include "providers/whole_image.hpp"

#include <pentimento/detail/picture_header.hpp>
#include <pentimento/media_type.hpp>
#include <pentimento/pixel_size.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pentimento {
namespace {

using detail::big16;
using detail::big32;
using detail::byte_at;
using detail::Bytes;
using detail::holds;
using detail::little16;

/// PNG (W3C, third edition, 5.3): chunks of length, name, data and checksum. IEND is the last.
bool has_end_of_png(Bytes bytes) {
  constexpr std::size_t frame = 12;
  std::size_t at = 8;
  while (bytes.size() - at >= frame) {
    const std::size_t length = big32(bytes, at);
    if (length > bytes.size() - at - frame) return false;
    if (holds(bytes, at + 4, "IEND")) return true;
    at += frame + length;
  }
  return false;
}

/// JPEG (ITU-T T.81, B.1.1.5): segments of marker and length up to the first scan. In the data after it, 0xFF is followed
/// by 0 or a restart marker, so 0xFF 0xD9 is the end.
bool has_end_of_jpeg(Bytes bytes) {
  constexpr std::uint32_t start_of_scan = 0xDA;
  std::size_t at = 2;
  while (bytes.size() - at >= 4 && byte_at(bytes, at + 1) != start_of_scan) {
    const std::uint32_t marker = byte_at(bytes, at + 1);
    const bool is_alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
    const std::size_t length = marker == 0xFF ? 1 : is_alone ? 2 : 2 + big16(bytes, at + 2);
    if (length > bytes.size() - at) return false;
    at += length;
  }
  if (bytes.size() - at < 4) return false;
  for (std::size_t end = bytes.size() - 2; end > at; --end)
    if (byte_at(bytes, end) == 0xFF && byte_at(bytes, end + 1) == 0xD9) return true;
  return false;
}

/// RFC 9649, 2.4: the field holds the number of bytes after it.
bool has_end_of_webp(Bytes bytes) {
  const std::uint64_t length = little16(bytes, 4) | std::uint64_t{little16(bytes, 6)} << 16;
  return length + 8 <= bytes.size();
}

/// GIF89a, 27: the trailer is one byte, 0x3B. Some writers pad with zeros.
bool has_end_of_gif(Bytes bytes) {
  std::size_t size = bytes.size();
  while (byte_at(bytes, size - 1) == 0) --size;
  return byte_at(bytes, size - 1) == 0x3B;
}

bool has_end(MediaType type, Bytes bytes) {
  switch (type) {
    case MediaType::png: return has_end_of_png(bytes);
    case MediaType::jpeg: return has_end_of_jpeg(bytes);
    case MediaType::webp: return has_end_of_webp(bytes);
    case MediaType::gif: return has_end_of_gif(bytes);
  }
  return false;
}

}  // namespace

std::optional<std::string> validate_received(const Image& image) {
  if (image.size().area() > detail::max_image_pixels)
    return "its image of " + to_string(image.size()) + " is too large; at most " +
           std::to_string(detail::max_image_pixels) + " pixels are accepted";
  if (!has_end(image.media_type(), image.bytes()))
    return "its image (" + std::string{to_string(image.media_type())} + ") is incomplete";
  return std::nullopt;
}

}  // namespace pentimento
