#include "support/events.hpp"
#include "support/images.hpp"
#include <pentimento/event.hpp>
#include <pentimento/outcome.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>
#include <utility>
#include <variant>

using namespace pentimento;

TEST_SUITE("Event") {
  TEST_CASE("every type has a name and a text") {
    const CandidateId id{1, 0};
    const GenerationRequest request{"x"};
    const Generation two{std::vector<Image>{test::picture(1), test::picture(2)}};
    const std::pair<EventBody, std::pair<const char*, const char*>> rows[] = {
        {event::RunStarted{Brief{"three mugs"}, {}}, {"run_started", "run started: three mugs"}},
        {event::PlanStarted{}, {"plan_started", "planning"}},
        {event::PlanFinished{Checklist{test::brief_with(2).requirements(), {}}, {}},
         {"plan_finished", "planned 2 items"}},
        {event::RoundStarted{1, Revision{Action::reseed, request}.why("other seeds")},
         {"round_started", "round 1: reseed, other seeds"}},
        {event::RoundStarted{0, Revision{Action::restart, request}}, {"round_started", "round 0: restart"}},
        {event::ImageGiven{id, request, test::picture(1)}, {"image_given", "1a: given, 64x64"}},
        {event::GenerationStarted{id, request, {}, {}}, {"generation_started", "1a: generating"}},
        {event::GenerationFinished{id, Generation{test::picture(1)}}, {"generation_finished", "1a: generated 64x64"}},
        {event::GenerationFinished{id, two}, {"generation_finished", "1a: generated 64x64 and 1 more"}},
        {event::GenerationFinished{id, Generation{test::picture(1)}.dropped_images(99)},
         {"generation_finished", "1a: generated 64x64; 99 images more than requested dropped"}},
        {event::CritiqueStarted{id, {}}, {"critique_started", "1a: judging"}},
        {event::CritiqueFinished{id, test::verdicts("pf?")}, {"critique_finished", "1a: judged, 1 of 3 pass"}},
        {event::ComparisonStarted{id, {0, 0}, false, {}}, {"comparison_started", "1a: compared with 0a"}},
        {event::ComparisonFinished{id, true, Comparison{Preference::second}},
         {"comparison_finished", "1a: second preferred, shown second"}},
        {event::CandidateDecided{id, Decision{DecisionReason::tie}}, {"candidate_decided", "1a: rejected: a tie"}},
        {event::RoundFinished{1}, {"round_finished", "round 1 finished"}},
        {event::RevisionStarted{}, {"revision_started", "revising"}},
        {event::RevisionFinished{Revision{Action::stop, request}.author("person")},
         {"revision_finished", "revised by person"}},
        {event::RevisionFinished{Revision{Action::stop, request}}, {"revision_finished", "revised by nobody"}},
        {event::CallFailed{Call{CallKind::compare, id, true}, Error{errc::refused, "no"}},
         {"call_failed", "compare 1a swapped failed: no"}},
        {event::StopRequested{StopReason{StopKind::time, "seconds(1)", "the time is up"}, {}},
         {"stop_requested", "stopping: seconds(1): the time is up"}},
        {event::RunStopped{StopReason{StopKind::cancelled, "cancelled"}, {}}, {"run_stopped", "stopped: cancelled"}},
    };
    std::set<std::size_t> tested;
    std::set<std::string_view> names;
    for (const auto& [body, texts] : rows) {
      CHECK(name_of(body) == texts.first);
      CHECK(test::text_of(Event{0, TimePoint{}, body}) == texts.second);
      tested.insert(body.index());
      names.insert(name_of(body));
    }
    CHECK(tested.size() == std::variant_size_v<EventBody>);
    CHECK(names.size() == std::variant_size_v<EventBody>);
  }

  TEST_CASE("its text is one line") {
    const auto text = [](std::string goal) { return to_string(event::RunStarted{Brief{std::move(goal)}, {}}); };
    CHECK(text("a\n\tb\x7f") == "run started: a b");
    CHECK(text("a \x1b[31mb") == "run started: a [31mb");
    CHECK(text("\u0085caf\u00e9\u009bX") == "run started: caf\u00e9 X");
    CHECK(text("\u4e09\u676f") == "run started: \u4e09\u676f");
  }
}

TEST_SUITE("StopReason") {
  TEST_CASE("kinds have their names") {
    const std::pair<StopKind, std::string_view> rows[] = {
        {StopKind::satisfied, "satisfied"}, {StopKind::score, "score"},   {StopKind::plateau, "plateau"},
        {StopKind::repeats, "repeats"},     {StopKind::rounds, "rounds"}, {StopKind::images, "images"},
        {StopKind::money, "money"},         {StopKind::time, "time"},     {StopKind::reviser, "reviser"},
        {StopKind::cancelled, "cancelled"}, {StopKind::failed, "failed"}, {StopKind::custom, "custom"}};
    for (const auto& [kind, name] : rows) CHECK(to_string(kind) == name);
  }
}

TEST_CASE("Outcome: best() throws without an image") {
  const Outcome none{Transcript{}};
  CHECK(!none.has_best());
  CHECK(none.reason().kind() == StopKind::failed);
  CHECK(none.score().items() == 0);
  CHECK_THROWS_AS(static_cast<void>(none.best()), Failure);

  Transcript failed;
  REQUIRE(failed.apply(Event{0, TimePoint{}, event::RunStarted{Brief{"x"}, {}}}).has_value());
  REQUIRE(failed
              .apply(Event{1, TimePoint{},
                           event::RunStopped{StopReason{StopKind::failed, "failed"}, Error{errc::refused, "no"}}})
              .has_value());
  const Outcome outcome{failed};
  try {
    static_cast<void>(outcome.best());
    FAIL("it did not throw");
  } catch (const Failure& failure) {
    CHECK(failure.error().code() == errc::refused);
    CHECK(failure.code() == errc::refused);
  }
}

TEST_CASE("Transcript: rejects events after the end") {
  Transcript run;
  REQUIRE(run.apply(Event{0, TimePoint{}, event::RunStarted{Brief{"x"}, {}}}).has_value());
  REQUIRE(
      run.apply(Event{1, TimePoint{}, event::RunStopped{StopReason{StopKind::rounds, "rounds(0)"}, {}}}).has_value());
  const Transcript before = run;
  for (const EventBody& body :
       {EventBody{event::RunStopped{StopReason{StopKind::failed, "failed"}, {}}},
        EventBody{event::StopRequested{StopReason{StopKind::failed, "failed"}, Error{errc::observer_failed, "x"}}},
        EventBody{event::PlanStarted{}}}) {
    CHECK(!run.apply(Event{2, TimePoint{}, body}).has_value());
    CHECK(run == before);
  }
}
