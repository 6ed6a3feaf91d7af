#include "offline/pixels/pixels.hpp"
#include "offline/sketch/edit.hpp"
#include "offline/sketch/pen.hpp"
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
Image base(std::uint32_t side = 160) {
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

}  // namespace

TEST_CASE("the sketch says what it can do, and asks nothing for it") {
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
  CHECK(SketchGenerator::things().size() >= 40);
}

TEST_CASE("a picture has the size and the seed that were asked for") {
  GenerationRequest request{"three red mugs"};
  request.size(PixelSize{320, 200}).seed(42);
  const Result<Generation> generation = draw(request);
  REQUIRE(generation.has_value());
  CHECK(generation->images().size() == 1);
  CHECK(generation->images()[0].media_type() == MediaType::png);
  CHECK(generation->images()[0].size() == PixelSize{320, 200});
  CHECK(generation->seed() == 42);
}

TEST_CASE("without a seed or a size it takes its own and says which") {
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

TEST_CASE("the same request gives the same bytes, another seed others") {
  const std::string prompt = "two dogs and a cat on the beach, golden hour";
  CHECK(picture(wish(prompt, 3)) == picture(wish(prompt, 3)));
  CHECK_FALSE(picture(wish(prompt, 3)) == picture(wish(prompt, 4)));
}

TEST_CASE("what it cannot do is refused before any work") {
  CHECK(draw(wish("   ")).error().code() == errc::invalid_argument);
  CHECK(draw(wish("a mug", 1, 63)).error().code() == errc::invalid_argument);
  CHECK(draw(wish("a mug", 1, 4097)).error().code() == errc::invalid_argument);
  CHECK(draw(wish(std::string(20'000, 'x'))).error().code() == errc::invalid_argument);
}

TEST_CASE("a base that is no picture, or not one of the four kinds, is refused") {
  // A PNG header that promises a picture, and nothing after it.
  std::vector<std::byte> cut;
  const Image whole = base();
  const auto bytes = whole.bytes();
  cut.assign(bytes.begin(), bytes.begin() + 60);
  GenerationRequest request = wish("a mug");
  Result<Image> image = Image::from_bytes(cut);
  REQUIRE(image.has_value());
  request.init_image(*image);
  CHECK(draw(request).error().code() == errc::unreadable_image);
}

TEST_CASE("at strength 0 the base comes back pixel for pixel") {
  GenerationRequest request = wish("two blue mugs on a plain white background, bright");
  request.init_image(base()).strength(0);
  CHECK(difference(decoded(picture(request)), decoded(base())) == 0);
}

TEST_CASE("a weak edit mends the background and leaves the things") {
  GenerationRequest request = wish("(plain white background:3), (bright:3), two red mugs");
  request.init_image(base()).strength(0.39);
  const Pixels result = decoded(picture(request));
  CHECK(offline::sketch::luma(result.at(2, 2)) > 0.97);
  CHECK(offline::sketch::places_of(result, {255, 255, 255}).size() == 2);
  const Rgb thing = result.at(40, 100);
  CHECK(thing.red > thing.green + 80);
}

TEST_CASE("a middling edit draws anew where the things were") {
  GenerationRequest request = wish("(two:3) (blue:3) cubes on a (plain white background:3)");
  request.init_image(base()).strength(0.6);
  const Pixels result = decoded(picture(request));
  const auto places = offline::sketch::places_of(result, {255, 255, 255});
  REQUIRE(places.size() == 2);
  CHECK(places[0].left >= 18);
  CHECK(places[0].left + places[0].width <= 62);
  CHECK(places[1].left >= 98);
  const Rgb middle = result.at(40, 100);
  CHECK(middle.blue > middle.red + 60);
}

TEST_CASE("at full strength the picture is as if there were no base") {
  GenerationRequest request = wish("two red mugs");
  const Image free = picture(request);
  request.init_image(base()).strength(1);
  CHECK(difference(decoded(picture(request)), decoded(free)) == 0);
}

TEST_CASE("a mask keeps the base where it is black") {
  Pixels mask{160, 160, {0, 0, 0}};
  for (int y = 0; y < 160; ++y) {
    for (int x = 80; x < 160; ++x) mask.set(x, y, {255, 255, 255});
  }
  GenerationRequest request = wish("a park");
  request.init_image(base()).strength(1).mask(*offline::encode_png(mask));
  const Pixels result = decoded(picture(request));
  const Pixels before = decoded(base());
  for (int y = 0; y < 160; y += 7) {
    for (int x = 0; x < 78; x += 7) CHECK(result.at(x, y) == before.at(x, y));
  }
  CHECK_FALSE(result.at(150, 10) == before.at(150, 10));
}

TEST_CASE("copies share their threads, and drafts run at once") {
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

TEST_CASE("a generator may die while a picture is under way") {
  asio::io_context context;
  {
    SketchGenerator generator;
    std::optional<Result<Generation>> out;
    asio::co_spawn(context, ask(generator, wish("a park with three trees", 1, 1024), out), asio::detached);
    context.poll();
    context.stop();
    CHECK_FALSE(out);
  }
}
