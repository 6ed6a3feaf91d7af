//
// Decoded pictures, and the one door through which picture bytes from outside are decoded.
#pragma once

#include "offline/language/colour_names.hpp"
#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace pentimento::offline {

/**
 * A decoded picture: sRGB, 8 bits a channel, rows from the top, no padding between rows.
 *
 * A value: copies are deep, moves are cheap. Reading from several threads at once is safe. Coordinates are not checked in
 * release builds; `0 <= x < width()` and `0 <= y < height()` is the caller's duty.
 */
class Pixels {
 public:
  /// No picture: 0 by 0.
  Pixels() = default;
  /// A picture of one colour. Both sides must be positive, or the result is 0 by 0.
  Pixels(int width, int height, Rgb colour = {255, 255, 255});
  /// Takes over `samples`: `width * height` triples of red, green, blue. Throws `std::invalid_argument` if their number is wrong.
  static Pixels from_samples(int width, int height, std::vector<std::uint8_t> samples);

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  bool empty() const noexcept { return bytes_.empty(); }
  /// All samples, row after row: red, green, blue, red...
  std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }

  Rgb at(int x, int y) const noexcept {
    const std::size_t place = index(x, y);
    return {bytes_[place], bytes_[place + 1], bytes_[place + 2]};
  }
  void set(int x, int y, Rgb colour) noexcept {
    const std::size_t place = index(x, y);
    bytes_[place] = colour.red;
    bytes_[place + 1] = colour.green;
    bytes_[place + 2] = colour.blue;
  }

  /// The same picture at another size by area averaging: each new pixel is the mean of what it covers, in sRGB values. This is
  /// what makes the small picture show what the large one shows; point sampling can be tricked into showing another picture.
  /// Enlarging repeats pixels, blended where the grid does not fit. Both sides must be positive.
  Pixels scaled(int width, int height) const;
  /// `scaled` so that the longest side is at most `side` pixels, in proportion; a copy if it already is.
  Pixels fitted(int side) const;
  /// The part that begins at `left`, `top`; clipped to the picture.
  Pixels cropped(int left, int top, int width, int height) const;

  friend bool operator==(const Pixels&, const Pixels&) = default;

 private:
  std::size_t index(int x, int y) const noexcept {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)) * 3;
  }

  int width_ = 0;
  int height_ = 0;
  std::vector<std::uint8_t> bytes_;
};

/// What is refused before any pixel is decoded.
struct DecodeLimits {
  std::size_t max_bytes = std::size_t{32} << 20;       ///< encoded bytes
  std::uint64_t max_pixels = std::uint64_t{64} << 20;  ///< width times height, of one frame
  std::uint32_t max_side = 32'768;                     ///< pixels, each of width and height
  /// Decoded bytes (3 a pixel) for one encoded byte. A picture of one colour compresses beyond any such bound and is
  /// harmless while it is small, so the ratio counts only above `ratio_floor` decoded bytes.
  std::uint64_t max_ratio = 1'000;
  std::uint64_t ratio_floor = std::uint64_t{32} << 20;
};

/**
 * Decodes a picture from outside.
 *
 * Only PNG, JPEG, WebP and GIF (its first frame), told by their magic numbers and each read by its own loader: nothing else can
 * be reached, whatever the bytes say. The limits are checked against the header before any pixel is decoded. EXIF
 * orientation is applied, transparency is flattened on white, and grey, palette, 16-bit and CMYK become sRGB; an embedded
 * colour profile is honoured where it can be. Damaged or truncated data is an error, never half a picture.
 *
 * Errors: `errc::unreadable_image` or `errc::too_large`, one sentence that says what was wrong and what would be
 * accepted; `errc::backend_failed` if threads or memory were lacking, whatever the picture; `errc::cancelled` if `stop`
 * was requested.
 * Blocks for the time of decoding. Thread-safe.
 */
Result<Pixels> decode(std::span<const std::byte> bytes, const DecodeLimits& limits = {},
                      const std::stop_token& stop = {});
Result<Pixels> decode(const Image& image, const DecodeLimits& limits = {}, const std::stop_token& stop = {});

/// The picture as PNG: 8-bit RGB, not interlaced, no metadata; equal pixels give equal bytes. Blocks. Thread-safe.
/// Errors: `errc::invalid_argument` for a picture of no pixels, `errc::backend_failed` if the encoder fails,
/// `errc::cancelled` if `stop` was requested.
Result<std::vector<std::byte>> encode_png_bytes(const Pixels& pixels, const std::stop_token& stop = {});
Result<Image> encode_png(const Pixels& pixels, const std::stop_token& stop = {});

/// The same as PNG, JPEG or WebP, the last two at quality 90. Errors: also `errc::unsupported` for GIF.
Result<std::vector<std::byte>> encode_bytes(const Pixels& pixels, MediaType type, const std::stop_token& stop = {});
Result<Image> encode(const Pixels& pixels, MediaType type, const std::stop_token& stop = {});

/// Starts libvips once in the life of the process; true if it is usable. Thread-safe, cheap after the first call.
bool start_vips() noexcept;

}  // namespace pentimento::offline
