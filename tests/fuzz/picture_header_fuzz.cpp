// Bytes are an image of a known type and an accepted size, or an error. The bytes do not change.

#include <pentimento/image.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

using namespace pentimento;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto given = std::as_bytes(std::span{data, size});
  const Result<Image> image = Image::from_bytes({given.begin(), given.end()});
  if (!image) {
    check(image.error().code() == errc::unreadable_image);
    return 0;
  }
  check(image->size().width() > 0 && image->size().height() > 0);
  check(image->has_bytes() && image->byte_count() == size);
  check(std::ranges::equal(image->bytes(), given));
  const auto begins_with = [&](const char* magic, std::size_t length) {
    return size >= length && std::memcmp(data, magic, length) == 0;
  };
  switch (image->media_type()) {
    case MediaType::png: check(begins_with("\x89PNG\r\n\x1A\n", 8)); break;
    case MediaType::jpeg: check(begins_with("\xFF\xD8", 2)); break;
    case MediaType::webp: check(begins_with("RIFF", 4) && size >= 12 && std::memcmp(data + 8, "WEBP", 4) == 0); break;
    case MediaType::gif: check(begins_with("GIF8", 4)); break;
  }
  // The header alone decides.
  std::vector<std::byte> more{given.begin(), given.end()};
  more.push_back(std::byte{0});
  const Result<Image> longer = Image::from_bytes(more);
  check(longer.has_value() && longer->size() == image->size() && longer->media_type() == image->media_type());
  return 0;
}
