#include "offline/sketch/edit.hpp"

#include "offline/sketch/tint.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pentimento::offline::sketch {
namespace {

constexpr int small_side = 160;  // pixels: enough to tell a backdrop and an exposure
constexpr int stands_out = 42;   // difference of a channel from the backdrop; soft shadows stay below

template <class Change>
Pixels mapped(const Pixels& image, Change change) {
  Pixels result = image;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) result.set(x, y, change(x, y, image.at(x, y)));
  }
  return result;
}

/// The value below which a `share` of all lies.
template <class T>
T quantile(std::vector<T> values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * share);
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace

Pixels covering(const Pixels& image, int width, int height) {
  const double scale =
      std::max(static_cast<double>(width) / image.width(), static_cast<double>(height) / image.height());
  const int cut_width = std::clamp(static_cast<int>(std::lround(width / scale)), 1, image.width());
  const int cut_height = std::clamp(static_cast<int>(std::lround(height / scale)), 1, image.height());
  return image.cropped((image.width() - cut_width) / 2, (image.height() - cut_height) / 2, cut_width, cut_height)
      .scaled(width, height);
}

std::optional<Rgb> even_backdrop(const Pixels& image) {
  const Pixels small = image.fitted(small_side);
  std::vector<Rgb> border;
  for (int x = 0; x < small.width(); ++x) {
    border.push_back(small.at(x, 0));
    border.push_back(small.at(x, small.height() - 1));
  }
  for (int y = 0; y < small.height(); ++y) {
    border.push_back(small.at(0, y));
    border.push_back(small.at(small.width() - 1, y));
  }
  const auto median = [&](std::uint8_t Rgb::*channel) {
    std::vector<std::uint8_t> values;
    for (const Rgb& colour : border) values.push_back(colour.*channel);
    return quantile(std::move(values), 0.5);
  };
  const Rgb usual{median(&Rgb::red), median(&Rgb::green), median(&Rgb::blue)};
  const auto near = std::ranges::count_if(border, [&](Rgb colour) { return distance(colour, usual) < stands_out; });
  if (near * 10 < static_cast<std::ptrdiff_t>(border.size()) * 9) return std::nullopt;
  return usual;
}

Pixels before_backdrop(const Pixels& image, Rgb old, const Pixels& backdrop) {
  return mapped(image, [&](int x, int y, Rgb colour) {
    const double opacity = std::clamp((distance(colour, old) - 12) / 34.0, 0.0, 1.0);
    if (opacity >= 1) return colour;
    // A pixel of an edge is a mixture of the thing and the old backdrop: the old one goes out as the new one goes in.
    const Rgb behind = backdrop.at(x, y);
    const auto one = [&](std::uint8_t c, std::uint8_t before, std::uint8_t now) {
      return static_cast<std::uint8_t>(std::lround(std::clamp(c + (1 - opacity) * (now - before), 0.0, 255.0)));
    };
    return Rgb{one(colour.red, old.red, behind.red), one(colour.green, old.green, behind.green),
               one(colour.blue, old.blue, behind.blue)};
  });
}

Pixels relit(const Pixels& image, Light light) {
  const Pixels small = image.fitted(small_side);
  std::vector<double> lightness;
  for (int y = 0; y < small.height(); ++y) {
    for (int x = 0; x < small.width(); ++x) lightness.push_back(luma(small.at(x, y)));
  }
  struct Aim {
    double highlights;  // how light the lightest twentieth of the image becomes
    double saturation;
    double warmth;
  };
  static constexpr std::array<Aim, 5> aims{
      {{0.985, 1, 0}, {0.64, 0.6, 0}, {0.40, 0.9, 0}, {0.98, 1.12, 0.15}, {0.92, 1, 0.7}}};
  const Aim& aim = aims[static_cast<std::size_t>(light)];
  const double exposed = std::max(quantile(std::move(lightness), 0.95), 0.1);
  const Grade grade{std::clamp(aim.highlights / exposed, 0.3, 2.5), 0, aim.saturation, aim.warmth};
  return mapped(image, [&](int, int, Rgb colour) { return grade(colour); });
}

Pixels masked(const Pixels& image, const Pixels& changed, const Pixels& mask) {
  return mapped(image, [&](int x, int y, Rgb colour) { return mix(colour, changed.at(x, y), luma(mask.at(x, y))); });
}

}  // namespace pentimento::offline::sketch
