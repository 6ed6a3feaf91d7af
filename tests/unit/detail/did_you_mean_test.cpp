#include <pentimento/detail/did_you_mean.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using namespace pentimento::detail;

TEST_SUITE("did you mean") {
  TEST_CASE("edit distance counts typing mistakes") {
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("mug", "mug") == 0);
    CHECK(edit_distance("mg", "mug") == 1);    // missing
    CHECK(edit_distance("muug", "mug") == 1);  // added
    CHECK(edit_distance("mog", "mug") == 1);   // other
    CHECK(edit_distance("umg", "mug") == 1);   // swapped
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("", "abc") == 3);
  }

  TEST_CASE("suggests the closest name") {
    const std::vector<std::string> names{"sketch", "measure", "openai"};
    CHECK(did_you_mean("mesure", names) == "; did you mean \"measure\"?");
    CHECK(did_you_mean("meas", names) == "; did you mean \"measure\"?");
    CHECK(did_you_mean("banana", names).empty());
    CHECK(did_you_mean(std::string(101, 'm'), names).empty());
    CHECK(did_you_mean("x", std::array<std::string_view, 0>{}).empty());
  }

  TEST_CASE("an unknown name is answered with what there is") {
    const std::array<std::string_view, 2> names{"sketch", "openai"};
    CHECK(unknown_name("generator", "opnai", names) == "there is no generator \"opnai\"; did you mean \"openai\"?");
    CHECK(unknown_name("generator", "banana", names) == "there is no generator \"banana\"; there are sketch, openai");
    CHECK(unknown_name("critic", "x", std::array<std::string_view, 1>{"measure"}) ==
          "there is no critic \"x\"; the only one is measure");
    CHECK(unknown_name("critic", "x", std::vector<std::string>{}) == "there is no critic \"x\"; there are none");
    CHECK(unknown_name("critic", "\x1b[2J\xFF", std::vector<std::string>{}) ==
          "there is no critic \"[2J\uFFFD\"; there are none");
  }
}
