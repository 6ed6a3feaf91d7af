//
// Where things go. Private to sketch_*.cpp.
#pragma once

#include "offline/sketch/scene.hpp"

#include <cstdint>
#include <vector>

namespace pentimento::offline::sketch {

/// Things that keep their places to each other, in units of a mug's height: x to the right, y upwards from the ground.
struct Unit {
  struct Part {
    Item item;  ///< its box is set at the end
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
  };
  std::vector<Part> parts;  ///< in painting order
  double width = 0;
  double height = 0;
  bool aloft = false;
};

/// One thing by itself.
[[nodiscard]] Unit unit_of(Item item, double height);

/// Moves the parts so that the leftmost begins at 0 and the lowest stands on the ground, and measures the whole.
void settle(Unit& unit);

/// Side by side on one ground, `gap` apart.
[[nodiscard]] Unit row_of(std::vector<Unit> units, double gap);

/// `upper` stands on `lower`, whose top lies `drop` (of its height) under its upper edge. Made smaller if it is too wide.
[[nodiscard]] Unit stacked(Unit upper, Unit lower, double drop);
/// `flowers` stand in `vase`, their stalks hidden by it.
[[nodiscard]] Unit bunch(Unit flowers, Unit vase);
/// `upper` hangs over `lower` with a gap.
[[nodiscard]] Unit over(Unit upper, Unit lower);
/// `front` hides a part of `back`, which looks out on the right if `right`.
[[nodiscard]] Unit before(Unit front, Unit back, bool right);

/// How the units share the canvas.
struct Arrangement {
  bool one_row = false;         ///< their order from left to right means something
  std::size_t most_in_row = 0;  ///< fewer rows than would let things be largest, if a row holds that many; 0: no bound
  double fill = 0.66;           ///< of the canvas, by the side that is tight
  double shift = 0;             ///< -1 to 1, of the free width
  double ground = -1;           ///< share of the height where things stand at least; negative: the whole is centred
};

/// Sets the boxes of all items.
[[nodiscard]] std::vector<Item> arranged(std::vector<Unit> units, const Arrangement& how, const Noise& noise, int width,
                                         int height);

}  // namespace pentimento::offline::sketch
