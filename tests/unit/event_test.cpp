#include "support/events.hpp"
#include "support/images.hpp"
#include <pentimento/event.hpp>
#include <pentimento/outcome.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace pentimento;

TEST_CASE("every event has a name of its own, and a line of text") {
  const CandidateId id{1, 0};
  const std::pair<EventBody, std::pair<const char*, const char*>> rows[] = {
      {event::RunStarted{Brief{"three mugs"}, {}}, {"run_started", "run started: three mugs"}},
      {event::PlanStarted{}, {"plan_started", "planning"}},
      {event::PlanFinished{Checklist{test::brief_with(2).requirements(), {}}, {}}, {"plan_finished", "planned 2 items"}},
      {event::RoundStarted{1, Revision{Action::reseed, GenerationRequest{"x"}}.why("other seeds")},
       {"round_started", "round 1: reseed, other seeds"}},
      {event::ImageGiven{id, GenerationRequest{"x"}, test::picture(1)}, {"image_given", "1a: given, 64x64"}},
      {event::GenerationStarted{id, GenerationRequest{"x"}, {}, {}}, {"generation_started", "1a: generating"}},
      {event::GenerationFinished{id, Generation{test::picture(1)}}, {"generation_finished", "1a: generated 64x64"}},
      {event::CritiqueStarted{id, {}}, {"critique_started", "1a: judging"}},
      {event::CritiqueFinished{id, test::verdicts("pf?")}, {"critique_finished", "1a: judged, 1 of 3 pass"}},
      {event::ComparisonStarted{id, {0, 0}, false, {}}, {"comparison_started", "1a: compared with 0a"}},
      {event::ComparisonFinished{id, true, Comparison{Preference::second}},
       {"comparison_finished", "1a: second preferred, shown second"}},
      {event::CandidateDecided{id, Decision{DecisionReason::tie}}, {"candidate_decided", "1a: rejected: a tie"}},
      {event::RoundFinished{1}, {"round_finished", "round 1 finished"}},
      {event::RevisionStarted{}, {"revision_started", "revising"}},
      {event::RevisionFinished{Revision{Action::stop, GenerationRequest{"x"}}.author("person")},
       {"revision_finished", "revised by person"}},
      {event::CallFailed{Call{CallKind::compare, id, true}, Error{errc::refused, "no"}},
       {"call_failed", "compare 1a swapped failed: no"}},
      {event::StopRequested{StopReason{StopKind::time, "seconds(1)", "the time is up"}, {}},
       {"stop_requested", "stopping: seconds(1): the time is up"}},
      {event::RunStopped{StopReason{StopKind::cancelled, "cancelled"}, {}}, {"run_stopped", "stopped: cancelled"}},
  };
  std::set<std::string_view> names;
  for (const auto& [body, texts] : rows) {
    CHECK(name_of(body) == texts.first);
    CHECK(test::text_of(Event{0, TimePoint{}, body}) == texts.second);
    names.insert(name_of(body));
  }
  CHECK(names.size() == std::variant_size_v<EventBody>);
}

TEST_CASE("stop kinds have the names of the record") {
  const std::pair<StopKind, std::string_view> rows[] = {
      {StopKind::satisfied, "satisfied"}, {StopKind::score, "score"},   {StopKind::plateau, "plateau"},
      {StopKind::repeats, "repeats"},     {StopKind::rounds, "rounds"}, {StopKind::images, "images"},
      {StopKind::money, "money"},         {StopKind::time, "time"},     {StopKind::reviser, "reviser"},
      {StopKind::cancelled, "cancelled"}, {StopKind::failed, "failed"}, {StopKind::custom, "custom"}};
  for (const auto& [kind, name] : rows) CHECK(to_string(kind) == name);
}

TEST_CASE("an outcome without a picture says so, and throws what ended the run") {
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

TEST_CASE("nothing follows the end of a run") {
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
