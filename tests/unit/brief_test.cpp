#include "support/images.hpp"
#include <pentimento/brief.hpp>
#include <pentimento/revise/rules.hpp>

#include <doctest/doctest.h>

using namespace pentimento;

TEST_CASE("requirements are numbered in the order of adding") {
  Brief brief{"three mugs"};
  brief.must("exactly three mugs").should("they are red").must("white table");
  REQUIRE(brief.requirements().size() == 3);
  CHECK(brief.requirements()[0] == Requirement{"user-1", "exactly three mugs"});
  CHECK(brief.requirements()[1] == Requirement{"user-2", "they are red", Importance::should});
  CHECK(brief.requirements()[2].id() == "user-3");
  CHECK(brief.requirements()[0].is_must());
  CHECK(!brief.requirements()[1].is_must());
  CHECK(brief.requirements()[0].weight() == 1.0);
}

TEST_CASE("the first request says just what the brief says") {
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

TEST_CASE("a shape becomes about a megapixel in multiples of 64; an exact size goes before it") {
  Brief brief{"a tree"};
  CHECK(!size_for(brief));
  brief.aspect_ratio({1, 1});
  CHECK(size_for(brief) == PixelSize{1024, 1024});
  // sqrt(16/9) = 1.3333: 1365.3 and 768 pixels.
  brief.aspect_ratio({16, 9});
  CHECK(size_for(brief) == PixelSize{1344, 768});
  brief.aspect_ratio({9, 16});
  CHECK(size_for(brief) == PixelSize{768, 1344});
  // However extreme: between 64 and 4096.
  brief.aspect_ratio({4'000'000'000U, 1});
  CHECK(size_for(brief) == PixelSize{4096, 64});
  brief.size({100, 50});
  CHECK(size_for(brief) == PixelSize{100, 50});
}

TEST_CASE("briefs that say the same are equal") {
  const auto make = [] {
    Brief brief{"a tree"};
    brief.must("green")
        .avoid("people")
        .size({64, 64})
        .aspect_ratio({1, 1})
        .reference_image(test::picture(1))
        .init_image(test::picture(2));
    return brief;
  };
  CHECK(make() == make());
  Brief other = make();
  other.init_image(test::picture(3));
  CHECK(other != make());
}
