#pragma once

#include "offline/measure/judge.hpp"

#include <optional>
#include <string>

namespace pentimento::offline::measuring {

/// The smallest channel of a white pixel, of 255.
inline constexpr int white_from = 250;

/// True if each channel is at least `from`.
[[nodiscard]] bool is_white(Rgb colour, int from = white_from);

/// How white a background is.
struct Whiteness {
  double share = 0;  ///< of its pixels that are white
  Rgb mean;
  std::string worst;  ///< where it is darkest, in pixels of the image
};

/// Measures the whole background, or the ring along the border if the background cannot be told from things. Empty if
/// there is no background. **Parameters**: each channel of a white pixel is at least `from`.
[[nodiscard]] std::optional<Whiteness> measure_whiteness(MeasuredImage& image, int from);

/// `white over 97 %, mean #fdfdfd`.
[[nodiscard]] std::string in_words(const Whiteness& found);

}  // namespace pentimento::offline::measuring
