// The container of an image is read within its bytes; what is kept of it is read the same again, without metadata.

#include "detail/image_container.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

using namespace pentimento;
using detail::ImageContainer;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto given = std::as_bytes(std::span{data, size});
  const Result<Image> image = Image::from_bytes({given.begin(), given.end()});
  if (!image) return 0;
  const Result<ImageContainer> container = ImageContainer::read(*image);
  if (!container) {
    check(container.error().code() == errc::unreadable_image || container.error().code() == errc::too_large);
    return 0;
  }
  check(container->orientation() >= 1 && container->orientation() <= 8);
  for (const bool keeps_orientation : {false, true}) {
    std::vector<std::byte> bytes = container->bare(keeps_orientation);
    constexpr std::size_t longest_exif = 42;
    check(bytes.size() <= size + longest_exif);
    const Result<Image> bare = Image::from_bytes(bytes);
    check(bare.has_value() && bare->size() == image->size() && bare->media_type() == image->media_type());
    const Result<ImageContainer> again = ImageContainer::read(*bare);
    check(again.has_value() && !again->has_metadata());
    check(again->is_animated() == (container->is_animated() && container->stays_animated()));
    check(again->bare(keeps_orientation) == bytes);
  }
  return 0;
}
