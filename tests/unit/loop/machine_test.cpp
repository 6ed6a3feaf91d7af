#include "support/events.hpp"
#include "support/images.hpp"
#include "support/machine_driver.hpp"
#include <pentimento/loop/machine.hpp>
#include <pentimento/stop/policies.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

using namespace pentimento;
using test::critique_call;
using test::driver;
using test::generate_call;
using test::picture;
using test::plan_call;
using test::revise_call;

TEST_SUITE_BEGIN("LoopMachine");

TEST_CASE("a whole run") {
  auto run = driver(Satisfied{} || MaxRounds{3});
  run.start(test::brief_with(2), {});
  CHECK(run.in_progress() == "plan");
  run.plan();
  CHECK(run.in_progress() == "generate 0a");
  run.generate({0, 0});
  CHECK(run.in_progress() == "critique 0a");
  run.critique({0, 0}, "pf");
  CHECK(run.decision({0, 0}) == DecisionReason::first);
  CHECK(run.in_progress() == "revise");
  run.revise();
  CHECK(run.in_progress() == "generate 1a");
  run.generate({1, 0});
  run.critique({1, 0}, "pp");
  REQUIRE(run.finished);
  CHECK(run.decision({1, 0}) == DecisionReason::more_musts);
  CHECK(run.reason() == StopReason{StopKind::satisfied, "satisfied", "2 of 2 after round 1"});
  CHECK(run.transcript().incumbent_id() == CandidateId{1, 0});
  test::check_sound(run.events, run.transcript());
  CHECK(test::names_of(run.events) ==
        "run_started plan_started plan_finished round_started generation_started generation_finished critique_started "
        "critique_finished "
        "candidate_decided round_finished revision_started revision_finished round_started generation_started "
        "generation_finished "
        "critique_started critique_finished candidate_decided round_finished run_stopped");
}

TEST_CASE("the brief does not drift") {
  auto run = driver(MaxRounds{3});
  const Brief brief = test::brief_with(1, 1);
  run.start(brief, {});
  run.plan({Requirement{"planned", "one more thing"}});
  const Checklist checklist = run.transcript().checklist();
  REQUIRE(checklist.size() == 3);
  for (int round = 0; round < 3; ++round) {
    run.generate({round, 0});
    run.critique({round, 0}, "ff");
    if (round < 2) run.revise();
  }
  REQUIRE(run.finished);
  int critiques = 0;
  for (const CallRequest& request : run.requests) {
    const auto* critique = std::get_if<CritiqueRequest>(&request);
    if (critique == nullptr) continue;
    CHECK(critique->candidate().id() == CandidateId{critiques++, 0});
    CHECK(critique->brief() == brief);
    CHECK(critique->checklist() == checklist);
  }
  CHECK(critiques == 3);
}

TEST_CASE("drafts run at once") {
  auto run = driver(MaxRounds{1});
  run.start(test::brief_with(2), RunSettings{}.drafts(3));
  run.plan();
  CHECK(run.in_progress() == "generate 0a, generate 0b, generate 0c");
  run.generate({0, 2});
  CHECK(run.in_progress() == "generate 0a, generate 0b, critique 0c");
  run.critique({0, 2}, "ff");
  CHECK(!run.transcript().incumbent());
  run.generate({0, 0});
  run.generate({0, 1});
  CHECK(run.in_progress() == "critique 0a, critique 0b");
  run.critique({0, 1}, "pf");
  run.critique({0, 0}, "ff");
  CHECK(run.decision({0, 1}) == DecisionReason::first);
  CHECK(run.decision({0, 0}) == DecisionReason::lost_must);
  CHECK(run.decision({0, 2}) == DecisionReason::lost_must);
  CHECK(run.finished);
}

TEST_CASE("seeds") {
  auto run = driver(MaxRounds{2});
  run.start(test::brief_with(1), RunSettings{}.drafts(2).seed(7));
  run.plan();
  const auto seed = [&](int round, int draft) {
    return run.transcript()
        .rounds()[static_cast<std::size_t>(round)]
        .drafts()[static_cast<std::size_t>(draft)]
        .request()
        .seed();
  };
  REQUIRE(seed(0, 0));
  REQUIRE(seed(0, 1));
  CHECK(*seed(0, 0) != *seed(0, 1));
  CHECK(*seed(0, 0) <= 0x7FFFFFFF);
  run.generate({0, 0});
  run.generate({0, 1});
  run.critique({0, 0}, "f");
  run.critique({0, 1}, "f");
  Revision revision{Action::reprompt, GenerationRequest{"again"}.seed(99)};
  run.end(revise_call, revision);
  CHECK(*seed(1, 0) == 99);
  CHECK(*seed(1, 1) != 99);

  RoleFacts blind = test::any_roles();
  blind.capabilities.seed(false);
  auto other = driver(MaxRounds{2}, blind);
  other.start(test::brief_with(1), {});
  other.plan();
  CHECK(!other.transcript().rounds()[0].drafts()[0].request().seed());
}

TEST_CASE("a satisfying draft cancels or keeps others") {
  for (OnSatisfied choice : {OnSatisfied::cancel, OnSatisfied::keep}) {
    auto run = driver(Satisfied{});
    run.start(test::brief_with(1), RunSettings{}.drafts(3).on_satisfied(choice));
    run.plan();
    run.generate({0, 0});
    run.generate({0, 1});
    run.critique({0, 0}, "p");
    CHECK(run.in_progress() == "generate 0c, critique 0b");
    CHECK(run.cancelled.size() == (choice == OnSatisfied::cancel ? 2 : 0));
    if (choice == OnSatisfied::cancel) {
      run.fail(generate_call(0, 2), errc::cancelled);
      run.fail(critique_call(0, 1), errc::cancelled);
      CHECK(run.decision({0, 1}) == DecisionReason::unjudged);
    } else {
      run.generate({0, 2});
      run.critique({0, 1}, "f");
      run.critique({0, 2}, "p");
      CHECK(run.decision({0, 2}) == DecisionReason::tie);
    }
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::satisfied);
    CHECK(!run.transcript().error());
    test::check_sound(run.events, run.transcript());
  }
}

TEST_CASE("cancels drafts only if the run ends") {
  const auto cancels = [](AnyStopPolicy policy) {
    auto run = driver(std::move(policy));
    run.start(test::brief_with(1), RunSettings{}.drafts(3));
    run.plan();
    run.generate({0, 0});
    run.critique({0, 0}, "p");
    return !run.cancelled.empty();
  };
  CHECK(cancels(Satisfied{}));
  CHECK(cancels(Satisfied{} || MaxRounds{3}));
  CHECK(cancels(ScoreAtLeast{95}));
  CHECK(cancels(MaxRounds{1}));
  CHECK(!cancels(MaxRounds{3}));
  CHECK(!cancels(Never{}));
  CHECK(!cancels(Satisfied{} && MaxRounds{2}));
}

TEST_CASE("errors of cancelled drafts") {
  auto run = driver(Satisfied{});
  run.start(test::brief_with(1), RunSettings{}.drafts(2).on_error(OnError::stop));
  run.plan();
  run.generate({0, 0});
  run.critique({0, 0}, "p");
  CHECK(run.cancelled == std::vector<Call>{generate_call(0, 1)});
  run.fail(generate_call(0, 1));  // it says that it broke, not that it was cancelled
  REQUIRE(run.finished);
  CHECK(run.reason().kind() == StopKind::satisfied);
}

TEST_CASE("compares in both orders") {
  RoleFacts roles = test::any_roles();
  roles.can_compare = true;
  struct Row {
    Preference first;
    Preference second;
    DecisionReason reason;
  };
  for (const Row& row : {Row{Preference::first, Preference::second, DecisionReason::preferred},
                         Row{Preference::first, Preference::first, DecisionReason::not_preferred},
                         Row{Preference::first, Preference::neither, DecisionReason::not_preferred},
                         Row{Preference::second, Preference::second, DecisionReason::not_preferred},
                         Row{Preference::neither, Preference::second, DecisionReason::not_preferred}}) {
    auto run = driver(MaxRounds{2}, roles);
    run.start(test::brief_with(1), {});
    run.plan();
    run.generate({0, 0});
    run.critique({0, 0}, "f");
    run.revise();
    run.generate({1, 0});
    run.critique({1, 0}, "f");
    CHECK(run.in_progress() == "compare 1a");
    run.compare({1, 0}, false, row.first);
    if (row.first == Preference::first) {
      CHECK(run.in_progress() == "compare 1a swapped");
      run.compare({1, 0}, true, row.second);
    }
    REQUIRE(run.finished);
    CHECK(run.decision({1, 0}) == row.reason);
    CHECK(run.transcript().incumbent_id() == CandidateId{row.reason == DecisionReason::preferred ? 1 : 0, 0});
    test::check_sound(run.events, run.transcript());
  }
}

TEST_CASE("the reviser may stop the run") {
  auto run = driver(Never{});
  run.start(test::brief_with(1), {});
  run.plan();
  run.generate({0, 0});
  run.critique({0, 0}, "f");
  run.revise(Action::stop);
  REQUIRE(run.finished);
  CHECK(run.reason() == StopReason{StopKind::reviser, "stopped by reviser", "because"});
}

TEST_CASE("the init image is round 0") {
  RoleFacts roles = test::any_roles();
  roles.generation_cost = [](const GenerationRequest&) { return usd(1); };
  auto run = driver(Budget{usd(1)}, roles);
  Brief brief = test::brief_with(1);
  brief.init_image(picture(9));
  run.start(brief, RunSettings{}.drafts(3));
  run.plan();
  CHECK(run.in_progress() == "critique 0a");
  CHECK(run.transcript().images_requested() == 0);
  run.critique({0, 0}, "p");
  CHECK(run.decision({0, 0}) == DecisionReason::first);
  CHECK(run.transcript().incumbent()->image() == picture(9));
  CHECK(run.transcript().ledger().committed() == Money{});
}

TEST_CASE("a requested stop") {
  auto run = driver(Never{});
  run.start(test::brief_with(1), RunSettings{}.drafts(3));
  run.plan();
  run.generate({0, 0});
  run.critique({0, 0}, "f");
  run.generate({0, 1});
  run.interrupt(run.machine.cancel());
  CHECK(run.cancelled.size() == 2);
  CHECK(!run.finished);
  run.fail(critique_call(0, 1), errc::cancelled);
  run.generate({0, 2});
  REQUIRE(run.finished);
  CHECK(run.reason().kind() == StopKind::cancelled);
  CHECK(run.decision({0, 0}) == DecisionReason::first);
  CHECK(run.decision({0, 2}) == DecisionReason::unjudged);
  test::check_sound(run.events, run.transcript());
}

TEST_CASE("the first reason to stop counts") {
  auto run = driver(Never{});
  run.start(test::brief_with(1), {});
  run.record(event::StopRequested{StopReason{StopKind::time, "seconds(1)"}, std::nullopt});
  run.interrupt(run.machine.cancel());
  run.fail(plan_call, errc::cancelled);
  REQUIRE(run.finished);
  CHECK(run.reason().kind() == StopKind::time);
}

TEST_CASE("rejects events that do not fit") {
  auto run = driver(Never{});
  run.start(test::brief_with(1), {});
  run.plan();
  const Transcript before = run.transcript();
  const auto rejected = [&](std::uint64_t sequence, EventBody body) {
    const auto commands = run.machine.step(Event{sequence, run.now, std::move(body)});
    REQUIRE(!commands.has_value());
    CHECK(commands.error().code() == errc::invalid_argument);
    CHECK(run.transcript() == before);
  };
  const std::uint64_t next = run.events.size();
  rejected(next + 1, event::RoundFinished{0});
  rejected(next - 1, event::RoundFinished{0});
  rejected(next, event::RunStarted{test::brief_with(1), {}});
  rejected(next, event::RoundFinished{1});
  rejected(next, event::RoundStarted{2, Revision{Action::restart, GenerationRequest{"x"}}});
  rejected(next, event::GenerationFinished{{0, 1}, Generation{picture(1)}});
  rejected(next, event::CritiqueFinished{{0, 0}, Critique{}});
  rejected(next, event::CandidateDecided{{0, 0}, Decision{DecisionReason::first}});
  rejected(next, event::CallFailed{generate_call(3, 0), Error{errc::cancelled, "x"}});
  rejected(next, event::CallFailed{critique_call(0, 0), Error{errc::cancelled, "x"}});
  CHECK(!Transcript{}.apply(Event{0, run.now, event::RoundFinished{0}}).has_value());
}

TEST_CASE("avoid without negative prompts") {
  RoleFacts roles = test::any_roles();
  roles.capabilities.negative_prompt(false);
  auto run = driver(MaxRounds{1}, roles);
  Brief brief{"a red mug"};
  brief.avoid("a shadow").avoid("text");
  run.start(brief, {});
  run.plan();
  const GenerationRequest& request = run.transcript().rounds()[0].drafts()[0].request();
  CHECK(request.prompt() == "a red mug, without a shadow, text");
  CHECK(request.negative_prompt().empty());
}

TEST_SUITE_END();
