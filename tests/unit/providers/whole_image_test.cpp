#include "providers/whole_image.hpp"

#include "support/images.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

using namespace pentimento;
using namespace pentimento::test;

namespace {

/// A JPEG of 16 by 16 pixels: its header contains another JPEG, its data a stuffed byte and a restart marker.
Bytes jpeg_bytes() {
  Bytes bytes;
  test::put(bytes, {0xFF, 0xD8, 0xFF, 0xE1, 0, 8, 'E', 'x', 0xFF, 0xD8, 0xFF, 0xD9});
  test::put(bytes, {0xFF, 0xC0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0});
  test::put(bytes, {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56});
  return test::put(bytes, {0xFF, 0xD9});
}

Bytes webp_bytes() {
  Bytes bytes;
  bytes << "RIFF";
  test::put(bytes, {22, 0, 0, 0});
  bytes << "WEBPVP8X";
  return test::put(bytes, {10, 0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 63, 0, 0});
}

Bytes gif_bytes() {
  Bytes bytes;
  bytes << "GIF89a";
  return test::put(bytes, {16, 0, 16, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 16, 0, 16, 0, 0, 2, 1, 0x44, 0, 0x3B});
}

/// Returns what is wrong with an image, or an empty text.
std::string invalid(const Bytes& bytes) { return validate_received(Image{bytes}).value_or(""); }

/// Returns the first bytes.
Bytes beginning(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<long>(size)};
}

}  // namespace

TEST_SUITE("Received image") {
  TEST_CASE("incomplete images") {
    const struct {
      std::string_view type;
      Bytes whole;
      std::size_t header;  // the size of the header, without which it is no image
    } pictures[] = {{"image/png", test::png_bytes(64, 64), 33},
                    {"image/jpeg", jpeg_bytes(), 25},
                    {"image/webp", webp_bytes(), 30},
                    {"image/gif", gif_bytes(), 13}};
    for (const auto& [type, whole, header] : pictures) {
      CAPTURE(type);
      CHECK(invalid(whole) == "");
      for (std::size_t size = header; size < whole.size(); ++size)
        CHECK_MESSAGE(invalid(beginning(whole, size)).find("incomplete") != std::string::npos, size);
    }
  }

  TEST_CASE("bytes after the end") {
    for (Bytes bytes : {test::png_bytes(64, 64), jpeg_bytes(), webp_bytes()}) {
      bytes << "<html>and more</html>";
      CHECK(invalid(bytes) == "");
    }
    Bytes filled = gif_bytes();
    CHECK(invalid(test::put(filled, {0, 0, 0})) == "");
  }

  TEST_CASE("chunk longer than the image") {
    Bytes bytes = beginning(test::png_bytes(64, 64), 33);
    test::big32(bytes, 0xFFFFFFF0);
    bytes << "IDAT0123IEND0123";
    CHECK(invalid(bytes).find("incomplete") != std::string::npos);
  }

  TEST_CASE("pixel limit") {
    CHECK(invalid(test::png_bytes(8192, 8192)) == "");
    CHECK(invalid(test::png_bytes(8192, 8193)).find("too large") != std::string::npos);
  }
}
