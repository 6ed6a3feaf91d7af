#include "offline/pixels/pixels.hpp"
#include <pentimento/offline/scale_down.hpp>

#include <doctest/doctest.h>
#include <vips/vips8>

#include <cstdlib>
#include <string>
#include <vector>

using namespace pentimento;
using namespace pentimento::offline;

namespace {

Image as_png(const Pixels& pixels) { return encode_png(pixels).value(); }

Image encoded(VipsBlob* blob) {
  std::size_t length = 0;
  const auto* first = static_cast<const std::byte*>(vips_blob_get(blob, &length));
  std::vector<std::byte> bytes(first, first + length);
  vips_area_unref(VIPS_AREA(blob));
  return Image{std::move(bytes)};
}

vips::VImage plain(int width, int height, const std::vector<double>& colour) {
  REQUIRE(start_vips());
  return vips::VImage::black(width, height)
      .new_from_image(colour)
      .cast(VIPS_FORMAT_UCHAR)
      .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
}

Pixels scaled(const Image& image, std::uint32_t side) {
  const Result<Image> small = scale_down(image, side);
  REQUIRE_MESSAGE(small.has_value(), small.error().message());
  CHECK(small->media_type() == MediaType::png);
  return decode(*small).value();
}

errc code_of(const Result<Image>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code();
}

}  // namespace

TEST_CASE("a large picture becomes a small one of the same shape") {
  const Pixels small = scaled(as_png(Pixels{900, 300, Rgb{10, 200, 30}}), 90);
  CHECK(small.width() == 90);
  CHECK(small.height() == 30);
  CHECK(small.at(45, 15) == Rgb{10, 200, 30});
  const Pixels tall = scaled(as_png(Pixels{7, 700, Rgb{1, 2, 3}}), 100);
  CHECK(tall.width() == 1);
  CHECK(tall.height() == 100);
  const Pixels line = scaled(as_png(Pixels{2000, 1, Rgb{1, 2, 3}}), 16);
  CHECK(line.width() == 16);
  CHECK(line.height() == 1);
}

TEST_CASE("a picture that is small enough keeps its pixels") {
  Pixels pixels{40, 30, Rgb{255, 255, 255}};
  pixels.set(3, 4, Rgb{1, 2, 3});
  CHECK(scaled(as_png(pixels), 40) == pixels);
  CHECK(scaled(as_png(pixels), 4000) == pixels);
}

TEST_CASE("each new pixel is the mean of the values that it covers") {
  Pixels board{64, 64};
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) board.set(x, y, (x + y) % 2 == 0 ? Rgb{0, 0, 0} : Rgb{255, 255, 255});
  }
  const Pixels grey = scaled(as_png(board), 16);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) CHECK(std::abs(grey.at(x, y).red - 128) <= 1);
  }
}

TEST_CASE("a picture that is hidden in every eighth pixel does not come out") {
  Pixels trap{512, 512, Rgb{255, 255, 255}};
  for (int y = 0; y < 512; y += 8) {
    for (int x = 0; x < 512; x += 8) trap.set(x, y, Rgb{0, 0, 0});
  }
  const Pixels small = scaled(as_png(trap), 64);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) CHECK(small.at(x, y).red >= 250);
  }
}

TEST_CASE("JPEG, WebP and GIF become PNG, also without scaling") {
  const vips::VImage picture = plain(64, 32, {200, 20, 30});
  const Image webp = encoded(picture.webpsave_buffer(vips::VImage::option()->set("lossless", true)));
  CHECK(webp.media_type() == MediaType::webp);
  CHECK(scaled(webp, 64).at(5, 5) == Rgb{200, 20, 30});
  const Pixels from_jpeg = scaled(encoded(picture.jpegsave_buffer()), 32);
  CHECK(from_jpeg.width() == 32);
  CHECK(std::abs(from_jpeg.at(5, 5).red - 200) <= 6);
}

TEST_CASE("transparency is flattened on white") {
  const Image glass = encoded(plain(32, 32, {0, 0, 0}).bandjoin(0.0).pngsave_buffer());
  CHECK(scaled(glass, 16).at(8, 8) == Rgb{255, 255, 255});
}

TEST_CASE("the same picture gives the same bytes") {
  const Image image = as_png(Pixels{300, 200, Rgb{9, 8, 7}});
  CHECK(scale_down(image, 100).value() == scale_down(image, 100).value());
}

TEST_CASE("what cannot be scaled is an error") {
  const Image image = as_png(Pixels{30, 20, Rgb{9, 8, 7}});
  CHECK(code_of(scale_down(image, 0)) == errc::invalid_argument);
  CHECK(code_of(scale_down(image, 16'385)) == errc::invalid_argument);
  CHECK(code_of(scale_down(Image::recorded(MediaType::png, {30, 20}, 100, std::string(64, '0')), 10)) ==
        errc::invalid_argument);
  std::vector<std::byte> half(image.bytes().begin(), image.bytes().begin() + 40);
  CHECK(code_of(scale_down(Image{std::move(half)}, 10)) == errc::unreadable_image);
}
