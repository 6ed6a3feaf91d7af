#include "support/events.hpp"
#include <pentimento/transcript.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace pentimento;
using test::Story;

namespace {

/// The warning of an image of 64x64 pixels in a run with this brief, generated or given.
std::string warning(const Brief& brief, bool is_given, std::uint64_t dropped = 0) {
  Story story{brief};
  const CandidateId id{0, 0};
  const GenerationRequest request{"x"};
  story.tell(event::RoundStarted{0, Revision{Action::restart, request}});
  const Image image = test::picture(1);
  REQUIRE(image.size() == PixelSize{64, 64});
  if (is_given) {
    story.tell(event::ImageGiven{id, request, image});
  } else {
    story.tell(event::GenerationStarted{id, request, {}, {}});
    story.tell(event::GenerationFinished{id, Generation{image}.dropped_images(dropped)});
  }
  return story.run.find(id)->warning();
}

}  // namespace

TEST_SUITE("Transcript") {
  TEST_CASE("warns of an image of another size than the brief's") {
    for (const bool is_given : {false, true}) {
      CHECK(warning(Brief{"mugs"}, is_given).empty());
      CHECK(warning(Brief{"mugs"}.aspect_ratio({16, 9}), is_given).empty());
      CHECK(warning(Brief{"mugs"}.size({64, 64}), is_given).empty());
      CHECK(warning(Brief{"mugs"}.size({64, 32}), is_given) == "the image is 64x64 pixels; the brief asks for 64x32");
    }
  }

  TEST_CASE("warns of images that were dropped") {
    CHECK(warning(Brief{"mugs"}, false, 1) == "1 image more than requested dropped");
    CHECK(warning(Brief{"mugs"}.size({64, 32}), false, 99) ==
          "the image is 64x64 pixels; the brief asks for 64x32; 99 images more than requested dropped");
  }
}
