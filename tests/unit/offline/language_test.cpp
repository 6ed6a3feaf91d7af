#include "offline/language/language.hpp"

#include "offline/language/colour_names.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento::offline;

namespace {

const Subject& subject(const Description& description, std::string_view noun) {
  const auto index = description.find(noun);
  REQUIRE_MESSAGE(index, "no subject " << std::string{noun});
  return description.subjects[*index];
}

std::vector<std::string> colours(const Subject& subject) {
  std::vector<std::string> names;
  for (const Colour& colour : subject.colours) names.push_back(colour.text());
  return names;
}

std::string said(std::string_view text, const Phrase& phrase) {
  return std::string{text.substr(phrase.span().offset, phrase.span().length)};
}

using Names = std::vector<std::string>;

}  // namespace

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

TEST_CASE("a tone makes a colour lighter or darker, greys too") {
  const auto sum = [](Rgb c) { return c.red + c.green + c.blue; };
  for (const std::string_view name : {"red", "green", "grey", "brown", "purple"}) {
    CAPTURE(name);
    const Rgb plain = *colour_named(name);
    CHECK(sum(*colour_toned(name, Tone::light)) > sum(plain));
    CHECK(sum(*colour_toned(name, Tone::pale)) > sum(plain));
    CHECK(sum(*colour_toned(name, Tone::dark)) < sum(plain));
    CHECK(sum(*colour_toned(name, Tone::deep)) < sum(plain));
  }
}

TEST_CASE("the usage example") {
  const std::string text = "three red mugs on a plain white table, bright";
  const Description d = read(text);
  REQUIRE(d.subjects.size() == 1);
  const Subject& mug = d.subjects[0];
  CHECK(mug.noun == "mug");
  CHECK(mug.plural);
  REQUIRE(mug.count);
  CHECK(mug.count->value == 3);
  CHECK(mug.count->stated);
  CHECK(said(text, mug.count->phrase) == "three red mugs");
  CHECK(colours(mug) == Names{"red"});
  REQUIRE(d.background);
  CHECK(d.background->backdrop == Backdrop::plain);
  CHECK(d.background->uniform);
  REQUIRE(d.background->colour);
  CHECK(d.background->colour->name == "white");
  REQUIRE(d.light);
  CHECK(d.light->light == Light::bright);
  CHECK(said(text, d.light->phrase) == "bright");
  CHECK(d.relations.empty());
  CHECK(d.unknown.empty());
}

TEST_CASE("the seed article's prompt") {
  const std::string text =
      "Visualize an indian women wearing a zari banarasi saree in black purple colour. She's wearing golden "
      "accessories and has dark brown "
      "hair, and standing in front of an aesthetic plain solid coloured background";
  const Description d = read(text);
  REQUIRE(d.subjects.size() == 4);
  const Subject& woman = subject(d, "woman");
  REQUIRE(woman.count);
  CHECK(woman.count->value == 1);
  CHECK(colours(subject(d, "saree")) == Names{"black", "purple"});
  CHECK(colours(subject(d, "accessory")) == Names{"golden"});
  CHECK(colours(subject(d, "hair")) == Names{"dark brown"});
  for (const std::string_view noun : {"saree", "accessory", "hair"}) CHECK(subject(d, noun).owner == d.find("woman"));
  REQUIRE(d.background);
  CHECK(d.background->backdrop == Backdrop::plain);
  CHECK(d.background->uniform);
  CHECK_FALSE(d.background->colour);
  CHECK(d.relations.empty());
  CHECK_FALSE(d.light);
}

TEST_CASE("a revised prompt merges what it repeats and hears what it stresses") {
  const Description d = read(
      "exactly three mugs; a plain white background. three red mugs on a plain white table, bright. Important: exactly "
      "three mugs; a plain "
      "white background. Keep: the mugs are red; bright light. Avoid: two mugs instead of three; grey.");
  REQUIRE(d.subjects.size() == 1);
  const Count& count = *d.subjects[0].count;
  CHECK(count.value == 3);
  REQUIRE(count.phrase.mentions.size() == 3);
  CHECK(count.phrase.mentions[0].exact);
  CHECK_FALSE(count.phrase.mentions[1].important);
  CHECK(count.phrase.mentions[2].important);
  CHECK(count.phrase.mentions[2].exact);
  REQUIRE(d.subjects[0].colours.size() == 1);
  REQUIRE(d.subjects[0].colours[0].phrase.mentions.size() == 2);
  CHECK(d.subjects[0].colours[0].phrase.mentions[1].kept);
  CHECK_FALSE(d.subjects[0].colours[0].phrase.mentions[1].important);
  CHECK(d.background->phrase.mentions.size() == 3);
  CHECK(d.light->phrase.mentions.size() == 2);
  REQUIRE(d.negations.size() == 2);
  CHECK(d.negations[0].nouns == Names{"mug"});
  CHECK(d.negations[1].text == "grey");
  CHECK(d.negations[1].colours.size() == 1);
}

TEST_CASE("counts") {
  const auto count_of = [](std::string_view text, std::string_view noun) {
    const Description d = read(text);
    const auto& count = subject(d, noun).count;
    return count ? count->value : -1;
  };
  CHECK(count_of("a mug", "mug") == 1);
  CHECK(count_of("an apple", "apple") == 1);
  CHECK(count_of("twenty stars", "star") == 20);
  CHECK(count_of("12 books", "book") == 12);
  CHECK(count_of("a pair of shoes", "shoe") == 2);
  CHECK(count_of("two pairs of boots", "shoe") == 4);
  CHECK(count_of("several cats", "cat") == -1);
  CHECK(count_of("mugs", "mug") == -1);
  CHECK(count_of("three beautiful ceramic mugs", "mug") == 3);
  CHECK(count_of("no more than two dogs", "dog") == 2);
  CHECK_FALSE(read("a mug").subjects[0].count->stated);
  CHECK(read("one mug").subjects[0].count->stated);
}

TEST_CASE("an unknown noun is a thing after a number, and otherwise a word") {
  const Description d = read("three gizmos and a frobnicator");
  REQUIRE(d.subjects.size() == 1);
  CHECK(d.subjects[0].noun == "gizmo");
  CHECK_FALSE(d.subjects[0].known);
  CHECK(d.subjects[0].count->value == 3);
  CHECK(d.unknown.back().word == "frobnicator");
  CHECK(read("ready in five minutes").subjects.empty());
}

TEST_CASE("colours go to their things") {
  CHECK(colours(subject(read("the mugs are very dark blue"), "mug")) == Names{"dark blue"});
  CHECK(colours(subject(read("a black-and-white cat"), "cat")) == Names{"black", "white"});
  CHECK(colours(subject(read("a ball in red and yellow"), "ball")) == Names{"red", "yellow"});
  CHECK(colours(subject(read("a sky blue car"), "car")) == Names{"skyblue"});
  const Description d = read("a red mug and a blue mug beside a yellow book");
  REQUIRE(d.subjects.size() == 3);
  CHECK(colours(d.subjects[0]) == Names{"red"});
  CHECK(colours(d.subjects[1]) == Names{"blue"});
  CHECK(colours(d.subjects[2]) == Names{"yellow"});
}

namespace {

/// "red mug; blue plate": the subjects with their colours, in the order said.
std::string things_of(std::string_view text) {
  std::string all;
  for (const Subject& one : read(text).subjects) {
    all += all.empty() ? "" : "; ";
    for (const Colour& colour : one.colours) all += colour.text() + ' ';
    all += one.noun;
  }
  return all;
}

}  // namespace

TEST_CASE("the colour of a thing that is not known is nobody else's") {
  const std::vector<std::pair<std::string_view, std::string_view>> wanted{
      {"three red mugs on a blue tray", "red mug"},
      {"two orange cars on a grey road", "orange car"},
      {"two cars on an orange rug", "car"},
      {"a boat on turquoise water", "boat"},
      {"a mug on white marble", "mug"},
      {"a house with a red roof", "house"},
      {"a woman with red lipstick and blue eyes", "woman"},
      {"two red apples in a brown wicker basket", "red apple"},
      {"a green bottle in front of dark purple velvet curtains", "green bottle"},
      {"a yellow car next to a silver motorbike", "yellow car"},
      {"a red chair, yellow cushions, and a blue rug", "red chair"},
      {"a red chair, the curtains are purple", "red chair"},
      {"a red chair; its cushion is blue", "red chair"},
      {"a mug full of black coffee", "mug"},
      {"a vase of purple lilacs", "vase"},
      {"a dog chasing a yellow frisbee", "dog"},
      {"a white cat on a red sofa beside a green plant", "white cat; green plant"},
      {"two cars on a road that is grey", "car"},
      {"three red mugs, napkins are blue", "red mug"},
      {"the woman's scarf is blue", "woman"},
      {"the mug handle is green", "mug"},
      {"a blue-eyed cat", "cat"},
      {"three red mugs on a blue and shiny tray", "red mug"},
      {"a bottle and a red, shiny car", "bottle; red car"},
      {"three mugs on a tray painted blue", "mug"},
      {"a boy holding a sign painted green", "boy"},
      {"red mugs with blue handles", "red mug"},
      {"three red mugs, handles blue", "red mug"},
      {"a red mug on a tray, it is blue", "red mug"},
      {"a cat under a red blanket and a dog on a green mat", "cat; dog"},
      // The others keep theirs.
      {"the car is a red convertible", "red car"},
      {"the mugs are red and shiny", "red mug"},
      {"the saree is black silk", "black saree"},
      {"the mugs on the blue tray are red", "red mug"},
      {"the mugs on the plate are red", "red mug; plate"},
      {"three mugs, shiny red", "red mug"},
      {"three mugs painted red", "red mug"},
      {"three mugs, red everywhere", "red mug"},
      {"a woman in red", "red woman"},
      {"a beautiful red ceramic mug on a nice old blue plate", "red mug; blue plate"},
      {"the tray is blue, the mugs are red", "red mug"},
      {"three red mugs on two blue trays", "red mug; blue tray"},
      {"an orange floating in water", "orange"},
      {"two orange cats", "orange cat"},
  };
  for (const auto& [text, things] : wanted) {
    CAPTURE(std::string{text});
    CHECK(things_of(text) == things);
  }
}

TEST_CASE("nor is what else is said of it") {
  CHECK_FALSE(read("a laptop on a dark wooden shelf").light);
  CHECK_FALSE(read("a woman with a bright smile").light);
  CHECK(read("a mug in a bright modern loft").light->light == Light::bright);
  CHECK(read("a mug, bright airy feel").light->light == Light::bright);
  CHECK_FALSE(read("a mug, plain background with a blue stripe").background->colour);
  CHECK(read("the background is white marble. a mug").background->colour->name == "white");
  CHECK(read("a mug on white").background->colour->name == "white");
  CHECK(read("a mug against dark grey, bright").background->colour->text() == "dark grey");
  // The tray stands on nothing, and nothing stands on the bottle.
  CHECK(read("a mug on a blue tray and a bottle").relations.empty());
  const Description beside = read("a cat on a sofa next to a chair");
  REQUIRE(beside.relations.size() == 1);
  CHECK(beside.subjects[beside.relations[0].subject].noun == "cat");
  CHECK(read("a vase with gerberas on a table").relations.size() == 1);
}

TEST_CASE("an orange is a fruit, an orange cup is a cup") {
  const Description d = read("an orange, two lemons and an orange cup");
  REQUIRE(d.subjects.size() == 3);
  CHECK(d.subjects[0].noun == "orange");
  CHECK(d.subjects[0].colours.empty());
  CHECK(colours(subject(d, "cup")) == Names{"orange"});
  CHECK(colours(subject(read("the mug is orange"), "mug")) == Names{"orange"});
}

TEST_CASE("relations") {
  const auto place = [](std::string_view text) {
    const Description d = read(text);
    REQUIRE_MESSAGE(d.relations.size() == 1, std::string{text});
    CHECK(d.subjects[d.relations[0].subject].noun == "cat");
    CHECK(d.subjects[d.relations[0].object].noun == "chair");
    return d.relations[0].place;
  };
  CHECK(place("a cat left of a chair") == Place::left_of);
  CHECK(place("a cat to the left of a chair") == Place::left_of);
  CHECK(place("the cat is on the right side of the chair") == Place::right_of);
  CHECK(place("a cat above a chair") == Place::above);
  CHECK(place("a cat under the chair") == Place::below);
  CHECK(place("a cat hiding behind a red chair") == Place::behind);
  CHECK(place("a cat in front of a chair") == Place::in_front_of);
  CHECK(place("a cat sits on a chair") == Place::on);
  CHECK(place("a cat next to a chair") == Place::beside);
  CHECK(place("a cat with a flower beside a chair") == Place::beside);
}

TEST_CASE("backgrounds") {
  CHECK(read("a mug in a park").background->backdrop == Backdrop::park);
  CHECK(read("stars in the night sky").background->backdrop == Backdrop::night);
  CHECK(read("a ball on the beach").background->backdrop == Backdrop::beach);
  CHECK(read("a shoe in a studio").background->backdrop == Backdrop::studio);
  CHECK(read("a shoe on a gradient background").background->backdrop == Backdrop::gradient);
  CHECK(read("a shoe on a pale yellow background").background->colour->text() == "pale yellow");
  CHECK(read("The background is white. A mug").background->colour->name == "white");
  CHECK(read("the background is one plain colour").background->uniform);
  CHECK_FALSE(read("the background is one plain colour").background->colour);
  CHECK_FALSE(read("a cat on a red table").background);
  CHECK(colours(subject(read("a cat on a red table"), "table")) == Names{"red"});
}

TEST_CASE("light and framing") {
  CHECK(read("a mug at golden hour").light->light == Light::golden_hour);
  CHECK(read("a sunny park").light->light == Light::sunny);
  CHECK(read("a mug, dark").light->light == Light::dark);
  CHECK(read("a mug in soft light").light->light == Light::soft);
  CHECK(read("the light is dull").light->light == Light::dull);
  CHECK(read("the picture must be bright").light->light == Light::bright);
  CHECK_FALSE(read("a dark red mug").light);
  CHECK_FALSE(read("a light blue mug").light);
  CHECK(read("a close-up of a cat").framing.at(0).framing == Framing::close_up);
  CHECK(read("a cat that fills the frame").framing.at(0).framing == Framing::fills_frame);
  CHECK(read("a cat, centered").framing.at(0).framing == Framing::centred);
  CHECK(read("a wide shot of a cat").framing.at(0).framing == Framing::wide);
}

TEST_CASE("what is not wanted is not asked for") {
  const Description d = read("a mug, no text, without red flowers. Not a cat. free of shadows");
  CHECK(d.subjects.size() == 1);
  REQUIRE(d.negations.size() == 4);
  CHECK(d.negations[0].text == "text");
  CHECK(d.negations[1].nouns == Names{"flower"});
  CHECK(d.negations[1].colours.at(0).name == "red");
  CHECK(d.negations[2].nouns == Names{"cat"});
  CHECK(d.negations[3].text == "shadows");
  CHECK(read("no cat but a dog").find("dog"));
}

TEST_CASE("emphasis") {
  const auto first = [](std::string_view text) { return read(text).subjects.at(0).count->phrase.mentions.at(0); };
  CHECK(first("exactly three mugs").exact);
  CHECK(first("there must be three mugs").demanded);
  CHECK(first("Important: three mugs").important);
  CHECK(first("a dog. must have: it, three mugs").important == false);
  CHECK(first("a picture with THREE MUGS in it").shouted);
  CHECK_FALSE(first("THREE MUGS").shouted);
  CHECK(first("(three mugs:1.4)").weight == doctest::Approx(1.4));
  CHECK(first("((three mugs))").weight == doctest::Approx(1.21));
  CHECK(first("[three mugs]").weight == doctest::Approx(1 / 1.1));
  CHECK(first("(three mugs:99)").weight == doctest::Approx(3.0));
}

TEST_CASE("people wear, hold and have") {
  const Description d = read("a girl holding a red umbrella, her dress is light blue");
  CHECK(subject(d, "umbrella").owner == d.find("girl"));
  CHECK(subject(d, "dress").owner == d.find("girl"));
  CHECK_FALSE(subject(read("a red umbrella"), "umbrella").owner);
  const Description before = read("the saree is black and purple. a woman in a saree");
  CHECK(subject(before, "saree").owner == before.find("woman"));
  CHECK(subject(before, "saree").phrase.mentions.size() == 2);
}

TEST_CASE("nouns in singular and plural") {
  CHECK(canonical_noun("Mugs") == "mug");
  CHECK(canonical_noun("women") == "woman");
  CHECK(canonical_noun("accessories") == "accessory");
  CHECK(canonical_noun("glass") == "glass");
  CHECK(canonical_noun("glasses") == "glass");
  CHECK(canonical_noun("handbag") == "bag");
  CHECK_FALSE(canonical_noun("xylophone"));
  for (const std::string& noun : known_nouns()) {
    CAPTURE(noun);
    CHECK(canonical_noun(plural_of(noun)) == noun);
  }
}

TEST_CASE("hostile text is bounded") {
  CHECK(read("").subjects.empty());
  CHECK(read("   ,,;;::..!!").words == 0);
  CHECK(read(std::string_view{"\0\0three mugs\0", 13}).subjects.size() == 1);
  CHECK(read("three \xff\xfe mugs \xc3").subjects.at(0).count->value == 3);
  CHECK(read("\xf0\x9f\x8d\x8e three m\xc3\xbcgs").unknown.size() == 2);

  std::string long_text;
  while (long_text.size() < 1'000'000) long_text += "three red mugs left of (a blue bottle:1.9), no cats. Important: ";
  const Description d = read(long_text);
  CHECK(d.truncated);
  CHECK(d.subjects.size() <= subject_limit);
  CHECK(d.subjects[0].phrase.mentions.size() <= 16);
  CHECK(read(std::string(100'000, '(')).words == 0);
  CHECK(read(std::string(100'000, 'a')).words == 1);
  std::string many;
  for (const std::string& noun : known_nouns()) many += "a " + noun + ", ";
  CHECK(read(many).subjects.size() == subject_limit);

  // Every byte value, in a fixed pseudo-random order.
  std::string noise;
  unsigned state = 1;
  for (int i = 0; i < 60'000; ++i) {
    state = state * 1664525U + 1013904223U;
    noise += static_cast<char>(state >> 24U);
    if (state % 97 == 0) noise += " three red mugs (left of:1.2) the plain background is no ";
  }
  for (std::size_t cut = 0; cut < noise.size(); cut += 997) CHECK(read(std::string_view{noise}.substr(cut)).words > 0);
}
