//
// Image to image: the things of an init image before another backdrop, in another light. Private to this folder.
#pragma once

#include "offline/language/language.hpp"
#include "offline/pixels/pixels.hpp"

#include <optional>

namespace pentimento::offline::sketch {

/// Cut to the shape of width by height about its middle, and scaled to it.
[[nodiscard]] Pixels covering(const Pixels& image, int width, int height);

/// The colour of the border, if it is even.
[[nodiscard]] std::optional<Rgb> even_backdrop(const Pixels& image);

/// What stands out from the even backdrop `old`, before `backdrop`.
[[nodiscard]] Pixels before_backdrop(const Pixels& image, Rgb old, const Pixels& backdrop);

/// The exposure and the colour cast of a light.
[[nodiscard]] Pixels relit(const Pixels& image, Light light);

/// `changed` where `mask` is white, `image` where it is black. All of one size.
[[nodiscard]] Pixels masked(const Pixels& image, const Pixels& changed, const Pixels& mask);

}  // namespace pentimento::offline::sketch
