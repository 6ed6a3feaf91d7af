#include "detail/image_container.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pentimento::detail {

namespace {

using namespace std::string_view_literals;

std::uint32_t little32(Bytes bytes, std::size_t at) { return little16(bytes, at) | little16(bytes, at + 2) << 16; }

constexpr auto exif_header = "Exif\0\0"sv;
constexpr std::uint16_t orientation_tag = 0x0112;

/// TIFF 6.0 with one directory of one entry: the orientation.
std::vector<std::byte> orientation_only(int orientation) {
  std::array<unsigned char, 26> tiff{'I',  'I', 42, 0, 8, 0, 0, 0,
                                     1,    0,                        // little-endian; a directory of one entry at 8
                                     0x12, 1,   3,  0, 1, 0, 0, 0};  // the tag, one 16-bit number
  tiff[18] = static_cast<unsigned char>(orientation);
  const auto bytes = std::as_bytes(std::span{tiff});
  return {bytes.begin(), bytes.end()};
}

void append(std::vector<std::byte>& bytes, std::string_view text) {
  const auto more = std::as_bytes(std::span{text});
  bytes.insert(bytes.end(), more.begin(), more.end());
}

void append_big32(std::vector<std::byte>& bytes, std::size_t value) {
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::byte>(value >> shift & 0xFFU));
}

void append_little32(std::vector<std::byte>& bytes, std::size_t value) {
  for (const int shift : {0, 8, 16, 24}) bytes.push_back(static_cast<std::byte>(value >> shift & 0xFFU));
}

/// The EXIF segment of nothing but the orientation, as each format holds it.
std::vector<std::byte> exif_segment(MediaType type, int orientation) {
  const std::vector<std::byte> tiff = orientation_only(orientation);
  std::vector<std::byte> segment;
  if (type == MediaType::png) {
    append_big32(segment, tiff.size());
    append(segment, "eXIf");
    segment.insert(segment.end(), tiff.begin(), tiff.end());
    boost::crc_32_type sum;
    sum.process_bytes(segment.data() + 4, segment.size() - 4);
    append_big32(segment, sum.checksum());
  } else if (type == MediaType::jpeg) {
    append(segment, "\xFF\xE1\x00\x22"sv);
    append(segment, exif_header);
    segment.insert(segment.end(), tiff.begin(), tiff.end());
  } else if (type == MediaType::webp) {
    append(segment, "EXIF");
    append_little32(segment, tiff.size());
    segment.insert(segment.end(), tiff.begin(), tiff.end());
  }
  return segment;
}

}  // namespace

Result<ImageContainer> ImageContainer::read(const Image& image) {
  ImageContainer container{image};
  const std::optional<Error> error = [&] {
    switch (image.media_type()) {
      case MediaType::png: return container.read_png();
      case MediaType::jpeg: return container.read_jpeg();
      case MediaType::webp: return container.read_webp();
      case MediaType::gif: break;
    }
    return container.read_gif();
  }();
  if (error) return *error;
  return container;
}

void ImageContainer::keep(std::size_t from, std::size_t to) {
  if (!kept_.empty() && kept_.back().second == from) {
    kept_.back().second = to;
  } else {
    kept_.emplace_back(from, to);
  }
}

/// EXIF 2.32, 4.6.2: the first directory of a TIFF. What is damaged counts as upright.
void ImageContainer::read_exif(Bytes tiff) {
  if (tiff.size() >= exif_header.size() && holds(tiff, 0, exif_header)) tiff = tiff.subspan(exif_header.size());
  if (tiff.size() < 8) return;
  const bool is_little = holds(tiff, 0, "II");
  if (!is_little && !holds(tiff, 0, "MM")) return;
  const auto read16 = [&](std::size_t at) { return is_little ? little16(tiff, at) : big16(tiff, at); };
  const auto read32 = [&](std::size_t at) { return is_little ? little32(tiff, at) : big32(tiff, at); };
  const std::size_t directory = read32(4);
  if (directory > tiff.size() - 2) return;
  const std::size_t entries = read16(directory);
  constexpr std::size_t entry_size = 12;
  // More than this directory: others, a thumbnail.
  has_metadata_ = has_metadata_ || tiff.size() > directory + 2 + entries * entry_size + 4;
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t at = directory + 2 + i * entry_size;
    if (at + entry_size > tiff.size()) return;
    if (read16(at) != orientation_tag) {
      has_metadata_ = true;
      continue;
    }
    const std::uint32_t value = read16(at + 8);
    if (read16(at + 2) == 3 && value >= 1 && value <= 8) orientation_ = static_cast<int>(value);
  }
}

/// PNG (W3C, third edition, 5.3): chunks of length, name, data and checksum.
std::optional<Error> ImageContainer::read_png() {
  const Bytes bytes = image_.bytes();
  // Text may be compressed a thousandfold, and decoders inflate it. The chunks of an animation are dropped too: what
  // remains is its still.
  constexpr std::array needed{"IHDR"sv, "PLTE"sv, "IDAT"sv, "IEND"sv, "tRNS"sv, "cHRM"sv, "gAMA"sv,
                              "iCCP"sv, "sBIT"sv, "sRGB"sv, "cICP"sv, "bKGD"sv, "pHYs"sv};
  constexpr std::size_t frame = 12;
  keep(0, 8);
  exif_at_ = 8 + frame + 13;
  std::uint64_t channels = 0;
  const bool is_deep = byte_at(bytes, 24) == 16;
  const bool is_interlaced = byte_at(bytes, 28) != 0;
  switch (byte_at(bytes, 25)) {
    case 0: channels = 1; break;
    case 4: channels = 2; break;
    case 6: channels = 4; break;
    default: channels = 3; break;
  }
  std::size_t profiles = 0;
  for (std::size_t at = 8; bytes.size() - at >= frame;) {
    const std::size_t length = big32(bytes, at);
    if (length > bytes.size() - at - frame) return damaged("PNG", "it ends inside a chunk");
    const std::size_t end = at + frame + length;
    const auto is = [&](std::string_view name) { return holds(bytes, at + 4, name); };
    if (is("eXIf")) {
      read_exif(bytes.subspan(at + 8, length));
    } else if (is("acTL")) {
      is_animated_ = true;
    } else if (std::ranges::any_of(needed, is) && !(is("iCCP") && profiles++ > 0)) {
      if (is("tRNS") && channels % 2 == 1) ++channels;  // becomes an alpha channel
      keep(at, end);
      if (is("IEND")) {
        has_metadata_ = has_metadata_ || end != bytes.size();
        if (is_interlaced) held_bytes_ = image_.size().area() * channels * (is_deep ? 2 : 1);
        return std::nullopt;
      }
    } else if (!is("fcTL") && !is("fdAT")) {
      has_metadata_ = true;
    }
    at = end;
  }
  return damaged("PNG", "it is truncated");
}

/// JPEG (ITU-T T.81, B.1.1): segments of marker and length; entropy-coded data after each start of scan.
std::optional<Error> ImageContainer::read_jpeg() {
  const Bytes bytes = image_.bytes();
  keep(0, 2);
  exif_at_ = 2;
  std::uint32_t scans = 0;
  std::uint64_t coefficient_bytes = 0;
  bool is_progressive = false;
  for (std::size_t at = 2; bytes.size() - at >= 2;) {
    const std::uint32_t marker = byte_at(bytes, at + 1);
    if (byte_at(bytes, at) != 0xFF || marker == 0) return damaged("JPEG", "a segment does not begin with a marker");
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == 0xD9) {
      keep(at, at + 2);
      has_metadata_ = has_metadata_ || at + 2 != bytes.size();
      if (is_progressive || scans > 1) held_bytes_ = coefficient_bytes;
      return std::nullopt;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {  // markers without a segment
      keep(at, at + 2);
      at += 2;
      continue;
    }
    if (bytes.size() - at < 4) break;
    const std::size_t length = big16(bytes, at + 2);
    if (length < 2 || length > bytes.size() - at - 2) return damaged("JPEG", "it ends inside a segment");
    std::size_t end = at + 2 + length;
    const auto begins = [&](std::string_view name) { return length >= 2 + name.size() && holds(bytes, at + 4, name); };
    const bool is_frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (is_frame && length >= 8) {
      is_progressive = is_progressive || (marker & 3) == 2;
      const std::size_t components = std::min<std::size_t>(byte_at(bytes, at + 9), (length - 8) / 3);
      std::uint64_t samples = 0;
      std::uint64_t across = 1;
      std::uint64_t down = 1;
      for (std::size_t i = 0; i < components; ++i) {
        const std::uint64_t factors = byte_at(bytes, at + 11 + 3 * i);
        samples += (factors >> 4) * (factors & 15);
        across = std::max(across, factors >> 4);
        down = std::max(down, factors & 15);
      }
      coefficient_bytes += image_.size().area() * 2 * samples / (across * down);
    }
    if (marker == 0xDA) {
      if (++scans > max_scans) {
        return Error{errc::too_large, "the JPEG has more than " + std::to_string(max_scans) + " scans; up to " +
                                          std::to_string(max_scans) + " are accepted"};
      }
      // In the data after it, 0xFF is followed by 0 or by a restart marker; anything else ends the scan, after fill bytes.
      for (bool ends = false; !ends;) {
        const auto* const found =
            static_cast<const std::byte*>(std::memchr(bytes.data() + end, 0xFF, bytes.size() - end));
        if (found == nullptr) return damaged("JPEG", "it is truncated");
        end = static_cast<std::size_t>(found - bytes.data());
        std::size_t next = end + 1;
        while (next < bytes.size() && byte_at(bytes, next) == 0xFF) ++next;
        if (next == bytes.size()) return damaged("JPEG", "it is truncated");
        const std::uint32_t code = byte_at(bytes, next);
        ends = code != 0 && (code < 0xD0 || code > 0xD7);
        if (!ends) end = next + 1;
      }
      keep(at, end);
    } else if (marker == 0xE1 && begins(exif_header)) {
      read_exif(bytes.subspan(at + 4, length - 2));
    } else if (marker == 0xFE || (marker >= 0xE0 && marker <= 0xEF)) {
      const bool is_needed = (marker == 0xE0 && begins("JFIF\0"sv)) || (marker == 0xE2 && begins("ICC_PROFILE\0"sv)) ||
                             (marker == 0xEE && begins("Adobe"));
      if (is_needed) {
        if (marker == 0xE0 && at == 2) exif_at_ = end;
        keep(at, end);
      } else {
        has_metadata_ = true;
      }
    } else {
      keep(at, end);
    }
    at = end;
  }
  return damaged("JPEG", "it is truncated");
}

/// RFC 9649, 2.3: chunks of name, length and data, padded to an even number of bytes. Returns where they end.
Result<std::size_t> ImageContainer::read_webp_chunks(std::size_t at, std::size_t end, bool within_frame) {
  const Bytes bytes = image_.bytes();
  std::size_t frames = 0;
  while (at < end) {
    if (end - at < 8) return damaged("WebP", "it ends inside a chunk");
    const std::size_t length = little32(bytes, at + 4);
    if (length > end - at - 8) return damaged("WebP", "it ends inside a chunk");
    const std::size_t next = std::min(at + 8 + length + length % 2, end);
    const auto is = [&](std::string_view name) { return holds(bytes, at, name); };
    const std::size_t header = is("VP8 ") || is("VP8X") ? 10 : is("VP8L") ? 5 : 0;
    if (length < header) return damaged("WebP", "a chunk is shorter than its header");
    if (is("VP8 ") || is("VP8L") || is("ALPH") || (!within_frame && (is("VP8X") || is("ICCP")))) {
      keep(at, next);
    } else if (!within_frame && is("ANMF")) {
      ++frames;
      is_animated_ = is_animated_ || frames > 1;
      constexpr std::size_t frame_header = 16;
      const bool fills = length >= frame_header && little24(bytes, at + 8) == 0 && little24(bytes, at + 11) == 0 &&
                         little24(bytes, at + 14) + 1 == image_.size().width() &&
                         little24(bytes, at + 17) + 1 == image_.size().height();
      if (frames == 1 && fills) {
        const Result<std::size_t> inner = read_webp_chunks(at + 8 + frame_header, at + 8 + length, true);
        if (!inner) return inner.error();
      } else if (frames == 1 || stays_animated_) {
        stays_animated_ = true;
        keep(at, next);
      }
    } else if (!within_frame && is("ANIM")) {
      keep(at, next);
    } else if (!within_frame && is("EXIF")) {
      read_exif(bytes.subspan(at + 8, length));
    } else {
      has_metadata_ = true;
    }
    at = next;
  }
  return at;
}

std::optional<Error> ImageContainer::read_webp() {
  const Bytes bytes = image_.bytes();
  const std::uint64_t end = std::uint64_t{little32(bytes, 4)} + 8;
  if (end <= 12 || end > bytes.size()) return damaged("WebP", "it is truncated");
  has_metadata_ = end < bytes.size();
  keep(0, 12);
  if (const Result<std::size_t> read = read_webp_chunks(12, static_cast<std::size_t>(end), false); !read)
    return read.error();
  held_bytes_ = image_.size().area() * (stays_animated_ ? 8 : 4);
  for (const auto& [from, to] : kept_) exif_at_ += to - from;
  return std::nullopt;
}

/// GIF89a: a screen descriptor, then extensions and images, each in blocks of up to 255 bytes.
std::optional<Error> ImageContainer::read_gif() {
  const Bytes bytes = image_.bytes();
  const auto table_size = [&](std::size_t flags_at) {
    const std::uint32_t flags = byte_at(bytes, flags_at);
    return (flags & 0x80) != 0 ? std::size_t{3} << ((flags & 7) + 1) : std::size_t{0};
  };
  std::size_t at = 13 + table_size(10);
  const auto cut_short = [&] { return at >= bytes.size(); };
  if (cut_short()) return damaged("GIF", "it is truncated");
  keep(0, at);
  held_bytes_ = image_.size().area() * 8;
  bool has_image = false;
  std::optional<std::pair<std::size_t, std::size_t>> control;  // the extension that belongs to the next image
  while (!cut_short()) {
    const std::size_t begin = at;
    const std::uint32_t kind = byte_at(bytes, at);
    if (kind == 0x2C) {
      if (has_image) {
        is_animated_ = true;
        return std::nullopt;
      }
      if (bytes.size() - at < 11) break;
      at += 11 + table_size(at + 9);
    } else if (kind == 0x21) {
      at += 2;
    } else if (has_image) {
      has_metadata_ = has_metadata_ || kind != 0x3B || at + 1 != bytes.size();
      return std::nullopt;
    } else {
      return damaged("GIF", "it has no image");
    }
    while (!cut_short() && byte_at(bytes, at) != 0) at += 1 + byte_at(bytes, at);
    ++at;
    if (at > bytes.size()) break;
    if (kind == 0x2C) {
      if (control) keep(control->first, control->second);
      keep(begin, at);
      has_image = true;
    } else if (byte_at(bytes, begin + 1) == 0xF9) {
      control.emplace(begin, at);
    } else if (!holds(bytes, begin + 3, "NETSCAPE2.0")) {
      has_metadata_ = true;
    }
  }
  return has_image ? std::nullopt : std::optional{damaged("GIF", "it is truncated")};
}

std::vector<std::byte> ImageContainer::bare(bool keeps_orientation) const {
  const Bytes bytes = image_.bytes();
  const MediaType type = image_.media_type();
  std::vector<std::byte> result;
  for (const auto& [from, to] : kept_) {
    const Bytes part = bytes.subspan(from, to - from);
    result.insert(result.end(), part.begin(), part.end());
  }
  const bool is_turned = keeps_orientation && orientation_ != 1;
  if (is_turned) {
    const std::vector<std::byte> exif = exif_segment(type, orientation_);
    result.insert(result.begin() + static_cast<std::ptrdiff_t>(exif_at_), exif.begin(), exif.end());
  }
  if (type == MediaType::gif) result.push_back(std::byte{0x3B});
  if (type == MediaType::webp) {
    std::vector<std::byte> size;
    append_little32(size, result.size() - 8);
    std::ranges::copy(size, result.begin() + 4);
    if (holds(result, 12, "VP8X")) {
      constexpr unsigned exif_flag = 0x08, xmp_flag = 0x04, animation_flag = 0x02;
      unsigned flags = byte_at(result, 20) & ~(exif_flag | xmp_flag | (stays_animated_ ? 0 : animation_flag));
      if (is_turned) flags |= exif_flag;
      result[20] = static_cast<std::byte>(flags);
    }
  }
  return result;
}

}  // namespace pentimento::detail
