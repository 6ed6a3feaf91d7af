#include "offline/pixels/pixels.hpp"
#include <pentimento/offline/scale_down.hpp>

#include <string>

namespace pentimento::offline {

Result<Image> scale_down(const Image& image, std::uint32_t max_side) {
  constexpr std::uint32_t largest = 16'384;
  if (max_side < 1 || max_side > largest) {
    return Error{errc::invalid_argument,
                 "a picture can be scaled to sides of 1 to 16384 pixels, not " + std::to_string(max_side)};
  }
  const Result<Pixels> pixels = decode(image);
  if (!pixels) return pixels.error();
  return encode_png(pixels->fitted(static_cast<int>(max_side)));
}

}  // namespace pentimento::offline
