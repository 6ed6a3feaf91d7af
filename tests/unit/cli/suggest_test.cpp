#include "suggest.hpp"

#include <doctest/doctest.h>

using namespace pentimento::cli;

TEST_CASE("the name that was probably meant") {
  CHECK(did_you_mean("mesure", {"measure", "panel"}) == "; did you mean \"measure\"?");
  CHECK(did_you_mean("meas", {"measure", "panel"}) == "; did you mean \"measure\"?");
  CHECK(did_you_mean("dall-e", {"sketch"}).empty());
  CHECK(did_you_mean("", {"sketch"}).empty());
}

TEST_CASE("an unknown name is answered with what there is") {
  CHECK(unknown_name("critic", "x", {"measure"}) == "there is no critic \"x\"; the only one is measure");
  CHECK(unknown_name("reviser", "zzzzzzzz", {"ask", "suggested"}) ==
        "there is no reviser \"zzzzzzzz\"; there are ask, suggested");
  CHECK(unknown_name("critic", "\x1b[2J", {"measure"}).find('\x1b') == std::string::npos);
}
