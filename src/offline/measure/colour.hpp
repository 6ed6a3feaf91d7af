//
// Colour as the measuring critic sees it: CIELAB, and what a colour's name covers.
#pragma once

#include "offline/language/colour_names.hpp"
#include "offline/pixels/pixels.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline::measuring {

/// A colour in CIELAB (CIE 15:2018), white point D65: lightness 0 to 100, `a` green to red, `b` blue to yellow.
struct Lab {
  float l = 0;
  float a = 0;
  float b = 0;
};

/// sRGB (IEC 61966-2-1, the exact transfer function) to linear light, to XYZ with its D65 primaries, to CIELAB.
[[nodiscard]] Lab lab_of(Rgb colour) noexcept;
/// The inverse, clipped to sRGB and rounded.
[[nodiscard]] Rgb rgb_of(Lab colour) noexcept;

/// The colour difference CIE76: the distance in CIELAB. About 2.3 is just noticeable.
[[nodiscard]] float distance(Lab one, Lab other) noexcept;
/// Distance from the grey axis; 0 is grey, sRGB's primaries have 100 to 134.
[[nodiscard]] float chroma(Lab colour) noexcept;
/// Hue angle in degrees, [0, 360): red about 40, yellow 103, green 136, blue 306. Means nothing for greys.
[[nodiscard]] float hue(Lab colour) noexcept;

/// A picture in CIELAB, row after row.
class LabPixels {
 public:
  LabPixels() = default;
  explicit LabPixels(const Pixels& pixels);

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  std::size_t count() const noexcept { return colours_.size(); }
  Lab at(int x, int y) const noexcept { return colours_[place(x, y)]; }
  Lab operator[](std::size_t place) const noexcept { return colours_[place]; }
  std::size_t place(int x, int y) const noexcept {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x);
  }

  /// The same with noise reduced: each pixel the mean of its 3 by 3 surroundings.
  LabPixels smoothed() const;

 private:
  int width_ = 0;
  int height_ = 0;
  std::vector<Lab> colours_;
};

/// A box in lightness, chroma and hue. One without lightness holds nothing.
struct LabRegion {
  float hue_from = 0;  ///< degrees; from > to goes through 0
  float hue_to = 0;
  float chroma_from = 0;
  float chroma_to = 0;
  float light_from = 0;
  float light_to = 0;

  bool contains(Lab colour) const noexcept;
};

/**
 * What a colour's name covers, as a region of CIELAB in lightness, chroma and hue.
 *
 * The basic colour terms (Berlin and Kay: black, white, grey, red, green, yellow, blue, brown, purple, pink, orange) are wide,
 * as in speech: a firebrick mug in half shade is red. They overlap where people differ: maroon is red and brown. Any other
 * name, and a name with a tone ("dark red"), covers the shades around its CSS value: 22 degrees of hue and 24 of lightness.
 */
class ColourRange {
 public:
  /// `name` decides if it is a basic term, `reference` otherwise.
  ColourRange(std::string_view name, Rgb reference) noexcept;
  explicit ColourRange(const NamedColour& colour) noexcept : ColourRange{colour.name, colour.rgb} {}

  bool contains(Lab colour) const noexcept;
  /// Whether the name says a hue; false for black, white, grey and what is nearly so. Such ranges also match shadows,
  /// highlights and paper, so things are not told from a background by them alone.
  bool has_hue() const noexcept { return has_hue_; }
  Lab reference() const noexcept { return reference_; }

 private:
  Lab reference_;
  std::array<LabRegion, 4> regions_{};
  bool has_hue_ = true;
};

/// Whether two ranges can be told apart in a picture: neither covers the other's reference colour.
[[nodiscard]] bool distinguishable(const ColourRange& one, const ColourRange& other) noexcept;

/// The everyday name for a colour: one of the basic terms, the nearest if several cover it.
[[nodiscard]] std::string_view basic_name(Lab colour) noexcept;

/// One of the colours that make up a picture.
struct PaletteEntry {
  Rgb colour;        ///< mean of what is near it
  double share = 0;  ///< of the pixels looked at, [0, 1]
};

/// The colours that make up the pixels, most frequent first: histogram in CIELAB with cells of 10, merged within a distance of
/// 14; entries under 2 % are left out. `chosen` limits which pixels count (non-zero), all of them if it is empty.
[[nodiscard]] std::vector<PaletteEntry> palette(const LabPixels& pixels, const std::vector<unsigned char>& chosen = {});

}  // namespace pentimento::offline::measuring
