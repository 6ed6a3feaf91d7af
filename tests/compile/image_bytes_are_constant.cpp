// The bytes of an image are constant.
// expect: read-only location|returns a const value
#include <pentimento/image.hpp>

std::byte first(const pentimento::Image& image);
std::byte first(const pentimento::Image& image) {
#ifdef PENTIMENTO_MUST_FAIL
  image.bytes()[0] = std::byte{0};
#endif
  return image.bytes()[0];
}
