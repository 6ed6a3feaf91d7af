#include "offline/pixels/pixels.hpp"
#include <pentimento/offline/convert.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::offline;

namespace {

Image as_png(const Pixels& pixels) { return encode_png(pixels).value(); }

/// Left half red, right half blue.
Image two_halves() {
  Pixels pixels{32, 16, {255, 0, 0}};
  for (int y = 0; y < 16; ++y) {
    for (int x = 16; x < 32; ++x) pixels.set(x, y, {0, 0, 255});
  }
  return as_png(pixels);
}

bool near(Rgb a, Rgb b) {
  const auto close = [](int one, int other) { return std::abs(one - other) <= 12; };
  return close(a.red, b.red) && close(a.green, b.green) && close(a.blue, b.blue);
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

TEST_SUITE("convert") {
  TEST_CASE("keeps size and colours") {
    for (const MediaType type : {MediaType::png, MediaType::jpeg, MediaType::webp}) {
      CAPTURE(to_string(type));
      const Result<Image> converted = convert(two_halves(), type);
      REQUIRE_MESSAGE(converted.has_value(), converted.error().message());
      CHECK(converted->media_type() == type);
      CHECK(converted->size() == PixelSize{32, 16});
      const Pixels pixels = decode(*converted).value();
      CHECK(near(pixels.at(4, 8), {255, 0, 0}));
      CHECK(near(pixels.at(28, 8), {0, 0, 255}));
    }
  }

  TEST_CASE("returns an image of that format unchanged") {
    const Image image = two_halves();
    CHECK(convert(image, MediaType::png).value() == image);
  }

  TEST_CASE("does not write GIF") { CHECK(code_of(convert(two_halves(), MediaType::gif)) == errc::unsupported); }
}

TEST_SUITE("scale_down") {
  TEST_CASE("keeps the shape") {
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

  TEST_CASE("keeps the pixels of a small image") {
    Pixels pixels{40, 30, Rgb{255, 255, 255}};
    pixels.set(3, 4, Rgb{1, 2, 3});
    CHECK(scaled(as_png(pixels), 40) == pixels);
    CHECK(scaled(as_png(pixels), 4000) == pixels);
  }

  TEST_CASE("averages areas") {
    Pixels board{64, 64};
    for (int y = 0; y < 64; ++y) {
      for (int x = 0; x < 64; ++x) board.set(x, y, (x + y) % 2 == 0 ? Rgb{0, 0, 0} : Rgb{255, 255, 255});
    }
    for (const std::uint32_t side : {16u, 15u, 50u}) {  // a checkerboard is grey at any size
      CAPTURE(side);
      const Pixels grey = scaled(as_png(board), side);
      for (int y = 1; y < grey.height() - 1; ++y) {
        for (int x = 1; x < grey.width() - 1; ++x) CHECK(std::abs(grey.at(x, y).red - 128) <= (side == 16 ? 1 : 32));
      }
    }
  }

  TEST_CASE("does not reveal an image hidden in every n-th pixel") {
    for (const int step : {8, 5}) {
      CAPTURE(step);
      Pixels trap{512, 512, Rgb{255, 255, 255}};
      for (int y = 0; y < 512; y += step) {
        for (int x = 0; x < 512; x += step) trap.set(x, y, Rgb{0, 0, 0});
      }
      const Pixels small = scaled(as_png(trap), static_cast<std::uint32_t>(512 / step));
      int darkest = 255;
      for (int y = 0; y < small.height(); ++y) {
        for (int x = 0; x < small.width(); ++x) darkest = std::min<int>(darkest, small.at(x, y).red);
      }
      CHECK(darkest >= (step == 8 ? 250 : 235));
    }
  }

  TEST_CASE("makes a PNG of another format without scaling") {
    const Image webp = convert(two_halves(), MediaType::webp).value();
    CHECK(near(scaled(webp, 64).at(4, 8), {255, 0, 0}));
    CHECK(near(scaled(convert(two_halves(), MediaType::jpeg).value(), 16).at(2, 4), {255, 0, 0}));
  }

  TEST_CASE("keeps a JPEG that is small enough a JPEG") {
    const Image jpeg = convert(two_halves(), MediaType::jpeg).value();
    const std::uint32_t side = jpeg.size().longest_side();
    CHECK(scale_down(jpeg, side).value().media_type() == MediaType::jpeg);
    CHECK(scale_down(jpeg, side - 1).value().media_type() == MediaType::png);
  }

  TEST_CASE("is deterministic") {
    const Image image = as_png(Pixels{300, 200, Rgb{9, 8, 7}});
    CHECK(scale_down(image, 100).value() == scale_down(image, 100).value());
  }

  TEST_CASE("rejects a side out of range and an image without bytes") {
    const Image image = as_png(Pixels{30, 20, Rgb{9, 8, 7}});
    CHECK(code_of(scale_down(image, 0)) == errc::invalid_argument);
    CHECK(code_of(scale_down(image, 16'385)) == errc::invalid_argument);
    CHECK(code_of(scale_down(Image::recorded(MediaType::png, {30, 20}, 100, std::string(64, '0')), 10)) ==
          errc::invalid_argument);
    std::vector<std::byte> half(image.bytes().begin(), image.bytes().begin() + 40);
    CHECK(code_of(scale_down(Image{std::move(half)}, 10)) == errc::unreadable_image);
  }
}
