#include "offline/pixels/pixels.hpp"

#include "offline/pixels/libvips.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace pentimento::offline {

namespace {

std::size_t sample_count(int width, int height) {
  return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
}

}  // namespace

Pixels::Pixels(int width, int height, Rgb colour) {
  if (width <= 0 || height <= 0) return;
  width_ = width;
  height_ = height;
  bytes_.resize(sample_count(width, height));
  for (std::size_t place = 0; place < bytes_.size(); place += 3) {
    bytes_[place] = colour.red;
    bytes_[place + 1] = colour.green;
    bytes_[place + 2] = colour.blue;
  }
}

Pixels Pixels::from_samples(int width, int height, std::vector<std::uint8_t> samples) {
  if (width < 0 || height < 0 || samples.size() != sample_count(width, height)) {
    throw std::invalid_argument{"Pixels: the number of samples is not 3 * width * height"};
  }
  Pixels pixels;
  pixels.width_ = width;
  pixels.height_ = height;
  pixels.bytes_ = std::move(samples);
  return pixels;
}

Pixels Pixels::scaled(int width, int height) const {
  if (empty() || width <= 0 || height <= 0) return {};
  if (width == width_ && height == height_) return *this;
  // A gap of 1: whole factors are exact means of areas, and the linear kernel is for what remains, a factor below 2.
  return pixels_of(
      view(*this).resize(static_cast<double>(width) / width_, vips::VImage::option()
                                                                  ->set("vscale", static_cast<double>(height) / height_)
                                                                  ->set("kernel", VIPS_KERNEL_LINEAR)
                                                                  ->set("gap", 1.0)));
}

Pixels Pixels::fitted(int side) const {
  const int longest = std::max(width_, height_);
  if (longest <= side || side <= 0) return *this;
  const auto shrunk = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(length) * side / longest)));
  };
  return scaled(shrunk(width_), shrunk(height_));
}

Pixels Pixels::fitted_area(int side) const {
  if (empty() || side <= 0) return *this;
  const auto [shorter, longer] = std::minmax({width_, height_});
  const double least = std::sqrt(static_cast<double>(shorter) * longer) / side;
  const double by = std::min(static_cast<double>(longer) / side, std::max(least, shorter * 5.0 / side));
  const auto shrunk = [&](int length) { return std::max(1, static_cast<int>(std::lround(length / by))); };
  return by <= 1 ? *this : scaled(shrunk(width_), shrunk(height_));
}

Pixels Pixels::cropped(int left, int top, int width, int height) const {
  const int first_x = std::clamp(left, 0, width_);
  const int first_y = std::clamp(top, 0, height_);
  const int wide = std::clamp(width, 0, width_ - first_x);
  const int high = std::clamp(height, 0, height_ - first_y);
  if (wide == 0 || high == 0) return {};
  return pixels_of(view(*this).extract_area(first_x, first_y, wide, high));
}

}  // namespace pentimento::offline
