#include "findings_view.hpp"

#include <pentimento/brief.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace pentimento;
using namespace pentimento::cli;

namespace {

std::string text_of(const Line& line) {
  std::string text;
  for (const Span& span : line) text += span.text;
  return text;
}

}  // namespace

TEST_SUITE("Findings view") {
  TEST_CASE("shows a score") {
    const Terminal terminal{stderr};
    const std::string nothing = text_of(score_line(terminal, "0a", Score{}));
    CHECK(nothing.find(std::string{terminal.signs().dash} + "     nothing to judge") != std::string::npos);
    CHECK(nothing.find('%') == std::string::npos);

    Brief brief{"three red mugs"};
    brief.must("three mugs");
    const std::string none =
        text_of(score_line(terminal, "0a", Score{Checklist{brief.requirements(), {}}, Critique{}}));
    CHECK(none.find("   0 %   0 of 1 pass") != std::string::npos);
    // Both begin at the same column.
    CHECK(cells_of(Line{{nothing.substr(0, nothing.find("nothing"))}}) ==
          cells_of(Line{{none.substr(0, none.find("0 of 1"))}}));
  }
}
