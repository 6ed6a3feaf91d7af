#pragma once

#include <pentimento/error.hpp>
#include <pentimento/media_type.hpp>
#include <pentimento/pixel_size.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

/// Reads type and size of an image from its header, without decoding or allocating anything. The bytes are untrusted:
/// every read is checked, and every loop advances.
namespace pentimento::detail {

using Bytes = std::span<const std::byte>;

/// The most pixels that an image may have to be decoded, or to be accepted from a provider.
inline constexpr std::uint64_t max_image_pixels = std::uint64_t{64} << 20;

struct PictureHeader {
  MediaType type;
  PixelSize size;
};

inline std::uint32_t byte_at(Bytes bytes, std::size_t at) { return std::to_integer<std::uint32_t>(bytes[at]); }
inline std::uint32_t big16(Bytes bytes, std::size_t at) { return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1); }
inline std::uint32_t big32(Bytes bytes, std::size_t at) { return big16(bytes, at) << 16 | big16(bytes, at + 2); }
inline std::uint32_t little16(Bytes bytes, std::size_t at) { return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8; }
inline std::uint32_t little24(Bytes bytes, std::size_t at) {
  return little16(bytes, at) | byte_at(bytes, at + 2) << 16;
}

inline bool holds(Bytes bytes, std::size_t at, std::string_view text) {
  return bytes.size() >= at + text.size() && std::memcmp(bytes.data() + at, text.data(), text.size()) == 0;
}

inline Error damaged(std::string_view kind, std::string_view what) {
  return {errc::unreadable_image, "the " + std::string{kind} + " image is damaged: " + std::string{what}};
}

/// PNG (W3C, third edition, 11.2.1): the first chunk is IHDR, with width and height as 32-bit big-endian numbers.
inline Result<PixelSize> png_size(Bytes bytes) {
  if (bytes.size() < 29 || !holds(bytes, 12, "IHDR") || big32(bytes, 8) != 13)
    return damaged("PNG", "its first chunk is no IHDR");
  return PixelSize{big32(bytes, 16), big32(bytes, 20)};
}

/// GIF89a, 18: the logical screen's size follows the signature.
inline Result<PixelSize> gif_size(Bytes bytes) {
  if (bytes.size() < 13) return damaged("GIF", "it ends inside the screen descriptor");
  return PixelSize{little16(bytes, 6), little16(bytes, 8)};
}

/// JPEG (ITU-T T.81, B.2.2): segments are walked up to the first frame header, which holds height, then width.
inline Result<PixelSize> jpeg_size(Bytes bytes) {
  std::size_t at = 2;
  while (at + 4 <= bytes.size()) {
    if (byte_at(bytes, at) != 0xFF) return damaged("JPEG", "a segment does not begin with a marker");
    const std::uint32_t marker = byte_at(bytes, at + 1);
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {  // markers without a segment
      at += 2;
      continue;
    }
    if (marker == 0xD9 || marker == 0xDA) return damaged("JPEG", "there is no frame header before the image data");
    const std::uint32_t length = big16(bytes, at + 2);
    if (length < 2) return damaged("JPEG", "a segment is shorter than its own length field");
    const bool frame_header = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame_header) {
      if (length < 8 || at + 9 > bytes.size()) return damaged("JPEG", "it ends inside the frame header");
      return PixelSize{big16(bytes, at + 7), big16(bytes, at + 5)};
    }
    at += 2 + length;
  }
  return damaged("JPEG", "it ends before the frame header");
}

/// WebP (RFC 9649): lossy (VP8), lossless (VP8L) and extended (VP8X) files keep the size in three different ways.
inline Result<PixelSize> webp_size(Bytes bytes) {
  if (holds(bytes, 12, "VP8X") && bytes.size() >= 30)
    return PixelSize{little24(bytes, 24) + 1, little24(bytes, 27) + 1};
  if (holds(bytes, 12, "VP8L") && bytes.size() >= 25 && byte_at(bytes, 20) == 0x2F) {
    const std::uint32_t bits = little16(bytes, 21) | little16(bytes, 23) << 16;
    return PixelSize{(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
  }
  if (holds(bytes, 12, "VP8 ") && holds(bytes, 23, "\x9D\x01\x2A") && bytes.size() >= 30) {
    return PixelSize{little16(bytes, 26) & 0x3FFF, little16(bytes, 28) & 0x3FFF};
  }
  return damaged("WebP", "its first chunk is no complete VP8, VP8L or VP8X header");
}

inline Result<MediaType> media_type_of(Bytes bytes) {
  using namespace std::string_view_literals;
  if (holds(bytes, 0, "\x89PNG\r\n\x1A\n")) return MediaType::png;
  if (holds(bytes, 0, "\xFF\xD8\xFF")) return MediaType::jpeg;
  if (holds(bytes, 0, "RIFF") && holds(bytes, 8, "WEBP")) return MediaType::webp;
  if (holds(bytes, 0, "GIF87a") || holds(bytes, 0, "GIF89a")) return MediaType::gif;
  return Error{errc::unreadable_image,
               bytes.empty() ? "there are no bytes; a PNG, JPEG, WebP or GIF image is needed"
                             : "the bytes are not an image that is accepted; a PNG, JPEG, WebP or GIF image is needed"};
}

inline Result<PictureHeader> read_picture_header(Bytes bytes) {
  const Result<MediaType> type = media_type_of(bytes);
  if (!type) return type.error();
  const Result<PixelSize> size = [&]() -> Result<PixelSize> {
    switch (*type) {
      case MediaType::png: return png_size(bytes);
      case MediaType::jpeg: return jpeg_size(bytes);
      case MediaType::webp: return webp_size(bytes);
      case MediaType::gif: return gif_size(bytes);
    }
    return damaged("unknown", "no such type");
  }();
  if (!size) return size.error();
  if (size->area() == 0)
    return Error{errc::unreadable_image,
                 "the image header says " + to_string(*size) + "; a side of 0 pixels is invalid"};
  return PictureHeader{*type, *size};
}

}  // namespace pentimento::detail
