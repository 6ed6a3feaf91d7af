#include "offline/measure/exposure.hpp"

#include "offline/measure/background.hpp"
#include "measure_pictures.hpp"

#include <doctest/doctest.h>

using namespace pentimento::offline;
using namespace pentimento::offline::measuring;
using namespace pictures;

TEST_CASE("exposure of even pictures") {
  const Exposure bright = measure_exposure(LabPixels{Pixels{40, 40, white}});
  CHECK(bright.lightness == doctest::Approx(100).epsilon(0.001));
  CHECK(bright.clipped_share == doctest::Approx(1));
  CHECK(bright.range == doctest::Approx(0));
  const Exposure night = measure_exposure(LabPixels{Pixels{40, 40, black}});
  CHECK(night.lightness == doctest::Approx(0));
  CHECK(night.dark_share == doctest::Approx(1));
  CHECK(measure_exposure(LabPixels{}).lightness == 0);
}

TEST_CASE("contrast and saturation") {
  Pixels halves{40, 40, black};
  paint(halves, white, rectangle(0, 0, 40, 20));
  const Exposure strong = measure_exposure(LabPixels{halves});
  CHECK(strong.range == doctest::Approx(100).epsilon(0.001));
  CHECK(strong.rms == doctest::Approx(50).epsilon(0.001));
  CHECK(strong.saturation == 0);
  const Exposure vivid = measure_exposure(LabPixels{Pixels{8, 8, Rgb{255, 0, 0}}});
  CHECK(vivid.saturation == doctest::Approx(104.6).epsilon(0.01));
  CHECK(vivid.coloured_share == doctest::Approx(1));
  CHECK(measure_exposure(LabPixels{Pixels{8, 8, Rgb{255, 200, 90}}}).warmth > 40);
  CHECK(measure_exposure(LabPixels{Pixels{8, 8, Rgb{90, 120, 255}}}).warmth < -40);
}

TEST_CASE("photographs are sharp as they are and blurred after a blur that anyone sees") {
  for (const char* name : {"coffee.png", "coins.png", "chelsea.png"}) {
    CAPTURE(name);
    const Pixels picture = photograph(name);
    CHECK(measure_sharpness(picture) > sharp_from * 5);
    CHECK(measure_sharpness(blurred(picture, 1.5)) < blurred_below);
  }
  CHECK(measure_sharpness(Pixels{200, 200}) == 0);
  CHECK(measure_sharpness(Pixels{8, 8}) == 0);
}

TEST_CASE("a sharp thing before an empty background is sharp") {
  Pixels picture{800, 800};
  mug(picture, 400, 500, 120, pictures::red);
  CHECK(measure_sharpness(picture) > sharp_from);
  CHECK(measure_sharpness(blurred(picture, 3)) < blurred_below);
}

TEST_CASE("the background is read off the border") {
  const auto read = [](const Pixels& picture) { return read_background(LabPixels{picture}); };
  const auto plain = read(Pixels{200, 150, Rgb{217, 214, 207}});
  REQUIRE(plain.surfaces.size() == 1);
  CHECK(hex(rgb_of(plain.surfaces[0].mean)) == "#d9d6cf");
  CHECK(plain.covered == doctest::Approx(1));
  CHECK(plain.surfaces[0].gradient() < 0.5);
  CHECK(plain.legible());

  Pixels sky{200, 150};
  gradient(sky, {240, 245, 255}, {120, 140, 190});
  const auto changing = read(sky);
  REQUIRE(changing.surfaces.size() == 1);
  CHECK(changing.surfaces[0].gradient() > 30);
  CHECK(changing.surfaces[0].noise < 2);

  Pixels table{200, 150, Rgb{200, 210, 225}};
  paint(table, {150, 110, 70}, rectangle(0, 90, 200, 150));
  CHECK(read(table).surfaces.size() == 2);

  // A thing that is cut off by the border is no part of the background.
  Pixels cut{200, 150};
  paint(cut, pictures::red, rectangle(60, 90, 140, 150));
  const auto around = read(cut);
  REQUIRE(around.surfaces.size() == 1);
  CHECK(around.covered > 0.8);
  CHECK(around.covered < 0.95);

  Pixels noise{200, 150, Rgb{128, 128, 128}};
  grain(noise, 120);
  CHECK_FALSE(read(noise).legible());
  CHECK_FALSE(read(Pixels{4, 4}).legible());
}

TEST_CASE("a frame is found and a plain background is none") {
  Pixels framed{300, 200, Rgb{180, 200, 220}};
  paint(framed, {20, 20, 20}, [](double x, double y) { return x < 10 || y < 10 || x >= 290 || y >= 190; });
  const Rim rim = find_rim(LabPixels{framed});
  REQUIRE(rim.found);
  CHECK(rim.left == 10);
  CHECK(rim.top == 10);
  CHECK(hex(rim.colour) == "#141414");
  CHECK_FALSE(find_rim(LabPixels{Pixels{300, 200}}).found);
  Pixels thing{300, 200};
  paint(thing, pictures::red, rectangle(20, 20, 280, 180));  // fills the frame, but does not reach into a corner of it
  mug(thing, 150, 190, 150, blue);
  CHECK_FALSE(find_rim(LabPixels{photograph("coffee.png")}).found);
  CHECK_FALSE(find_rim(LabPixels{photograph("horse.png")}).found);
}
