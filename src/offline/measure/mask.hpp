// Masks over images and their connected regions, on top of libvips.
#pragma once

#include <vips/vips8>

#include <cstddef>
#include <vector>

namespace pentimento::offline::measuring {

/// A set of pixels of an image. A value; copies share the memory.
class Mask {
 public:
  Mask() = default;
  /// The pixels that are not 0 in an image of one 8-bit band.
  explicit Mask(const vips::VImage& image);
  /// The pixels for which `test(place)` holds; places count row after row.
  template <class Test>
  static Mask where(int width, int height, Test test) {
    const std::size_t places = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    auto* bytes = static_cast<unsigned char*>(g_malloc(places));
    const vips::VImage image = vips::VImage::new_from_memory_steal(bytes, places, width, height, 1, VIPS_FORMAT_UCHAR);
    for (std::size_t place = 0; place < places; ++place) bytes[place] = test(place) ? 255 : 0;
    return Mask{image};
  }

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  const vips::VImage& image() const noexcept { return image_; }
  bool operator[](std::size_t place) const noexcept { return data_[place] != 0; }
  /// How many pixels are set.
  std::size_t count() const;

  /// With every pixel that is at most `radius` across and down from a set one.
  Mask widened(int radius) const;
  /// Without every pixel that is at most `radius` across and down from one that is not set.
  Mask narrowed(int radius) const;
  /// Without what is thinner than `2 * radius + 1` pixels.
  Mask opened(int radius) const { return narrowed(radius).widened(radius); }
  /// With gaps thinner than `2 * radius + 1` pixels filled.
  Mask closed(int radius) const { return widened(radius).narrowed(radius); }
  /// With everything set that the other pixels do not reach from the border of the image.
  Mask filled() const;

  friend Mask operator&(const Mask& one, const Mask& other) { return Mask{one.image_ & other.image_}; }
  friend Mask operator|(const Mask& one, const Mask& other) { return Mask{one.image_ | other.image_}; }
  Mask operator~() const { return Mask{image_ ^ 255.0}; }

 private:
  int width_ = 0;
  int height_ = 0;
  vips::VImage image_;
  const unsigned char* data_ = nullptr;  // of image_
};

/// A connected region: 4 neighbours.
struct Region {
  std::size_t size = 0;                          ///< in pixels
  std::size_t first = 0;                         ///< the place of its first pixel, row after row
  int left = 0, top = 0, right = 0, bottom = 0;  ///< of its box, inclusive
  double x = 0, y = 0;                           ///< its centroid in pixels

  int height() const noexcept { return bottom - top + 1; }
};

/// The connected regions of the set pixels of a mask, in the order of their first pixels.
class Regions {
 public:
  explicit Regions(const Mask& mask);

  const std::vector<Region>& all() const noexcept { return regions_; }
  /// The region of a pixel that is set in the mask.
  const Region& at(std::size_t place) const noexcept { return regions_[index_[label(place)]]; }
  /// How many pixels of `mask` lie in each region, in the order of `all()`.
  std::vector<std::size_t> counts(const Mask& mask) const;
  /// The regions for which `keep(i)` holds, `i` counting as `all()` does.
  template <class Keep>
  Mask where(Keep keep) const {
    std::vector<char> kept;
    for (std::size_t i = 0; i < regions_.size(); ++i) kept.push_back(keep(i) ? 1 : 0);
    return Mask::where(mask_.width(), mask_.height(),
                       [&](std::size_t place) { return mask_[place] && kept[index_[label(place)]] != 0; });
  }
  /// The regions that hold a pixel of `seeds`.
  Mask reached_from(const Mask& seeds) const;

 private:
  std::size_t label(std::size_t place) const noexcept { return static_cast<std::size_t>(labels_[place]); }

  Mask mask_;
  vips::VImage image_;
  const int* labels_ = nullptr;     // of image_; pixels that are not set have labels too
  std::vector<std::size_t> index_;  // of each label in regions_
  std::vector<Region> regions_;
};

}  // namespace pentimento::offline::measuring
