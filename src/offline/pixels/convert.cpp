#include "offline/pixels/pixels.hpp"
#include <pentimento/offline/convert.hpp>

namespace pentimento::offline {

Result<Image> convert(const Image& image, MediaType type) {
  if (image.media_type() == type) return image;
  const Result<Pixels> pixels = decode(image);
  if (!pixels) return pixels.error();
  return encode(*pixels, type);
}

}  // namespace pentimento::offline
