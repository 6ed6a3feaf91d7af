#pragma once

#include <pentimento/detail/picture_header.hpp>
#include <pentimento/error.hpp>
#include <pentimento/media_type.hpp>
#include <pentimento/pixel_size.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// The size limit of an image file that is read or decoded: 64 MiB. It is that of a provider's reply too, so that every
/// image that was received and saved can be read back.
inline constexpr std::size_t max_image_bytes = std::size_t{64} << 20;

/**
 * An encoded image: its bytes as they were received, its media type and its size in pixels.
 *
 * Immutable. A copy shares the bytes and is cheap. The bytes are never re-encoded, so a signature inside them (C2PA) stays
 * valid.
 *
 * A *recorded* image was read back from JSON. It has a type, a size, a number of bytes and a SHA-256, but no bytes.
 *
 * **Thread safety**: copies may be read from any thread.
 */
class Image {
 public:
  /// Makes an image of the bytes of a PNG, JPEG, WebP or GIF. Reads the header only.
  /// **Errors**: `unreadable_image`.
  static Result<Image> from_bytes(std::vector<std::byte> bytes) {
    const Result<detail::PictureHeader> header = detail::read_picture_header(bytes);
    if (!header) return header.error();
    const std::size_t count = bytes.size();
    return Image{std::make_shared<const State>(std::move(bytes), header->type, header->size, count, std::string{})};
  }

  /// Makes a recorded image. `sha256` has 64 lower-case hexadecimal digits.
  static Image recorded(MediaType type, PixelSize size, std::size_t byte_count, std::string sha256) {
    return Image{std::make_shared<const State>(std::vector<std::byte>{}, type, size, byte_count, std::move(sha256))};
  }

  /// As `from_bytes`, but throws `Failure` for invalid bytes.
  explicit Image(std::vector<std::byte> bytes) : Image{from_bytes(std::move(bytes)).value()} {}

  MediaType media_type() const noexcept { return state_->type; }
  PixelSize size() const noexcept { return state_->size; }
  bool has_bytes() const noexcept { return !state_->bytes.empty(); }
  /// The encoded bytes; empty for a recorded image.
  /// **Lifetime**: valid as long as this image or a copy of it.
  std::span<const std::byte> bytes() const noexcept { return state_->bytes; }
  /// The number of encoded bytes, also of a recorded image.
  std::size_t byte_count() const noexcept { return state_->byte_count; }

  /// True if both have the same bytes, or if both are recorded and have the same hash.
  friend bool operator==(const Image& a, const Image& b) noexcept {
    if (a.state_ == b.state_) return true;
    if (a.has_bytes() != b.has_bytes()) return false;
    return a.has_bytes() ? a.state_->bytes == b.state_->bytes : a.state_->sha256 == b.state_->sha256;
  }

 private:
  friend const std::string& content_hash(const Image& image);  // pentimento/content_hash.hpp

  struct State {
    State(std::vector<std::byte> b, MediaType t, PixelSize s, std::size_t n, std::string hash)
        : bytes{std::move(b)}, type{t}, size{s}, byte_count{n}, sha256{std::move(hash)} {}
    std::vector<std::byte> bytes;
    MediaType type;
    PixelSize size;
    std::size_t byte_count;
    // Computed on first use, by the compiled library: the core needs no cryptography. Then it does not change. (Not with
    // `std::call_once`: if that throws, others may wait forever.)
    mutable std::mutex hashing;
    mutable std::string sha256;
  };

  explicit Image(std::shared_ptr<const State> state) noexcept : state_{std::move(state)} {}

  std::shared_ptr<const State> state_;
};

static_assert(!std::is_aggregate_v<Image>);

}  // namespace pentimento
