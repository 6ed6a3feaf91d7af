#include "offline/pixels/pixels.hpp"
#include <pentimento/event.hpp>
#include <pentimento/offline/contact_sheet.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace pentimento;

namespace {

Image plain(int width, int height, offline::Rgb colour) {
  return *offline::encode_png(offline::Pixels{width, height, colour});
}

/// A run of one round with a draft for each image; the first is accepted.
Transcript run_of(const std::vector<Image>& images) {
  Transcript run;
  const auto apply = [&](EventBody body) {
    REQUIRE(run.apply(Event{run.events(), TimePoint{}, std::move(body)}).has_value());
  };
  RunSettings settings;
  settings.drafts(static_cast<int>(images.size()));
  apply(event::RunStarted{Brief{"mugs"}, settings});
  apply(event::RoundStarted{0, Revision{Action::restart, GenerationRequest{"mugs"}}});
  for (int draft = 0; const Image& image : images) {
    const CandidateId id{0, draft++};
    apply(event::GenerationStarted{id, GenerationRequest{"mugs"}, {}, {}});
    apply(event::GenerationFinished{id, Generation{image}});
  }
  if (!images.empty()) apply(event::CandidateDecided{CandidateId{0, 0}, Decision{DecisionReason::first}});
  return run;
}

int pixels_of(const offline::Pixels& pixels, offline::Rgb colour) {
  int count = 0;
  for (int y = 0; y < pixels.height(); ++y) {
    for (int x = 0; x < pixels.width(); ++x) count += pixels.at(x, y) == colour ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_SUITE("contact_sheet") {
  TEST_CASE("shows every image") {
    const Result<Image> sheet =
        offline::contact_sheet(run_of({plain(300, 300, {200, 0, 0}), plain(50, 400, {0, 0, 200})}));
    REQUIRE(sheet.has_value());
    CHECK(sheet->media_type() == MediaType::png);
    const Result<offline::Pixels> pixels = offline::decode(*sheet);
    REQUIRE(pixels.has_value());
    CHECK(pixels_of(*pixels, {200, 0, 0}) == 256 * 256);
    CHECK(pixels_of(*pixels, {0, 0, 200}) == 32 * 256);
  }

  TEST_CASE("leaves a place for an image without bytes") {
    const Image elsewhere = Image::recorded(MediaType::png, PixelSize{64, 64}, 100, std::string(64, '0'));
    CHECK(offline::contact_sheet(run_of({elsewhere})).has_value());
  }

  TEST_CASE("limits its size") {
    const std::vector<Image> images(64, plain(16, 16, {1, 2, 3}));
    const Result<Image> sheet = offline::contact_sheet(run_of(images));
    REQUIRE(sheet.has_value());
    CHECK(sheet->size().area() < 50'000'000);
    CHECK(sheet->size().width() < 3000);
  }

  TEST_CASE("shows the first, the last and the best of many rounds") {
    constexpr int rounds = 3000;
    constexpr int best = 1234;
    const Image first = plain(16, 16, {200, 0, 0});
    const Image other = plain(16, 16, {90, 90, 90});
    const Image the_best = plain(16, 16, {0, 200, 0});
    const Image last = plain(16, 16, {0, 0, 200});
    Transcript run;
    const auto apply = [&](EventBody body) {
      REQUIRE(run.apply(Event{run.events(), TimePoint{}, std::move(body)}).has_value());
    };
    apply(event::RunStarted{Brief{"mugs"}, RunSettings{}});
    for (int round = 0; round < rounds; ++round) {
      const CandidateId id{round, 0};
      apply(event::RoundStarted{round, Revision{Action::reprompt, GenerationRequest{"mugs"}}});
      apply(event::GenerationStarted{id, GenerationRequest{"mugs"}, {}, {}});
      apply(event::GenerationFinished{id, Generation{round == 0            ? first
                                                     : round == best       ? the_best
                                                     : round == rounds - 1 ? last
                                                                           : other}});
      const bool accepted = round == 0 || round == best;
      apply(event::CandidateDecided{id, Decision{accepted ? DecisionReason::more_musts : DecisionReason::tie}});
    }
    const Result<Image> sheet = offline::contact_sheet(run);
    REQUIRE(sheet.has_value());
    CHECK(sheet->size().height() <= 32'000);
    CHECK(sheet->size().area() <= 48'000'000);
    const Result<offline::Pixels> pixels = offline::decode(*sheet);
    REQUIRE(pixels.has_value());
    CHECK(pixels_of(*pixels, {200, 0, 0}) == 256);
    CHECK(pixels_of(*pixels, {0, 200, 0}) == 256);
    CHECK(pixels_of(*pixels, {0, 0, 200}) == 256);
    CHECK(pixels_of(*pixels, {90, 90, 90}) > 100 * 256);
  }

  TEST_CASE("shows the best of many images") {
    std::vector<Image> images(2000, plain(4, 4, {90, 90, 90}));
    images.back() = plain(4, 4, {0, 200, 0});
    Transcript run;
    const auto apply = [&](EventBody body) {
      REQUIRE(run.apply(Event{run.events(), TimePoint{}, std::move(body)}).has_value());
    };
    apply(event::RunStarted{Brief{"mugs"}, RunSettings{}});
    for (int round = 0; round < 4; ++round) {
      const CandidateId id{round, 0};
      apply(event::RoundStarted{round, Revision{Action::reprompt, GenerationRequest{"mugs"}}});
      apply(event::GenerationStarted{id, GenerationRequest{"mugs"}, {}, {}});
      apply(event::GenerationFinished{id, Generation{images}});
    }
    apply(event::CandidateDecided{CandidateId{3, 0, 1999}, Decision{DecisionReason::first}});
    const Result<Image> sheet = offline::contact_sheet(run);
    REQUIRE(sheet.has_value());
    CHECK(sheet->size().height() <= 32'000);
    CHECK(sheet->size().area() <= 48'000'000);
    const Result<offline::Pixels> pixels = offline::decode(*sheet);
    REQUIRE(pixels.has_value());
    CHECK(pixels_of(*pixels, {0, 200, 0}) == 16);
  }

  TEST_CASE("rejects a run without rounds") {
    const Result<Image> sheet = offline::contact_sheet(Transcript{});
    REQUIRE_FALSE(sheet.has_value());
    CHECK(sheet.error().code() == errc::invalid_argument);
  }
}
