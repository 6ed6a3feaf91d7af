#include "support/images.hpp"
#include <pentimento/brief.hpp>

#include <doctest/doctest.h>

using namespace pentimento;

TEST_SUITE("Brief") {
  TEST_CASE("numbers its requirements") {
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

  TEST_CASE("equal briefs compare equal") {
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
}
