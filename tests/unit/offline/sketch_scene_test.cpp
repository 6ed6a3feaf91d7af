#include "offline/sketch/scene.hpp"

#include "offline/language/language.hpp"
#include "offline/sketch/binding.hpp"
#include "offline/sketch/drawings.hpp"
#include "offline/sketch/edit.hpp"
#include "offline/sketch/render.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using namespace pentimento::offline;
using namespace pentimento::offline::sketch;

namespace {

// As the prompt would come out if every phrase bound: what the rule decides is tested elsewhere.
Bindings all_hold(const Description& description) {
  Bindings b;
  for (const Subject& subject : description.subjects) {
    SubjectBinding one;
    one.colours.resize(subject.colours.size());
    b.subjects.push_back(one);
  }
  b.relations.resize(description.relations.size());
  b.framing.resize(description.framing.size());
  return b;
}

Scene perfect(std::string_view prompt, std::uint64_t seed = 1, int width = 400, int height = 400) {
  const Description description = read(prompt);
  return compose(description, all_hold(description), prompt, seed, width, height);
}

const Item& item(const Scene& scene, std::string_view noun) {
  const auto it = std::ranges::find_if(scene.items, [&](const Item& i) { return i.drawing->noun == noun; });
  REQUIRE_MESSAGE(it != scene.items.end(), "no " << std::string{noun});
  return *it;
}

bool apart(const Item& a, const Item& b) {
  return a.left + a.width < b.left || b.left + b.width < a.left || a.top + a.height < b.top || b.top + b.height < a.top;
}

}  // namespace

TEST_CASE("everything of the lexicon that is a thing can be drawn, in one piece, inside its box") {
  for (const Drawing& drawing : all_drawings()) {
    CAPTURE(std::string{drawing.noun});
    CHECK(canonical_noun(drawing.noun) == std::string{drawing.noun});
    Pen pen{300, 160, Grade{}};
    pen.rect(0, 0, 300, 160, 0, Rgb{255, 255, 255});
    pen.open(25, 30, 1, false, 0);
    Look look;
    look.main = {150, 40, 60};
    look.second = {40, 60, 150};
    drawing.draw(pen, look);
    pen.close();
    const auto pixels = render_pixels(std::move(pen).finish());
    REQUIRE(pixels.has_value());
    const auto boxes = places_of(*pixels, {255, 255, 255});
    REQUIRE(boxes.size() == 1);
    CHECK(boxes[0].left >= 25 - 4);
    CHECK(boxes[0].top >= 30 - 4);
    CHECK(boxes[0].left + boxes[0].width <= 25 + 100 * drawing.aspect + 4);
    CHECK(boxes[0].top + boxes[0].height <= 130 + 4);
    CHECK(boxes[0].height > 60);
  }
  for (const std::string& noun : known_nouns()) CHECK_MESSAGE(!drawing_of(noun).noun.empty(), noun);
}

TEST_CASE("a count that binds is a count of separate things") {
  for (const int wanted : {1, 2, 3, 5, 8, 12}) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      const Scene scene = perfect(std::to_string(wanted) + " red mugs on a plain white table", seed);
      CAPTURE(wanted);
      CAPTURE(seed);
      REQUIRE(scene.items.size() == static_cast<std::size_t>(wanted));
      for (std::size_t i = 0; i < scene.items.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) CHECK(apart(scene.items[i], scene.items[k]));
        CHECK(scene.items[i].left > 0);
        CHECK(scene.items[i].left + scene.items[i].width < 400);
        CHECK(scene.items[i].top > 0);
        CHECK(scene.items[i].top + scene.items[i].height < 400);
      }
      const auto pixels = render_pixels(to_svg(scene));
      REQUIRE(pixels.has_value());
      CHECK(places_of(*pixels, {255, 255, 255}).size() == static_cast<std::size_t>(wanted));
    }
  }
}

TEST_CASE("a count that does not bind is off by one or two, and never nothing") {
  const std::string prompt = "three red mugs";
  const Description description = read(prompt);
  Bindings b = all_hold(description);
  std::set<std::size_t> seen;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    b.subjects[0].count.margin = seed % 2 == 0 ? -0.4 : -1.8;
    seen.insert(compose(description, b, prompt, seed, 300, 300).items.size());
  }
  CHECK(seen == std::set<std::size_t>{1, 2, 4, 5});
}

TEST_CASE("a plain white background that binds is white to the last pixel of the border") {
  for (const std::string_view prompt :
       {"a mug on a plain white background", "a mug on a plain white background, bright",
        "a mug on a plain white background, sunny"}) {
    const auto pixels = render_pixels(to_svg(perfect(prompt)));
    REQUIRE(pixels.has_value());
    for (int i = 0; i < 400; ++i) {
      CHECK(pixels->at(i, 0) == Rgb{255, 255, 255});
      CHECK(pixels->at(399, i) == Rgb{255, 255, 255});
    }
  }
}

TEST_CASE("one that does not bind is not") {
  const std::string prompt = "a mug on a plain white background";
  const Description description = read(prompt);
  Bindings b = all_hold(description);
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    b.background.margin = -0.2 - 0.2 * static_cast<double>(seed);
    const auto pixels = render_pixels(to_svg(compose(description, b, prompt, seed, 200, 200)));
    REQUIRE(pixels.has_value());
    int white = 0;
    for (int i = 0; i < 200; ++i) white += luma(pixels->at(i, 0)) > 0.985 && luma(pixels->at(i, 199)) > 0.985 ? 1 : 0;
    CHECK(white < 200);
  }
}

TEST_CASE("colours") {
  CHECK(item(perfect("a red mug"), "mug").look.main.red > 200);
  const Scene saree = perfect("a woman in a black and purple saree, golden accessories, dark brown hair");
  const Look& look = item(saree, "woman").look;
  CHECK(saree.items.size() == 1);
  CHECK(look.dress == Dress::saree);
  CHECK(look.two_colours);
  CHECK(look.main == Rgb{0, 0, 0});
  CHECK(look.second == Rgb{128, 0, 128});
  CHECK(look.jewellery);
  CHECK(look.metal.red > look.metal.blue + 100);
  CHECK(luma(look.hair) < 0.3);

  const std::string prompt = "a blue mug and a green bottle";
  const Description description = read(prompt);
  Bindings b = all_hold(description);
  b.subjects[0].colours[0].margin = -1;
  const Rgb blue = item(perfect(prompt), "mug").look.main;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CHECK(distance(item(compose(description, b, prompt, seed, 200, 200), "mug").look.main, blue) >= 70);
  }
}

TEST_CASE("relations are drawn as they were said, and swapped when they do not bind") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Scene left = perfect("a mug left of a bottle", seed);
    CHECK(item(left, "mug").left + item(left, "mug").width < item(left, "bottle").left);
    const Scene right = perfect("a mug right of a bottle", seed);
    CHECK(item(right, "bottle").left + item(right, "bottle").width < item(right, "mug").left);
    const Scene above = perfect("a mug above a bottle", seed);
    CHECK(item(above, "mug").top + item(above, "mug").height < item(above, "bottle").top);
    const Scene on = perfect("a mug on a red table", seed);
    CHECK(item(on, "mug").top < item(on, "table").top);
    CHECK_FALSE(apart(item(on, "mug"), item(on, "table")));
    const Scene behind = perfect("a tree behind a house", seed);
    CHECK(behind.items.at(0).drawing->noun == "tree");
    CHECK(behind.items.at(1).drawing->noun == "house");
    CHECK_FALSE(apart(behind.items[0], behind.items[1]));
  }
  const std::string prompt = "a mug left of a bottle";
  const Description description = read(prompt);
  Bindings b = all_hold(description);
  b.relations[0].margin = -1;
  const Scene swapped = compose(description, b, prompt, 1, 400, 400);
  CHECK(item(swapped, "bottle").left < item(swapped, "mug").left);
}

TEST_CASE("framing and light") {
  const auto share = [](const Scene& scene) {
    double high = 0;
    for (const Item& i : scene.items) high = std::max({high, i.height / scene.height, i.width / scene.width});
    return high;
  };
  CHECK(share(perfect("a mug that fills the frame")) > 0.85);
  CHECK(share(perfect("a wide shot of a mug")) < 0.45);
  const Scene centred = perfect("a mug, centred");
  CHECK(std::abs(centred.items.at(0).left + centred.items.at(0).width / 2 - 200) < 8);
  CHECK(perfect("a mug, dark").light.gain < perfect("a mug, dull").light.gain);
  CHECK(perfect("a mug, dull").light.gain < perfect("a mug").light.gain);
  CHECK(perfect("a mug, bright").light.gain > perfect("a mug").light.gain);
  CHECK(perfect("a mug at golden hour").light.warmth > 0.4);
}

TEST_CASE("no word of a prompt reaches the SVG") {
  const std::string svg = to_svg(
      perfect("</svg><script>mugs</script> three red mugs \"onload=x\" file:///etc/passwd, a purple frobnicator"));
  for (const std::string_view word :
       {"script", "onload", "passwd", "frobnicator", "mug", "purple", "href", "<image", "<text"}) {
    CHECK(svg.find(word) == std::string::npos);
  }
}

TEST_CASE("a scene is a function of words, seed and size") {
  const std::string_view prompt = "two cats behind a red car in a sunny park";
  CHECK(to_svg(perfect(prompt, 7)) == to_svg(perfect(prompt, 7)));
  CHECK(to_svg(perfect(prompt, 7)) != to_svg(perfect(prompt, 8)));
  CHECK(to_svg(perfect(prompt, 7, 300, 200)) != to_svg(perfect(prompt, 7, 200, 300)));
}

TEST_CASE("absurd wishes are bounded") {
  CHECK(perfect("999 stars").items.size() == 48);
  CHECK(perfect("zero mugs").items.empty());
  CHECK(perfect("nothing that is known").items.empty());
  CHECK(to_svg(perfect("a huge house on a tiny mug on a tiny banana", 1, 64, 4096)).size() > 1000);
}
