// Things apart from what lies behind them: the foreground mask, its connected components, and how many things there are.
#pragma once

#include "offline/measure/colour.hpp"
#include "offline/measure/find_background.hpp"
#include "offline/measure/mask.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pentimento::offline::measuring {

/// A rectangle in fractions of the image, [0, 1], so that it means the same at every size.
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
  double width() const noexcept { return right - left; }
  double height() const noexcept { return bottom - top; }
};

/// A connected shape of the foreground.
struct Component {
  Mask shape;            ///< its pixels, in a mask of the whole image
  std::size_t size = 0;  ///< pixels
  std::size_t area = 0;  ///< pixels with its holes
  Box box;
  double x = 0, y = 0;   ///< centroid in fractions of the image
  bool cut_off = false;  ///< touches the border of the image
  int cores = 1;         ///< thick parts joined by thinner ones: more than one may be several things that touch
};

/// An image with what stands out from its background.
struct Segmentation {
  LabImage
      image;  ///< the image that was segmented: shrunk to about 512 pixels, see `Pixels::fitted_area`, without its rim
  double scale = 1;  ///< the side of one of its pixels, in pixels of the original
  Background background;
  Rim rim;           ///< what was cut away first, in pixels of the small image before the cut
  Rim doubtful_rim;  ///< was not cut away: a border, or the background of a box that is printed all over
  Mask foreground;   ///< without shadows
  Mask behind;       ///< the background with the soft shadows on it
  double share = 0;  ///< of the image that is foreground, [0, 1]
  /// The share of the edges that lie within what passes for background, [0, 1]. A high one means things of its colour.
  double hidden = 0;
  bool legible = false;  ///< the foreground can be relied on
  std::string why_not;   ///< if it cannot: a clause such as "the background is too busy"
};

/**
 * Tells what stands out from the background. Deterministic.
 *
 * The background is each pixel that is near the modelled colour of one of its surfaces, and what is connected with the border
 * by slow changes of colour (soft shadows, vignettes). Flat darker copies of the background (hard shadows) are left out as
 * long as a thing remains. Lines of up to two pixels, such as the edge of a table, are dropped.
 */
[[nodiscard]] Segmentation segment(const Pixels& pixels);

/// How many things of a kind there are, as far as pixels can tell.
struct ThingCount {
  int low = 0;   ///< separate shapes
  int high = 0;  ///< if each thick part of a shape is a thing of its own
  std::vector<Component> things;
  bool reliable = false;
  std::string why_not;    ///< if not reliable: a clause
  std::string why_range;  ///< if `high` is above `low`: a clause
};

/// Counts all that stands out. Shapes under 0.15 % of the image are specks. One under 7 % of the largest is a thing if it is
/// compact and differs strongly from the background; otherwise it may be one, or a rest of a shadow.
[[nodiscard]] ThingCount count_things(const Segmentation& segmentation);
/// Counts the things of a colour. Each shape of the foreground with at least a quarter of the colour is one thing; if the
/// foreground is not legible, each connected patch of the colour is. If it matters which shades between the colour and its
/// neighbours count, the result is a range.
[[nodiscard]] ThingCount count_things(const Segmentation& segmentation, const ColourRange& colour);

/// The box around all things; nothing if there are none.
[[nodiscard]] std::optional<Box> box_around(const std::vector<Component>& things);

}  // namespace pentimento::offline::measuring
