#include "measure_calls.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pictures;
using pentimento::offline::MeasuringCritic;

static_assert(std::is_copy_constructible_v<MeasuringCritic>);
static_assert(std::is_move_constructible_v<MeasuringCritic>);

namespace {

Image photograph_image(const std::string& name) { return Image{photograph_bytes(name)}; }

Pixels mugs(int number, Rgb colour, Rgb background) {
  Pixels picture{640, 480, background};
  for (int i = 0; i < number; ++i) mug(picture, 100 + i * 150, 340, 110, colour);
  return picture;
}

const Brief sharp{"a sharp photo"};

constexpr Rgb yellow{236, 206, 44};
constexpr Rgb grey{150, 150, 152};

/// Lemons in a row; the lowest point of each is at `bottom`.
void lemons(Pixels& picture, const std::vector<Rgb>& colours, double bottom) {
  for (std::size_t i = 0; i < colours.size(); ++i)
    paint(picture, colours[i], ellipse(150 + 110.0 * static_cast<double>(i), bottom - 32, 44, 32));
}

/// A plate with a darker rim and a lighter well, its middle at `y`.
void plate(Pixels& picture, double x, double y, double wide, Rgb colour) {
  const auto shaded = [&](double by) {
    const auto channel = [&](std::uint8_t value) {
      return static_cast<std::uint8_t>(std::min(255.0, value * by + 20));
    };
    return Rgb{channel(colour.red), channel(colour.green), channel(colour.blue)};
  };
  paint(picture, shaded(0.7), ellipse(x, y + 5, wide, wide * 0.16));
  paint(picture, colour, ellipse(x, y, wide, wide * 0.15));
  paint(picture, shaded(1.2), ellipse(x, y, wide * 0.7, wide * 0.09));
}

}  // namespace

TEST_SUITE("MeasuringCritic") {
  TEST_CASE("judges the first example") {
    const Brief brief{"three red mugs on a plain white table, bright"};
    const Critique good = judge(brief, mugs(3, pictures::red, pictures::white));
    check(good, "count-mug", Verdict::pass, "counted 3", "3");
    check(good, "colour-mug-red", Verdict::pass);
    check(good, "background", Verdict::pass, "#ffffff", "at least #fafafa");
    check(good, "light", Verdict::pass);
    CHECK(good.suggested_prompt().empty());

    const Critique bad = judge(brief, mugs(2, pictures::blue, {90, 88, 84}));
    check(bad, "count-mug", Verdict::fail, "counted 2", "3");
    check(bad, "colour-mug-red", Verdict::fail);
    check(bad, "background", Verdict::fail, "#5a5854", "at least #fafafa");
    check(bad, "light", Verdict::fail);
    CHECK(
        bad.suggested_prompt() ==
        "three red mugs on a plain white table, bright. Important: exactly three mugs; the mugs are red; a plain white "
        "background; bright light.");
  }

  TEST_CASE("counts a mug of the wrong colour") {
    Pixels picture = mugs(2, pictures::red, pictures::white);
    mug(picture, 400, 340, 110, pictures::blue);
    const Critique result = judge(Brief{"three red mugs on a plain white background"}, picture);
    check(result, "count-mug", Verdict::pass, "counted 3");
    check(result, "colour-mug-red", Verdict::fail);
    CHECK(result.find("colour-mug-red")->observed().find("2 of 3 red; one is mostly blue") == 0);
  }

  TEST_CASE("does not know how many things touch") {
    Pixels picture{640, 480};
    for (int i = 0; i < 3; ++i) mug(picture, 200 + i * 105, 340, 110, pictures::red);
    const Critique result = judge(Brief{"three red mugs on a plain white background"}, picture);
    check(result, "count-mug", Verdict::unknown);
    CHECK(result.suggested_prompt().find("apart from each other") != std::string::npos);
  }

  TEST_CASE("tells things from a plate of another colour") {
    const Brief two{"two yellow lemons on a blue plate"};
    // As wished for, once on the plate and once above it.
    for (const double bottom : {330.0, 250.0}) {
      CAPTURE(bottom);
      Pixels picture{640, 480, pictures::white};
      plate(picture, 210, 320, 190, pictures::blue);
      lemons(picture, {yellow, yellow}, bottom);
      const Critique result = judge(two, picture);
      check(result, "count-lemon", Verdict::pass, "counted 2", "2");
      check(result, "colour-lemon-yellow", Verdict::pass);
      check(result, "colour-plate-blue", Verdict::pass);
    }
    // A lemon of another colour, both of another colour, and one too many.
    const auto with = [&](const std::vector<Rgb>& colours, Rgb of_plate) {
      Pixels picture{640, 480, pictures::white};
      plate(picture, 210, 320, 190, of_plate);
      lemons(picture, colours, 325);
      return judge(two, picture);
    };
    check(with({yellow, pictures::green}, pictures::blue), "colour-lemon-yellow", Verdict::fail);
    check(with({pictures::red, pictures::red}, pictures::blue), "colour-lemon-yellow", Verdict::fail);
    const Critique three = with({yellow, yellow, yellow}, pictures::blue);
    check(three, "count-lemon", Verdict::fail, "counted 3");
    check(three, "colour-lemon-yellow", Verdict::pass);
    // Blue lemons cannot be told from the plate.
    check(with({pictures::blue, pictures::blue}, pictures::blue), "colour-lemon-yellow", Verdict::unknown);
    // A red plate is no yellow lemon, but it is no lemon either.
    const Critique red = with({yellow, yellow}, pictures::red);
    CHECK(red.find("colour-lemon-yellow")->verdict() != Verdict::fail);
    check(red, "colour-plate-blue", Verdict::fail);

    Pixels row{640, 480, Rgb{232, 230, 226}};
    plate(row, 315, 330, 290, pictures::blue);
    lemons(row, {yellow, yellow, yellow, yellow}, 335);
    const Critique four = judge(Brief{"four yellow lemons in a row on a blue plate"}, row);
    check(four, "count-lemon", Verdict::pass, "counted 4");
    check(four, "colour-lemon-yellow", Verdict::pass);
    check(four, "colour-plate-blue", Verdict::pass);

    // Things without a hue.
    Pixels dark{640, 480, Rgb{128, 128, 130}};
    plate(dark, 250, 345, 230, pictures::blue);
    for (const double x : {120.0, 250.0, 380.0}) mug(dark, x, 340, 110, pictures::white);
    const Critique white = judge(Brief{"three white mugs on a blue plate"}, dark);
    check(white, "count-mug", Verdict::pass, "counted 3");
    check(white, "colour-mug-white", Verdict::pass);
  }

  TEST_CASE("does not know what stands on a plain plate") {
    const Brief plain{"three red mugs on a plate"};
    Pixels picture{640, 480, pictures::white};
    for (const double x : {100.0, 250.0, 400.0}) mug(picture, x, 300, 110, pictures::red);
    check(judge(plain, picture), "colour-mug-red", Verdict::pass);
    plate(picture, 250, 400, 230, grey);
    const Critique above = judge(plain, picture);
    check(above, "count-mug", Verdict::pass, "counted 3");
    check(above, "colour-mug-red", Verdict::unknown);
    check(judge(Brief{"three mugs on a plate"}, picture), "count-mug", Verdict::unknown, "counted 4");
    check(judge(Brief{"two mugs on a plate"}, picture), "count-mug", Verdict::fail, "counted 4");

    // More things of a wrong colour than there are plates, and no red at all.
    Pixels mixed{640, 480, pictures::white};
    mug(mixed, 100, 340, 110, pictures::red);
    for (const double x : {250.0, 400.0}) mug(mixed, x, 340, 110, pictures::green);
    check(judge(plain, mixed), "colour-mug-red", Verdict::fail);
    check(judge(plain, mugs(1, pictures::green, pictures::white)), "colour-mug-red", Verdict::fail);
  }

  TEST_CASE("judges positions") {
    Pixels picture{640, 480};
    mug(picture, 160, 340, 110, pictures::red);
    paint(picture, pictures::blue, rectangle(420, 150, 480, 340));
    check(judge(Brief{"a red mug to the left of a blue bottle"}, picture), "position-mug-left-of-bottle",
          Verdict::pass);
    check(judge(Brief{"a red mug to the right of a blue bottle"}, picture), "position-mug-right-of-bottle",
          Verdict::fail);
    check(judge(Brief{"a green mug to the right of a blue bottle"}, picture), "position-mug-right-of-bottle",
          Verdict::unknown);
  }

  TEST_CASE("judges backgrounds") {
    const Brief plain{"a mug, plain background"};
    check(judge(plain, mugs(1, pictures::red, {120, 160, 190})), "background", Verdict::pass);
    Pixels busy{640, 480, Rgb{128, 128, 128}};
    pictures::grain(busy, 110);
    check(judge(plain, busy), "background", Verdict::fail, "a busy background");
    Pixels table{640, 480, Rgb{200, 210, 225}};
    paint(table, {150, 110, 70}, rectangle(0, 290, 640, 480));
    check(judge(plain, table), "background", Verdict::fail);
    check(judge(Brief{"a mug, plain green background"}, mugs(1, pictures::red, {120, 160, 190})), "background",
          Verdict::fail);
    check(judge(Brief{"a mug, plain blue background"}, mugs(1, pictures::red, {120, 160, 190})), "background",
          Verdict::pass);
  }

  TEST_CASE("judges photographs as people do") {
    // One red cup and saucer on a brown table, lit warmly and not brightly.
    const Critique coffee =
        critique({}, Brief{"a red cup on a plain white background, bright, sharp"}, photograph_image("coffee.png"))
            .value();
    check(coffee, "colour-cup-red", Verdict::pass);
    check(coffee, "background", Verdict::fail);
    check(coffee, "light", Verdict::fail);
    check(coffee, "sharpness", Verdict::pass);
    check(critique({}, Brief{"a blue cup"}, photograph_image("coffee.png")).value(), "colour-cup-blue", Verdict::fail);

    // The cat fills the frame: nothing can be told from anything.
    const Critique cat = critique({}, Brief{"two cats, centred, sharp"}, photograph_image("chelsea.png")).value();
    check(cat, "count-cat", Verdict::unknown);
    check(cat, "framing-centred", Verdict::unknown);
    check(cat, "sharpness", Verdict::pass);

    const Critique horse =
        critique({}, Brief{"a plain white background, fills the frame, centred"}, photograph_image("horse.png"))
            .value();
    check(horse, "background", Verdict::pass, "#ffffff");
    check(horse, "framing-fills-frame", Verdict::pass);
    check(horse, "framing-centred", Verdict::pass);

    // A rocket at dusk.
    check(critique({}, Brief{"a dark scene"}, photograph_image("rocket.jpg")).value(), "light", Verdict::pass);
  }

  TEST_CASE("judges product photographs") {
    MeasuringCritic shop;
    shop.profile("marketplace-main");
    Pixels good{1200, 1000};
    paint(good, {60, 60, 70}, ellipse(600, 500, 540, 300));
    const Critique fine = judge(Brief{""}, good, shop);
    check(fine, "white-background", Verdict::pass);
    check(fine, "frame-fill", Verdict::pass, "90 % of the frame");
    check(fine, "longest-side", Verdict::pass);
    check(fine, "no-border", Verdict::pass);

    Pixels bad{600, 500, Rgb{235, 235, 235}};
    paint(bad, {60, 60, 70}, ellipse(300, 250, 120, 80));
    const Critique poor = judge(Brief{""}, bad, shop);
    check(poor, "white-background", Verdict::fail, "white over 0 %, mean #ebebeb");
    check(poor, "frame-fill", Verdict::fail, "40 % of the frame");
    check(poor, "longest-side", Verdict::fail, "600x500", "longest side at least 1000");

    Pixels framed = good;
    paint(framed, pictures::black, [](double x, double y) { return x < 30 || y < 30 || x >= 1170 || y >= 970; });
    check(judge(Brief{""}, framed, shop), "no-border", Verdict::fail);

    // A box that fills its white background has no border.
    Pixels box{1000, 1000};
    paint(box, {40, 60, 120}, rectangle(50, 50, 950, 950));
    const Critique boxed = judge(Brief{""}, box, shop);
    for (const char* id : {"white-background", "frame-fill", "no-border"}) check(boxed, id, Verdict::pass);
    // White along the border alone is not a white background.
    Pixels grey{1000, 1000};
    for (int step = 1; step <= 20; ++step)
      paint(grey,
            {static_cast<std::uint8_t>(254 - 3 * step), static_cast<std::uint8_t>(254 - 3 * step),
             static_cast<std::uint8_t>(254 - 3 * step)},
            ellipse(500, 500, 500 - 12 * step, 500 - 12 * step));
    paint(grey, pictures::blue, ellipse(500, 500, 180, 120));
    const Critique shaded = judge(Brief{""}, grey, shop);
    check(shaded, "white-background", Verdict::fail);
    CHECK(shaded.find("white-background")->where().find("worst at") == 0);

    check(critique(shop, Brief{""}, photograph_image("coffee.png")).value(), "white-background", Verdict::fail);
    check(critique(shop, Brief{""}, photograph_image("horse.png")).value(), "longest-side", Verdict::fail);
  }

  TEST_CASE("rejects an unknown profile") {
    const Result<MeasuringCritic> none = MeasuringCritic::profile_named("nonsense");
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code() == errc::invalid_argument);
    for (const std::string& name : MeasuringCritic::profiles()) {
      CHECK(none.error().message().find(name) != std::string::npos);
      CHECK(MeasuringCritic::profile_named(name).has_value());
      CHECK_FALSE(MeasuringCritic::profile_source(name).empty());
    }
    MeasuringCritic critic;
    CHECK_THROWS_AS(critic.profile("nonsense"), Failure);
  }

  TEST_CASE("judges size and shape") {
    Brief brief{"a mug"};
    brief.size({640, 480});
    check(judge(brief, Pixels{640, 480}), "size", Verdict::pass);
    check(judge(brief, Pixels{480, 640}), "size", Verdict::fail, "480x640", "640x480");
    Brief wide{"a mug"};
    wide.aspect_ratio({16, 9});
    check(judge(wide, Pixels{1344, 768}), "aspect-ratio", Verdict::pass);
    check(judge(wide, Pixels{768, 768}), "aspect-ratio", Verdict::fail);
  }

  TEST_CASE("judges the user's own requirements") {
    Brief brief{"three red mugs"};
    brief.must("the background is one plain colour").must("the mugs look expensive");
    const Critique result = judge(brief, mugs(3, pictures::red, {120, 160, 190}));
    check(result, "user-1", Verdict::pass);
    CHECK(result.find("user-2") == nullptr);
  }

  TEST_CASE("reports an unreadable image as an error") {
    std::vector<std::byte> bytes = pictures::photograph_bytes("coffee.png");
    bytes.resize(bytes.size() / 2);
    const Result<Critique> result = critique({}, Brief{"a red cup"}, Image{std::move(bytes)});
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code() == errc::unreadable_image);
  }

  TEST_CASE("judges tiny images") {
    const Brief brief{"three red mugs on a plain white background, bright, centred, sharp, no border"};
    for (const int side : {1, 2, 3, 15, 16, 17, 24}) {
      CAPTURE(side);
      const Critique result = judge(brief, Pixels{side, side, pictures::red});
      CHECK(result.find("count-mug")->verdict() != Verdict::pass);
      CHECK(result.findings().size() == 7);
    }
    judge(brief, Pixels{2000, 1});
    judge(brief, Pixels{1, 2000});
  }

  TEST_CASE("is deterministic") {
    const Brief brief{"three red mugs on a plain white background, bright"};
    const Pixels picture = mugs(2, pictures::red, {230, 230, 230});
    const MeasuringCritic critic;
    const MeasuringCritic copy = critic;
    CHECK(judge(brief, picture, critic) == judge(brief, picture, copy));
  }

  TEST_CASE("judges light, contrast and saturation") {
    const Brief brief{"bright light, high contrast, vivid colours"};
    const Critique white = judge(brief, Pixels{640, 480});
    check(white, "light", Verdict::pass);
    check(white, "contrast", Verdict::fail, "lightness spans 0 of 100");
    check(white, "saturation", Verdict::fail, "hardly any colour");
    Pixels halves{640, 480, pictures::black};
    paint(halves, {255, 40, 30}, rectangle(0, 0, 640, 240));
    const Critique strong = judge(brief, halves);
    check(strong, "light", Verdict::fail);
    check(strong, "saturation", Verdict::pass);
    paint(halves, pictures::white, rectangle(0, 0, 640, 240));
    check(judge(brief, halves), "contrast", Verdict::pass, "lightness spans 100 of 100");
    check(judge(Brief{"golden hour"}, Pixels{640, 480, Rgb{255, 200, 90}}), "light", Verdict::pass);
    check(judge(Brief{"golden hour"}, Pixels{640, 480, Rgb{90, 120, 255}}), "light", Verdict::fail);
  }

  TEST_CASE("judges sharpness by the sharpest parts") {
    for (const char* name : {"coffee.png", "coins.png", "chelsea.png"}) {
      CAPTURE(name);
      check(judge(sharp, photograph_image(name)), "sharpness", Verdict::pass);
      check(judge(sharp, blurred(photograph(name), 1.5)), "sharpness", Verdict::fail);
    }
    Pixels alone{800, 800};
    mug(alone, 400, 500, 120, pictures::red);
    check(judge(sharp, alone), "sharpness", Verdict::pass);
    check(judge(sharp, blurred(alone, 3)), "sharpness", Verdict::fail);
  }
}
