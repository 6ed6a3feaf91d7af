#include "offline/measure/mask.hpp"

#include <algorithm>
#include <limits>

namespace pentimento::offline::measuring {

namespace {

/// Dilates or erodes with a square, as a row and a column.
vips::VImage morphed(const vips::VImage& image, int radius, VipsOperationMorphology morphology) {
  std::vector<double> ones(static_cast<std::size_t>(2 * radius + 1), 255.0);
  const int side = 2 * radius + 1;
  const vips::VImage row = vips::VImage::new_matrix(side, 1, ones.data(), side);
  const vips::VImage column = vips::VImage::new_matrix(1, side, ones.data(), side);
  return image.morph(row, morphology).morph(column, morphology);
}

}  // namespace

Mask::Mask(const vips::VImage& image) : width_{image.width()}, height_{image.height()}, image_{image.copy_memory()} {
  data_ = static_cast<const unsigned char*>(image_.data());
}

std::size_t Mask::count() const {
  const std::size_t all = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  return all - static_cast<std::size_t>(std::count(data_, data_ + all, 0));
}

Mask Mask::widened(int radius) const { return Mask{morphed(image_, radius, VIPS_OPERATION_MORPHOLOGY_DILATE)}; }

Mask Mask::narrowed(int radius) const { return Mask{morphed(image_, radius, VIPS_OPERATION_MORPHOLOGY_ERODE)}; }

Mask Mask::filled() const {
  const Regions outside{~*this};
  const auto touches_border = [&](std::size_t i) {
    const Region& region = outside.all()[i];
    return region.left == 0 || region.top == 0 || region.right == width_ - 1 || region.bottom == height_ - 1;
  };
  return ~outside.where(touches_border);
}

Regions::Regions(const Mask& mask) : mask_{mask} {
  int segments = 0;
  image_ = mask.image().labelregions(vips::VImage::option()->set("segments", &segments)).copy_memory();
  labels_ = static_cast<const int*>(image_.data());
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  index_.assign(static_cast<std::size_t>(segments) + 1, none);
  std::size_t place = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x, ++place) {
      if (!mask[place]) continue;
      std::size_t& index = index_[label(place)];
      if (index == none) {
        index = regions_.size();
        regions_.push_back({.first = place, .left = x, .top = y, .right = x, .bottom = y});
      }
      Region& region = regions_[index];
      ++region.size;
      region.left = std::min(region.left, x);
      region.right = std::max(region.right, x);
      region.bottom = y;
      region.x += x + 0.5;
      region.y += y + 0.5;
    }
  }
  for (Region& region : regions_) {
    region.x /= static_cast<double>(region.size);
    region.y /= static_cast<double>(region.size);
  }
}

std::vector<std::size_t> Regions::counts(const Mask& mask) const {
  std::vector<std::size_t> counts(regions_.size());
  const auto places = static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
  for (std::size_t place = 0; place < places; ++place) {
    if (mask[place] && mask_[place]) ++counts[index_[label(place)]];
  }
  return counts;
}

Mask Regions::reached_from(const Mask& seeds) const {
  const std::vector<std::size_t> inside = counts(seeds);
  return where([&](std::size_t i) { return inside[i] > 0; });
}

}  // namespace pentimento::offline::measuring
