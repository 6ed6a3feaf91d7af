#include "offline/measure/colour.hpp"

#include "offline/pixels/libvips.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <numbers>
#include <vector>

namespace pentimento::offline::measuring {

namespace {

// A name with its usual lightness and the boxes of hue, chroma and lightness that it covers; an unused box has no lightness.
struct Term {
  std::string_view name;
  bool has_hue;
  float usual;
  std::array<LabRegion, 6> regions;
};

// Placed by the CSS colours that English groups under each term, and by the survey that the tests hold: hue from and to,
// chroma from and to, lightness from and to.
constexpr auto terms = std::to_array<Term>({
    // A tinted black must be darker to pass for black.
    {"black", false, 0, {{{0, 360, 0, 9, 0, 32}, {0, 360, 0, 18, 0, 20}}}},
    {"white", false, 100, {{{0, 360, 0, 10, 86, 100}}}},
    {"grey", false, 60, {{{0, 360, 0, 11, 18, 90}}}},
    // Around crimson a light red is pink.
    {"red", true, 48, {{{14, 50, 30, 200, 14, 64}, {2, 14, 38, 200, 18, 56}}}},
    {"orange", true, 64, {{{46, 82, 45, 200, 48, 86}}}},
    {"brown", true, 32, {{{24, 84, 12, 66, 6, 56}, {42, 84, 15, 46, 56, 66}, {24, 84, 9, 40, 2, 6}}}},
    {"yellow", true, 95, {{{78, 114, 32, 200, 62, 100}}}},
    {"green", true, 56, {{{108, 178, 14, 200, 14, 97}, {100, 108, 40, 200, 20, 56}}}},
    // sRGB's own blue has the hue of a purple, but three times its chroma; navy and midnight blue are its dark shades.
    {"blue",
     true,
     40,
     {{{226, 302, 14, 200, 8, 88},
       {210, 226, 15, 200, 8, 88},
       {302, 310, 76, 200, 8, 60},
       {302, 308, 45, 76, 4, 22},
       {280, 306, 14, 60, 1, 8},
       {190, 285, 10, 40, 88, 98}}}},
    {"purple", true, 33, {{{309, 350, 16, 200, 4, 90}, {298, 310, 16, 75, 24, 80}}}},
    {"pink", true, 70, {{{335, 32, 12, 200, 58, 95}, {340, 14, 45, 200, 42, 95}, {32, 46, 12, 56, 64, 95}}}},
    {"turquoise", true, 70, {{{176, 212, 12, 200, 20, 98}, {160, 176, 15, 70, 66, 98}}}},
    {"teal", true, 55, {{{165, 212, 12, 200, 20, 90}}}},
    {"beige", true, 88, {{{58, 114, 8, 40, 68, 100}}}},
    // Things of gold are darker than CSS's gold, and shine.
    {"gold", true, 75, {{{68, 102, 28, 200, 38, 95}}}},
});

/// What a tone leaves of a term, by the term's usual lightness: everything if the word is no tone.
LabRegion toned(std::string_view tone, float usual) noexcept {
  LabRegion region{0, 360, 0, 200, 0, 100};
  // What is as light as yellow becomes lighter by losing colour.
  const bool is_lightest = usual > 80;
  if (tone == "light" || tone == "pale") {
    region.light_from = is_lightest ? usual - 8 : usual + 8;
    if (is_lightest) region.chroma_to = 85;
  } else if (tone == "dark") {
    region.light_to = usual - 8;
  } else if (tone == "deep") {
    region.light_to = usual - 5;
  } else if (tone == "bright") {
    region.chroma_from = 45;
    region.light_from = std::max(0.0F, usual - 16);
  }
  return region;
}

// The names that `basic_name` answers with.
constexpr std::array<std::string_view, 13> basic_terms{"black",  "white",     "grey",  "red",    "green",
                                                       "yellow", "blue",      "brown", "purple", "pink",
                                                       "orange", "turquoise", "beige"};

}  // namespace

Lab lab_of(Rgb colour) noexcept {
  float r = 0, g = 0, b = 0, x = 0, y = 0, z = 0;
  Lab lab;
  vips_col_sRGB2scRGB_8(colour.red, colour.green, colour.blue, &r, &g, &b);
  vips_col_scRGB2XYZ(r, g, b, &x, &y, &z);
  vips_col_XYZ2Lab(x, y, z, &lab.l, &lab.a, &lab.b);
  return lab;
}

Rgb rgb_of(Lab colour) noexcept {
  float r = 0, g = 0, b = 0, x = 0, y = 0, z = 0;
  int red = 0, green = 0, blue = 0, out_of_gamut = 0;
  vips_col_Lab2XYZ(colour.l, colour.a, colour.b, &x, &y, &z);
  vips_col_XYZ2scRGB(x, y, z, &r, &g, &b);
  vips_col_scRGB2sRGB_8(r, g, b, &red, &green, &blue, &out_of_gamut);
  return {static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green), static_cast<std::uint8_t>(blue)};
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

LabImage::LabImage(const Pixels& pixels) : LabImage{view(pixels).colourspace(VIPS_INTERPRETATION_LAB)} {}

LabImage::LabImage(const vips::VImage& lab) : width_{lab.width()}, height_{lab.height()}, image_{lab.copy_memory()} {
  static_assert(sizeof(Lab) == 3 * sizeof(float));
  colours_ = static_cast<const Lab*>(image_.data());
}

LabImage LabImage::smoothed() const {
  std::vector<double> ninths(9, 1.0 / 9.0);
  const vips::VImage box = vips::VImage::new_matrix(3, 3, ninths.data(), 9);
  return LabImage{image_.conv(box, vips::VImage::option()->set("precision", VIPS_PRECISION_FLOAT))};
}

bool LabRegion::contains(Lab colour) const noexcept {
  // Rounding makes the lightness of black a little less than 0.
  if (light_to <= 0 || colour.l < light_from - 0.01F || colour.l > light_to) return false;
  const float strength = chroma(colour);
  if (strength < chroma_from || strength > chroma_to) return false;
  if (hue_to - hue_from >= 360.0F) return true;
  const float angle = hue(colour);
  return hue_from <= hue_to ? angle >= hue_from && angle <= hue_to : angle >= hue_from || angle <= hue_to;
}

LabRegion LabRegion::widened() const noexcept {
  constexpr float hues = 10, chromas = 8, lightnesses = 10;
  LabRegion wide = *this;
  if (light_to <= 0) return wide;
  if (hue_to - hue_from < 360.0F) {
    wide.hue_from = hue_from < hues ? hue_from - hues + 360 : hue_from - hues;
    wide.hue_to = hue_to > 360 - hues ? hue_to + hues - 360 : hue_to + hues;
  }
  wide.chroma_from -= chromas;
  wide.chroma_to += chromas;
  wide.light_from -= lightnesses;
  wide.light_to += lightnesses;
  return wide;
}

ColourRange::ColourRange(std::string_view name, Rgb reference) noexcept : reference_{lab_of(reference)} {
  const std::size_t space = name.find(' ');
  const std::string_view tone = space == std::string_view::npos ? std::string_view{} : name.substr(0, space);
  if (!tone.empty()) name.remove_prefix(space + 1);
  if (name == "gray" || name == "silver") name = "grey";
  if (name == "fuchsia") name = "magenta";
  if (name == "golden") name = "gold";
  if (name == "aqua" || name == "cyan") name = "turquoise";
  for (const Term& term : terms) {
    if (term.name != name) continue;
    has_hue_ = term.has_hue;
    regions_ = term.regions;
    tone_ = toned(tone, term.usual);
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
  return tone_.contains(colour) &&
         std::ranges::any_of(regions_, [&](const LabRegion& region) { return region.contains(colour); });
}

bool ColourRange::may_contain(Lab colour) const noexcept {
  return tone_.widened().contains(colour) &&
         std::ranges::any_of(regions_, [&](const LabRegion& region) { return region.widened().contains(colour); });
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

Mask mask_of(const LabImage& image, const ColourRange& range) {
  return Mask::where(image.width(), image.height(), [&](std::size_t place) { return range.contains(image[place]); });
}

Mask possible_mask_of(const LabImage& image, const ColourRange& range) {
  return Mask::where(image.width(), image.height(), [&](std::size_t place) { return range.may_contain(image[place]); });
}

Lab main_colour(const LabImage& image, const Mask& chosen) {
  struct Cell {
    double l = 0, a = 0, b = 0, count = 0;
  };
  std::map<std::array<int, 3>, Cell> cells;  // ordered, so that equal images give equal colours
  const auto bin = [](float value) { return static_cast<int>(std::floor(value / 10.0F)); };
  for (std::size_t place = 0; place < image.count(); ++place) {
    if (!chosen[place]) continue;
    const Lab colour = image[place];
    Cell& cell = cells[{bin(colour.l), bin(colour.a), bin(colour.b)}];
    cell.l += static_cast<double>(colour.l);
    cell.a += static_cast<double>(colour.a);
    cell.b += static_cast<double>(colour.b);
    cell.count += 1;
  }
  const auto fullest =
      std::ranges::max_element(cells, {}, [](const auto& entry) { return entry.second.count; })->second;
  return {static_cast<float>(fullest.l / fullest.count), static_cast<float>(fullest.a / fullest.count),
          static_cast<float>(fullest.b / fullest.count)};
}

}  // namespace pentimento::offline::measuring
