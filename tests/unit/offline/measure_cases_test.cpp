// Images that were once misjudged.
#include "measure_calls.hpp"
#include <pentimento/offline/sketch.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pictures;

namespace {

Image image_case(const std::string& name) {
  std::ifstream stream{std::filesystem::path{PENTIMENTO_CASES} / name, std::ios::binary};
  if (!stream) throw std::runtime_error{"an image is missing: " + name};
  const std::string text{std::istreambuf_iterator<char>{stream}, {}};
  const auto bytes = std::as_bytes(std::span{text});
  return Image{{bytes.begin(), bytes.end()}};
}

MeasuringCritic shop() { return MeasuringCritic{}.profile("marketplace-main"); }

void check_all(const Critique& critique, Verdict verdict) {
  for (const Finding& finding : critique.findings()) check(critique, finding.requirement(), verdict);
}

/// A box of 1,000 by 1,000 pixels within a margin.
Pixels box(Rgb margin, Rgb ground) {
  Pixels picture{1'000, 1'000, margin};
  paint(picture, ground, rectangle(60, 60, 940, 940));
  return picture;
}

}  // namespace

TEST_SUITE("MeasuringCritic cases") {
  TEST_CASE("a square box on white") {
    check_all(judge(Brief{"a blue box"}, image_case("square_box_on_white.png"), shop()), Verdict::pass);
    check_all(judge(Brief{"one box"}, box(white, {120, 120, 120}), shop()), Verdict::pass);
  }

  TEST_CASE("a printed box on white") {
    Pixels printed = box(white, pictures::red);
    paint(printed, white, ellipse(500, 450, 150, 150));
    paint(printed, {250, 220, 40}, rectangle(300, 720, 700, 780));
    Pixels striped = box(white, pictures::blue);
    for (int top = 60; top < 900; top += 80) paint(striped, {250, 220, 40}, rectangle(60, top, 940, top + 40));
    for (const Pixels& picture : {printed, striped}) {
      const Critique critique = judge(Brief{"one box"}, picture, shop());
      check(critique, "count-box", Verdict::pass, "counted 1");
      check(critique, "frame-fill", Verdict::pass, "88 % of the frame");
      CHECK(critique.find("no-border")->verdict() != Verdict::fail);
      CHECK(critique.find("white-background")->verdict() != Verdict::fail);
    }
  }

  TEST_CASE("a grey background within a white rim") {
    const Critique critique = judge(Brief{"a product"}, image_case("grey_background_white_rim.png"), shop());
    check(critique, "white-background", Verdict::fail);
    CHECK(critique.find("white-background")->where().find("worst at") != std::string::npos);
    const Critique plain =
        judge(Brief{"a product on a plain white background"}, image_case("grey_background_white_rim.png"));
    check(plain, "background", Verdict::fail);
    CHECK(plain.find("background")->where().find("worst at") != std::string::npos);
    Pixels rimmed = box(white, {232, 232, 232});
    paint(rimmed, pictures::red, ellipse(500, 500, 300, 300));
    check(judge(Brief{"a ball on a plain white background"}, rimmed), "background", Verdict::fail, "#e8e8e8");
  }

  TEST_CASE("a black frame is a border") {
    Pixels framed{1'000, 1'000, pictures::black};
    paint(framed, white, rectangle(30, 30, 970, 970));
    paint(framed, pictures::red, ellipse(500, 500, 300, 300));
    check(judge(Brief{"a ball"}, framed, shop()), "no-border", Verdict::fail);
  }

  TEST_CASE("soft shadows are no things") {
    check(judge(Brief{"three grey balls"}, image_case("three_grey_balls.jpg")), "count-ball", Verdict::pass,
          "counted 3");
    for (const double strength : {0.2, 0.5, 0.7, 0.9}) {
      for (const Rgb ground : {Rgb{252, 252, 252}, Rgb{200, 190, 180}}) {
        Pixels picture{640, 480, ground};
        for (const int x : {120, 320, 520}) soft_shadow(picture, x + 10, 352, 70, 18, strength);
        for (const int x : {120, 320, 520}) paint(picture, {140, 140, 142}, ellipse(x, 300, 55, 55));
        CAPTURE(strength);
        CHECK(judge(Brief{"three balls"}, picture).find("count-ball")->verdict() != Verdict::fail);
        CHECK(judge(Brief{"six balls"}, picture).find("count-ball")->verdict() != Verdict::pass);
      }
    }
  }

  TEST_CASE("a big thing beside a small one") {
    const Image image = image_case("big_and_small.png");
    check(judge(Brief{"two balls"}, image), "count-ball", Verdict::pass, "counted 2");
    check(judge(Brief{"one ball"}, image), "count-ball", Verdict::fail, "counted 2");
  }

  TEST_CASE("a faint rest beside a thing makes the count unknown") {
    Pixels picture{640, 480};
    paint(picture, pictures::red, ellipse(250, 240, 150, 150));
    paint(picture, {225, 225, 225}, rectangle(500, 300, 540, 340));
    check(judge(Brief{"one ball"}, picture), "count-ball", Verdict::unknown, "counted 1 to 2");
    check(judge(Brief{"three balls"}, picture), "count-ball", Verdict::fail);
  }

  TEST_CASE("colours by their names") {
    check_all(judge(Brief{"a light grey ball"}, image_case("light_grey_d3d3d3.png")), Verdict::pass);
    check_all(judge(Brief{"a brown table"}, image_case("oak_b88c5a.png")), Verdict::pass);
    check_all(judge(Brief{"a blue table"}, image_case("oak_b88c5a.png")), Verdict::fail);
  }

  TEST_CASE("between two names is unknown") {
    check_all(judge(Brief{"a plain blue background"}, Pixels{400, 400, {0x26, 0xf7, 0xfd}}), Verdict::unknown);
    Pixels tan{400, 400};
    paint(tan, {0xd3, 0xb6, 0x83}, rectangle(100, 100, 300, 300));
    check_all(judge(Brief{"a brown ball"}, tan), Verdict::unknown);
  }

  TEST_CASE("EXIF orientation") {
    check_all(judge(Brief{"a red ball"}.size(PixelSize{600, 800}), image_case("exif6.jpg")), Verdict::pass);
  }

  TEST_CASE("EXIF orientation of an init image") {
    GenerationRequest request{"a red ball"};
    request.init_image(image_case("exif6.jpg")).strength(0);
    offline::SketchGenerator sketch;
    const Generation generation = test::wait_for(sketch.generate(request)).value();
    CHECK(generation.images().front().size() == PixelSize{600, 800});
  }

  TEST_CASE("the first frame of an animation") {
    check_all(judge(Brief{"a plain background"}, image_case("animated.gif")), Verdict::pass);
  }

  TEST_CASE("a white table is the background") {
    check_all(judge(Brief{"a red ball on a white table"}, image_case("red_ball_white_table.jpg")), Verdict::pass);
    check(judge(Brief{"a red ball on a black table"}, image_case("red_ball_white_table.jpg")), "colour-table-black",
          Verdict::fail);
  }

  TEST_CASE("one pixel") {
    const Brief brief{"three red balls, plain white background, bright, sharp, close-up, vivid"};
    check_all(judge(brief, image_case("one_pixel.png")), Verdict::unknown);
    check(judge(brief, image_case("one_pixel.png"), shop()), "longest-side", Verdict::fail);
  }

  TEST_CASE("a wide strip") {
    for (const auto& [width, height] : {std::pair{3'000, 200}, std::pair{3'000, 60}, std::pair{200, 3'000}}) {
      CAPTURE(width);
      CAPTURE(height);
      Pixels strip{width, height};
      const double side = std::min(width, height);
      for (const double part : {0.2, 0.5, 0.8}) {
        const auto ball = width > height ? ellipse(part * width, height / 2.0, side * 0.35, side * 0.35)
                                         : ellipse(width / 2.0, part * height, side * 0.35, side * 0.35);
        paint(strip, pictures::red, ball);
      }
      check_all(judge(Brief{"three red balls, sharp, plain white background"}, strip), Verdict::pass);
    }
  }

  TEST_CASE("noise is not sharpness") {
    Pixels blurry{640, 480, {230, 230, 230}};
    paint(blurry, pictures::red, ellipse(320, 240, 120, 120));
    blurry = blurred(blurry, 8);
    for (const int amount : {25, 60, 110}) {
      CAPTURE(amount);
      Pixels noisy = blurry;
      grain(noisy, amount);
      check(judge(Brief{"a sharp photo"}, noisy), "sharpness", Verdict::unknown);
    }
    Pixels print{640, 480, {230, 230, 230}};
    for (int x = 0; x < 640; x += 40) paint(print, {30, 30, 60}, rectangle(x, 80, x + 20, 400));
    grain(print, 25);
    check(judge(Brief{"a sharp photo"}, print), "sharpness", Verdict::pass);
  }
}
