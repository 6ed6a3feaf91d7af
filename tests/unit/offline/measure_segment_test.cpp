#include "offline/measure/segment.hpp"

#include "measure_pictures.hpp"

#include <doctest/doctest.h>
#include <vips/vips8>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace pentimento::offline;
using namespace pentimento::offline::measuring;
using namespace pictures;

namespace {

void three_mugs(Pixels& picture, double gap = 150, Rgb colour = pictures::red) {
  for (int i = 0; i < 3; ++i) mug(picture, picture.width() / 2.0 + (i - 1) * gap, picture.height() * 0.72, 110, colour);
}

/// Counts all and counts red, which must both come to `wanted` without a doubt.
void check_count(const Pixels& picture, int wanted) {
  const Segmentation seen = segment(picture);
  CAPTURE(seen.why_not);
  const ThingCount all = count_things(seen);
  REQUIRE(all.reliable);
  CHECK(all.low == wanted);
  CHECK(all.high == wanted);
  const ThingCount coloured = count_things(seen, ColourRange{"red", {255, 0, 0}});
  REQUIRE(coloured.reliable);
  CHECK(coloured.low == wanted);
  CHECK(coloured.high == wanted);
}

Pixels through_jpeg(const Pixels& picture, int quality) {
  vips::VImage image =
      vips::VImage::new_from_memory(const_cast<std::uint8_t*>(picture.bytes().data()), picture.bytes().size(),
                                    picture.width(), picture.height(), 3, VIPS_FORMAT_UCHAR)
          .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
  VipsBlob* blob = image.jpegsave_buffer(vips::VImage::option()->set("Q", quality));
  std::size_t length = 0;
  const auto* first = static_cast<const std::byte*>(vips_blob_get(blob, &length));
  const std::vector<std::byte> jpeg(first, first + length);
  vips_area_unref(VIPS_AREA(blob));
  return decode(jpeg).value();
}

}  // namespace

TEST_CASE("three mugs are three, whatever they stand before") {
  Pixels picture{640, 480};
  SUBCASE("white") {}
  SUBCASE("light grey") { picture = Pixels{640, 480, Rgb{217, 214, 207}}; }
  SUBCASE("nearly black") { picture = Pixels{640, 480, Rgb{30, 30, 34}}; }
  SUBCASE("soft shadows") {
    for (int i = 0; i < 3; ++i) soft_shadow(picture, 320 + (i - 1) * 150, 345, 80, 18);
  }
  SUBCASE("hard shadows that run together") {
    for (int i = 0; i < 3; ++i) paint(picture, black, ellipse(320 + (i - 1) * 150, 345, 85, 14), 0.2);
  }
  SUBCASE("a table before a wall") {
    picture = Pixels{640, 480, Rgb{200, 210, 225}};
    paint(picture, {150, 110, 70}, rectangle(0, 290, 640, 480));
  }
  SUBCASE("a gradient") { gradient(picture, {240, 245, 255}, {120, 140, 190}); }
  SUBCASE("a gradient and a table with shadows on it") {
    gradient(picture, {240, 245, 255}, {170, 190, 220});
    paint(picture, {150, 110, 70}, rectangle(0, 290, 640, 480));
    for (int i = 0; i < 3; ++i) soft_shadow(picture, 320 + (i - 1) * 150, 345, 80, 18);
  }
  three_mugs(picture);
  check_count(picture, 3);
  SUBCASE("...with grain") {
    grain(picture, 12);
    check_count(picture, 3);
  }
  SUBCASE("...badly compressed") { check_count(through_jpeg(picture, 30), 3); }
  SUBCASE("...in a frame") {
    paint(picture, {20, 60, 30}, [](double x, double y) { return x < 20 || y < 20 || x > 620 || y > 460; });
    CHECK(segment(picture).rim.found);
    check_count(picture, 3);
  }
}

TEST_CASE("other numbers") {
  for (const int number : {0, 1, 2, 4, 7, 12}) {
    CAPTURE(number);
    Pixels picture{640, 480};
    for (int i = 0; i < number; ++i) mug(picture, 80 + i % 4 * 150, 130 + i / 4 * 140, 80, pictures::red);
    check_count(picture, number);
  }
}

TEST_CASE("things of different sizes are all counted, specks are not") {
  Pixels picture{640, 480};
  mug(picture, 130, 400, 260, pictures::red);
  mug(picture, 390, 400, 120, pictures::red);
  mug(picture, 560, 400, 90, pictures::red);
  for (int i = 0; i < 5; ++i) paint(picture, pictures::red, ellipse(60 + i * 110, 40, 4, 4));
  check_count(picture, 3);
}

TEST_CASE("colours tell things apart") {
  Pixels picture{640, 480};
  mug(picture, 160, 340, 110, pictures::red);
  mug(picture, 320, 340, 110, blue);
  mug(picture, 480, 340, 110, pictures::red);
  const Segmentation seen = segment(picture);
  CHECK(count_things(seen).low == 3);
  CHECK(count_things(seen, ColourRange{"red", {255, 0, 0}}).low == 2);
  CHECK(count_things(seen, ColourRange{"blue", {0, 0, 255}}).low == 1);
  CHECK(count_things(seen, ColourRange{"green", {0, 128, 0}}).low == 0);
}

TEST_CASE("things that touch are not counted with certainty") {
  Pixels picture{640, 480};
  three_mugs(picture, 105);
  const ThingCount count = count_things(segment(picture));
  CHECK(count.low <= 3);
  CHECK(count.high >= 3);
  CHECK(count.low < count.high);
}

TEST_CASE("a pair that touches is two where a third shows how large one is") {
  Pixels picture{640, 480};
  mug(picture, 150, 340, 110, pictures::red);
  mug(picture, 330, 340, 110, pictures::red);
  mug(picture, 435, 340, 110, pictures::red);
  check_count(picture, 3);
}

TEST_CASE("white things on white and grey ones") {
  Pixels pale{640, 480};
  three_mugs(pale, 150, {235, 235, 235});
  const Segmentation seen = segment(pale);
  const ThingCount count = count_things(seen);
  CHECK(count.low == 3);
  CHECK(seen.share > 0.09);  // whole mugs, not their openings only

  Pixels grey{640, 480};
  three_mugs(grey, 150, {150, 150, 150});  // as dark as a shadow, but a thing
  CHECK(count_things(segment(grey)).low == 3);
}

TEST_CASE("a busy background makes the foreground illegible, not wrong") {
  Pixels picture{640, 480, Rgb{120, 150, 90}};
  grain(picture, 90);
  three_mugs(picture);
  const Segmentation seen = segment(picture);
  CHECK_FALSE(seen.legible);
  CHECK_FALSE(seen.why_not.empty());
  CHECK_FALSE(count_things(seen).reliable);
  // A strong colour is still found.
  const ThingCount coloured = count_things(seen, ColourRange{"red", {255, 0, 0}});
  CHECK(coloured.reliable);
  CHECK(coloured.low == 3);
  CHECK_FALSE(count_things(seen, ColourRange{"white", {255, 255, 255}}).reliable);
}

TEST_CASE("photographs") {
  // 24 coins in four rows of six, lit from the top left, one of them darker than the lit felt.
  const ThingCount coins = count_things(segment(photograph("coins.png")));
  REQUIRE(coins.reliable);
  CHECK(coins.low == 24);
  CHECK(coins.high == 24);

  const Segmentation horse = segment(photograph("horse.png"));
  CHECK(count_things(horse).low == 1);
  CHECK(count_things(horse).high == 1);
  const Box box = box_around(count_things(horse).things).value();
  CHECK(box.left == doctest::Approx(0.045).epsilon(0.1));  // 18 of 400 pixels
  CHECK(box.right == doctest::Approx(0.975).epsilon(0.02));

  // The grain of the table and a cat that fills the frame leave nothing to tell apart.
  CHECK_FALSE(segment(photograph("coffee.png")).legible);
  CHECK_FALSE(segment(photograph("chelsea.png")).legible);
  // One cup on its saucer, as one patch of red.
  CHECK(count_things(segment(photograph("coffee.png")), ColourRange{"red", {255, 0, 0}}).low == 1);
}

TEST_CASE("pictures too small to see anything in") {
  for (const int side : {1, 2, 5, 15}) {
    const Segmentation seen = segment(Pixels{side, side, pictures::red});
    CHECK_FALSE(seen.legible);
    CHECK_FALSE(count_things(seen).reliable);
  }
  CHECK_FALSE(segment(Pixels{}).legible);
  CHECK_FALSE(count_things(segment(Pixels{}), ColourRange{"red", {255, 0, 0}}).reliable);
  CHECK_FALSE(segment(Pixels{3000, 2}).legible);
}

TEST_CASE("masks can be opened, closed and taken apart") {
  Mask mask(20 * 20);
  for (std::size_t y = 5; y < 15; ++y) {
    for (std::size_t x = 5; x < 15; ++x) mask[y * 20 + x] = 1;
  }
  mask[10 * 20 + 10] = 0;                                    // a hole
  for (std::size_t x = 0; x < 5; ++x) mask[2 * 20 + x] = 1;  // a line
  const Mask without_line = opened(mask, 20, 20, 1);
  CHECK(without_line[2 * 20 + 2] == 0);
  CHECK(closed(mask, 20, 20, 1)[10 * 20 + 10] == 1);
  const auto parts = components_of(mask, 20, 20, 1);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].area == 100);  // its hole filled
  CHECK(parts[0].places.size() == 99);
  CHECK(parts[0].x == doctest::Approx(0.5).epsilon(0.001));
  CHECK(parts[1].area == 5);
  CHECK(parts[1].cut_off);
  CHECK_FALSE(parts[0].cut_off);
}
