#include "offline/measure/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
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

TEST_CASE("the brief of the first example has four items") {
  CHECK(plan(Brief{"three red mugs on a plain white table, bright"}) ==
        Lines{"count-mug: exactly three mugs", "colour-mug-red: the mugs are red",
              "background: a plain white background", "light: bright light"});
}

TEST_CASE("what pixels cannot tell is not planned") {
  CHECK(plan(Brief{"an indian woman in a zari banarasi saree"}).empty());
  CHECK(plan(Brief{""}).empty());
  CHECK(plan(Brief{"a happy dog"}).empty());
  CHECK(plan(Brief{"three mugs and two bottles"}).empty());  // nothing tells mugs from bottles
  CHECK(plan(Brief{"three mugs in a park"}).empty());        // nor from trees
  CHECK(plan(Brief{"three red mugs in a park"}) ==
        Lines{"count-mug: exactly three mugs", "colour-mug-red: the mugs are red"});
  CHECK(plan(Brief{"white mugs on a plain white background"}) == Lines{"background: a plain white background"});
}

TEST_CASE("the seed article's saree") {
  CHECK(plan(Brief{"a woman in a black and purple zari banarasi saree, golden accessories, plain background"}) ==
        Lines{"colour-saree-black-purple: the saree is black and purple",
              "colour-accessory-golden: the accessories are golden", "background: the background is one plain colour"});
}

TEST_CASE("an unknown thing keeps its colour and its light to itself") {
  CHECK(plan(Brief{"three red mugs on a blue tray"}) ==
        Lines{"count-mug: exactly three mugs", "colour-mug-red: the mugs are red"});
  CHECK(plan(Brief{"two orange cars on a grey road"}) ==
        Lines{"count-car: exactly two cars", "colour-car-orange: the cars are orange"});
  CHECK(plan(Brief{"a laptop on a dark wooden shelf"}).empty());
  CHECK(plan(Brief{"a house with a red roof"}).empty());
}

TEST_CASE("things know what they stand on, by its colour if it has one of its own") {
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

TEST_CASE("a position needs colours that tell the things apart, and depends on them") {
  const auto items = plan_items(Brief{"a red mug to the left of a blue bottle"}, nullptr, "measure");
  REQUIRE(items.size() == 3);
  CHECK(items[2].requirement.id() == "position-mug-left-of-bottle");
  CHECK(items[2].requirement.text() == "the mug is left of the bottle");
  CHECK(items[2].requirement.depends_on() == Lines{"colour-mug-red", "colour-bottle-blue"});
  CHECK(plan(Brief{"a mug to the left of a bottle"}).empty());
  CHECK(plan(Brief{"a red mug to the left of a red bottle"}).size() == 2);
}

TEST_CASE("the user's own requirements are claimed when they are understood whole") {
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

TEST_CASE("what the user requires is not planned a second time") {
  Brief brief{"a woman in a black and purple saree, plain background"};
  brief.must("the saree is black and purple").must("the background is one plain colour");
  CHECK(plan(brief) == Lines{"user-1: the saree is black and purple", "user-2: the background is one plain colour"});
}

TEST_CASE("qualities, framing, size and what to avoid") {
  Brief brief{"a car, sharp, high contrast, close-up, centred, without a border"};
  brief.size({800, 600}).avoid("blur");
  const auto lines = plan(brief);
  const auto has = [&](const char* line) { return std::ranges::find(lines, line) != lines.end(); };
  CHECK(has("framing-close-up: a close-up"));
  CHECK(has("framing-centred: centred in the frame"));
  CHECK(has("sharpness: sharp, in focus"));
  CHECK(has("contrast: high contrast"));
  CHECK(has("no-border: no border around the picture"));
  CHECK(has("size: exactly 800x600 pixels"));
  CHECK(std::ranges::count(lines, "sharpness: sharp, in focus") == 1);
  Brief wide{"a car"};
  wide.aspect_ratio({16, 9});
  CHECK(plan(wide) == Lines{"aspect-ratio: width to height as 16 to 9"});
}

TEST_CASE("things of one kind in two colours are counted by colour") {
  const auto lines = plan(Brief{"two red mugs and one blue mug on a plain white background"});
  CHECK(std::ranges::find(lines, "count-mug-red: exactly two red mugs") != lines.end());
  CHECK(std::ranges::find(lines, "count-mug-blue: exactly one blue mug") != lines.end());
}

TEST_CASE("ids are unique and plans are repeatable") {
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

TEST_CASE("a profile adds its figures to any brief") {
  CHECK(plan(Brief{""}, find_product_photo_profile("marketplace-main")) ==
        Lines{"white-background: a pure white background", "frame-fill: the product fills at least 85 % of the frame",
              "longest-side: at least 1000 pixels on the longest side", "no-border: no border around the picture"});
  CHECK(plan(Brief{"a shoe"}, find_product_photo_profile("shopping-feed")) ==
        Lines{"frame-fill: the product fills 75 % to 90 % of the frame",
              "shortest-side: at least 100 pixels on each side", "no-border: no border around the picture"});
  CHECK(find_product_photo_profile("nonsense") == nullptr);
  for (const ProductPhotoProfile& profile : product_photo_profiles()) CHECK_FALSE(profile.source.empty());
}
