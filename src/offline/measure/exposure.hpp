// Light, contrast, saturation and sharpness of a whole image.
#pragma once

#include "offline/measure/colour.hpp"
#include "offline/pixels/pixels.hpp"

namespace pentimento::offline::measuring {

/// How light is spread over an image. Lightness is CIELAB L*, from 0 (black) to 100 (white).
struct Exposure {
  double lightness = 0;       ///< mean L*
  double dark_share = 0;      ///< of pixels with L* under 4: no detail left in the shadows, [0, 1]
  double highlights = 0;      ///< 95th percentile of L*
  double range = 0;           ///< contrast: 95th percentile of L* minus the 5th, [0, 100]
  double saturation = 0;      ///< mean chroma of the coloured pixels; photographs have 15 to 40
  double coloured_share = 0;  ///< of pixels that are not nearly grey or black (chroma over 6, L* over 8), [0, 1]
  double warmth = 0;          ///< mean b*: positive is yellowish, negative bluish
};

[[nodiscard]] Exposure measure_exposure(const LabImage& image);

/// What `measure_sharpness` finds.
struct Sharpness {
  double edges = 0;          ///< variance of the Laplacian in the sharpest parts
  double lasting_share = 1;  ///< of it, what a median over 3 by 3 pixels leaves
  /// True if noise makes the figure: a median leaves 0.06 to 0.08 of noise alone, and 0.2 to 1 of photographs.
  bool may_be_noise() const noexcept { return lasting_share < 0.1; }
};

/**
 * How sharp the sharpest parts of an image are: the variance of the Laplacian, 4 neighbours, on luma from 0 to 255, averaged
 * down to 1,024 pixels (see `Pixels::fitted_area`). At least 0; an image under 32 pixels has 0.
 *
 * Taken in tiles of 16 by 16: the result is the mean over the tenth of the tiles where it is highest, because a plain
 * background, or one that is out of focus on purpose, must not count against the thing that is in focus.
 *
 * **Source**: Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000.
 */
[[nodiscard]] Sharpness measure_sharpness(const Pixels& pixels);

/// From `sharp_from` on an image counts as sharp, under `blurred_below` as blurred; between them people disagree. Photographs
/// of 450 to 740 pixels have 400 to 8,600; after a Gaussian blur of 0.7 pixels, hardly seen, 230 to 890; after one of 1.5,
/// which anyone sees, 24 to 104, with black print on white at 214.
inline constexpr double sharp_from = 200.0;
inline constexpr double blurred_below = 110.0;

}  // namespace pentimento::offline::measuring
