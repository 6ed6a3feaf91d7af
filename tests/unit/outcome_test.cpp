#include "support/events.hpp"
#include <pentimento/outcome.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pentimento;
using test::Story;

TEST_SUITE("Outcome") {
  TEST_CASE("fully judged if every part of the brief has a verdict") {
    Story story{test::brief_with(1, 1)};
    story.round("x", "pf", DecisionReason::first);
    CHECK(Outcome{story.run}.fully_judged());
    CHECK(Outcome{story.run}.unjudged().empty());

    Story unsure{test::brief_with(1, 1)};
    unsure.round("x", "p?", DecisionReason::first);
    CHECK(!Outcome{unsure.run}.fully_judged());
    CHECK(Outcome{unsure.run}.unjudged() == std::vector<std::string>{"should 1"});

    Story partial{test::brief_with(1), {}, {"floral pattern"}};
    partial.round("x", "p", DecisionReason::first);
    CHECK(Outcome{partial.run}.score().satisfied());
    CHECK(!Outcome{partial.run}.fully_judged());
    CHECK(Outcome{partial.run}.unjudged() == std::vector<std::string>{"floral pattern"});
  }

  TEST_CASE("nothing is judged without an image or a checklist") {
    CHECK(!Outcome{}.fully_judged());
    const Story story{test::brief_with(1)};
    CHECK(Outcome{story.run}.unjudged() == std::vector<std::string>{"must 1"});
    CHECK(!Outcome{story.run}.fully_judged());
    Story empty{test::brief_with(0)};
    empty.round("x", "", DecisionReason::first);
    CHECK(!Outcome{empty.run}.fully_judged());
  }
}
