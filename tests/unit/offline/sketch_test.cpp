#include "offline/language/language.hpp"
#include "offline/pixels/pixels.hpp"
#include <pentimento/offline/measure.hpp>
#include <pentimento/offline/sketch.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace pentimento;
using offline::Pixels;
using offline::Rgb;
using offline::SketchGenerator;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> ask(SketchGenerator& generator, GenerationRequest request,
                          std::optional<Result<Generation>>& out) {
  Result<Generation> result = co_await generator.generate(std::move(request));
  out.emplace(std::move(result));
}

Result<Generation> draw(GenerationRequest request, SketchGenerator generator = {}) {
  asio::io_context context;
  std::optional<Result<Generation>> out;
  asio::co_spawn(context, ask(generator, std::move(request), out), asio::detached);
  context.run();
  REQUIRE(out);
  return std::move(*out);
}

GenerationRequest wish(std::string prompt, std::uint64_t seed = 1, std::uint32_t side = 160) {
  GenerationRequest request{std::move(prompt)};
  request.seed(seed).size(PixelSize{side, side});
  return request;
}

Image picture(const GenerationRequest& request) {
  const Result<Generation> generation = draw(request);
  REQUIRE_MESSAGE(generation.has_value(), generation.error().message());
  return generation->images().at(0);
}

Pixels decoded(const Image& image) {
  const Result<Pixels> pixels = offline::decode(image);
  REQUIRE(pixels.has_value());
  return *pixels;
}

int difference(const Pixels& a, const Pixels& b) {
  REQUIRE(a.bytes().size() == b.bytes().size());
  int most = 0;
  for (std::size_t i = 0; i < a.bytes().size(); ++i) most = std::max(most, std::abs(a.bytes()[i] - b.bytes()[i]));
  return most;
}

// A grey backdrop with two dark red squares.
Image squares(std::uint32_t side = 160) {
  const int pixels = static_cast<int>(side);
  Pixels canvas{pixels, pixels, {170, 170, 170}};
  for (int y = pixels / 2; y < pixels * 3 / 4; ++y) {
    for (int x = pixels / 8; x < pixels * 3 / 8; ++x) {
      canvas.set(x, y, {150, 20, 20});
      canvas.set(x + pixels / 2, y, {150, 20, 20});
    }
  }
  Result<Image> image = offline::encode_png(canvas);
  REQUIRE(image.has_value());
  return *image;
}

asio::awaitable<void> judge(const Brief& brief, const Image& image, std::optional<Critique>& out) {
  offline::MeasuringCritic critic;
  Result<Plan> plan = co_await critic.plan(brief);
  Checklist checklist{brief.requirements(), plan.value().requirements()};
  Candidate candidate{CandidateId{0, 0}, GenerationRequest{"unread"}, image};
  CritiqueRequest request{brief, std::move(checklist), std::move(candidate)};
  Result<Critique> critique = co_await critic.critique(std::move(request));
  out.emplace(std::move(critique.value()));
}

/// What the measuring critic finds of a requirement.
Verdict verdict(const std::string& brief, const Image& image, std::string_view requirement) {
  asio::io_context context;
  std::optional<Critique> critique;
  const Brief wanted{brief};
  asio::co_spawn(context, judge(wanted, image, critique), asio::detached);
  context.run();
  REQUIRE(critique);
  const Finding* finding = critique->find(requirement);
  REQUIRE(finding != nullptr);
  return finding->verdict();
}

/// `phrase` said so often, and so early, that it binds whatever the seed.
std::string insisting(const std::string& phrase) { return phrase + ". " + phrase + ". " + phrase + ". " + phrase; }

}  // namespace

TEST_SUITE("SketchGenerator") {
  TEST_CASE("capabilities") {
    const SketchGenerator generator;
    const Capabilities can = generator.capabilities();
    CHECK(can.name() == "sketch");
    CHECK(can.image_to_image());
    CHECK(can.mask());
    CHECK(can.seed());
    CHECK(can.negative_prompt());
    CHECK(can.min_side() == 64);
    CHECK(can.max_side() == 4096);
    CHECK(generator.estimate(GenerationRequest{"a mug"}).is_zero());
    CHECK(SketchGenerator::things().size() >= 15);
  }

  TEST_CASE("size and seed") {
    GenerationRequest request{"three red mugs"};
    request.size(PixelSize{320, 200}).seed(42);
    const Result<Generation> generation = draw(request);
    REQUIRE(generation.has_value());
    CHECK(generation->images().size() == 1);
    CHECK(generation->images()[0].media_type() == MediaType::png);
    CHECK(generation->images()[0].size() == PixelSize{320, 200});
    CHECK(generation->seed() == 42);
  }

  TEST_CASE("own seed and default size") {
    SketchGenerator generator;
    generator.default_size({128, 96});
    const Result<Generation> generation = draw(GenerationRequest{"a mug"}, generator);
    REQUIRE(generation.has_value());
    CHECK(generation->images()[0].size() == PixelSize{128, 96});
    REQUIRE(generation->seed());
    GenerationRequest again{"a mug"};
    again.seed(generation->seed());
    CHECK(draw(again, generator)->images()[0] == generation->images()[0]);
    generator.default_size({1, 100'000});
    CHECK(generator.default_size() == PixelSize{64, 4096});
  }

  TEST_CASE("same request, same bytes") {
    const std::string prompt = "two dogs and a cat, golden hour";
    CHECK(picture(wish(prompt, 3)) == picture(wish(prompt, 3)));
    CHECK_FALSE(picture(wish(prompt, 3)) == picture(wish(prompt, 4)));
  }

  TEST_CASE("rejects invalid requests") {
    CHECK(draw(wish("   ")).error().code() == errc::invalid_argument);
    CHECK(draw(wish("a mug", 1, 63)).error().code() == errc::invalid_argument);
    CHECK(draw(wish("a mug", 1, 4097)).error().code() == errc::invalid_argument);
    CHECK(draw(wish(std::string(20'000, 'x'))).error().code() == errc::invalid_argument);
  }

  TEST_CASE("unreadable init image") {
    const Image whole = squares();
    const auto bytes = whole.bytes();
    GenerationRequest request = wish("a mug");
    Result<Image> image = Image::from_bytes(std::vector<std::byte>(bytes.begin(), bytes.begin() + 60));
    REQUIRE(image.has_value());
    request.init_image(*image);
    CHECK(draw(request).error().code() == errc::unreadable_image);
  }

  TEST_CASE("draws everything in its colour, as one piece") {
    std::vector<std::string> nouns = SketchGenerator::things();
    std::erase_if(nouns, [](const std::string& noun) { return noun == "man" || noun == "woman" || noun == "saree"; });
    for (const std::string& noun : nouns) {
      CAPTURE(noun);
      const std::string brief = "two " + offline::plural_of(noun) + " on a plain white background";
      const Image image = picture(wish(insisting(brief), 7, 384));
      CHECK(verdict(brief, image, "count-" + noun) == Verdict::pass);
      CHECK(verdict(brief, image, "background") == Verdict::pass);
    }
  }

  TEST_CASE("counts that bind are counted") {
    for (const int number : {1, 2, 3, 5, 8}) {
      for (std::uint64_t seed = 1; seed < 4; ++seed) {
        CAPTURE(number);
        CAPTURE(seed);
        const std::string brief =
            std::to_string(number) + (number == 1 ? " red mug" : " red mugs") + ", plain white background";
        CHECK(verdict(brief, picture(wish(insisting(brief), seed, 384)), "count-mug") == Verdict::pass);
      }
    }
  }

  TEST_CASE("places") {
    for (const auto& [words, slug] : {std::pair{"to the left of", "left-of"}, std::pair{"to the right of", "right-of"},
                                      std::pair{"above", "above"}, std::pair{"below", "below"}}) {
      CAPTURE(std::string{words});
      const std::string brief = std::string{"a red ball "} + words + " a blue box, plain white background";
      const Image image = picture(wish("a red ball, a blue box. " + insisting(brief), 2, 384));
      CHECK(verdict(brief, image, std::string{"position-ball-"} + slug + "-box") == Verdict::pass);
    }
  }

  TEST_CASE("light") {
    for (const std::string light : {"bright light", "a dark scene", "dull light", "golden hour light"}) {
      CAPTURE(light);
      const std::string brief = "two mugs, " + light;
      CHECK(verdict(brief, picture(wish(insisting(brief), 5, 256)), "light") == Verdict::pass);
    }
  }

  TEST_CASE("woman in a saree") {
    const std::string brief = "a woman in a black and purple zari banarasi saree, golden accessories, plain background";
    const Image image = picture(wish(insisting(brief), 1, 512));
    CHECK(verdict(brief, image, "colour-saree-black-purple") == Verdict::pass);
    CHECK(verdict(brief, image, "colour-accessory-golden") == Verdict::pass);
    CHECK(verdict(brief, image, "background") == Verdict::pass);
  }

  TEST_CASE("words said once may come out weak") {
    const std::string brief = "three red mugs on a plain white table, bright";
    std::set<Verdict> once;
    for (std::uint64_t seed = 1; seed < 13; ++seed) {
      once.insert(verdict(brief, picture(wish(brief, seed, 256)), "count-mug"));
      CHECK(verdict(brief, picture(wish(insisting(brief), seed, 256)), "count-mug") == Verdict::pass);
    }
    CHECK(once == std::set<Verdict>{Verdict::pass, Verdict::fail});
  }

  TEST_CASE("strength 0 keeps the init image") {
    GenerationRequest request = wish("two blue mugs on a plain white background, bright");
    request.init_image(squares()).strength(0);
    CHECK(difference(decoded(picture(request)), decoded(squares())) == 0);
  }

  TEST_CASE("an edit keeps the things and repaints behind them") {
    GenerationRequest request = wish(insisting("two red boxes, plain white background, bright"));
    request.init_image(squares()).strength(0.6);
    const Pixels result = decoded(picture(request));
    CHECK(result.at(2, 2) == Rgb{255, 255, 255});
    const Rgb thing = result.at(40, 100);
    CHECK(thing.red > thing.green + 80);
  }

  TEST_CASE("full strength paints anew") {
    GenerationRequest request = wish("two red mugs");
    const Image free = picture(request);
    request.init_image(squares()).strength(1);
    CHECK(difference(decoded(picture(request)), decoded(free)) == 0);
  }

  TEST_CASE("a mask keeps the init image where it is black") {
    Pixels mask{160, 160, {0, 0, 0}};
    for (int y = 0; y < 160; ++y) {
      for (int x = 80; x < 160; ++x) mask.set(x, y, {255, 255, 255});
    }
    GenerationRequest request = wish("a tree");
    request.init_image(squares()).strength(1).mask(*offline::encode_png(mask));
    const Pixels result = decoded(picture(request));
    const Pixels before = decoded(squares());
    for (int y = 0; y < 160; y += 7) {
      for (int x = 0; x < 78; x += 7) CHECK(result.at(x, y) == before.at(x, y));
    }
    CHECK_FALSE(result.at(150, 10) == before.at(150, 10));
  }

  TEST_CASE("copies draw at once") {
    SketchGenerator generator;
    SketchGenerator copy = generator;
    SketchGenerator moved = std::move(copy);
    asio::io_context context;
    std::vector<std::optional<Result<Generation>>> out(8);
    for (std::size_t i = 0; i < out.size(); ++i) {
      asio::co_spawn(context, ask(i % 2 == 0 ? generator : moved, wish("a cat", i), out[i]), asio::detached);
    }
    context.run();
    for (const auto& one : out) {
      REQUIRE(one);
      CHECK(one->has_value());
    }
  }

  TEST_CASE("destroyed while it draws") {
    asio::io_context context;
    {
      SketchGenerator generator;
      std::optional<Result<Generation>> out;
      asio::co_spawn(context, ask(generator, wish("three trees", 1, 1024), out), asio::detached);
      context.poll();
      context.stop();
      CHECK_FALSE(out);
    }
  }
}
