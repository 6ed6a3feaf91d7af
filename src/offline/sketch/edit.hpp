//
// Image to image: what a base picture shows, and how it is retouched. Private to sketch_*.cpp.
#pragma once

#include "offline/pixels/pixels.hpp"
#include "offline/sketch/scene.hpp"

#include <optional>
#include <vector>

namespace pentimento::offline::sketch {

/// Cut to the shape of width by height about its middle, and scaled to it.
[[nodiscard]] Pixels covering(const Pixels& picture, int width, int height);

/// The even colour behind the things of a picture, judged by its border; nothing if the border is of many colours.
[[nodiscard]] std::optional<Rgb> even_backdrop(const Pixels& picture);

/// The boxes of what stands out from `backdrop`, by rows from the top and then from the left; specks are left out.
[[nodiscard]] std::vector<Box> places_of(const Pixels& picture, Rgb backdrop);

/// The things of `base` before `backdrop`, which replaces its own even one by `share` (0 to 1).
[[nodiscard]] Pixels before_backdrop(const Pixels& base, Rgb old, const Pixels& backdrop, double share);

/// Levels the exposure and gives the cast of a light, by `share` (0 to 1). No light: unchanged.
[[nodiscard]] Pixels relit(const Pixels& picture, std::optional<Light> light, double share);

/// `changed` where `mask` is white, `base` where it is black. All of one size.
[[nodiscard]] Pixels masked(const Pixels& base, const Pixels& changed, const Pixels& mask);

}  // namespace pentimento::offline::sketch
