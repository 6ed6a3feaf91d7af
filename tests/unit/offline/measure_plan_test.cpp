#include "offline/measure/plan_checklist.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::offline;
using namespace pentimento::offline::measuring;

namespace {

/// "id: text" of each planned requirement, in order.
std::vector<std::string> plan(const Brief& brief, const ProductPhotoProfile* profile = nullptr) {
  std::vector<std::string> lines;
  for (const PlannedItem& item : plan_items(brief, profile, "measure")) {
    CHECK(item.requirement.owner() == "measure");
    CHECK_FALSE(item.checks.empty());
    lines.push_back(item.requirement.id() + ": " + item.requirement.text());
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE("Measuring plan") {
  TEST_CASE("quickstart brief") {
    CHECK(plan(Brief{"three red mugs on a plain white table, bright"}) ==
          Lines{"count-mug: exactly three mugs", "colour-mug-red: the mugs are red",
                "background: a plain white background", "light: bright light"});
  }

  TEST_CASE("plans nothing that pixels cannot tell") {
    CHECK(plan(Brief{"an indian woman in a zari banarasi saree"}).empty());
    CHECK(plan(Brief{""}).empty());
    CHECK(plan(Brief{"a happy dog"}).empty());
    CHECK(plan(Brief{"three mugs and two bottles"}).empty());  // nothing tells mugs from bottles
    CHECK(plan(Brief{"three mugs in a park"}).empty());        // nor from trees
    CHECK(plan(Brief{"three red mugs in a park"}) ==
          Lines{"count-mug: exactly three mugs", "colour-mug-red: the mugs are red"});
    CHECK(plan(Brief{"white mugs on a plain white background"}) == Lines{"background: a plain white background"});
  }

  TEST_CASE("says what it leaves unjudged") {
    const auto unjudged = [](const Brief& brief) { return unjudged_parts(brief, nullptr); };
    CHECK(unjudged(Brief{"three red mugs on a plain white table, bright"}).empty());
    CHECK(unjudged(Brief{"a red mug with a floral pattern on a plain white background"}) == Lines{"a floral pattern"});
    CHECK(unjudged(Brief{"a happy dog"}) == Lines{"dog", "happy"});
    CHECK(unjudged(Brief{"an old man reading"}) == Lines{"an old man reading"});
    CHECK(unjudged(Brief{"a three-legged stool"}) == Lines{"a three-legged stool"});
    CHECK(unjudged(Brief{"three mugs in a park"}) == Lines{"three mugs", "a park"});
    CHECK(unjudged(Brief{"white mugs on a plain white background"}) == Lines{"white mugs"});
    CHECK(unjudged(Brief{"a shiny red ball on a white table"}) == Lines{"ball on table", "shiny"});
    CHECK(unjudged(Brief{"a kitchen without any white cabinets"}) == Lines{"no white cabinets", "a kitchen"});
    CHECK(unjudged(Brief{"a red mug, not a blue one"}) == Lines{"no blue one"});
    CHECK(unjudged(Brief{"a room that is not blue"}) == Lines{"a room", "not blue"});
    CHECK(unjudged(Brief{"black and white photograph of an old bridge"}) ==
          Lines{"an old bridge", "black and white photograph"});
    CHECK(unjudged(Brief{"a poster with the word \"Open\""}) == Lines{"a poster", "the word \"Open\""});
    CHECK(unjudged(Brief{"cloud nine: a red mug"}) == Lines{"cloud nine"});
    CHECK(unjudged(Brief{"a red mug on a plain dark background"}) == Lines{"dark background"});
    CHECK(unjudged(Brief{"two teapots, side by side"}) == Lines{"side by side"});
    // The user's own requirements are in the checklist whoever judges them.
    Brief brief{"a red mug"};
    brief.must("it looks handmade").avoid("text").avoid("blue");
    CHECK(unjudged(brief) == Lines{"no text"});
  }

  TEST_CASE("says which rules of a profile it leaves unjudged") {
    for (const ProductPhotoProfile& profile : product_photo_profiles()) {
      CAPTURE(profile.name);
      CHECK(unjudged_parts(Brief{"a red mug"}, &profile) == Lines{std::string{profile.unmeasured}});
    }
    CHECK(find_product_photo_profile("marketplace-main")->unmeasured == "no text, logo or watermark");
  }

  TEST_CASE("saree of the article") {
    CHECK(plan(Brief{"a woman in a black and purple zari banarasi saree, golden accessories, plain background"}) ==
          Lines{"colour-saree-black-purple: the saree is black and purple",
                "colour-accessory-golden: the accessories are golden",
                "background: the background is one plain colour"});
  }

  TEST_CASE("unknown things") {
    CHECK(plan(Brief{"three red mugs on a blue tray"}) == Lines{"count-mug: exactly three mugs",
                                                                "colour-mug-red: the mugs are red",
                                                                "colour-tray-blue: the tray is blue"});
    CHECK(plan(Brief{"two orange cars on a grey road"}) ==
          Lines{"count-car: exactly two cars", "colour-car-orange: the cars are orange"});
    CHECK(plan(Brief{"a red gizmo"}) == Lines{"colour-gizmo-red: the gizmo is red"});
    CHECK(plan(Brief{"a laptop on a dark wooden shelf"}).empty());
    CHECK(plan(Brief{"a house with a red roof"}).empty());
  }

  TEST_CASE("invents nothing") {
    const std::vector<std::pair<const char*, Lines>> briefs{
        {"a 20 oz blue tumbler", {"colour-tumbler-blue: the tumbler is blue"}},
        {"a three-legged stool", {}},
        {"a 2 door red car", {"colour-car-red: the car is red"}},
        {"a size 42 blue shoe", {"colour-shoe-blue: the shoe is blue"}},
        {"at least three red mugs", {"colour-mug-red: the mugs are red"}},
        {"one or two mugs", {}},
        {"half a dozen mugs", {}},
        {"a pair of red shoes", {"colour-shoe-red: the shoes are red"}},
        {"a poster that says \"three red mugs\"", {}},
        {"an olive tree", {}},
        {"a red panda", {}},
        {"a Blue Note record", {}},
        {"a mug against a brick wall", {}},
        {"a wall covered in graffiti", {}},
        {"a man before a busy city background", {}},
        {"a navy jacket", {"colour-jacket-navy: the jacket is navy"}},
        {"a red box", {"colour-box-red: the box is red"}},
        {"a pink rose", {"colour-rose-pink: the rose is pink"}},
        {"a kitchen without any white cabinets", {}},
        {"a shelf with no red mugs on it", {}},
        {"a room that is not blue", {}},
        {"a phone on a desk, background out of focus", {}},
        {"a shoe on an off-white background", {"background: a plain off-white background"}},
        {"the largest pot in the center", {}},
        {"a circle centred on a plate", {}},
        {"a ball in the middle of a rug", {}},
        {"a mug with \"Best Dad\" in blue", {}},
        {"a cup with a slogan in red", {}},
        {"a mug that isn't red", {}},
        {"don't show a red car", {}},
        {"a red car rather than blue", {"colour-car-red: the car is red"}},
        {"a dog, no border collie", {}},
        {"a wall without picture frames", {}},
        {"a dog, no blurred people", {}},
        {"a mug without standing on a white background", {}},
        {"The left vase is blue, the right one is yellow.", {}},
        {"If the background is blue, the car should be red.", {}},
        {"Between three and five macarons in pastel colours.", {}},
        {"A colour wheel with red, yellow and blue segments.", {}},
        {"Four mugs in red, blue, green and yellow.", {}},
        {"A man wearing one red sock and one green sock.", {}},
        {"16 white pieces and 16 black pieces on a wooden board",
         {"colour-piece-white: some pieces are white", "colour-piece-black: some pieces are black"}},
        {"A dark blue-green dragon breathing fire.", {}},
        {"A dozen red roses in a clear vase, white background.",
         {"colour-rose-red: the roses are red", "background: a plain white background"}},
        {"A few red apples.", {"colour-apple-red: the apples are red"}},
        {"Neither a red mug nor a blue bottle, just a tray", {}},
        {"a desk minus the red mug", {}},
        {"a red mug and a blue one", {}},
        {"a red and a blue mug", {}},
        {"three red mugs. One of them is chipped.", {}},
        {"a red mug next to three mugs", {}},
        {"five mugs, two mugs are red", {}},
        {"some mugs are red", {}},
        {"a red car, maybe a blue house", {}},
        {"a girl holding a sign with a white background", {}},
    };
    for (const auto& [brief, lines] : briefs) {
      CAPTURE(std::string{brief});
      CHECK(plan(Brief{brief}) == lines);
    }
  }

  TEST_CASE("plans what simple briefs say") {
    const std::vector<std::pair<const char*, Lines>> briefs{
        {"a red ball on a pure white background",
         {"colour-ball-red: the ball is red", "background: a plain white background"}},
        {"a red ball on a stark white background",
         {"colour-ball-red: the ball is red", "background: a plain white background"}},
        {"a blue square", {"colour-square-blue: the square is blue"}},
        {"a purple circle centred on a light grey background",
         {"colour-circle-purple: the circle is purple", "background: a plain light grey background",
          "framing-centred: centred in the frame"}},
        {"two teapots, side by side, on a pale yellow background",
         {"count-teapot: exactly two teapots", "background: a plain pale yellow background"}},
        {"a red mug without a handle on a white background",
         {"colour-mug-red: the mug is red", "background: a plain white background"}},
        {"exactly three red mugs, apart from each other",
         {"count-mug: exactly three mugs", "colour-mug-red: the mugs are red"}},
        {"a red car, no blue", {"colour-car-red: the car is red", "no-blue: no blue"}},
        {"a red car in the middle", {"colour-car-red: the car is red", "framing-centred: centred in the frame"}},
        {"a red car, no blur or noise", {"colour-car-red: the car is red", "sharpness: sharp, in focus"}},
    };
    for (const auto& [brief, lines] : briefs) {
      CAPTURE(std::string{brief});
      CHECK(plan(Brief{brief}) == lines);
    }
  }

  TEST_CASE("supports") {
    const auto colour_check = [](const char* text) {
      for (const PlannedItem& item : plan_items(Brief{text}, nullptr, "measure")) {
        if (item.checks.front().measure == Measure::colour && item.checks.front().noun == "lemon")
          return item.checks.front();
      }
      return Check{};
    };
    CHECK(colour_check("two yellow lemons on a blue plate").supports.size() == 1);
    CHECK(colour_check("two yellow lemons on a blue plate").plain_supports == 0);
    CHECK(colour_check("two yellow lemons on a plate").plain_supports == 1);
    CHECK(colour_check("two yellow lemons on a yellow plate").plain_supports == 1);
    CHECK(colour_check("two yellow lemons on two plates").plain_supports == 2);
    CHECK(colour_check("two yellow lemons on plates").plain_supports > 2);
    CHECK(colour_check("two yellow lemons").plain_supports == 0);
  }

  TEST_CASE("positions") {
    const auto items = plan_items(Brief{"a red mug to the left of a blue bottle"}, nullptr, "measure");
    REQUIRE(items.size() == 3);
    CHECK(items[2].requirement.id() == "position-mug-left-of-bottle");
    CHECK(items[2].requirement.text() == "the mug is left of the bottle");
    CHECK(items[2].requirement.depends_on() == Lines{"colour-mug-red", "colour-bottle-blue"});
    CHECK(plan(Brief{"a mug to the left of a bottle"}).empty());
    CHECK(plan(Brief{"a red mug to the left of a red bottle"}).size() == 2);
  }

  TEST_CASE("claims what it understands whole") {
    Brief brief{"a red mug and a blue bottle"};
    brief.must("the mug is left of the bottle")
        .must("the mug looks old")
        .should("the background is one plain colour")
        .must("sharp, vivid colours");
    const auto items = plan_items(brief, nullptr, "measure");
    const auto has = [&](const char* id) {
      return std::ranges::any_of(items, [&](const PlannedItem& item) { return item.requirement.id() == id; });
    };
    CHECK(has("user-1"));
    CHECK_FALSE(has("user-2"));
    CHECK(has("user-3"));
    CHECK(has("user-4"));
    CHECK(has("colour-mug-red"));
  }

  TEST_CASE("plans nothing twice") {
    Brief brief{"a woman in a black and purple saree, plain background"};
    brief.must("the saree is black and purple").must("the background is one plain colour");
    CHECK(plan(brief) == Lines{"user-1: the saree is black and purple", "user-2: the background is one plain colour"});
  }

  TEST_CASE("qualities, framing and size") {
    Brief brief{"a car, sharp, high contrast, close-up, centred, without a border"};
    brief.size({800, 600}).avoid("blur");
    const auto lines = plan(brief);
    const auto has = [&](const char* line) { return std::ranges::find(lines, line) != lines.end(); };
    CHECK(has("framing-close-up: a close-up"));
    CHECK(has("framing-centred: centred in the frame"));
    CHECK(has("sharpness: sharp, in focus"));
    CHECK(has("contrast: high contrast"));
    CHECK(has("no-border: no border around the image"));
    CHECK(has("size: exactly 800x600 pixels"));
    CHECK(std::ranges::count(lines, "sharpness: sharp, in focus") == 1);
    Brief wide{"a car"};
    wide.aspect_ratio({16, 9});
    CHECK(plan(wide) == Lines{"aspect-ratio: width to height as 16 to 9"});
  }

  TEST_CASE("one kind in two colours") {
    const auto lines = plan(Brief{"two red mugs and one blue mug on a plain white background"});
    CHECK(std::ranges::find(lines, "count-mug-red: exactly two red mugs") != lines.end());
    CHECK(std::ranges::find(lines, "count-mug-blue: exactly one blue mug") != lines.end());
  }

  TEST_CASE("unique ids") {
    Brief brief{
        "two red mugs, two red mugs, three blue cats and a red mug left of a blue bottle, bright, dull, white "
        "background, sharp, crisp"};
    const auto once = plan(brief);
    CHECK(once == plan(brief));
    for (std::size_t i = 0; i < once.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j)
        CHECK(once[i].substr(0, once[i].find(':')) != once[j].substr(0, once[j].find(':')));
    }
  }

  TEST_CASE("profiles") {
    CHECK(plan(Brief{""}, find_product_photo_profile("marketplace-main")) ==
          Lines{"white-background: a pure white background", "frame-fill: the product fills at least 85 % of the frame",
                "longest-side: at least 1000 pixels on the longest side", "no-border: no border around the image"});
    CHECK(plan(Brief{"a shoe"}, find_product_photo_profile("shopping-feed")) ==
          Lines{"frame-fill: the product fills 75 % to 90 % of the frame",
                "shortest-side: at least 100 pixels on each side", "no-border: no border around the image"});
    CHECK(find_product_photo_profile("nonsense") == nullptr);
    for (const ProductPhotoProfile& profile : product_photo_profiles()) CHECK_FALSE(profile.source.empty());
  }
}
