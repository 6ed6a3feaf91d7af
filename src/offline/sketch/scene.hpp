//
// What a picture shows, in numbers: between the words and the SVG. Private to sketch_*.cpp.
#pragma once

#include "offline/language/language.hpp"
#include "offline/sketch/binding.hpp"
#include "offline/sketch/drawings.hpp"
#include "offline/sketch/noise.hpp"
#include "offline/sketch/pen.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline::sketch {

/// One thing in the picture; its box in pixels.
struct Item {
  const Drawing* drawing = nullptr;
  Look look;
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
  double tilt = 0;  ///< degrees
  bool mirrored = false;
  bool shadow = false;
  std::size_t subject = 0;
};

enum class Ground { plain, uneven, textured, gradient, park, beach, night, studio, sky, room };

struct BackdropPlan {
  Ground ground = Ground::studio;
  Rgb colour{240, 240, 240};
  Rgb second{220, 220, 220};
  double strength = 0;        ///< of the unevenness or the texture, 0 to 1
  bool keep_neutral = false;  ///< a colour that was asked for and bound is not tinted by the light
  bool trees = true;
  bool clouds = true;
  bool small_stars = true;
};

struct Scene {
  int width = 0;
  int height = 0;
  Grade light;
  BackdropPlan backdrop;
  double shadow = 0.16;     ///< opacity under a thing
  std::vector<Item> items;  ///< in painting order
  std::uint64_t seed = 0;
};

/// A rectangle in pixels.
struct Box {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
};

/// What the prompt makes of the canvas, a function of its arguments. Where as many things are to be drawn as there are `places`,
/// they are put there instead of where the seed would.
[[nodiscard]] Scene compose(const Description& description, const Bindings& bindings, std::string_view prompt,
                            std::uint64_t seed, int width, int height, const std::vector<Box>& places = {});

/// The colour grade of a light.
[[nodiscard]] Grade grade_of(const Description& description, const Bindings& bindings, const Noise& noise);

/// The scene as SVG.
[[nodiscard]] std::string to_svg(const Scene& scene);
/// Its backdrop alone.
[[nodiscard]] std::string backdrop_svg(const Scene& scene);

/// Paints the backdrop.
void paint_backdrop(Pen& pen, const Scene& scene);

}  // namespace pentimento::offline::sketch
