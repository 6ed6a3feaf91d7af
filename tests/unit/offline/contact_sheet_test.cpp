#include "offline/pixels.hpp"
#include <pentimento/event.hpp>
#include <pentimento/offline/contact_sheet.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace pentimento;

namespace {

Image picture(int width, int height, offline::Rgb colour) {
  return *offline::encode_png(offline::Pixels{width, height, colour});
}

/// A run of one round with a draft for each picture; the first is accepted.
Transcript run_of(const std::vector<Image>& pictures) {
  Transcript run;
  const auto apply = [&](EventBody body) {
    REQUIRE(run.apply(Event{run.events(), TimePoint{}, std::move(body)}).has_value());
  };
  RunSettings settings;
  settings.drafts(static_cast<int>(pictures.size()));
  apply(event::RunStarted{Brief{"mugs"}, settings});
  apply(event::RoundStarted{0, Revision{Action::restart, GenerationRequest{"mugs"}}});
  for (int draft = 0; const Image& image : pictures) {
    const CandidateId id{0, draft++};
    apply(event::GenerationStarted{id, GenerationRequest{"mugs"}, {}, {}});
    apply(event::GenerationFinished{id, Generation{image}});
  }
  if (!pictures.empty()) apply(event::CandidateDecided{CandidateId{0, 0}, Decision{DecisionReason::first}});
  return run;
}

}  // namespace

TEST_CASE("a sheet shows every picture of a run") {
  const Result<Image> sheet =
      offline::contact_sheet(run_of({picture(300, 300, {200, 0, 0}), picture(50, 400, {0, 0, 200})}));
  REQUIRE(sheet.has_value());
  CHECK(sheet->media_type() == MediaType::png);
  const Result<offline::Pixels> pixels = offline::decode(*sheet);
  REQUIRE(pixels.has_value());
  int red = 0;
  int blue = 0;
  for (int y = 0; y < pixels->height(); ++y) {
    for (int x = 0; x < pixels->width(); ++x) {
      red += pixels->at(x, y) == offline::Rgb{200, 0, 0} ? 1 : 0;
      blue += pixels->at(x, y) == offline::Rgb{0, 0, 200} ? 1 : 0;
    }
  }
  CHECK(red == 256 * 256);
  CHECK(blue == 32 * 256);
}

TEST_CASE("a picture whose bytes are elsewhere has an empty place") {
  const Image elsewhere = Image::recorded(MediaType::png, PixelSize{64, 64}, 100, std::string(64, '0'));
  CHECK(offline::contact_sheet(run_of({elsewhere})).has_value());
}

TEST_CASE("a sheet of many pictures stays of a sensible size") {
  const std::vector<Image> pictures(64, picture(16, 16, {1, 2, 3}));
  const Result<Image> sheet = offline::contact_sheet(run_of(pictures));
  REQUIRE(sheet.has_value());
  CHECK(sheet->size().area() < 50'000'000);
  CHECK(sheet->size().width() < 3000);
}

TEST_CASE("a run without rounds has no sheet") {
  const Result<Image> sheet = offline::contact_sheet(Transcript{});
  REQUIRE_FALSE(sheet.has_value());
  CHECK(sheet.error().code() == errc::invalid_argument);
}

TEST_CASE("a thumbnail is small and in proportion") {
  const Result<Image> small = offline::thumbnail(picture(400, 200, {10, 20, 30}), 100);
  REQUIRE(small.has_value());
  CHECK(small->size() == PixelSize{100, 50});
  CHECK_FALSE(offline::thumbnail(*small, 0).has_value());
  CHECK_FALSE(offline::thumbnail(Image::recorded(MediaType::png, PixelSize{1, 1}, 1, {}), 16).has_value());
}
