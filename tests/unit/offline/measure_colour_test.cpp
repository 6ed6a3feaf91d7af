#include "offline/measure/colour.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

using namespace pentimento::offline;
using namespace pentimento::offline::measuring;

namespace {

struct Surveyed {
  std::string_view name;
  unsigned rgb;

  Lab lab() const {
    return lab_of({static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8 & 255U),
                   static_cast<std::uint8_t>(rgb & 255U)});
  }
  std::string_view term() const { return name.substr(name.rfind(' ') + 1); }
  std::string_view tone() const { return name == term() ? std::string_view{} : name.substr(0, name.rfind(' ')); }
};

// What people called colours on their screens in the xkcd colour survey of 2010 (https://xkcd.com/color/rgb, CC0): the names
// that are a basic term, alone or with tones.
constexpr auto survey = std::to_array<Surveyed>({
    // clang-format off
    {"beige", 0xe6daa6}, {"black", 0x000000}, {"blue", 0x0343df}, {"bright blue", 0x0165fc},
    {"bright green", 0x01ff07}, {"bright light blue", 0x26f7fd}, {"bright light green", 0x2dfe54},
    {"bright orange", 0xff5b00}, {"bright pink", 0xfe01b1}, {"bright purple", 0xbe03fd}, {"bright red", 0xff000d},
    {"bright teal", 0x01f9c6}, {"bright turquoise", 0x0ffef9}, {"bright yellow", 0xfffd01}, {"brown", 0x653700},
    {"dark beige", 0xac9362}, {"dark blue", 0x00035b}, {"dark brown", 0x341c02}, {"dark green", 0x033500},
    {"dark grey", 0x363737}, {"dark orange", 0xc65102}, {"dark pastel green", 0x56ae57}, {"dark pink", 0xcb416b},
    {"dark purple", 0x35063e}, {"dark red", 0x840000}, {"dark teal", 0x014d4e}, {"dark turquoise", 0x045c5a},
    {"dark yellow", 0xd5b60a}, {"deep blue", 0x040273}, {"deep brown", 0x410200}, {"deep green", 0x02590f},
    {"deep orange", 0xdc4d01}, {"deep pink", 0xcb0162}, {"deep purple", 0x36013f}, {"deep red", 0x9a0200},
    {"deep teal", 0x00555a}, {"deep turquoise", 0x017374}, {"dull blue", 0x49759c}, {"dull brown", 0x876e4b},
    {"dull green", 0x74a662}, {"dull orange", 0xd8863b}, {"dull pink", 0xd5869d}, {"dull purple", 0x84597e},
    {"dull red", 0xbb3f3f}, {"dull teal", 0x5f9e8f}, {"dull yellow", 0xeedc5b}, {"dusty blue", 0x5a86ad},
    {"dusty green", 0x76a973}, {"dusty orange", 0xf0833a}, {"dusty pink", 0xd58a94}, {"dusty purple", 0x825f87},
    {"dusty red", 0xb9484e}, {"dusty teal", 0x4c9085}, {"green", 0x15b01a}, {"grey", 0x929591},
    {"light beige", 0xfffeb6}, {"light blue", 0x95d0fc}, {"light bright green", 0x53fe5c}, {"light brown", 0xad8150},
    {"light green", 0x96f97b}, {"light grey", 0xd8dcd6}, {"light light blue", 0xcafffb},
    {"light light green", 0xc8ffb0}, {"light orange", 0xfdaa48}, {"light pastel green", 0xb2fba5},
    {"light pink", 0xffd1df}, {"light purple", 0xbf77f6}, {"light red", 0xff474c}, {"light teal", 0x90e4c1},
    {"light turquoise", 0x7ef4cc}, {"light yellow", 0xfffe7a}, {"medium blue", 0x2c6fbb}, {"medium brown", 0x7f5112},
    {"medium green", 0x39ad48}, {"medium grey", 0x7d7f7c}, {"medium pink", 0xf36196}, {"medium purple", 0x9e43a2},
    {"orange", 0xf97306}, {"pale blue", 0xd0fefe}, {"pale brown", 0xb1916e}, {"pale green", 0xc7fdb5},
    {"pale grey", 0xfdfdfe}, {"pale light green", 0xb1fc99}, {"pale orange", 0xffa756}, {"pale pink", 0xffcfdc},
    {"pale purple", 0xb790d4}, {"pale red", 0xd9544d}, {"pale teal", 0x82cbb2}, {"pale turquoise", 0xa5fbd5},
    {"pale yellow", 0xffff84}, {"pastel blue", 0xa2bffe}, {"pastel green", 0xb0ff9d}, {"pastel orange", 0xff964f},
    {"pastel pink", 0xffbacd}, {"pastel purple", 0xcaa0ff}, {"pastel red", 0xdb5856}, {"pastel yellow", 0xfffe71},
    {"pink", 0xff81c0}, {"purple", 0x7e1e9c}, {"red", 0xe50000}, {"teal", 0x029386}, {"turquoise", 0x06c2ac},
    {"very dark blue", 0x000133}, {"very dark brown", 0x1d0200}, {"very dark green", 0x062e03},
    {"very dark purple", 0x2a0134}, {"very light blue", 0xd5ffff}, {"very light brown", 0xd3b683},
    {"very light green", 0xd1ffbd}, {"very light pink", 0xfff4f2}, {"very light purple", 0xf6cefc},
    {"very pale blue", 0xd6fffe}, {"very pale green", 0xcffdbc}, {"vivid blue", 0x152eff}, {"vivid green", 0x2fef10},
    {"vivid purple", 0x9900fa}, {"white", 0xffffff}, {"yellow", 0xffff14},
    // clang-format on
});

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

  TEST_CASE("names of the survey") {
    std::size_t right = 0;
    for (const Surveyed& colour : survey) {
      CAPTURE(std::string{colour.name});
      const ColourRange term = range(colour.term());
      right += term.contains(colour.lab()) ? 1 : 0;
      CHECK(term.may_contain(colour.lab()));
    }
    CHECK(right >= survey.size() * 94 / 100);
  }

  TEST_CASE("tones of the survey") {
    std::size_t all = 0;
    std::size_t right = 0;
    for (const Surveyed& colour : survey) {
      CAPTURE(std::string{colour.name});
      constexpr std::array<std::string_view, 5> tones{"light", "pale", "dark", "deep", "bright"};
      if (std::ranges::find(tones, colour.tone()) == tones.end()) continue;
      const ColourRange toned{colour.name, colour_named(colour.term()).value()};
      ++all;
      right += toned.contains(colour.lab()) ? 1 : 0;
      CHECK(toned.may_contain(colour.lab()));
    }
    CHECK(right >= all * 92 / 100);
  }

  TEST_CASE("no name covers what is plainly another") {
    constexpr auto pairs = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"red", "green"},     {"red", "blue"},     {"red", "yellow"},   {"red", "purple"},    {"green", "blue"},
        {"green", "red"},     {"green", "purple"}, {"green", "pink"},   {"blue", "red"},      {"blue", "green"},
        {"blue", "yellow"},   {"blue", "orange"},  {"blue", "brown"},   {"blue", "pink"},     {"yellow", "blue"},
        {"yellow", "purple"}, {"yellow", "red"},   {"purple", "green"}, {"purple", "yellow"}, {"pink", "green"},
        {"pink", "blue"},     {"brown", "blue"},   {"brown", "green"},  {"brown", "purple"},  {"orange", "blue"},
        {"orange", "green"},
    });
    for (const auto& [name, other] : pairs) {
      for (const Surveyed& colour : survey) {
        if (colour.term() != other) continue;
        CAPTURE(std::string{name});
        CAPTURE(std::string{colour.name});
        CHECK_FALSE(range(name).contains(colour.lab()));
      }
    }
  }

  TEST_CASE("tones tell shades apart") {
    const auto toned = [](std::string_view name, unsigned rgb) {
      const std::string_view term = name.substr(name.find(' ') + 1);
      return std::pair{ColourRange{name, colour_named(term).value()}.contains(Surveyed{"", rgb}.lab()),
                       ColourRange{name, colour_named(term).value()}.may_contain(Surveyed{"", rgb}.lab())};
    };
    CHECK(toned("light grey", 0xd3d3d3) == std::pair{true, true});
    CHECK(toned("dark grey", 0xd3d3d3) == std::pair{false, false});
    CHECK(toned("light blue", 0x00035b) == std::pair{false, false});
    CHECK(toned("dark blue", 0x95d0fc) == std::pair{false, false});
    CHECK(toned("dark green", 0x96f97b) == std::pair{false, false});
  }

  TEST_CASE("oak is brown and light grey is not white") {
    const Lab oak = Surveyed{"", 0xb88c5a}.lab();
    CHECK(range("brown").contains(oak));
    CHECK_FALSE(range("orange").contains(oak));
    const Lab light_grey = Surveyed{"", 0xd3d3d3}.lab();
    CHECK_FALSE(range("white").contains(light_grey));
    CHECK(range("white").may_contain(light_grey));
    CHECK(basic_name(light_grey) == "grey");
    CHECK(basic_name(oak) == "brown");
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
