// What a run makes of a critic that fails for a while.
#include "support/events.hpp"
#include "support/images.hpp"
#include "support/machine_driver.hpp"
#include <pentimento/loop/machine.hpp>
#include <pentimento/revise/rules.hpp>
#include <pentimento/stop/policies.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace pentimento;
using test::critique_call;
using test::Driver;
using test::driver;
using test::generate_call;
using test::picture;

namespace {

using std::chrono::seconds;

Error overloaded(Charge charge = {}) {
  Error error{errc::backend_failed, "overloaded"};
  return error.transient(true).charge(charge);
}

/// The waits before the calls of a kind, in their order.
std::vector<Duration> waits(const Driver& run, CallKind kind = CallKind::critique) {
  std::vector<Duration> waits;
  for (const std::vector<Command>& commands : run.taken) {
    for (const Command& command : commands) {
      const auto* make = std::get_if<command::MakeCall>(&command);
      if (make != nullptr && make->call.kind() == kind) waits.push_back(make->wait);
    }
  }
  return waits;
}

/// A run whose first image cannot be judged, at the end of its first round.
Driver unjudged(AnyStopPolicy policy, RunSettings settings = {}, RoleFacts roles = test::any_roles()) {
  const int attempts = 1 + settings.critique_retries();
  Driver run = driver(std::move(policy), std::move(roles));
  run.start(test::brief_with(1), std::move(settings));
  run.plan();
  run.generate({0, 0});
  for (int i = 0; i < attempts; ++i) run.end(critique_call(0, 0), overloaded());
  return run;
}

}  // namespace

TEST_SUITE("LoopMachine retries") {
  TEST_CASE("a critique") {
    for (const Error& error : {overloaded(), Error{errc::connect_failed, "x"}, Error{errc::outcome_unknown, "x"},
                               Error{errc::rate_limited, "x"}, Error{errc::deadline_exceeded, "x"}}) {
      CAPTURE(to_string(error.code()));
      auto run = driver(Satisfied{});
      run.start(test::brief_with(1), RunSettings{}.on_error(OnError::stop));
      run.plan();
      run.generate({0, 0});
      run.end(critique_call(0, 0), error);
      CHECK(run.in_progress() == "critique 0a");
      run.end(critique_call(0, 0), error);
      run.critique({0, 0}, "p");
      REQUIRE(run.finished);
      CHECK(run.reason().kind() == StopKind::satisfied);
      CHECK(!run.transcript().find({0, 0})->error());
      CHECK(waits(run) == std::vector<Duration>{seconds{0}, seconds{1}, seconds{4}});
      test::check_sound(run.events, run.transcript());
    }
  }

  TEST_CASE("a plan") {
    RoleFacts roles = test::any_roles();
    roles.plan_cost = usd(0.01);
    auto run = driver(Budget{usd(0.025)}, roles);
    run.start(test::brief_with(1), {});
    for (int i = 0; i < 2; ++i) {
      CHECK(run.in_progress() == "plan");
      run.end(test::plan_call, overloaded(Charge::maybe_billed(usd(0.01))));
    }
    // A third would pass the budget.
    REQUIRE(run.finished);
    CHECK(run.reason() == StopReason{StopKind::failed, "failed", "plan"});
    test::check_sound(run.events, run.transcript());

    auto back = driver(MaxRounds{1});
    back.start(test::brief_with(1), {});
    back.end(test::plan_call, overloaded());
    back.plan();
    CHECK(back.in_progress() == "generate 0a");
  }

  TEST_CASE("a revision, in every round anew") {
    auto run = driver(MaxRounds{3});
    run.start(test::brief_with(1), {});
    run.plan();
    for (int round = 0; round < 2; ++round) {
      run.generate({round, 0}, {picture(round == 0 ? 1U : 2U)});
      run.critique({round, 0}, "f");
      for (int i = 0; i < 2; ++i) {
        CHECK(run.in_progress() == "revise");
        run.end(Call{CallKind::revise}, overloaded());
      }
      run.revise();
    }
    CHECK(run.in_progress() == "generate 2a");
    CHECK(waits(run, CallKind::revise) ==
          std::vector<Duration>{seconds{0}, seconds{1}, seconds{4}, seconds{0}, seconds{1}, seconds{4}});
    run.generate({2, 0});
    run.critique({2, 0}, "f");
    test::check_sound(run.events, run.transcript());

    auto away = driver(MaxRounds{3});
    away.start(test::brief_with(1), {});
    away.plan();
    away.generate({0, 0});
    away.critique({0, 0}, "f");
    for (int i = 0; i < 3; ++i) away.end(Call{CallKind::revise}, overloaded());
    REQUIRE(away.finished);
    CHECK(away.reason() == StopReason{StopKind::failed, "failed", "revise"});
  }

  TEST_CASE("a comparison") {
    RoleFacts roles = test::any_roles();
    roles.can_compare = true;
    auto run = driver(MaxRounds{2}, roles);
    run.start(test::brief_with(1), {});
    run.plan();
    run.generate({0, 0});
    run.critique({0, 0}, "f");
    run.revise();
    run.generate({1, 0}, {picture(2)});
    run.critique({1, 0}, "f");
    run.end(Call{CallKind::compare, CandidateId{1, 0}, false}, overloaded());
    CHECK(run.in_progress() == "compare 1a");
    run.compare({1, 0}, false, Preference::first);
    run.end(Call{CallKind::compare, CandidateId{1, 0}, true}, overloaded());
    CHECK(run.in_progress() == "compare 1a swapped");
    run.compare({1, 0}, true, Preference::second);
    CHECK(run.decision({1, 0}) == DecisionReason::preferred);
    CHECK(waits(run, CallKind::compare) == std::vector<Duration>{seconds{0}, seconds{1}, seconds{0}, seconds{1}});
    test::check_sound(run.events, run.transcript());
  }

  TEST_CASE("no critique after a permanent error") {
    for (const errc code : {errc::unauthorized, errc::payment_required, errc::not_found, errc::invalid_argument,
                            errc::refused, errc::unusable_reply, errc::backend_failed}) {
      CAPTURE(to_string(code));
      auto run = driver(MaxRounds{3});
      run.start(test::brief_with(1), {});
      run.plan();
      run.generate({0, 0});
      run.fail(critique_call(0, 0), code);
      REQUIRE(run.finished);
      CHECK(run.reason().kind() == StopKind::failed);
      CHECK(run.transcript().error()->code() == code);
      CHECK(run.transcript().find({0, 0}) != nullptr);
    }
  }

  TEST_CASE("no image") {
    auto run = driver(MaxRounds{3});
    run.start(test::brief_with(1), {});
    run.plan();
    run.fail(generate_call(0, 0), errc::outcome_unknown);
    REQUIRE(run.finished);
    CHECK(run.transcript().images_requested() == 1);
  }

  TEST_CASE("nothing if critique_retries is 0") {
    const Driver run = unjudged(MaxRounds{3}, RunSettings{}.critique_retries(0));
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::failed);
  }

  TEST_CASE("an unjudged image in the next round") {
    Driver run = unjudged(Satisfied{} || MaxRounds{3});
    CHECK(run.decision({0, 0}) == DecisionReason::unjudged);
    CHECK(run.in_progress() == "revise");
    run.revise();
    CHECK(run.in_progress() == "critique 0a");
    run.critique({0, 0}, "f");
    CHECK(run.in_progress() == "generate 1a");
    run.generate({1, 0}, {picture(2)});
    run.critique({1, 0}, "f");
    CHECK(run.decision({0, 0}) == DecisionReason::first);
    CHECK(run.decision({1, 0}) == DecisionReason::tie);
    CHECK(run.transcript().rounds()[1].accepted() == CandidateId{0, 0});
    run.revise();
    run.generate({2, 0});
    run.critique({2, 0}, "f");
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::rounds);
    CHECK(waits(run)[3] == seconds{16});
    test::check_sound(run.events, run.transcript());
  }

  TEST_CASE("an unjudged image that satisfies") {
    Driver run = unjudged(Satisfied{} || MaxRounds{3});
    run.revise();
    run.critique({0, 0}, "p");
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::satisfied);
    CHECK(run.transcript().images_requested() == 1);
    test::check_sound(run.events, run.transcript());
  }

  TEST_CASE("pays no image while the critic fails") {
    Driver run = unjudged(MaxRounds{9});
    for (int round = 1; round <= 2; ++round) {
      run.revise();
      CHECK(run.in_progress() == "critique 0a");
      run.end(critique_call(0, 0), overloaded());
    }
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::failed);
    CHECK(run.transcript().error()->message() == "overloaded");
    CHECK(run.transcript().images_requested() == 1);
    CHECK(run.transcript().rounds().size() == 3);
    test::check_sound(run.events, run.transcript());

    Driver limited = unjudged(MaxRounds{2});
    limited.revise();
    limited.end(critique_call(0, 0), overloaded());
    REQUIRE(limited.finished);
    CHECK(limited.reason().kind() == StopKind::rounds);
  }

  TEST_CASE("the init image") {
    Driver run = driver(MaxRounds{3});
    run.start(test::brief_with(1).init_image(picture(9)), {});
    run.plan();
    run.end(critique_call(0, 0), overloaded());
    CHECK(run.in_progress() == "critique 0a");
    run.critique({0, 0}, "f");
    CHECK(run.in_progress() == "revise");
  }

  TEST_CASE("within the budget") {
    RoleFacts roles = test::any_roles();
    roles.generation_cost = [](const GenerationRequest&) { return usd(0.10); };
    roles.critique_cost = usd(0.01);
    auto run = driver(Budget{usd(0.13)}, roles);
    run.start(test::brief_with(1), {});
    run.plan();
    CHECK(run.transcript().ledger().committed() == usd(0.13));
    run.generate({0, 0}, {picture(1)}, Charge::paid(usd(0.10)));
    CHECK(run.transcript().ledger().committed() == usd(0.13));
    for (int i = 0; i < 3; ++i) {
      CHECK(run.in_progress() == "critique 0a");
      run.end(critique_call(0, 0), overloaded(Charge::maybe_billed(usd(0.01))));
      CHECK(run.transcript().ledger().committed() <= usd(0.13));
    }
    // What was estimated for the critiques of this image is used up.
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::failed);
    CHECK(run.transcript().ledger().spent() == usd(0.13));

    auto poor = driver(Budget{usd(0.125)}, roles);
    poor.start(test::brief_with(1), {});
    REQUIRE(poor.finished);
    CHECK(poor.reason().kind() == StopKind::money);
  }

  TEST_CASE("nothing once the run is to stop") {
    auto run = driver(Never{});
    run.start(test::brief_with(1), {});
    run.plan();
    run.generate({0, 0});
    run.interrupt(run.machine.cancel());
    run.end(critique_call(0, 0), overloaded());
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::cancelled);
    test::check_sound(run.events, run.transcript());
  }
}

TEST_SUITE("LoopMachine before it pays") {
  /// Starts a run that must end at once, and returns its error.
  const auto rejected = [](const Brief& brief, const RoleFacts& roles, RunSettings settings = {}) {
    auto run = driver(MaxRounds{3}, roles);
    run.start(brief, std::move(settings));
    REQUIRE(run.finished);
    REQUIRE(run.transcript().error());
    CHECK(test::names_of(run.events) == "run_started run_stopped");
    return *run.transcript().error();
  };

  TEST_CASE("rejects an unsupported init image") {
    RoleFacts roles = test::any_roles();
    const Brief brief = test::brief_with(1).init_image(picture(1, 64, 64));
    roles.capabilities = Capabilities{"core"};
    CHECK(rejected(brief, roles).code() == errc::unsupported);
    roles.capabilities = Capabilities{"jpegs"}.image_to_image(true).init_image_types({MediaType::jpeg});
    CHECK(rejected(brief, roles).message().find("image/jpeg are accepted") != std::string::npos);
    roles.capabilities = Capabilities{"large"}.image_to_image(true).init_image_sides(65, 4096);
    CHECK(rejected(brief, roles).message().find("65 to 4096") != std::string::npos);
    roles.capabilities = Capabilities{"small"}.image_to_image(true).init_image_sides(1, 63);
    CHECK(rejected(brief, roles).code() == errc::invalid_argument);
    roles.capabilities = Capabilities{"short"}.image_to_image(true).max_init_image_bytes(10);
    CHECK(rejected(brief, roles).code() == errc::too_large);

    roles.capabilities = Capabilities{"core"};
    auto run = driver(MaxRounds{3}, roles);
    run.start(brief, RunSettings{}.keep_init_image(KeepInitImage::optional));
    CHECK(run.in_progress() == "plan");
  }

  TEST_CASE("rejects what a role rejects") {
    RoleFacts roles = test::any_roles();
    roles.request_error = [](const GenerationRequest& request) -> std::optional<Error> {
      return Error{errc::invalid_argument, "no " + request.prompt()};
    };
    CHECK(rejected(Brief{"mugs"}, roles).message() == "no mugs");
    roles = test::any_roles();
    roles.checklist_error = [](const Brief&, const Checklist& checklist) -> std::optional<Error> {
      return Error{errc::too_large, std::to_string(checklist.size()) + " items"};
    };
    CHECK(rejected(test::brief_with(2), roles).message() == "2 items");
  }

  TEST_CASE("checks the whole checklist") {
    RoleFacts roles = test::any_roles();
    roles.checklist_error = [](const Brief&, const Checklist& checklist) -> std::optional<Error> {
      if (checklist.size() < 2) return std::nullopt;
      return Error{errc::too_large, "too many"};
    };
    auto run = driver(MaxRounds{3}, roles);
    run.start(test::brief_with(1), {});
    run.plan({Requirement{"red", "it is red"}});
    REQUIRE(run.finished);
    CHECK(run.transcript().error()->code() == errc::too_large);
    CHECK(run.transcript().images_requested() == 0);
  }

  TEST_CASE("plans nothing if no image can be paid") {
    RoleFacts roles = test::any_roles();
    roles.plan_cost = usd(0.01);
    roles.generation_cost = [](const GenerationRequest&) { return Money::unbounded(); };
    auto run = driver(Budget{usd(5)}, roles);
    run.start(test::brief_with(1), {});
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::money);
    CHECK(test::names_of(run.events) == "run_started run_stopped");
  }
}

TEST_SUITE("LoopMachine and several images a call") {
  TEST_CASE("images(n) counts what a call can bring") {
    RoleFacts roles = test::any_roles();
    roles.capabilities.images_per_call(2);
    auto run = driver(MaxImages{5}, roles);
    run.start(test::brief_with(1), RunSettings{}.drafts(3));
    run.plan();
    CHECK(run.in_progress() == "generate 0a, generate 0b");
    run.generate({0, 0}, {picture(1), picture(2)});
    run.generate({0, 1}, {picture(3)});
    for (const CandidateId id : {CandidateId{0, 0}, CandidateId{0, 0, 1}, CandidateId{0, 1}}) run.critique(id, "f");
    run.revise();
    CHECK(run.in_progress() == "generate 1a");
    run.generate({1, 0}, {picture(4), picture(5)});
    run.critique({1, 0}, "f");
    run.critique({1, 0, 1}, "f");
    REQUIRE(run.finished);
    CHECK(run.transcript().images_requested() == 5);
  }
}

TEST_SUITE("LoopMachine keeps the init image") {
  /// The init image of the next draft after a revision like this, in a run with an init image that was judged like this.
  const auto started_from = [](Revision revision, RunSettings settings = {}) {
    auto run = driver(MaxRounds{9});
    run.start(test::brief_with(1).init_image(picture(9)), std::move(settings));
    run.plan();
    run.critique({0, 0}, "p");
    run.end(test::revise_call, std::move(revision));
    return run.transcript().rounds().back().drafts().front().request().init_image();
  };

  TEST_CASE("whatever the reviser does") {
    for (const Action action : {Action::reprompt, Action::reseed, Action::edit, Action::backtrack, Action::restart}) {
      CAPTURE(to_string(action));
      Revision revision{action, GenerationRequest{"again"}};
      CHECK(started_from(Revision{revision}.parent(CandidateId{0, 0})) == picture(9));
      CHECK((action == Action::edit || started_from(revision) == picture(9)));
    }
  }

  TEST_CASE("unless optional or dropped by a person") {
    const Revision words{Action::reprompt, GenerationRequest{"again"}};
    CHECK(!started_from(words, RunSettings{}.keep_init_image(KeepInitImage::optional)));
    CHECK(!started_from(Revision{words}.author("person")));
    const Revision with_image{Action::reprompt, GenerationRequest{"again"}.init_image(picture(9))};
    CHECK(started_from(Revision{with_image}.author("person")) == picture(9));
  }

  TEST_CASE("through a whole run") {
    auto run = driver(MaxRounds{8});
    run.start(test::brief_with(1).init_image(picture(9)), RunSettings{}.max_edit_depth(1));
    run.plan();
    run.critique({0, 0}, "f");
    for (int round = 1; round < 8; ++round) {
      run.end(test::revise_call,
              Revision{round % 2 == 1 ? Action::edit : Action::reseed, GenerationRequest{"again"}}.parent(
                  run.transcript().incumbent_id()));
      const auto& request = run.transcript().rounds().back().drafts().front().request();
      REQUIRE(request.init_image());
      const bool is_given = *request.init_image() == picture(9);
      CHECK((is_given || request.init_image() == run.transcript().incumbent()->image()));
      run.generate({round, 0}, {picture(static_cast<std::uint32_t>(round))});
      run.critique({round, 0}, round == 1 ? "p" : "f");
      CHECK(edit_depth(run.transcript(), run.transcript().find({round, 0})) == 1);
    }
    CHECK(run.finished);
  }
}
