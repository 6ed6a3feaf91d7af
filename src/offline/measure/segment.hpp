//
// Things apart from what lies behind them: the foreground mask, its connected components, and how many things there are.
#pragma once

#include "offline/measure/background.hpp"
#include "offline/measure/colour.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pentimento::offline::measuring {

/// A rectangle in fractions of the picture, [0, 1], so that it means the same at every size.
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
  double width() const noexcept { return right - left; }
  double height() const noexcept { return bottom - top; }
};

/// One byte a pixel, 0 or 1; as large as the picture that it belongs to.
using Mask = std::vector<unsigned char>;

/// A connected part of a mask (8 neighbours), its holes filled.
struct Component {
  std::vector<std::size_t> places;  ///< its pixels without the holes, ascending
  std::size_t area = 0;             ///< pixels with the holes
  Box box;
  double x = 0, y = 0;   ///< centroid in fractions of the picture
  bool cut_off = false;  ///< touches the border of the picture
  int cores = 1;         ///< thick parts joined by thinner ones: more than one may be several things that touch
};

/// The components of a mask with at least `least` pixels, largest first. `width` by `height` is the size of the mask.
[[nodiscard]] std::vector<Component> components_of(const Mask& mask, int width, int height, std::size_t least);

/// `mask` with what is thinner than `2 * radius + 1` pixels taken away.
[[nodiscard]] Mask opened(const Mask& mask, int width, int height, int radius);
/// `mask` with gaps thinner than `2 * radius + 1` pixels filled.
[[nodiscard]] Mask closed(const Mask& mask, int width, int height, int radius);

/// A picture with what stands out from its background.
struct Segmentation {
  LabPixels pixels;  ///< the picture that was segmented: at most 512 pixels on its longest side, without its rim
  Background background;
  Rim rim;           ///< what was cut away first, in pixels of the small picture before the cut
  Mask foreground;   ///< shadows left out
  Mask behind;       ///< background, soft shadows on it included
  double share = 0;  ///< of the picture that is foreground, [0, 1]
  double hidden =
      0;  ///< of the edges, the share within what passes for background, [0, 1]: much means things of its colour
  bool legible = false;  ///< whether the foreground can be relied on
  std::string why_not;   ///< if it cannot: a clause such as "the background is too busy"
};

/**
 * Tells what stands out from the background.
 *
 * The background is each pixel that is near the modelled colour of one of its surfaces, and what can be reached from the
 * border in small steps of colour (soft shadows, vignettes). Flat darker copies of the background (hard shadows) are left
 * out as long as a thing remains. Lines of up to two pixels, such as the edge of a table, are dropped. Deterministic.
 */
[[nodiscard]] Segmentation segment(const Pixels& picture);

/// How many things of a kind there are, as far as pixels can tell.
struct ThingCount {
  int low = 0;   ///< separate shapes
  int high = 0;  ///< if each thick part of a shape is a thing of its own
  std::vector<Component> things;
  bool reliable = false;
  std::string why_not;  ///< if not reliable: a clause
};

/// Counts all that stands out; shapes under 7 % of the largest and under 0.15 % of the picture are specks.
[[nodiscard]] ThingCount count_things(const Segmentation& segmentation);
/// Counts the things of a colour. Shapes of the foreground with at least a quarter of the colour are one thing each; where
/// the foreground is not legible, connected patches of the colour are.
[[nodiscard]] ThingCount count_things(const Segmentation& segmentation, const ColourRange& colour);

/// Where the foreground lies: the box around all of its things; nothing if there are none.
[[nodiscard]] std::optional<Box> box_around(const std::vector<Component>& things);

}  // namespace pentimento::offline::measuring
