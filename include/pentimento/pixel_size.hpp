#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <ostream>
#include <string>

namespace pentimento {

/// The width and height of an image, in pixels.
class PixelSize {
 public:
  constexpr PixelSize() noexcept = default;
  constexpr PixelSize(std::uint32_t width, std::uint32_t height) noexcept : width_{width}, height_{height} {}

  constexpr std::uint32_t width() const noexcept { return width_; }
  constexpr std::uint32_t height() const noexcept { return height_; }
  constexpr std::uint32_t longest_side() const noexcept { return std::max(width_, height_); }
  /// The number of pixels. Cannot overflow.
  constexpr std::uint64_t area() const noexcept { return std::uint64_t{width_} * height_; }

  friend constexpr bool operator==(PixelSize, PixelSize) noexcept = default;

 private:
  std::uint32_t width_ = 0;
  std::uint32_t height_ = 0;
};

/// `1024x768`.
inline std::string to_string(PixelSize size) {
  return std::to_string(size.width()) + 'x' + std::to_string(size.height());
}

inline std::ostream& operator<<(std::ostream& out, PixelSize size) { return out << to_string(size); }

}  // namespace pentimento
