#include "report.hpp"

#include "report_parts.hpp"
#include "run_folder.hpp"
#include "support/events.hpp"
#include "support/images.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::cli;
using test::Story;

namespace {

// The pictures of a story are headers only; that libvips says so is of no interest here.
[[maybe_unused]] const int quiet = ::setenv("VIPS_WARNING", "0", 0);

/// The whole numbers of an attribute, one for each element whose tag begins so.
std::vector<int> numbers(const std::string& svg, std::string_view tag, std::string_view attribute) {
  std::vector<int> found;
  for (std::size_t at = svg.find(tag); at != std::string::npos; at = svg.find(tag, at + 1)) {
    const std::string name = ' ' + std::string{attribute} + "=\"";
    found.push_back(std::stoi(svg.substr(svg.find(name, at) + name.size())));
  }
  return found;
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("the score of the best stands within the chart, whatever it is") {
  for (const std::string_view letters : {"pp", "pf", "ff"}) {
    Story story{test::brief_with(2)};
    story.round("mugs", letters, DecisionReason::first);
    const std::vector<int> y = numbers(chart_svg(story.run), "<text class=\"value\"", "y");
    REQUIRE(y.size() == 1);
    CHECK(y[0] >= 14);  // the height of the letters, which stand on it
  }
}

TEST_CASE("a picture that was kept is not hidden by others with its score") {
  Story story{test::brief_with(1)};
  const Revision revision{Action::restart, GenerationRequest{"mugs"}};
  story.tell(event::RoundStarted{0, revision});
  for (const int draft : {0, 1}) {
    const CandidateId id{0, draft};
    story.tell(event::GenerationStarted{id, revision.request(), {}, {}});
    story.tell(event::GenerationFinished{id, Generation{test::picture(static_cast<std::uint32_t>(draft))}});
    story.tell(event::CritiqueStarted{id, {}});
    story.tell(event::CritiqueFinished{id, test::verdicts("f")});
    story.tell(event::CandidateDecided{id, Decision{draft == 0 ? DecisionReason::first : DecisionReason::tie}});
  }
  const std::string svg = chart_svg(story.run);
  CHECK(count_of(svg, "<circle") == 2);
  CHECK(svg.rfind("<circle class=\"dot kept\"") > svg.rfind("<circle class=\"dot\""));
}

TEST_CASE("the checklist says which must nobody judges") {
  Story story{test::brief_with(2, 1)};  // none is claimed by a critic
  story.round("mugs", "p--", DecisionReason::first);
  const std::string page = report_of(story.run);
  CHECK(count_of(page, "class=\"never\">nobody judges it") == 1);  // the first was judged, the third is a should
  const std::size_t item = page.find("must 2</span>");
  CHECK(page.find("class=\"never\">nobody judges it", item) < page.find("</th>", item));
}

TEST_CASE("what is shown is what was judged") {
  Story story{test::brief_with(1)};
  const Revision revision{Action::restart, GenerationRequest{"mugs"}};
  const CandidateId id{0, 0};
  Critique critique = test::verdicts("p");
  const Image copy{test::png_bytes(320, 200, 77)};
  critique.judged(copy);
  story.round(revision, std::move(critique), DecisionReason::first);
  const std::string page = report_of(story.run);
  CHECK(page.find("As it was judged: a copy of 320x200, made from ") != std::string::npos);
  CHECK(page.find("href=\"round-0-a-judged.png\"") != std::string::npos);
  CHECK(page.find("href=\"" + picture_file_of(id, MediaType::png) + "\"") != std::string::npos);
}

TEST_CASE("what needs the script is only shown by the script") {
  Story story{test::brief_with(2)};
  story.round("mugs", "pf", DecisionReason::first).round("red mugs", "pp", DecisionReason::more_musts);
  const std::string page = report_of(story.run);
  CHECK(page.find("<p class=\"lead keys\" hidden>") != std::string::npos);
  CHECK(page.find("<button type=\"button\" id=\"compare-toggle\" hidden>") != std::string::npos);
  CHECK(page.find("<button type=\"button\" id=\"theme\" hidden>") != std::string::npos);
  // A button whose label says what it will do has no state of its own.
  CHECK(page.find("aria-pressed") == std::string::npos);
}
