#include <pentimento/revise/rules.hpp>

#include <doctest/doctest.h>

using namespace pentimento;

TEST_SUITE("request_for") {
  TEST_CASE("the request says what the brief says") {
    Brief brief{"three mugs"};
    CHECK(request_for(brief).prompt() == "three mugs");
    CHECK(request_for(brief).negative_prompt().empty());
    CHECK(!request_for(brief).size());
    brief.must("exactly three").should("red").avoid("text").avoid("people").size({800, 600});
    CHECK(request_for(brief).prompt() == "three mugs. exactly three; red");
    CHECK(request_for(brief).negative_prompt() == "text, people");
    CHECK(request_for(brief).size() == PixelSize{800, 600});
    const Revision first = first_revision(brief);
    CHECK(first.action() == Action::restart);
    CHECK(first.author() == "brief");
    CHECK(first.request() == request_for(brief));
  }

  TEST_CASE("an aspect ratio becomes about a megapixel") {
    Brief brief{"a tree"};
    CHECK(!size_for(brief));
    brief.aspect_ratio({1, 1});
    CHECK(size_for(brief) == PixelSize{1024, 1024});
    // sqrt(16/9) = 1.3333: 1365.3 and 768 pixels.
    brief.aspect_ratio({16, 9});
    CHECK(size_for(brief) == PixelSize{1344, 768});
    brief.aspect_ratio({9, 16});
    CHECK(size_for(brief) == PixelSize{768, 1344});
    // Clamped to 64 and 4096.
    brief.aspect_ratio({4'000'000'000U, 1});
    CHECK(size_for(brief) == PixelSize{4096, 64});
    brief.size({100, 50});
    CHECK(size_for(brief) == PixelSize{100, 50});
  }

  TEST_CASE("without negative prompts, words say what to avoid") {
    Brief brief{"a mug"};
    brief.avoid("text").avoid("people");
    const GenerationRequest words = request_for(brief, Capabilities{"words"});
    CHECK(words.prompt() == "a mug, without text, people");
    CHECK(words.negative_prompt().empty());
    CHECK(request_for(brief, Capabilities{"negative"}.negative_prompt(true)) == request_for(brief));
  }
}
