// Decoded images, and the one place where image bytes from outside are decoded.
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
 * A decoded image: sRGB, 8 bits a channel, rows from the top, no padding between rows.
 *
 * A value: copies are deep, moves are cheap. Coordinates are not checked: `0 <= x < width()` and `0 <= y < height()`.
 * **Thread safety**: const functions may run at the same time.
 */
class Pixels {
 public:
  /// An empty image, 0 by 0.
  Pixels() = default;
  /// An image of one colour; empty unless both sides are positive.
  Pixels(int width, int height, Rgb colour = {255, 255, 255});
  /// Takes ownership of `samples`: `width * height` triples of red, green, blue. Throws `std::invalid_argument` for
  /// another number of them.
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

  /// The same image at another size; empty unless both sides are positive. When it shrinks, each new pixel is a weighted
  /// mean of all that it covers, in sRGB values: sampling single pixels could be made to show another image.
  Pixels scaled(int width, int height) const;
  /// Scaled in proportion so that the longest side is at most `side` pixels; a copy if it already is.
  Pixels fitted(int side) const;
  /// As `fitted`, but a strip keeps a shorter side of up to a fifth of `side`, as long as the image has at most the area of
  /// a square of `side` pixels.
  Pixels fitted_area(int side) const;
  /// The part that begins at `left`, `top`, clipped to the image.
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

/**
 * Decodes an image from outside.
 *
 * PNG, JPEG, WebP and GIF (the first frame of an animation), each by its own loader: no other loader can be reached,
 * whatever the bytes say, and none is shown metadata. The limits are checked before any pixel is decoded, by what the
 * file says of itself: 64 MiB, 64 Mi pixels, 32,768 pixels a side, above 32 MiB of decoded bytes no more than 1,000 of
 * them for each encoded byte, 64 scans of a JPEG, and 640 MiB of memory. Decoding that takes over 20 s is given up. EXIF
 * orientation is applied, transparency is flattened on white, and grey, palette, 16-bit and CMYK become sRGB; an embedded
 * colour profile is honoured if it is usable.
 *
 * **Errors**: `unreadable_image` also for damaged or truncated data, never half an image; `too_large`, which names the
 * limit; `invalid_argument` for an image without bytes; `backend_failed` if libvips has not enough threads or memory;
 * `cancelled` if `stop` was requested. Blocks for the time of decoding. **Cancellation**: `stop` is looked at after each
 * 64 rows; a progressive JPEG reaches its first row after at most about a second. **Thread safety**: thread-safe.
 */
[[nodiscard]] Result<Pixels> decode(const Image& image, const std::stop_token& stop = {});

/// The size of an image as it is shown, which `decode` returns: its EXIF orientation may exchange the sides. That of the
/// header for a damaged image. **Cost**: reads the container; decodes nothing.
[[nodiscard]] PixelSize upright_size(const Image& image);

/**
 * Encodes pixels as PNG, or as JPEG or WebP of quality 90, without metadata. Equal pixels give equal bytes.
 *
 * **Errors**: `invalid_argument` for an empty image; `unsupported` for GIF; `backend_failed` if the encoder fails;
 * `cancelled` if `stop` was requested. Blocks for the time of encoding. **Thread safety**: thread-safe.
 */
[[nodiscard]] Result<Image> encode(const Pixels& pixels, MediaType type, const std::stop_token& stop = {});
[[nodiscard]] Result<Image> encode_png(const Pixels& pixels, const std::stop_token& stop = {});

}  // namespace pentimento::offline
