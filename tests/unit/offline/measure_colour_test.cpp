#include "offline/measure/colour.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>

using namespace pentimento::offline;
using namespace pentimento::offline::measuring;

namespace {

ColourRange range(std::string_view name) { return {name, colour_named(name).value()}; }
bool covers(std::string_view name, std::string_view shade) {
  return range(name).contains(lab_of(colour_named(shade).value()));
}

}  // namespace

TEST_SUITE("Colour") {
  TEST_CASE("sRGB to CIELAB as published") {
    // Lindbloom's calculator, sRGB, D65.
    const Lab red = lab_of({255, 0, 0});
    CHECK(red.l == doctest::Approx(53.24).epsilon(0.001));
    CHECK(red.a == doctest::Approx(80.09).epsilon(0.001));
    CHECK(red.b == doctest::Approx(67.20).epsilon(0.001));
    const Lab blue = lab_of({0, 0, 255});
    CHECK(blue.l == doctest::Approx(32.30).epsilon(0.001));
    CHECK(blue.a == doctest::Approx(79.19).epsilon(0.001));
    CHECK(blue.b == doctest::Approx(-107.86).epsilon(0.001));
    const Lab white = lab_of({255, 255, 255});
    CHECK(white.l == doctest::Approx(100).epsilon(0.0001));
    CHECK(chroma(white) < 0.05F);
    CHECK(lab_of({0, 0, 0}).l == doctest::Approx(0).epsilon(0.001));
    CHECK(lab_of({119, 119, 119}).l == doctest::Approx(50.03).epsilon(0.001));
  }

  TEST_CASE("CIELAB and back") {
    for (int value = 0; value < 256; value += 15) {
      const Rgb colour{static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(255 - value),
                       static_cast<std::uint8_t>(value * 7 % 256)};
      const Rgb back = rgb_of(lab_of(colour));
      CHECK(std::abs(back.red - colour.red) <= 1);
      CHECK(std::abs(back.green - colour.green) <= 1);
      CHECK(std::abs(back.blue - colour.blue) <= 1);
    }
  }

  TEST_CASE("basic terms cover their shades") {
    for (const char* shade : {"red", "firebrick", "crimson", "darkred", "maroon", "tomato", "orangered"}) {
      CAPTURE(shade);
      CHECK(covers("red", shade));
    }
    for (const char* shade :
         {"orange", "pink", "hotpink", "purple", "chocolate", "saddlebrown", "white", "black", "grey", "gold"}) {
      CAPTURE(shade);
      CHECK_FALSE(covers("red", shade));
    }
    for (const char* shade :
         {"blue", "navy", "midnightblue", "royalblue", "skyblue", "lightblue", "steelblue", "dodgerblue"}) {
      CAPTURE(shade);
      CHECK(covers("blue", shade));
      CHECK_FALSE(covers("purple", shade));
    }
    for (const char* shade :
         {"purple", "indigo", "rebeccapurple", "blueviolet", "orchid", "violet", "plum", "darkmagenta"}) {
      CAPTURE(shade);
      CHECK(covers("purple", shade));
      CHECK_FALSE(covers("blue", shade));
    }
    for (const char* shade :
         {"green", "darkgreen", "lime", "forestgreen", "seagreen", "olivedrab", "lightgreen", "darkolivegreen"}) {
      CAPTURE(shade);
      CHECK(covers("green", shade));
    }
    CHECK(covers("brown", "saddlebrown"));
    CHECK(covers("brown", "brown"));
    CHECK_FALSE(covers("brown", "red"));
    CHECK(covers("white", "whitesmoke"));
    CHECK_FALSE(covers("white", "silver"));
    CHECK(covers("black", "black"));
    CHECK_FALSE(covers("black", "dimgrey"));
    CHECK(covers("gold", "goldenrod"));
    CHECK(covers("yellow", "gold"));
  }

  TEST_CASE("every name covers its own colour") {
    for (const NamedColour& colour : css_colours()) {
      CAPTURE(std::string{colour.name});
      CHECK(ColourRange{colour}.contains(lab_of(colour.rgb)));
    }
    for (const char* name : {"golden", "cream", "burgundy", "mustard"}) {
      CAPTURE(name);
      CHECK(range(name).contains(lab_of(colour_named(name).value())));
    }
  }

  TEST_CASE("distinguishable ranges") {
    CHECK(distinguishable(range("red"), range("blue")));
    CHECK(distinguishable(range("green"), range("yellow")));
    CHECK_FALSE(distinguishable(range("red"), range("maroon")));
    CHECK_FALSE(distinguishable(range("red"), range("red")));
    CHECK_FALSE(range("black").has_hue());
    CHECK_FALSE(range("white").has_hue());
    CHECK(range("brown").has_hue());
  }

  TEST_CASE("everyday names") {
    const auto name = [](std::string_view css) { return basic_name(lab_of(colour_named(css).value())); };
    CHECK(name("crimson") == "red");
    CHECK(name("navy") == "blue");
    CHECK(name("whitesmoke") == "white");
    CHECK(name("dimgrey") == "grey");
    CHECK(name("saddlebrown") == "brown");
    CHECK(name("teal") == "turquoise");
    CHECK(name("gold") == "yellow");
    CHECK(name("hotpink") == "pink");
  }
}
