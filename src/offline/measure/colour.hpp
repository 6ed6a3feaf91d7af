// Colour as the measuring critic sees it: CIELAB, and what the name of a colour covers.
#pragma once

#include "offline/language/colour_names.hpp"
#include "offline/measure/mask.hpp"
#include "offline/pixels/pixels.hpp"

#include <vips/vips8>

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

/// sRGB to CIELAB, by libvips.
[[nodiscard]] Lab lab_of(Rgb colour) noexcept;
/// The inverse, clipped to sRGB and rounded.
[[nodiscard]] Rgb rgb_of(Lab colour) noexcept;

/// The colour difference CIE76: the distance in CIELAB. 2.3 is just noticeable.
[[nodiscard]] float distance(Lab one, Lab other) noexcept;
/// Distance from the grey axis; 0 is grey, sRGB's primaries have 100 to 134.
[[nodiscard]] float chroma(Lab colour) noexcept;
/// Hue angle in degrees, [0, 360): red about 40, yellow 103, green 136, blue 306. Means nothing for greys.
[[nodiscard]] float hue(Lab colour) noexcept;

/// An image in CIELAB. A value; copies share the memory.
class LabImage {
 public:
  LabImage() = default;
  /// **Lifetime**: does not borrow `pixels`, which must not be empty.
  explicit LabImage(const Pixels& pixels);
  /// Takes an image of three float bands in CIELAB.
  explicit LabImage(const vips::VImage& lab);

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  std::size_t count() const noexcept { return static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_); }
  const vips::VImage& image() const noexcept { return image_; }
  Lab at(int x, int y) const noexcept { return colours_[place(x, y)]; }
  Lab operator[](std::size_t place) const noexcept { return colours_[place]; }
  std::size_t place(int x, int y) const noexcept {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x);
  }

  /// With less noise: each pixel is the mean of its 3 by 3 surroundings.
  LabImage smoothed() const;

 private:
  int width_ = 0;
  int height_ = 0;
  vips::VImage image_;
  const Lab* colours_ = nullptr;  // of image_
};

/// A box in lightness, chroma and hue. With `light_to` at 0 it contains nothing.
struct LabRegion {
  float hue_from = 0;  ///< degrees; if from > to, it goes through 0
  float hue_to = 0;
  float chroma_from = 0;
  float chroma_to = 0;
  float light_from = 0;
  float light_to = 0;

  bool contains(Lab colour) const noexcept;
  /// The box with the shades around it that people do not agree on.
  LabRegion widened() const noexcept;
};

/**
 * What the name of a colour covers: regions of CIELAB in lightness, chroma and hue.
 *
 * The basic colour terms (Berlin and Kay: black, white, grey, red, green, yellow, blue, brown, purple, pink, orange) are
 * wide, as in speech: a firebrick mug in half shade is red. They overlap where people differ: maroon is red and brown. A
 * basic term with a tone ("dark red") covers the part of the term that is as dark, light or strong as people say. Any other
 * name covers the shades around its CSS value: 22 degrees of hue and 24 of lightness. Around what a name covers lie shades
 * that people do not agree on.
 *
 * **Source**: the regions are checked against the names of the xkcd colour survey of 2010, tests/unit/offline.
 */
class ColourRange {
 public:
  /// `name` decides if it is a basic term, with or without a tone, `reference` otherwise.
  ColourRange(std::string_view name, Rgb reference) noexcept;
  explicit ColourRange(const NamedColour& colour) noexcept : ColourRange{colour.name, colour.rgb} {}

  /// True if people call `colour` by this name.
  bool contains(Lab colour) const noexcept;
  /// True if some people may call `colour` by this name.
  bool may_contain(Lab colour) const noexcept;
  /// False for black, white, grey and what is nearly so. Such ranges also match shadows, highlights and paper, so they
  /// alone do not tell things from a background.
  bool has_hue() const noexcept { return has_hue_; }
  Lab reference() const noexcept { return reference_; }

 private:
  Lab reference_;
  std::array<LabRegion, 6> regions_{};
  bool has_hue_ = true;
  LabRegion tone_{0, 360, 0, 200, 0, 100};  ///< what the tone leaves of the regions
};

/// True if two ranges can be told apart in an image: neither covers the other's reference colour.
[[nodiscard]] bool distinguishable(const ColourRange& one, const ColourRange& other) noexcept;

/// The everyday name of a colour: a basic term, the nearest one if several cover it.
[[nodiscard]] std::string_view basic_name(Lab colour) noexcept;

/// The pixels of a colour.
[[nodiscard]] Mask mask_of(const LabImage& image, const ColourRange& range);
/// The pixels that may be of a colour: those that are, and those between it and its neighbours.
[[nodiscard]] Mask possible_mask_of(const LabImage& image, const ColourRange& range);

/// The most frequent colour of the chosen pixels: the mean of the fullest cell of a histogram in CIELAB with cells of 10.
/// At least one pixel must be chosen.
[[nodiscard]] Lab main_colour(const LabImage& image, const Mask& chosen);

}  // namespace pentimento::offline::measuring
