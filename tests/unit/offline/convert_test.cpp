#include "offline/pixels/pixels.hpp"
#include <pentimento/offline/convert.hpp>

#include <doctest/doctest.h>

#include <cstdlib>

using namespace pentimento;
using namespace pentimento::offline;

namespace {

/// Left half red, right half blue.
Image two_halves() {
  Pixels pixels{32, 16, {255, 0, 0}};
  for (int y = 0; y < 16; ++y) {
    for (int x = 16; x < 32; ++x) pixels.set(x, y, {0, 0, 255});
  }
  return encode_png(pixels).value();
}

bool near(Rgb a, Rgb b) {
  const auto close = [](int one, int other) { return std::abs(one - other) <= 12; };
  return close(a.red, b.red) && close(a.green, b.green) && close(a.blue, b.blue);
}

}  // namespace

TEST_CASE("a picture keeps its size and colours in another format") {
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

TEST_CASE("a picture that has the format already is given back as it is") {
  const Image picture = two_halves();
  CHECK(convert(picture, MediaType::png).value() == picture);
}

TEST_CASE("GIF is read and not written") {
  const Result<Image> converted = convert(two_halves(), MediaType::gif);
  REQUIRE_FALSE(converted.has_value());
  CHECK(converted.error().code() == errc::unsupported);
}
