//
// Colours as the painter mixes them, and the light in which they are seen. Private to this folder.
#pragma once

#include "offline/language/colour_names.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace pentimento::offline::sketch {

[[nodiscard]] inline Rgb mix(Rgb from, Rgb to, double share) {
  const auto one = [&](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(a + (b - a) * share, 0.0, 255.0)));
  };
  return {one(from.red, to.red), one(from.green, to.green), one(from.blue, to.blue)};
}
[[nodiscard]] inline Rgb shade(Rgb colour, double share) { return mix(colour, {0, 0, 0}, share); }
[[nodiscard]] inline Rgb tint(Rgb colour, double share) { return mix(colour, {255, 255, 255}, share); }

/// Luminance of the sRGB values, 0 to 1.
[[nodiscard]] inline double luma(Rgb colour) {
  return (0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue) / 255;
}

/// The largest difference of a channel, 0 to 255.
[[nodiscard]] inline int distance(Rgb one, Rgb other) {
  return std::max({std::abs(one.red - other.red), std::abs(one.green - other.green), std::abs(one.blue - other.blue)});
}

/// The light of an image, as what it does to every colour.
struct Grade {
  double gain = 1;  ///< of all channels
  double lift = 0;  ///< share of white mixed in
  double saturation = 1;
  double warmth = 0;  ///< from -1 to 1: red up and blue down

  [[nodiscard]] Rgb operator()(Rgb colour) const {
    const double grey = luma(colour) * 255;
    const auto one = [&](std::uint8_t c, double warm) {
      const double value = (grey + (c - grey) * saturation) * gain * (1 + warm);
      return static_cast<std::uint8_t>(std::lround(std::clamp(value + (255 - value) * lift, 0.0, 255.0)));
    };
    return {one(colour.red, 0.16 * warmth), one(colour.green, 0.01 * warmth), one(colour.blue, -0.34 * warmth)};
  }
};

}  // namespace pentimento::offline::sketch
