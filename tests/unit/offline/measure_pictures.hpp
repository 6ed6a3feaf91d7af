// Pictures for the tests of the measuring critic, painted here by arithmetic: neither the sketch generator nor libvips drew them.
#pragma once

#include "offline/pixels/pixels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace pictures {

using pentimento::offline::Pixels;
using pentimento::offline::Rgb;

inline constexpr Rgb white{255, 255, 255};
inline constexpr Rgb black{0, 0, 0};
inline constexpr Rgb red{200, 30, 35};
inline constexpr Rgb blue{40, 70, 190};
inline constexpr Rgb green{40, 140, 60};

/// Paints `colour` with `opacity` wherever `inside(x, y)` holds, with soft edges (4 by 4 samples a pixel).
template <class Inside>
void paint(Pixels& picture, Rgb colour, Inside inside, double opacity = 1.0) {
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      int hits = 0;
      for (int sample = 0; sample < 16; ++sample)
        hits += inside(x + (sample % 4 + 0.5) / 4, y + (sample / 4 + 0.5) / 4) ? 1 : 0;
      if (hits == 0) continue;
      const double part = opacity * hits / 16.0;
      const Rgb old = picture.at(x, y);
      const auto mix = [&](std::uint8_t from, std::uint8_t to) {
        return static_cast<std::uint8_t>(std::lround(from + (to - from) * part));
      };
      picture.set(x, y, {mix(old.red, colour.red), mix(old.green, colour.green), mix(old.blue, colour.blue)});
    }
  }
}

inline auto ellipse(double x, double y, double wide, double high) {
  return [=](double at_x, double at_y) { return std::pow((at_x - x) / wide, 2) + std::pow((at_y - y) / high, 2) <= 1; };
}

inline auto rectangle(double left, double top, double right, double bottom) {
  return [=](double x, double y) { return x >= left && x < right && y >= top && y < bottom; };
}

/// A mug with a ring for a handle, its opening darker; `x`, `y` is the middle of its bottom, `size` its height.
inline void mug(Pixels& picture, double x, double y, double size, Rgb colour) {
  const double half = size * 0.38;
  const Rgb shade{static_cast<std::uint8_t>(colour.red * 0.6), static_cast<std::uint8_t>(colour.green * 0.6),
                  static_cast<std::uint8_t>(colour.blue * 0.6)};
  const auto outer = ellipse(x + half, y - size * 0.5, size * 0.26, size * 0.28);
  const auto inner = ellipse(x + half, y - size * 0.5, size * 0.16, size * 0.18);
  paint(picture, colour,
        [=](double at_x, double at_y) { return outer(at_x, at_y) && !inner(at_x, at_y) && at_x > x + half - 1; });
  paint(picture, colour, rectangle(x - half, y - size * 0.9, x + half, y));
  paint(picture, shade, ellipse(x, y - size * 0.9, half, size * 0.1));
}

/// What a lamp overhead does under a thing: a dark ellipse that fades outwards.
inline void soft_shadow(Pixels& picture, double x, double y, double wide, double high, double strength = 0.35) {
  for (int step = 1; step <= 20; ++step)
    paint(picture, black, ellipse(x, y, wide * step / 20.0, high * step / 20.0), strength / 20.0);
}

/// From `top` to `bottom` down the picture.
inline void gradient(Pixels& picture, Rgb top, Rgb bottom) {
  for (int y = 0; y < picture.height(); ++y) {
    const double part = static_cast<double>(y) / (picture.height() - 1);
    const auto mix = [&](std::uint8_t from, std::uint8_t to) {
      return static_cast<std::uint8_t>(std::lround(from + (to - from) * part));
    };
    for (int x = 0; x < picture.width(); ++x)
      picture.set(x, y, {mix(top.red, bottom.red), mix(top.green, bottom.green), mix(top.blue, bottom.blue)});
  }
}

/// Adds grain of up to `amount` either way; always the same.
inline void grain(Pixels& picture, int amount) {
  std::uint32_t state = 12345;
  const auto shifted = [&](std::uint8_t value) {
    state = state * 1664525U + 1013904223U;
    const int by = static_cast<int>((state >> 8) % static_cast<std::uint32_t>(2 * amount + 1)) - amount;
    const int sum = value + by;
    return static_cast<std::uint8_t>(sum < 0 ? 0 : sum > 255 ? 255 : sum);
  };
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      const Rgb colour = picture.at(x, y);
      const std::uint8_t r = shifted(colour.red);
      const std::uint8_t g = shifted(colour.green);
      const std::uint8_t b = shifted(colour.blue);
      picture.set(x, y, {r, g, b});
    }
  }
}

/// Blurs with a Gaussian of `sigma` pixels.
inline Pixels blurred(const Pixels& picture, double sigma) {
  const int reach = static_cast<int>(sigma * 3) + 1;
  std::vector<double> weights;
  double total = 0;
  for (int i = -reach; i <= reach; ++i) total += weights.emplace_back(std::exp(-i * i / (2 * sigma * sigma)));
  Pixels once = picture;
  Pixels twice = picture;
  const auto pass = [&](const Pixels& from, Pixels& to, bool across) {
    for (int y = 0; y < from.height(); ++y) {
      for (int x = 0; x < from.width(); ++x) {
        double r = 0, g = 0, b = 0;
        for (int i = -reach; i <= reach; ++i) {
          const int at_x = across ? std::min(std::max(x + i, 0), from.width() - 1) : x;
          const int at_y = across ? y : std::min(std::max(y + i, 0), from.height() - 1);
          const double weight = weights[static_cast<std::size_t>(i + reach)] / total;
          const Rgb colour = from.at(at_x, at_y);
          r += weight * colour.red, g += weight * colour.green, b += weight * colour.blue;
        }
        to.set(x, y,
               {static_cast<std::uint8_t>(std::lround(r)), static_cast<std::uint8_t>(std::lround(g)),
                static_cast<std::uint8_t>(std::lround(b))});
      }
    }
  };
  pass(picture, once, true);
  pass(once, twice, false);
  return twice;
}

/// The bytes of a photograph; throws if it is not there, so that a test without its picture fails.
inline std::vector<std::byte> photograph_bytes(const std::string& name) {
  const auto path = std::filesystem::path{PENTIMENTO_PHOTOGRAPHS} / name;
  std::ifstream stream{path, std::ios::binary};
  if (!stream) throw std::runtime_error{"a photograph is missing (tests/run fetches them): " + path.string()};
  const std::vector<char> letters{std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{}};
  std::vector<std::byte> bytes;
  bytes.reserve(letters.size());
  for (const char letter : letters) bytes.push_back(static_cast<std::byte>(letter));
  return bytes;
}

inline Pixels photograph(const std::string& name) {
  return pentimento::offline::decode(pentimento::Image{photograph_bytes(name)}).value();
}

}  // namespace pictures
