// The container of an encoded image, read without decoding: what it holds beside pixels, and what decoding it would take.
#pragma once

#include <pentimento/detail/picture_header.hpp>
#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pentimento::detail {

/// The most scans of a JPEG that are accepted. Encoders write about ten; each costs a pass over all pixels, however few
/// bytes it has.
inline constexpr std::uint32_t max_scans = 64;

/**
 * The segments, chunks or blocks of an image file, sorted into those that its pixels need and the rest.
 *
 * The rest is metadata (EXIF with places and cameras, XMP, IPTC, comments, text, thumbnails, vendors' own, whatever follows
 * the end of the image) and, where it can be told apart, every frame of an animation but the first. Colour profiles count as
 * needed. The bytes are untrusted: every read is checked, and reading takes time in proportion to their number.
 */
class ImageContainer {
 public:
  /// Reads the container of `image`, which must have bytes.
  /// **Errors**: `unreadable_image` if it is damaged or truncated; `too_large` for more than `max_scans` scans.
  static Result<ImageContainer> read(const Image& image);

  /// The EXIF orientation, 1 (upright) to 8.
  int orientation() const noexcept { return orientation_; }
  /// True if there is metadata beside the orientation.
  bool has_metadata() const noexcept { return has_metadata_; }
  /// True if there is more than one frame.
  bool is_animated() const noexcept { return is_animated_; }
  /// True if `bare()` still has more than one frame: a WebP whose first frame does not fill it.
  bool stays_animated() const noexcept { return stays_animated_; }
  /// The bytes that a decoder must hold at once before it returns the first row: 0 if it can go row by row.
  std::uint64_t held_bytes() const noexcept { return held_bytes_; }

  /// The file with nothing but its first frame and what that needs, bit for bit the same pixels. If `keeps_orientation` and
  /// the image is not upright, also an EXIF segment of nothing but the orientation.
  std::vector<std::byte> bare(bool keeps_orientation) const;

 private:
  explicit ImageContainer(Image image) : image_{std::move(image)} {}

  std::optional<Error> read_png();
  std::optional<Error> read_jpeg();
  std::optional<Error> read_webp();
  std::optional<Error> read_gif();
  Result<std::size_t> read_webp_chunks(std::size_t at, std::size_t end, bool within_frame);

  void keep(std::size_t from, std::size_t to);
  void read_exif(Bytes tiff);

  Image image_;
  std::vector<std::pair<std::size_t, std::size_t>> kept_;  ///< ranges of bytes: from, to
  std::size_t exif_at_ = 0;                                ///< how many of the kept bytes lie before an EXIF segment
  int orientation_ = 1;
  bool has_metadata_ = false;
  bool is_animated_ = false;
  bool stays_animated_ = false;
  std::uint64_t held_bytes_ = 0;
};

}  // namespace pentimento::detail
