#include "offline/measure/colour.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <numbers>
#include <tuple>

namespace pentimento::offline::measuring {

namespace {

// The D65 white point that the rows of the sRGB matrix add up to, so that grey has exactly no chroma.
constexpr double white_x = 0.4124564 + 0.3575761 + 0.1804375;
constexpr double white_z = 0.0193339 + 0.1191920 + 0.9503041;

const std::array<float, 256>& linear_light() {
  static const std::array<float, 256> table = [] {
    std::array<float, 256> values{};
    for (std::size_t value = 0; value < values.size(); ++value) {
      const double coded = static_cast<double>(value) / 255.0;
      values[value] = static_cast<float>(coded <= 0.04045 ? coded / 12.92 : std::pow((coded + 0.055) / 1.055, 2.4));
    }
    return values;
  }();
  return table;
}

float lab_curve(float ratio) {
  constexpr float knee = 216.0F / 24389.0F;
  return ratio > knee ? std::cbrt(ratio) : (24389.0F / 27.0F * ratio + 16.0F) / 116.0F;
}

double lab_curve_inverse(double value) {
  const double cube = value * value * value;
  return cube > 216.0 / 24389.0 ? cube : (116.0 * value - 16.0) * 27.0 / 24389.0;
}

std::uint8_t coded(double linear) {
  const double value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1.0 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255.0));
}

// A name with the boxes of hue, chroma and lightness that it covers; an unused box has no lightness.
struct Term {
  std::string_view name;
  bool has_hue;
  std::array<LabRegion, 4> regions;
};

// Placed by the CSS colours that English groups under each term: hue from and to, chroma from and to, lightness from and to.
constexpr auto terms = std::to_array<Term>({
    // A tinted black must be darker to pass for black.
    {"black", false, {{{0, 360, 0, 9, 0, 32}, {0, 360, 0, 18, 0, 20}}}},
    {"white", false, {{{0, 360, 0, 10, 78, 100}}}},
    {"grey", false, {{{0, 360, 0, 11, 24, 86}}}},
    // Around crimson a light red is pink.
    {"red", true, {{{14, 50, 30, 200, 14, 64}, {2, 14, 38, 200, 18, 56}}}},
    {"orange", true, {{{46, 82, 45, 200, 48, 86}}}},
    {"brown", true, {{{24, 84, 12, 66, 12, 56}}}},
    {"yellow", true, {{{78, 114, 32, 200, 62, 100}}}},
    {"green", true, {{{108, 178, 14, 200, 14, 97}, {100, 108, 40, 200, 20, 56}}}},
    // sRGB's own blue has the hue of a purple, but three times its chroma; navy and midnight blue are its dark shades.
    {"blue",
     true,
     {{{226, 302, 14, 200, 8, 88}, {210, 226, 15, 200, 8, 88}, {302, 310, 76, 200, 8, 60}, {302, 308, 45, 76, 8, 22}}}},
    {"purple", true, {{{309, 350, 16, 200, 8, 80}, {298, 310, 16, 75, 24, 80}}}},
    {"pink", true, {{{335, 32, 12, 200, 58, 95}, {340, 14, 45, 200, 48, 95}, {32, 46, 12, 56, 64, 95}}}},
    {"turquoise", true, {{{176, 212, 12, 200, 20, 98}}}},
    {"beige", true, {{{58, 114, 8, 36, 68, 98}}}},
    // Things of gold are darker than CSS's gold, and shine.
    {"gold", true, {{{68, 102, 28, 200, 38, 95}}}},
});

// The names that `basic_name` answers with.
constexpr std::array<std::string_view, 13> basic_terms{"black",  "white",     "grey",  "red",    "green",
                                                       "yellow", "blue",      "brown", "purple", "pink",
                                                       "orange", "turquoise", "beige"};

}  // namespace

Lab lab_of(Rgb colour) noexcept {
  const auto& light = linear_light();
  const float red = light[colour.red];
  const float green = light[colour.green];
  const float blue = light[colour.blue];
  const float x = lab_curve((0.4124564F * red + 0.3575761F * green + 0.1804375F * blue) / static_cast<float>(white_x));
  const float y = lab_curve(0.2126729F * red + 0.7151522F * green + 0.0721750F * blue);
  const float z = lab_curve((0.0193339F * red + 0.1191920F * green + 0.9503041F * blue) / static_cast<float>(white_z));
  return {116.0F * y - 16.0F, 500.0F * (x - y), 200.0F * (y - z)};
}

Rgb rgb_of(Lab colour) noexcept {
  const double middle = (static_cast<double>(colour.l) + 16.0) / 116.0;
  const double x = white_x * lab_curve_inverse(middle + static_cast<double>(colour.a) / 500.0);
  const double y = lab_curve_inverse(middle);
  const double z = white_z * lab_curve_inverse(middle - static_cast<double>(colour.b) / 200.0);
  return {coded(3.2404542 * x - 1.5371385 * y - 0.4985314 * z), coded(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
          coded(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)};
}

float distance(Lab one, Lab other) noexcept {
  const float l = one.l - other.l;
  const float a = one.a - other.a;
  const float b = one.b - other.b;
  return std::sqrt(l * l + a * a + b * b);
}

float chroma(Lab colour) noexcept { return std::sqrt(colour.a * colour.a + colour.b * colour.b); }

float hue(Lab colour) noexcept {
  const float angle = std::atan2(colour.b, colour.a) * (180.0F / std::numbers::pi_v<float>);
  return angle < 0 ? angle + 360.0F : angle;
}

LabPixels::LabPixels(const Pixels& pixels) : width_{pixels.width()}, height_{pixels.height()} {
  colours_.reserve(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_));
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) colours_.push_back(lab_of(pixels.at(x, y)));
  }
}

LabPixels LabPixels::smoothed() const {
  LabPixels result = *this;
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      Lab sum;
      float count = 0;
      for (int near_y = std::max(0, y - 1); near_y <= std::min(height_ - 1, y + 1); ++near_y) {
        for (int near_x = std::max(0, x - 1); near_x <= std::min(width_ - 1, x + 1); ++near_x) {
          const Lab near = at(near_x, near_y);
          sum = {sum.l + near.l, sum.a + near.a, sum.b + near.b};
          count += 1;
        }
      }
      result.colours_[place(x, y)] = {sum.l / count, sum.a / count, sum.b / count};
    }
  }
  return result;
}

bool LabRegion::contains(Lab colour) const noexcept {
  if (light_to <= 0 || colour.l < light_from || colour.l > light_to) return false;
  const float strength = chroma(colour);
  if (strength < chroma_from || strength > chroma_to) return false;
  if (hue_to - hue_from >= 360.0F) return true;
  const float angle = hue(colour);
  return hue_from <= hue_to ? angle >= hue_from && angle <= hue_to : angle >= hue_from || angle <= hue_to;
}

ColourRange::ColourRange(std::string_view name, Rgb reference) noexcept : reference_{lab_of(reference)} {
  if (name == "gray" || name == "silver") name = "grey";
  if (name == "fuchsia") name = "magenta";
  if (name == "golden") name = "gold";
  if (name == "aqua" || name == "cyan") name = "turquoise";
  for (const Term& term : terms) {
    if (term.name != name) continue;
    has_hue_ = term.has_hue;
    regions_ = term.regions;
    return;
  }
  const float strength = chroma(reference_);
  const float light_from = reference_.l - 24.0F;
  const float light_to = reference_.l + 24.0F;
  if (strength < 12.0F) {
    regions_[0] = {0, 360, 0, strength + 9.0F, std::max(0.0F, reference_.l - 14.0F), reference_.l + 14.0F};
    has_hue_ = false;
    return;
  }
  const float reach = strength < 28.0F ? 30.0F : 22.0F;
  const float angle = hue(reference_);
  const auto turned = [](float degrees) {
    return degrees < 0 ? degrees + 360.0F : degrees >= 360.0F ? degrees - 360.0F : degrees;
  };
  regions_[0] = {
      turned(angle - reach), turned(angle + reach), std::max(8.0F, strength * 0.38F), 200, light_from, light_to};
}

bool ColourRange::contains(Lab colour) const noexcept {
  return std::any_of(regions_.begin(), regions_.end(),
                     [&](const LabRegion& region) { return region.contains(colour); });
}

bool distinguishable(const ColourRange& one, const ColourRange& other) noexcept {
  return !one.contains(other.reference()) && !other.contains(one.reference()) &&
         distance(one.reference(), other.reference()) > 25.0F;
}

std::string_view basic_name(Lab colour) noexcept {
  std::string_view best = "grey";
  float nearest = std::numeric_limits<float>::max();
  for (const bool covered : {true, false}) {
    for (const std::string_view term : basic_terms) {
      const Rgb reference = colour_named(term).value_or(Rgb{128, 128, 128});
      const ColourRange range{term, reference};
      if (covered && !range.contains(colour)) continue;
      // Chroma and lightness vary with the light that falls on a thing; its hue hardly does.
      const Lab middle = range.reference();
      const float l = (middle.l - colour.l) * 0.6F;
      const float a = middle.a - colour.a;
      const float b = middle.b - colour.b;
      const float away = std::sqrt(l * l + a * a + b * b);
      if (away < nearest) {
        nearest = away;
        best = term;
      }
    }
    if (nearest < std::numeric_limits<float>::max()) break;
  }
  return best;
}

std::vector<PaletteEntry> palette(const LabPixels& pixels, const std::vector<unsigned char>& chosen) {
  struct Cell {
    double l = 0, a = 0, b = 0, count = 0;
    Lab mean() const {
      return {static_cast<float>(l / count), static_cast<float>(a / count), static_cast<float>(b / count)};
    }
  };
  std::map<std::tuple<int, int, int>, Cell> cells;  // ordered, so that equal pictures give equal palettes
  double total = 0;
  const auto bin = [](float value) { return static_cast<int>(std::floor(value / 10.0F)); };
  for (std::size_t place = 0; place < pixels.count(); ++place) {
    if (!chosen.empty() && chosen[place] == 0) continue;
    const Lab colour = pixels[place];
    Cell& cell = cells[{bin(colour.l), bin(colour.a), bin(colour.b)}];
    cell.l += static_cast<double>(colour.l);
    cell.a += static_cast<double>(colour.a);
    cell.b += static_cast<double>(colour.b);
    cell.count += 1;
    total += 1;
  }
  std::vector<Cell> sorted;
  for (const auto& [key, cell] : cells) sorted.push_back(cell);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Cell& one, const Cell& other) { return one.count > other.count; });
  std::vector<Cell> groups;
  for (const Cell& cell : sorted) {
    const auto near = std::find_if(groups.begin(), groups.end(),
                                   [&](const Cell& group) { return distance(group.mean(), cell.mean()) < 14.0F; });
    if (near == groups.end()) {
      groups.push_back(cell);
    } else {
      near->l += cell.l;
      near->a += cell.a;
      near->b += cell.b;
      near->count += cell.count;
    }
  }
  std::vector<PaletteEntry> entries;
  for (const Cell& group : groups) {
    if (group.count >= 0.02 * total) entries.push_back({rgb_of(group.mean()), group.count / total});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const PaletteEntry& one, const PaletteEntry& other) { return one.share > other.share; });
  return entries;
}

}  // namespace pentimento::offline::measuring
