#include "offline/language/language.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento::offline;

namespace {

/// "3 red mug; blue plate": the things with their counts and colours, in the order said.
std::string things_of(const Description& description) {
  std::string all;
  for (const Thing& thing : description.things) {
    all += all.empty() ? "" : "; ";
    if (thing.count) all += std::to_string(*thing.count) + ' ';
    for (const Colour& colour : thing.colours) all += colour.text + ' ';
    all += thing.noun;
  }
  return all;
}
std::string things_of(std::string_view text) { return things_of(read(text)); }

void check_things(const std::vector<std::pair<std::string_view, std::string_view>>& wanted) {
  for (const auto& [text, things] : wanted) {
    CAPTURE(std::string{text});
    CHECK(things_of(text) == things);
  }
}

}  // namespace

TEST_SUITE("Language") {
  TEST_CASE("colour names are those of CSS") {
    CHECK(css_colours().size() == 148);
    CHECK(colour_named("red") == Rgb{255, 0, 0});
    CHECK(colour_named("RebeccaPurple") == Rgb{102, 51, 153});
    CHECK(colour_named("lightgoldenrodyellow") == Rgb{250, 250, 210});
    CHECK(colour_named("golden").has_value());
    CHECK_FALSE(colour_named("mug"));
    CHECK_FALSE(colour_named(""));
    CHECK_FALSE(colour_named(std::string(500, 'a')));
    CHECK(colour_toned("blue", Tone::dark) == Rgb{0, 0, 139});
    CHECK(hex(Rgb{1, 171, 255}) == "#01abff");
  }

  TEST_CASE("tones lighten and darken") {
    const auto sum = [](Rgb c) { return c.red + c.green + c.blue; };
    for (const std::string_view name : {"red", "green", "grey", "brown", "purple"}) {
      CAPTURE(name);
      const int plain = sum(*colour_named(name));
      CHECK(sum(*colour_toned(name, Tone::light)) > plain);
      CHECK(sum(*colour_toned(name, Tone::pale)) > plain);
      CHECK(sum(*colour_toned(name, Tone::dark)) < plain);
      CHECK(sum(*colour_toned(name, Tone::deep)) < plain);
    }
  }

  TEST_CASE("quickstart brief") {
    const Description d = read("three red mugs on a plain white table, bright");
    CHECK(things_of(d) == "3 red mug");
    REQUIRE(d.background);
    CHECK(d.background->colour->text == "white");
    CHECK(d.light->value == Light::bright);
    CHECK(d.relations.empty());
    CHECK(d.complete());
  }

  TEST_CASE("article prompt") {
    const Description d = read(
        "Visualize an indian women wearing a zari banarasi saree in black purple colour. She's wearing golden "
        "accessories and has dark brown hair, and standing in front of an aesthetic plain solid coloured background");
    CHECK(things_of(d) == "woman; black purple saree; golden accessory; dark brown hair");
    CHECK(d.things[0].person);
    for (const std::size_t worn : {1u, 2u, 3u}) CHECK(d.things[worn].worn);
    REQUIRE(d.background);
    CHECK_FALSE(d.background->colour);
    CHECK_FALSE(d.elsewhere);
    CHECK(d.unread.empty());
  }

  TEST_CASE("revised prompt repeats, and does not add") {
    const Description d = read(
        "exactly three mugs; a plain white background. three red mugs on a plain white table, bright. Important: "
        "exactly "
        "three mugs; a plain white background. Keep: the mugs are red; bright light. Avoid: two mugs instead of three; "
        "grey.");
    CHECK(things_of(d) == "3 red mug");
    CHECK(d.things[0].count_said.size() == 3);
    CHECK(d.things[0].colours[0].said.size() == 2);
    CHECK(d.background->said.size() == 3);
    CHECK(d.light->said.size() == 2);
    CHECK(d.unwanted == std::vector<std::string>{"two mugs instead of three", "grey"});
    const Description other = read(
        "the mugs are red. three red mugs on a plain white table, bright. Important: the mugs are red. Keep: exactly "
        "three "
        "mugs; a plain white background; bright light.");
    CHECK(things_of(other) == "3 red mug");
    CHECK(things_of(read("some mugs are red. three mugs on a table")) == "mug; table");
  }

  TEST_CASE("counts") {
    check_things({
        {"a mug", "mug"},
        {"one mug", "1 mug"},
        {"twenty stars", "20 star"},
        {"12 books", "12 book"},
        {"three beautiful ceramic mugs", "3 mug"},
        {"exactly two dogs", "2 dog"},
        {"there are three red balls", "3 red ball"},
        {"a photo of three cats", "3 cat"},
        {"24 coins", "24 coin"},
        {"two red mugs and one blue mug", "2 red mug; 1 blue mug"},
        {"three gizmos and a frobnicator", "3 gizmo"},
    });
  }

  TEST_CASE("sizes, parts, ranges and names are no counts") {
    check_things({
        {"a 20 oz blue tumbler", "blue tumbler"},
        {"a three-legged stool", "stool"},
        {"a 2 door red car", "red car"},
        {"a 2-seater red car", "red car"},
        {"a 6-inch red candle", "red candle"},
        {"10 cm red candle", "red candle"},
        {"a size 42 blue shoe", "blue shoe"},
        {"at least three red mugs", "red mug"},
        {"no more than three mugs", "mug"},
        {"up to three mugs", "mug"},
        {"about three mugs", "mug"},
        {"over 20 balloons", "balloon"},
        {"one or two mugs", "mug"},
        {"two to three mugs", "mug"},
        {"between two and four mugs", "mug"},
        {"half a dozen red mugs", "red mug"},
        {"a pair of red shoes", "red shoe"},
        {"several cats", "cat"},
        {"100 mugs", "mug"},
        {"a 90 year old woman", "woman"},
        {"a chair with four legs", "chair"},
        {"a mug with \"three red dogs\" on it", "mug"},
        {"Formula 1 car", "car"},
        {"Seven Samurai poster", ""},
        {"ready in five minutes", ""},
        {"a table for two people", "table"},
    });
  }

  TEST_CASE("colours go to their things") {
    check_things({
        {"the mugs are very dark blue", "dark blue mug"},
        {"a black-and-white cat", "black white cat"},
        {"a ball in red and yellow", "red yellow ball"},
        {"a sky blue car", "sky blue car"},
        {"an olive green car", "green car"},
        {"a red, shiny car", "red car"},
        {"a beautiful red ceramic mug", "red mug"},
        {"the mugs on the plate are red", "red mug; plate"},
        {"the tray is blue, the mugs are red", "blue tray; red mug"},
        {"an orange, two lemons and an orange mug", "orange; 2 lemon; orange mug"},
        {"a navy jacket", "navy jacket"},
        {"a pink rose", "pink rose"},
        {"a red gizmo", "red gizmo"},
        {"a woman in a red dress", "woman; red dress"},
    });
  }

  TEST_CASE("the colour of something else is nobody's") {
    check_things({
        {"an olive tree", "tree"},
        {"an olive bowl", "bowl"},
        {"a chocolate cake", "cake"},
        {"snow boots", "boot"},
        {"a red panda", ""},
        {"a glass of red wine", "glass"},
        {"a red wine glass", "glass"},
        {"a black coffee mug", "mug"},
        {"a green tea cup", "cup"},
        {"Blue Note record", ""},
        {"a Red Bull can", ""},
        {"a house with a red roof", "house"},
        {"a woman with red lipstick and blue eyes", "woman"},
        {"a blue-eyed cat", "cat"},
        {"the mug handle is green", "mug"},
        {"red or blue mugs", "mug"},
        {"a mug, not red", "mug"},
        {"three red mugs on a blue tray", "3 red mug; blue tray"},
        {"a blue mood", ""},
    });
  }

  TEST_CASE("places") {
    const auto place = [](std::string_view text) {
      const Description d = read(text);
      REQUIRE_MESSAGE(d.relations.size() == 1, std::string{text});
      CHECK(d.things[d.relations[0].thing].noun == "cat");
      CHECK(d.things[d.relations[0].other].noun == "chair");
      return d.relations[0].place;
    };
    CHECK(place("a cat left of a chair") == Place::left_of);
    CHECK(place("a cat to the left of a chair") == Place::left_of);
    CHECK(place("the cat is on the right side of the chair") == Place::right_of);
    CHECK(place("a cat above a chair") == Place::above);
    CHECK(place("a cat under the chair") == Place::below);
    CHECK(place("a cat sits on a red chair") == Place::on);
    CHECK(read("a cat next to a chair").relations.empty());
  }

  TEST_CASE("backgrounds") {
    CHECK(read("a shoe on a gradient background").background->gradient);
    CHECK(read("a shoe on a pale yellow background").background->colour->text == "pale yellow");
    CHECK(read("The background is white. A mug").background->colour->text == "white");
    CHECK(read("a mug on white").background->colour->text == "white");
    CHECK_FALSE(read("the background is one plain colour").background->colour);
    CHECK(things_of("a cat on a red table") == "cat; red table");
  }

  TEST_CASE("a place is no background") {
    for (const std::string_view text :
         {"a mug against a brick wall", "a wall covered in graffiti", "a man before a busy city background",
          "a mug on a white marble background", "a mug in a park", "a ball on the beach", "a red house at night"}) {
      CAPTURE(std::string{text});
      const Description d = read(text);
      CHECK_FALSE(d.background);
      CHECK(d.elsewhere);
    }
    CHECK_FALSE(read("a mug on a plain white background with a blue stripe").background);
    CHECK_FALSE(read("a cat on a red table").background);
  }

  TEST_CASE("light") {
    CHECK(read("a mug at golden hour").light->value == Light::golden_hour);
    CHECK(read("a mug, sunny").light->value == Light::sunny);
    CHECK(read("a mug, dark").light->value == Light::dark);
    CHECK(read("the light is dull").light->value == Light::dull);
    CHECK(read("the image must be bright").light->value == Light::bright);
    CHECK(read("a bright photo of a mug").light->value == Light::bright);
    for (const std::string_view text : {"a dark red mug", "a light blue mug", "a woman with a bright smile",
                                        "a laptop on a dark wooden shelf", "bright colours"}) {
      CAPTURE(std::string{text});
      CHECK_FALSE(read(text).light);
    }
  }

  TEST_CASE("framing and qualities") {
    CHECK(read("a close-up of a cat").framing.at(0).value == Framing::close_up);
    CHECK(read("a cat that fills the frame").framing.at(0).value == Framing::fills_frame);
    CHECK(read("a cat, centered").framing.at(0).value == Framing::centred);
    CHECK(read("a wide shot of a cat").framing.at(0).value == Framing::wide);
    CHECK(read("a cat, sharp, vivid colours, high contrast").qualities ==
          std::vector{Quality::sharp, Quality::vivid, Quality::high_contrast});
    CHECK(read("a sharp pencil").qualities.empty());
  }

  TEST_CASE("unwanted") {
    const Description d = read("a mug, no text, without red flowers. Not a cat. free of shadows");
    CHECK(things_of(d) == "mug");
    CHECK(d.unwanted == std::vector<std::string>{"text", "red flowers", "a cat", "shadows"});
    CHECK(things_of("no cat but a dog") == "dog");
  }

  TEST_CASE("what is not understood is listed") {
    CHECK(read("a mug with a floral pattern").unread == std::vector<std::string>{"a floral pattern"});
    CHECK_FALSE(read("the mugs look expensive").complete());
    CHECK_FALSE(read("three shiny mugs").complete());
    CHECK(read("three red mugs").complete());
  }

  TEST_CASE("plurals") {
    for (const auto& [one, many] :
         std::vector<std::pair<std::string_view, std::string_view>>{{"mug", "mugs"},
                                                                    {"woman", "women"},
                                                                    {"accessory", "accessories"},
                                                                    {"glass", "glasses"},
                                                                    {"box", "boxes"},
                                                                    {"fish", "fish"}}) {
      CHECK(plural_of(one) == many);
      CHECK(things_of("three " + std::string{many}) == "3 " + std::string{one});
    }
  }

  TEST_CASE("hostile text is bounded") {
    CHECK(things_of("") == "");
    CHECK(things_of("   ,,;;::..!!") == "");
    CHECK(things_of(std::string_view{"\0\0three mugs\0", 13}) == "3 mug");
    std::string long_text;
    while (long_text.size() < 1'000'000)
      long_text += "three red mugs left of (a blue bottle:1.9), no cats. Important: ";
    const Description d = read(long_text);
    CHECK_FALSE(d.complete());
    CHECK(d.things.size() <= list_limit);
    CHECK(d.unwanted.size() <= list_limit);
    CHECK(things_of(std::string(100'000, '(')) == "");
    CHECK(things_of(std::string(100'000, 'a')) == "");
    // Every byte value, in a fixed pseudo-random order.
    std::string noise;
    unsigned state = 1;
    for (int i = 0; i < 60'000; ++i) {
      state = state * 1664525U + 1013904223U;
      noise += static_cast<char>(state >> 24U);
      if (state % 97 == 0) noise += " three red mugs (left of:1.2) the plain background is no ";
    }
    for (std::size_t cut = 0; cut < noise.size(); cut += 997) {
      for (const std::string& text : read(std::string_view{noise}.substr(cut)).unread) CHECK_FALSE(text.empty());
    }
  }
}
