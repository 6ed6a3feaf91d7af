#include "offline/sketch/edit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace pentimento::offline::sketch {
namespace {

constexpr int analysis_side = 160;  // pixels: enough to find things, too few to find noise
constexpr int stands_out = 42;      // difference of a channel from the backdrop; soft shadows stay below
constexpr double speck = 0.004;     // of the picture's area

template <class Change>
Pixels mapped(const Pixels& picture, Change change) {
  Pixels result = picture;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) result.set(x, y, change(x, y, picture.at(x, y)));
  }
  return result;
}

template <class Visit>
void along_border(const Pixels& picture, Visit visit) {
  for (int x = 0; x < picture.width(); ++x) {
    visit(picture.at(x, 0));
    visit(picture.at(x, picture.height() - 1));
  }
  for (int y = 1; y + 1 < picture.height(); ++y) {
    visit(picture.at(0, y));
    visit(picture.at(picture.width() - 1, y));
  }
}

}  // namespace

Pixels covering(const Pixels& picture, int width, int height) {
  const double scale =
      std::max(static_cast<double>(width) / picture.width(), static_cast<double>(height) / picture.height());
  const int cut_width = std::clamp(static_cast<int>(std::lround(width / scale)), 1, picture.width());
  const int cut_height = std::clamp(static_cast<int>(std::lround(height / scale)), 1, picture.height());
  if (cut_width == picture.width() && cut_height == picture.height()) return picture.scaled(width, height);
  return picture.cropped((picture.width() - cut_width) / 2, (picture.height() - cut_height) / 2, cut_width, cut_height)
      .scaled(width, height);
}

std::optional<Rgb> even_backdrop(const Pixels& picture) {
  const Pixels small = picture.fitted(analysis_side);
  std::array<std::vector<std::uint8_t>, 3> channels;
  along_border(small, [&](Rgb colour) {
    channels[0].push_back(colour.red);
    channels[1].push_back(colour.green);
    channels[2].push_back(colour.blue);
  });
  for (auto& channel : channels)
    std::ranges::nth_element(channel, channel.begin() + static_cast<std::ptrdiff_t>(channel.size() / 2));
  const Rgb median{channels[0][channels[0].size() / 2], channels[1][channels[1].size() / 2],
                   channels[2][channels[2].size() / 2]};
  int near = 0;
  int all = 0;
  along_border(small, [&](Rgb colour) {
    near += distance(colour, median) < stands_out ? 1 : 0;
    ++all;
  });
  if (near * 10 < all * 9) return std::nullopt;
  return median;
}

std::vector<Box> places_of(const Pixels& picture, Rgb backdrop) {
  const Pixels small = picture.fitted(analysis_side);
  const int width = small.width();
  const int height = small.height();
  const auto at = [width](int x, int y) {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  };
  std::vector<char> open(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) open[at(x, y)] = distance(small.at(x, y), backdrop) > stands_out ? 1 : 0;
  }
  struct Thing {
    int left, top, right, bottom, area;
  };
  std::vector<Thing> things;
  std::vector<std::pair<int, int>> stack;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (open[at(x, y)] == 0) continue;
      Thing thing{x, y, x, y, 0};
      stack.assign(1, {x, y});
      open[at(x, y)] = 0;
      while (!stack.empty()) {
        const auto [px, py] = stack.back();
        stack.pop_back();
        thing = {std::min(thing.left, px), std::min(thing.top, py), std::max(thing.right, px),
                 std::max(thing.bottom, py), thing.area + 1};
        for (int ny = std::max(0, py - 1); ny <= std::min(height - 1, py + 1); ++ny) {
          for (int nx = std::max(0, px - 1); nx <= std::min(width - 1, px + 1); ++nx) {
            if (open[at(nx, ny)] == 0) continue;
            open[at(nx, ny)] = 0;
            stack.emplace_back(nx, ny);
          }
        }
      }
      if (thing.area > speck * width * height) things.push_back(thing);
    }
  }
  // Things whose middles lie within a quarter of the height of each other are of one row.
  std::ranges::sort(things, [&](const Thing& a, const Thing& b) {
    const int row_a = (a.top + a.bottom) * 2 / std::max(1, height);
    const int row_b = (b.top + b.bottom) * 2 / std::max(1, height);
    return std::pair{row_a, a.left} < std::pair{row_b, b.left};
  });
  std::vector<Box> boxes;
  const double across = static_cast<double>(picture.width()) / width;
  const double down = static_cast<double>(picture.height()) / height;
  for (const Thing& thing : things) {
    boxes.push_back({thing.left * across, thing.top * down, (thing.right - thing.left + 1) * across,
                     (thing.bottom - thing.top + 1) * down});
  }
  return boxes;
}

Pixels before_backdrop(const Pixels& base, Rgb old, const Pixels& backdrop, double share) {
  return mapped(base, [&](int x, int y, Rgb colour) {
    const double far = (distance(colour, old) - 12) / 34.0;
    const double opacity = std::clamp(far, 0.0, 1.0);
    if (opacity >= 1) return colour;
    // An edge pixel is a mixture of the thing and the old backdrop: take the old one out before the new one goes in.
    const auto thing = [&](std::uint8_t c, std::uint8_t b) {
      if (opacity <= 0) return 0.0;
      return std::clamp((c - (1 - opacity) * b) / opacity, 0.0, 255.0);
    };
    const Rgb behind = backdrop.at(x, y);
    const auto blend = [&](std::uint8_t c, std::uint8_t b, std::uint8_t n) {
      const double replaced = opacity * thing(c, b) + (1 - opacity) * n;
      return static_cast<std::uint8_t>(std::lround(c + (replaced - c) * share));
    };
    return Rgb{blend(colour.red, old.red, behind.red), blend(colour.green, old.green, behind.green),
               blend(colour.blue, old.blue, behind.blue)};
  });
}

Pixels relit(const Pixels& picture, std::optional<Light> light, double share) {
  if (!light) return picture;
  // The brightest twentieth of the picture says how it was exposed.
  const Pixels small = picture.fitted(analysis_side);
  std::vector<double> lightness;
  for (int y = 0; y < small.height(); ++y) {
    for (int x = 0; x < small.width(); ++x) lightness.push_back(luma(small.at(x, y)));
  }
  const auto high = lightness.begin() + static_cast<std::ptrdiff_t>(lightness.size() * 19 / 20);
  std::ranges::nth_element(lightness, high);
  const double exposed = std::max(*high, 0.1);
  Grade grade;
  double target = 0.92;
  switch (*light) {
    case Light::bright: target = 0.985; break;
    case Light::sunny: target = 0.98, grade.saturation = 1.12, grade.warmth = 0.15; break;
    case Light::golden_hour: grade.warmth = 0.7; break;
    case Light::soft: grade.lift = 0.08, grade.saturation = 0.9; break;
    case Light::dull: target = 0.64, grade.saturation = 0.6; break;
    case Light::dark: target = 0.40, grade.saturation = 0.9; break;
  }
  grade.gain = std::clamp(target / exposed, 0.3, 2.5);
  return mapped(picture, [&](int, int, Rgb colour) { return mix(colour, grade(colour), share); });
}

Pixels masked(const Pixels& base, const Pixels& changed, const Pixels& mask) {
  return mapped(base, [&](int x, int y, Rgb colour) { return mix(colour, changed.at(x, y), luma(mask.at(x, y))); });
}

}  // namespace pentimento::offline::sketch
