#include "providers/whole_image.hpp"

#include "support/images.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

using namespace pentimento;
using namespace pentimento::test;

namespace {

/// A JPEG of 16 by 16 with a picture in its header that is whole, and data with a stuffed byte and a restart marker.
Bytes jpeg() {
  Bytes bytes;
  test::put(bytes, {0xFF, 0xD8, 0xFF, 0xE1, 0, 8, 'E', 'x', 0xFF, 0xD8, 0xFF, 0xD9});
  test::put(bytes, {0xFF, 0xC0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0});
  test::put(bytes, {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56});
  return test::put(bytes, {0xFF, 0xD9});
}

Bytes webp() {
  Bytes bytes;
  bytes << "RIFF";
  test::put(bytes, {22, 0, 0, 0});
  bytes << "WEBPVP8X";
  return test::put(bytes, {10, 0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 63, 0, 0});
}

Bytes gif() {
  Bytes bytes;
  bytes << "GIF89a";
  return test::put(bytes, {16, 0, 16, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 16, 0, 16, 0, 0, 2, 1, 0x44, 0, 0x3B});
}

std::string fault(const Bytes& bytes) { return fault_of_received(Image{bytes}).value_or(""); }

/// As many bytes of it as are kept, from the front.
Bytes beginning(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<long>(size)};
}

}  // namespace

TEST_CASE("a picture that breaks off before its end is told from one that does not") {
  const struct {
    std::string_view type;
    Bytes whole;
    std::size_t header;  // what the header takes, without which there is no picture at all
  } pictures[] = {{"image/png", test::png_bytes(64, 64), 33},
                  {"image/jpeg", jpeg(), 25},
                  {"image/webp", webp(), 30},
                  {"image/gif", gif(), 13}};
  for (const auto& [type, whole, header] : pictures) {
    CAPTURE(type);
    CHECK(fault(whole) == "");
    for (std::size_t size = header; size < whole.size(); ++size)
      CHECK_MESSAGE(
          fault(beginning(whole, size)) == "its picture (" + std::string{type} + ") breaks off before its end", size);
  }
}

TEST_CASE("what stands behind the end of a picture is no fault of it") {
  for (Bytes bytes : {test::png_bytes(64, 64), jpeg(), webp()}) {
    bytes << "<html>and more</html>";
    CHECK(fault(bytes) == "");
  }
  Bytes filled = gif();
  CHECK(fault(test::put(filled, {0, 0, 0})) == "");
}

TEST_CASE("a chunk that is longer than the picture is no way out of it") {
  Bytes bytes = beginning(test::png_bytes(64, 64), 33);
  test::big32(bytes, 0xFFFFFFF0);
  bytes << "IDAT0123IEND0123";
  CHECK(fault(bytes) == "its picture (image/png) breaks off before its end");
}

TEST_CASE("a picture may have 64 Mi pixels and not one row more") {
  CHECK(fault(test::png_bytes(8192, 8192)) == "");
  CHECK(fault(test::png_bytes(8192, 8193)) ==
        "its picture is said to be 8192x8193, and at most 67108864 pixels are taken");
}
