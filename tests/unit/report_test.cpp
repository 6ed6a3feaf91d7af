#include "support/events.hpp"
#include "support/images.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/json.hpp>
#include <pentimento/report.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace pentimento;
using test::Story;

namespace {

/// What is between two texts, the first time that they occur.
std::string between(const std::string& page, const std::string& begin, const std::string& end) {
  const std::size_t from = page.find(begin);
  REQUIRE_MESSAGE(from != std::string::npos, begin);
  return page.substr(from + begin.size(), page.find(end, from) - from - begin.size());
}

boost::json::value data_of(const std::string& page, const std::string& id) {
  const std::string tag = "<script type=\"application/json\" id=\"" + id + "\">";
  return parse_json(between(page, tag, "</script>"), {64 << 20}).value();
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_SUITE("Report") {
  TEST_CASE("embeds the transcript as it is") {
    Story story{test::brief_with(2)};
    story.round("mugs", "pf", DecisionReason::first).round("red mugs", "pp", DecisionReason::more_musts);
    CHECK(data_of(report_html(story.run), "transcript") == parse_json(to_text(story.run)).value());
  }

  TEST_CASE("embeds each image once, and the copy that was judged") {
    Story story{test::brief_with(1)};
    Critique critique = test::verdicts("p");
    const Image copy{test::png_bytes(320, 200, 77)};
    critique.judged(copy);
    story.round(Revision{Action::restart, GenerationRequest{"mugs"}}, std::move(critique), DecisionReason::first);
    const boost::json::object images = data_of(report_html(story.run), "images").as_object();
    CHECK(images.size() == 2);
    CHECK(images.contains(content_hash(copy)));
    for (const auto& [hash, url] : images) CHECK(url.as_string().starts_with("data:image/png;base64,iVBORw0KGgo"));
  }

  TEST_CASE("keeps hostile text inside its data") {
    const std::string hostile = "</script><script>alert(1)</script><!-- {{style}} \u2028\u2029 \x1b\x01 \\ \" ' & \xff";
    Brief brief{hostile};
    brief.must(hostile).avoid(hostile);
    Story story{std::move(brief)};
    Critique critique;
    critique.add(Finding{"user-1", Verdict::fail}.observed(hostile).wanted(hostile)).remark(hostile);
    story.round(Revision{Action::restart, GenerationRequest{hostile}}, std::move(critique), DecisionReason::first);
    const std::string page = report_html(story.run);
    CHECK(count_of(page, "<script") == 3);
    CHECK(count_of(page, "</script") == 3);
    CHECK(count_of(page, "<!--") == 0);
    CHECK(page.find('\x1b') == std::string::npos);
    const boost::json::value goal = data_of(page, "transcript").at("brief").at("goal");
    CHECK(goal.as_string().starts_with("</script><script>alert(1)</script><!-- {{style}}"));
  }

  TEST_CASE("has one script, which imports nothing") {
    const std::string page = report_html(Story{test::brief_with(1)}.run);
    const std::string script = between(page, "<script type=\"module\">", "</script>");
    CHECK(count_of(script, "\nimport ") == 0);
    CHECK(count_of(script, "\nexport ") == 0);
    CHECK(count_of(page, "https://") == 0);
    CHECK(count_of(page, "http://") == count_of(page, "http://www.w3.org/"));  // names of namespaces
  }
}
