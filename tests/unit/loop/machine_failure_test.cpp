// What limits allow a run to begin, and what it makes of calls that fail, checklists that cannot be judged and policies that
// throw.
#include "support/events.hpp"
#include "support/images.hpp"
#include "support/machine_driver.hpp"
#include <pentimento/loop/machine.hpp>
#include <pentimento/stop/policies.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace pentimento;
using test::critique_call;
using test::Driver;
using test::driver;
using test::generate_call;
using test::picture;
using test::plan_call;
using test::revise_call;

TEST_SUITE_BEGIN("LoopMachine failures");

TEST_CASE("errors of drafts") {
  auto run = driver(MaxRounds{2});
  run.start(test::brief_with(1), RunSettings{}.drafts(2));
  run.plan();
  run.fail(generate_call(0, 0));
  run.generate({0, 1});
  run.critique({0, 1}, "f");
  CHECK(run.in_progress() == "revise");
  run.revise();
  // A round that brings nothing ends the run, and what was there before stays.
  run.generate({1, 0});
  run.fail(critique_call(1, 0));
  run.fail(generate_call(1, 1));
  REQUIRE(run.finished);
  CHECK(run.reason().kind() == StopKind::failed);
  REQUIRE(run.transcript().error());
  CHECK(run.transcript().error()->message() == "it broke");
  CHECK(run.transcript().incumbent_id() == CandidateId{0, 1});
  test::check_sound(run.events, run.transcript());

  auto strict = driver(MaxRounds{2});
  strict.start(test::brief_with(1), RunSettings{}.drafts(2).on_error(OnError::stop));
  strict.plan();
  strict.fail(generate_call(0, 0));
  CHECK(strict.cancelled == std::vector<Call>{generate_call(0, 1)});
  strict.generate({0, 1});
  REQUIRE(strict.finished);
  CHECK(strict.reason().kind() == StopKind::failed);
  CHECK(strict.transcript().find({0, 1})->image() == picture(1));
  test::check_sound(strict.events, strict.transcript());
}

TEST_CASE("a refusal stops or rephrases") {
  for (OnRefusal choice : {OnRefusal::stop, OnRefusal::rephrase}) {
    auto run = driver(MaxRounds{3});
    run.start(test::brief_with(1), RunSettings{}.drafts(2).on_error(OnError::stop).on_refusal(choice));
    run.plan();
    run.fail(generate_call(0, 0), errc::refused);
    if (choice == OnRefusal::stop) {
      CHECK(run.cancelled == std::vector<Call>{generate_call(0, 1)});
      continue;
    }
    CHECK(run.cancelled.empty());
    run.fail(generate_call(0, 1), errc::refused);
    REQUIRE(run.transcript().rounds().back().refusal() != nullptr);
    CHECK(run.in_progress() == "revise");
    run.revise();
    // One draft that gets through is enough.
    run.fail(generate_call(1, 0), errc::refused);
    run.generate({1, 1});
    run.critique({1, 1}, "f");
    CHECK(run.transcript().rounds().back().refusal() == nullptr);
    CHECK(run.transcript().incumbent_id() == CandidateId{1, 1});
    run.revise();
    // Any other error is not a refusal.
    run.fail(generate_call(2, 0), errc::rate_limited);
    run.fail(generate_call(2, 1), errc::cancelled);
    REQUIRE(run.finished);
    CHECK(run.transcript().error()->code() == errc::rate_limited);
    test::check_sound(run.events, run.transcript());
  }
}

TEST_CASE("refused rounds count") {
  const auto started = [](int rounds) {
    auto run = driver(MaxRounds{rounds});
    run.start(test::brief_with(1), RunSettings{}.on_refusal(OnRefusal::rephrase));
    run.plan();
    run.fail(generate_call(0, 0), errc::refused);
    return run;
  };
  auto limited = started(1);
  REQUIRE(limited.finished);
  CHECK(limited.reason().kind() == StopKind::rounds);

  auto speechless = started(3);
  speechless.revise(Action::stop);
  REQUIRE(speechless.finished);
  CHECK(speechless.reason() == StopReason{StopKind::failed, "failed", "because"});
  REQUIRE(speechless.transcript().error());
  CHECK(speechless.transcript().error()->code() == errc::refused);
  test::check_sound(speechless.events, speechless.transcript());
}

TEST_CASE("a person stops after a refusal") {
  auto run = driver(MaxRounds{3});
  run.start(test::brief_with(1), RunSettings{}.on_refusal(OnRefusal::rephrase));
  run.plan();
  run.fail(generate_call(0, 0), errc::refused);
  Revision enough{Action::stop, GenerationRequest{"again"}};
  enough.author("person").why("you ended it");
  run.end(revise_call, enough);
  REQUIRE(run.finished);
  CHECK(run.reason() == StopReason{StopKind::reviser, "stopped by person", "you ended it"});
  CHECK(!run.transcript().error());
}

TEST_CASE("an unjudged image is no refusal") {
  auto run = driver(MaxRounds{3});
  run.start(test::brief_with(1), RunSettings{}.drafts(2).on_refusal(OnRefusal::rephrase));
  run.plan();
  run.fail(generate_call(0, 0), errc::refused);
  run.generate({0, 1});
  run.fail(critique_call(0, 1), errc::unauthorized);
  REQUIRE(run.finished);
  CHECK(run.transcript().error()->code() == errc::unauthorized);
}

TEST_CASE("a critic's refusal") {
  auto run = driver(MaxRounds{3});
  run.start(test::brief_with(1), RunSettings{}.on_refusal(OnRefusal::rephrase));
  run.plan();
  run.generate({0, 0});
  run.fail(critique_call(0, 0), errc::refused);
  REQUIRE(run.finished);
  CHECK(run.reason().kind() == StopKind::failed);
}

TEST_CASE("a failed plan or revision") {
  auto run = driver(MaxRounds{2});
  run.start(test::brief_with(1), {});
  run.fail(plan_call);
  REQUIRE(run.finished);
  CHECK(run.reason() == StopReason{StopKind::failed, "failed", "plan"});

  auto later = driver(MaxRounds{2});
  later.start(test::brief_with(1), {});
  later.plan();
  later.generate({0, 0});
  later.critique({0, 0}, "f");
  later.fail(revise_call);
  REQUIRE(later.finished);
  CHECK(later.reason() == StopReason{StopKind::failed, "failed", "revise"});
  CHECK(later.transcript().incumbent_id() == CandidateId{0, 0});
}

TEST_CASE("a failed comparison") {
  for (OnError choice : {OnError::go_on, OnError::stop}) {
    RoleFacts roles = test::any_roles();
    roles.can_compare = true;
    auto run = driver(MaxRounds{3}, roles);
    run.start(test::brief_with(1), RunSettings{}.on_error(choice));
    run.plan();
    run.generate({0, 0});
    run.critique({0, 0}, "f");
    run.revise();
    run.generate({1, 0});
    run.critique({1, 0}, "f");
    run.fail(Call{CallKind::compare, CandidateId{1, 0}});
    CHECK(run.decision({1, 0}) == DecisionReason::tie);
    CHECK(run.transcript().incumbent_id() == CandidateId{0, 0});
    CHECK(run.finished == (choice == OnError::stop));
    CHECK(run.transcript().failures().size() == 1);
  }
}

TEST_CASE("an invalid checklist") {
  const auto reason = [](std::vector<Requirement> planned) {
    auto run = driver(MaxRounds{2});
    run.start(test::brief_with(1), {});
    run.plan(std::move(planned));
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::failed);
    CHECK(run.transcript().error()->code() == errc::invalid_argument);
    CHECK(run.transcript().images_requested() == 0);
    return run.transcript().error()->message();
  };
  CHECK(reason({Requirement{"red", "the mug is red"}.depends_on({"mugg"})}).find("mugg") != std::string::npos);
  CHECK(reason({Requirement{"a", "a"}.depends_on({"b"}), Requirement{"b", "b"}.depends_on({"a"})}).find("itself") !=
        std::string::npos);
}

TEST_CASE("nobody can judge") {
  // Each policy with whether it waits for verdicts.
  const std::vector<std::pair<AnyStopPolicy, bool>> policies{
      {Satisfied{} || MaxRounds{1}, true},
      {MaxRounds{1} || Plateau{3}, true},
      {ScoreAtLeast{90} && MaxRounds{1}, true},
      {!Plateau{1} && MaxRounds{1}, true},
      {MaxImages{1}, false},
      {MaxRounds{1} || Budget{usd(1)}, false},
      {Repeats{1} || MaxRounds{1}, false},
  };
  for (const auto& [policy, waits] : policies) {
    CAPTURE(describe(policy));
    CHECK(needs_verdicts(policy) == waits);
    for (const int musts : {0, 2}) {
      auto run = driver(policy);
      run.start(test::brief_with(musts), RunSettings{}.critic("measure"));
      run.end(plan_call, Plan{});  // claims nothing
      CHECK(run.finished == waits);
      CHECK(run.transcript().images_requested() == (waits ? 0 : 1));
      if (!waits) continue;
      CHECK(run.reason().kind() == StopKind::failed);
      REQUIRE(run.transcript().error());
      CHECK(run.transcript().error()->code() == errc::invalid_argument);
      for (const char* what : {"measure", "--must", "--critic", "images(4)"})
        CHECK(run.transcript().error()->message().find(what) != std::string::npos);
      test::check_sound(run.events, run.transcript());
    }
  }
}

TEST_CASE("one judged item is enough") {
  auto run = driver(Satisfied{});
  run.start(test::brief_with(2), {});
  run.end(plan_call, Plan{{Requirement{"count", "three mugs", Importance::should}.owner("measure")}});
  CHECK(run.in_progress() == "generate 0a");
}

TEST_CASE("unjudged parts of a plan") {
  auto run = driver(MaxRounds{1});
  run.start(test::brief_with(1), {});
  run.end(plan_call, Plan{{Requirement{"a", "a"}.owner("critic")}}.unjudged({"floral pattern"}));
  CHECK(run.transcript().checklist().unjudged() == std::vector<std::string>{"floral pattern", "must 1"});
}

// Policies that throw -------------------------------------------------------------------------------------------------

namespace {

/// Throws when it is asked for the n-th time, and ever after.
struct Throwing {
  std::shared_ptr<int> left;
  std::optional<StopReason> operator()(const Transcript&, TimePoint) const {
    if (--*left < 0) throw std::runtime_error{"no opinion"};
    return std::nullopt;
  }
};

struct ThrowingAcceptance {
  std::shared_ptr<int> left;
  Decision operator()(const Checklist&, const Candidate&, const Candidate&) const {
    if (--*left < 0) throw std::runtime_error{"no opinion"};
    return Decision{DecisionReason::tie};
  }
};

/// Ends the calls in progress one by one, the oldest first, until the run is over.
void run_out(Driver& run) {
  for (int steps = 0; !run.finished && steps < 1000; ++steps) {
    REQUIRE(!run.calls.empty());
    const Call call = run.calls.front();
    switch (call.kind()) {
      case CallKind::plan: run.plan(); break;
      case CallKind::generate: run.generate(*call.candidate()); break;
      case CallKind::critique: run.critique(*call.candidate(), "f"); break;
      case CallKind::compare: run.compare(*call.candidate(), call.swapped(), Preference::neither); break;
      case CallKind::revise: run.revise(); break;
    }
  }
  REQUIRE(run.finished);
}

}  // namespace

TEST_CASE("a policy that throws") {
  for (int n = 0; n < 30; ++n) {
    Driver run{LoopMachine{Throwing{std::make_shared<int>(n)}, IncumbentOrder{}, test::any_roles()}};
    run.start(test::brief_with(1), RunSettings{}.drafts(3));
    run_out(run);
    CHECK(run.reason().kind() == StopKind::failed);
    REQUIRE(run.transcript().error());
    CHECK(run.transcript().error()->message().find("no opinion") != std::string::npos);
    test::check_sound(run.events, run.transcript());
  }
}

TEST_CASE("an acceptance that throws") {
  for (int n = 0; n < 8; ++n) {
    Driver run{LoopMachine{Never{}, ThrowingAcceptance{std::make_shared<int>(n)}, test::any_roles()}};
    run.start(test::brief_with(1), RunSettings{}.drafts(3));
    run_out(run);
    CHECK(run.reason().kind() == StopKind::failed);
    REQUIRE(run.transcript().error());
    CHECK(run.transcript().error()->message().find("no opinion") != std::string::npos);
    CHECK(run.transcript().incumbent_id() == CandidateId{0, 0});
    test::check_sound(run.events, run.transcript());
  }
}

TEST_CASE("a budget covers the critique of a draft") {
  RoleFacts roles = test::any_roles();
  roles.generation_cost = [](const GenerationRequest&) { return usd(0.10); };
  roles.critique_cost = usd(0.05);
  roles.plan_cost = usd(0.01);
  auto run = driver(Budget{usd(0.40)}, roles);
  run.start(test::brief_with(1), RunSettings{}.drafts(5).critique_retries(0));
  CHECK(run.transcript().ledger().committed() == usd(0.01));
  run.end(plan_call, Plan{}.charge(Charge::paid(usd(0.01))));
  CHECK(run.in_progress() == "generate 0a, generate 0b");
  CHECK(run.transcript().ledger().committed() == usd(0.31));

  auto poor = driver(Budget{usd(0.005)}, roles);
  poor.start(test::brief_with(1), {});
  REQUIRE(poor.finished);
  CHECK(poor.reason().kind() == StopKind::money);
  CHECK(test::names_of(poor.events) == "run_started run_stopped");
}

TEST_CASE("a limit on images") {
  auto run = driver(MaxImages{3});
  run.start(test::brief_with(1), RunSettings{}.drafts(2));
  run.plan();
  run.generate({0, 0});
  run.generate({0, 1});
  run.critique({0, 0}, "f");
  run.critique({0, 1}, "f");
  run.revise();
  CHECK(run.in_progress() == "generate 1a");
  run.generate({1, 0});
  run.critique({1, 0}, "f");
  REQUIRE(run.finished);
  CHECK(run.reason() == StopReason{StopKind::images, "images(3)", "after 3 images"});
}

TEST_CASE("several images of a generation") {
  RoleFacts roles = test::any_roles();
  roles.generation_cost = [](const GenerationRequest&) { return usd(0.10); };
  roles.critique_cost = usd(0.10);
  auto run = driver(Budget{usd(0.35)}, roles);
  run.start(test::brief_with(1), RunSettings{}.critique_retries(0));
  run.plan();
  run.generate({0, 0}, {picture(1), picture(2), picture(3), picture(4)}, Charge::paid(usd(0.10)));
  // 0.10 is spent and two critiques of 0.10 are what the budget has left.
  CHECK(run.in_progress() == "critique 0a, critique 0a.2");
  CHECK(run.transcript().ledger().committed() <= usd(0.35));
  CHECK(run.transcript().rounds()[0].candidates().size() == 4);
}

TEST_CASE("keeps an image that arrives after a cancel") {
  RoleFacts roles = test::any_roles();
  roles.generation_cost = [](const GenerationRequest&) { return usd(0.10); };
  roles.critique_cost = usd(0.05);
  auto run = driver(Satisfied{} || Budget{usd(0.60)}, roles);
  run.start(test::brief_with(1), RunSettings{}.drafts(2));
  run.plan();
  run.generate({0, 0}, {picture(1)}, Charge::paid(usd(0.10)));
  run.critique({0, 0}, "p");
  run.generate({0, 1}, {picture(2)}, Charge::paid(usd(0.10)));
  REQUIRE(run.finished);
  CHECK(run.transcript().find({0, 1})->image() == picture(2));
  CHECK(run.decision({0, 1}) == DecisionReason::unjudged);
  CHECK(run.transcript().ledger().reserved() == Money{});
  CHECK(run.transcript().ledger().committed() == usd(0.20));
}

TEST_CASE("a budget covers comparisons") {
  RoleFacts roles = test::any_roles();
  roles.can_compare = true;
  roles.comparison_cost = usd(0.40);
  for (const AnyStopPolicy& policy :
       {AnyStopPolicy{MaxImages{2} || Budget{usd(0.5)}}, AnyStopPolicy{Budget{usd(0.5)} || MaxImages{2}},
        AnyStopPolicy{MaxImages{2} && Budget{usd(0.5)}},
        AnyStopPolicy{AnyStopPolicy{MaxImages{2}} || Budget{usd(0.5)}}}) {
    CAPTURE(policy.describe());
    auto run = driver(policy, roles);
    run.start(test::brief_with(1), RunSettings{}.drafts(2));
    run.plan();
    run.generate({0, 0});
    run.generate({0, 1});
    run.critique({0, 0}, "f");
    run.critique({0, 1}, "f");
    CHECK(run.decision({0, 1}) == DecisionReason::tie);
    CHECK(run.transcript().ledger().spent() == Money{});
  }
}

TEST_CASE("a budget covers both orders") {
  RoleFacts roles = test::any_roles();
  roles.can_compare = true;
  roles.comparison_cost = usd(0.40);
  for (const double budget : {0.5, 1.0}) {
    CAPTURE(budget);
    auto run = driver(Budget{usd(budget)}, roles);
    run.start(test::brief_with(1), RunSettings{}.drafts(2));
    run.plan();
    run.generate({0, 0});
    run.generate({0, 1});
    run.critique({0, 0}, "f");
    run.critique({0, 1}, "f");
    CHECK(run.in_progress() == (budget < 0.8 ? "revise" : "compare 0b"));
  }
}

TEST_CASE("ties are compared at the limit") {
  for (Money price : {Money{}, usd(0.01)}) {
    for (const AnyStopPolicy& policy :
         {AnyStopPolicy{MaxRounds{1}}, AnyStopPolicy{MaxImages{2}}, AnyStopPolicy{Satisfied{}}}) {
      CAPTURE(policy.describe());
      CAPTURE(price);
      RoleFacts roles = test::any_roles();
      roles.can_compare = true;
      roles.comparison_cost = price;
      auto run = driver(policy, roles);
      run.start(test::brief_with(1), RunSettings{}.drafts(2).on_satisfied(OnSatisfied::keep));
      run.plan();
      run.generate({0, 0});
      run.generate({0, 1});
      run.critique({0, 0}, "p");
      run.critique({0, 1}, "p");
      run.compare({0, 1}, false, Preference::first);
      run.compare({0, 1}, true, Preference::second);
      REQUIRE(run.finished);
      CHECK(run.decision({0, 1}) == DecisionReason::preferred);
    }
  }
}

TEST_CASE("every image of a draft is judged") {
  RoleFacts roles = test::any_roles();
  roles.critique_cost = usd(0.01);
  auto run = driver(MaxImages{1}, roles);
  run.start(test::brief_with(1), {});
  run.plan();
  run.generate({0, 0}, {picture(1), picture(2)});
  run.critique({0, 0, 0}, "f");
  run.critique({0, 0, 1}, "p");
  REQUIRE(run.finished);
  CHECK(run.transcript().incumbent_id() == CandidateId{0, 0, 1});
}

TEST_SUITE_END();
