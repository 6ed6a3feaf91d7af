#include "measure_calls.hpp"
#include "offline/pixels/libvips.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace pentimento;
using namespace pentimento::offline;
using namespace pictures;

namespace {

constexpr std::array<const char*, 13> words{"no",    "one",   "two",  "three", "four",   "five",  "six",
                                            "seven", "eight", "nine", "ten",   "eleven", "twelve"};

void three_mugs(Pixels& picture, double gap = 150, Rgb colour = pictures::red) {
  for (int i = 0; i < 3; ++i) mug(picture, picture.width() / 2.0 + (i - 1) * gap, picture.height() * 0.72, 110, colour);
}

std::string count_of(const char* number, const char* thing, int wanted) {
  return std::string{number} + ' ' + thing + (wanted == 1 ? "" : "s");
}

/// Checks the count of all that stands out and the count of what is red: both must be `wanted`, without a doubt.
void check_count(const Image& image, int wanted) {
  const char* number = words.at(static_cast<std::size_t>(wanted));
  const std::string observed = "counted " + std::to_string(wanted);
  check(judge(Brief{count_of(number, "red mug", wanted)}, image), "count-mug", Verdict::pass, observed);
  const Brief by_colour{count_of(number, "red mug", wanted) + " and a blue bottle"};
  check(judge(by_colour, image), "count-mug", Verdict::pass, observed);
}
void check_count(const Pixels& picture, int wanted) { check_count(encode_png(picture).value(), wanted); }

Image as_jpeg(const Pixels& picture, int quality) {
  REQUIRE(start_vips());
  const Blob blob{view(picture).jpegsave_buffer(vips::VImage::option()->set("Q", quality))};
  return Image{bytes_of(blob)};
}

}  // namespace

TEST_SUITE("MeasuringCritic counts") {
  TEST_CASE("three mugs before any plain background") {
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
    SUBCASE("...badly compressed") { check_count(as_jpeg(picture, 30), 3); }
    SUBCASE("...in a frame") {
      paint(picture, {20, 60, 30}, [](double x, double y) { return x < 20 || y < 20 || x > 620 || y > 460; });
      check_count(picture, 3);
    }
  }

  TEST_CASE("other numbers") {
    for (const int number : {1, 2, 4, 7, 12}) {
      CAPTURE(number);
      Pixels picture{640, 480};
      for (int i = 0; i < number; ++i) mug(picture, 80 + i % 4 * 150, 130 + i / 4 * 140, 80, pictures::red);
      check_count(picture, number);
    }
    check(judge(Brief{"two mugs"}, Pixels{640, 480}), "count-mug", Verdict::fail, "counted 0");
  }

  TEST_CASE("things of different sizes but not specks") {
    Pixels picture{640, 480};
    mug(picture, 130, 400, 260, pictures::red);
    mug(picture, 390, 400, 120, pictures::red);
    mug(picture, 560, 400, 90, pictures::red);
    for (int i = 0; i < 5; ++i) paint(picture, pictures::red, ellipse(60 + i * 110, 40, 4, 4));
    check_count(picture, 3);
  }

  TEST_CASE("things of a colour among others") {
    Pixels picture{640, 480};
    mug(picture, 160, 340, 110, pictures::red);
    mug(picture, 320, 340, 110, pictures::blue);
    mug(picture, 480, 340, 110, pictures::red);
    check(judge(Brief{"three mugs"}, picture), "count-mug", Verdict::pass);
    check(judge(Brief{"two red mugs and a blue bottle"}, picture), "count-mug", Verdict::pass);
    check(judge(Brief{"two green mugs and a blue bottle"}, picture), "count-mug", Verdict::fail, "counted 0");
  }

  TEST_CASE("a touching pair if a third shows the size of one") {
    Pixels picture{640, 480};
    mug(picture, 150, 340, 110, pictures::red);
    mug(picture, 330, 340, 110, pictures::red);
    mug(picture, 435, 340, 110, pictures::red);
    check_count(picture, 3);
  }

  TEST_CASE("pale things before white and grey ones like shadows") {
    for (const Rgb colour : {Rgb{235, 235, 235}, Rgb{150, 150, 150}}) {
      Pixels picture{640, 480};
      three_mugs(picture, 150, colour);
      check(judge(Brief{"three mugs"}, picture), "count-mug", Verdict::pass, "counted 3");
    }
  }

  TEST_CASE("a strong colour before a busy background and nothing else") {
    Pixels picture{640, 480, Rgb{120, 150, 90}};
    grain(picture, 90);
    three_mugs(picture);
    check(judge(Brief{"three mugs"}, picture), "count-mug", Verdict::unknown);
    check(judge(Brief{"three red mugs"}, picture), "count-mug", Verdict::pass, "counted 3");
    check(judge(Brief{"three white mugs"}, picture), "count-mug", Verdict::unknown);
  }

  TEST_CASE("one thing in front of which there is a hole") {
    Pixels picture{640, 480};
    paint(picture, pictures::red, [](double x, double y) {
      const double away = std::hypot(x - 320, y - 240);
      return away < 150 && away > 70;
    });
    check_count(picture, 1);
  }

  TEST_CASE("photographs") {
    // 24 coins in four rows of six, lit from the top left, one of them darker than the lit felt.
    const Image coins{photograph_bytes("coins.png")};
    check(judge(Brief{"24 coins"}, coins), "count-coin", Verdict::pass, "counted 24", "24");
    check(judge(Brief{"20 coins"}, coins), "count-coin", Verdict::fail, "counted 24", "20");
    check(judge(Brief{"two horses"}, Image{photograph_bytes("horse.png")}), "count-horse", Verdict::fail, "counted 1");
    // One cup on its saucer, as one patch of red; the grain of the table leaves nothing else to tell apart.
    const Image coffee{photograph_bytes("coffee.png")};
    check(judge(Brief{"two red cups and a blue bottle"}, coffee), "count-cup", Verdict::fail, "counted 1");
    check(judge(Brief{"two cups"}, coffee), "count-cup", Verdict::unknown);
  }
}
