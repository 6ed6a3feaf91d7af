// The report of a run and its contact sheet.

#include "setup.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pentimento::test;

namespace {

std::string report_of(const RunHandle& run) {
  Text html;
  REQUIRE(ptm_run_report_html(run.get(), &html, nullptr) == PTM_OK);
  return string(html);
}

ptm_image_info info_of(const Picture& image) {
  ptm_image_info info{};
  info.struct_size = sizeof info;
  REQUIRE(ptm_image_get(image.get(), &info, nullptr) == PTM_OK);
  return info;
}

constexpr std::string_view in_page = "data:image/png;base64,";

}  // namespace

TEST_SUITE_BEGIN("C ABI: report and contact sheet");

TEST_CASE("report and contact sheet of a run") {
  Setup setup;
  const RunHandle run = setup.refine();
  const std::vector<std::string> events = events_of(run);
  const std::string page = report_of(run);
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(holds(page, "</html>"));
  CHECK(holds(page, "it is red"));
  CHECK(holds(page, in_page));
  Picture sheet;
  REQUIRE(ptm_run_contact_sheet(run.get(), &sheet, nullptr) == PTM_OK);
  CHECK(std::string{info_of(sheet).media_type} == "image/png");
  CHECK(info_of(sheet).width > 64);

  // The same from what was recorded.
  const std::string lines = lines_of(events);
  Picture image;
  REQUIRE(ptm_run_image(run.get(), view(hash_in(event_of(events, "generation_finished"))), &image, nullptr) == PTM_OK);
  const ptm_image* const images[] = {image.get()};
  Text html;
  REQUIRE(ptm_report_html(view(lines), images, 1, &html, nullptr) == PTM_OK);
  CHECK(string(html) == page);
  Picture same;
  REQUIRE(ptm_contact_sheet(view(lines), images, 1, &same, nullptr) == PTM_OK);
  CHECK(hash_in(record_of(same.get())) == hash_in(record_of(sheet.get())));

  // Without the images they are still made.
  REQUIRE(ptm_report_html(view(lines), nullptr, 0, &html, nullptr) == PTM_OK);
  CHECK_FALSE(holds(string(html), in_page));
  CHECK(ptm_contact_sheet(view(lines), nullptr, 0, &same, nullptr) == PTM_OK);
}

TEST_CASE("before the first round") {
  Setup setup{Backend::Finish::at_once, Backend::Finish::never};
  Backend planner{Backend::Finish::never};
  REQUIRE(planner.add_critic(setup.engine.get(), R"({"name": "planner", "plans": true})") == PTM_OK);
  RunHandle run;
  REQUIRE(ptm_refine(setup.engine.get(), PTM_STR(R"({"brief": "a mug", "generator": "mine", "critic": "planner"})"),
                     nullptr, &run, nullptr) == PTM_OK);
  REQUIRE(planner.wait_started(1));
  CHECK(holds(report_of(run), "a mug"));
  Picture sheet;
  Error error;
  CHECK(ptm_run_contact_sheet(run.get(), &sheet, &error) == PTM_E_INVALID_ARGUMENT);
  CHECK(sheet.get() == nullptr);
  run.reset();
  setup.engine.reset();
}

TEST_CASE("invalid events") {
  Text html;
  Picture sheet;
  Error error;
  CHECK(ptm_report_html(PTM_STR("{}"), nullptr, 0, &html, &error) == PTM_E_PARSE_FAILED);
  CHECK(holds(message(error), "line 1"));
  CHECK(ptm_contact_sheet(PTM_STR("{}"), nullptr, 0, &sheet, &error) == PTM_E_PARSE_FAILED);
  CHECK(ptm_report_html(PTM_STR(""), nullptr, 1, &html, &error) == PTM_E_INVALID_ARGUMENT);
}

TEST_SUITE_END();
