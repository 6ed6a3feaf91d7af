#include "support/scripted_loop.hpp"
#include "support/use_future.hpp"
#include <pentimento/loop/machine.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/revise/rules.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace std::chrono_literals;
using test::brief_with;
using test::charge_of;
using test::Loop;
using test::made;
using test::picture;
using test::Roles;
using test::Run;
using test::Step;
using test::verdicts;

namespace asio = boost::asio;

TEST_SUITE_BEGIN("RefinementLoop");

TEST_CASE("refines until the policy holds") {
  Roles roles;
  roles.critic->script = [](int call, const CritiqueRequest&) {
    return Step<Critique>{verdicts(call < 2 ? "pf" : "pp")};
  };
  Run run{roles.loop(Satisfied{} || MaxRounds{6}), brief_with(2)};
  const Outcome& outcome = run.start().finish();
  CHECK(outcome.reason() == StopReason{StopKind::satisfied, "satisfied", "2 of 2 after round 2"});
  CHECK(outcome.has_best());
  CHECK(outcome.best().id() == CandidateId{2, 0});
  CHECK(outcome.best().image() == picture(3));
  CHECK(outcome.score().percent() == 100);
  CHECK(!outcome.error());
  CHECK(outcome.transcript().settings().policy() == "satisfied || rounds(6)");
  CHECK(outcome.transcript().settings().generator() == "scripted");
  CHECK(outcome.transcript().rounds()[1].revision().author() == "scripted");
  CHECK(roles.generator->requests[0].prompt() == request_for(brief_with(2)).prompt());
  CHECK(roles.generator->requests[1].prompt() == "try 1");
}

TEST_CASE("drafts run at once") {
  Roles roles;
  std::vector<test::Gate> gates(3);
  roles.generator->script = [&](int call, const GenerationRequest&) {
    return made(static_cast<std::uint32_t>(call)).after(gates[static_cast<std::size_t>(call)]);
  };
  Loop loop = roles.loop(MaxRounds{1});
  loop.settings(RunSettings{}.drafts(3));
  Run run{loop, brief_with(1)};
  run.start().settle();
  CHECK(roles.generator->requests.size() == 3);
  CHECK(roles.critic->judged.empty());
  gates[2].open();
  run.settle();
  CHECK(roles.critic->judged == std::vector<CandidateId>{{0, 2}});
  gates[0].open();
  run.settle();
  CHECK(roles.critic->judged == std::vector<CandidateId>{{0, 2}, {0, 0}});
  CHECK(!run.outcome);
  gates[1].open();
  run.finish();
  CHECK(run.outcome->transcript().rounds()[0].candidates().size() == 3);
}

TEST_CASE("a satisfying draft cancels or keeps others") {
  for (OnSatisfied choice : {OnSatisfied::cancel, OnSatisfied::keep}) {
    Roles roles;
    test::Gate gate;
    roles.generator->script = [&](int call, const GenerationRequest&) {
      return call == 0 ? made(0) : made(1).after(gate);
    };
    roles.critic->script = [](int, const CritiqueRequest&) { return Step<Critique>{verdicts("p")}; };
    Loop loop = roles.loop(Satisfied{});
    loop.settings(RunSettings{}.drafts(2).on_satisfied(choice));
    Run run{loop, brief_with(1)};
    run.start().settle();
    CHECK(run.outcome.has_value() == (choice == OnSatisfied::cancel));
    gate.open();
    const Outcome& outcome = run.finish();
    CHECK(outcome.reason().kind() == StopKind::satisfied);
    CHECK(outcome.transcript().rounds()[0].candidates().size() == (choice == OnSatisfied::cancel ? 1 : 2));
    CHECK(outcome.best().id() == CandidateId{0, 0});
  }
}

TEST_CASE("an init image is round 0") {
  Roles roles;
  Brief brief = brief_with(1);
  brief.init_image(picture(50));
  Run run{roles.loop(MaxRounds{2}), brief};
  const Outcome& outcome = run.start().finish();
  CHECK(outcome.transcript().rounds()[0].drafts().empty());
  CHECK(outcome.best().image() == picture(50));
  CHECK(roles.critic->judged == std::vector<CandidateId>{{0, 0}, {1, 0}});
  CHECK(roles.generator->requests.size() == 1);
}

TEST_CASE("a tie is compared in both orders") {
  for (bool twice : {true, false}) {
    Roles roles;
    roles.critic->comparison = [&](int call, const ComparisonRequest&) {
      return Step<Comparison>{Comparison{call == 0 ? Preference::first
                                         : twice   ? Preference::second
                                                   : Preference::first}};
    };
    Run run{roles.loop(MaxRounds{2}), brief_with(1)};
    const Outcome& outcome = run.start().finish();
    REQUIRE(roles.critic->compared.size() == 2);
    CHECK(roles.critic->compared[0].first().id() == CandidateId{1, 0});
    CHECK(roles.critic->compared[0].second().id() == CandidateId{0, 0});
    CHECK(roles.critic->compared[1].first().id() == CandidateId{0, 0});
    CHECK(roles.critic->compared[1].second().id() == CandidateId{1, 0});
    CHECK(outcome.best().id() == CandidateId{twice ? 1 : 0, 0});
  }
}

TEST_CASE("a budget covers calls in progress") {
  Roles roles;
  roles.generator->price = usd(0.10);
  roles.critic->critique_price = usd(0.02);
  roles.generator->script = [](int call, const GenerationRequest&) {
    Generation generation{picture(static_cast<std::uint32_t>(call))};
    generation.charge(Charge::paid(usd(0.10)));
    return Step<Generation>{generation}.after_a_turn();
  };
  roles.critic->script = [](int, const CritiqueRequest&) {
    Critique critique = verdicts("f");
    critique.charge(Charge::paid(usd(0.02)));
    return Step<Critique>{critique}.after_a_turn();
  };
  Loop loop = roles.loop(Budget{usd(0.50)});
  loop.settings(RunSettings{}.drafts(3).critique_retries(0));
  Run run{loop, brief_with(1)};
  const Outcome& outcome = run.start().finish();
  CHECK(outcome.reason().kind() == StopKind::money);
  // 4 images of 0.12 each fit; 3 in the first round and 1 in the second.
  CHECK(roles.generator->requests.size() == 4);
  CHECK(outcome.transcript().ledger().spent() == usd(0.48));
  CHECK(outcome.transcript().ledger().total(Billing::paid) == usd(0.48));
}

TEST_CASE("retries a critique after a wait") {
  Roles roles;
  roles.critic->script = [](int call, const CritiqueRequest&) -> Step<Critique> {
    if (call == 0) return Error{errc::outcome_unknown, "broken"};
    return verdicts("p");
  };
  Run run{roles.loop(Satisfied{}), brief_with(1)};
  const auto start = std::chrono::steady_clock::now();
  CHECK(run.start().finish().reason().kind() == StopKind::satisfied);
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::seconds{1});
  CHECK(roles.critic->judged.size() == 2);
}

TEST_CASE("cancels a wait before a retry") {
  Roles roles;
  roles.critic->script = [](int, const CritiqueRequest&) -> Step<Critique> {
    return Error{errc::outcome_unknown, "broken"};
  };
  Run run{roles.loop(Satisfied{}), brief_with(1)};
  run.start().settle();
  CHECK(roles.critic->judged.size() == 1);
  run.cancel();
  const auto start = std::chrono::steady_clock::now();
  CHECK(run.finish().reason().kind() == StopKind::cancelled);
  CHECK(std::chrono::steady_clock::now() - start < retry_wait(1));
  CHECK(roles.critic->judged.size() == 1);
}

TEST_CASE("asks the roles before it pays") {
  struct Strict final : Critic {
    std::string do_name() const override { return "strict"; }
    std::optional<Error> do_validate(const Brief&, const Checklist&) const override {
      return Error{errc::too_large, "too long"};
    }
    boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest) override { co_return Critique{}; }
  };
  const auto generator = std::make_shared<test::ScriptedGenerator>();
  Run run{Loop{generator, Strict{}, Satisfied{}}, brief_with(1)};
  CHECK(run.start().finish().error()->message() == "too long");
  CHECK(test::names_of(run.events) == "run_started run_stopped");
}

TEST_CASE("charges the estimate") {
  Roles roles;
  roles.generator->price = usd(1);
  roles.critic->critique_price = usd(0.25);
  roles.generator->script = [](int call, const GenerationRequest&) {
    Generation generation{picture(static_cast<std::uint32_t>(call))};
    if (call == 1) generation.charge(Charge::paid(Money{}));
    return Step<Generation>{std::move(generation)};
  };
  Run run{roles.loop(MaxRounds{2}), brief_with(1)};
  const Outcome& outcome = run.start().finish();
  CHECK(charge_of(outcome, Call{CallKind::generate, CandidateId{0, 0}}) == Charge::estimated(usd(1)));
  CHECK(charge_of(outcome, Call{CallKind::generate, CandidateId{1, 0}}) == Charge::paid(Money{}));
  CHECK(charge_of(outcome, Call{CallKind::critique, CandidateId{1, 0}}) == Charge::estimated(usd(0.25)));
}

TEST_CASE("a deadline cancels calls") {
  Roles roles;
  roles.generator->script = [](int call, const GenerationRequest&) {
    return call == 0 ? made(1) : Step<Generation>::hang();
  };
  Run run{roles.loop(Deadline{30ms}), brief_with(1)};
  const Outcome& outcome = run.start().finish();
  CHECK(outcome.reason().kind() == StopKind::time);
  CHECK(outcome.reason().clause() == "seconds(0.03)");
  CHECK(outcome.best().image() == picture(1));
  CHECK(outcome.transcript().rounds()[1].drafts()[0].error()->code() == errc::cancelled);
}

TEST_CASE("a custom deadline") {
  struct At {
    TimePoint when;
    std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
      if (run.finished_rounds() < 2) return std::nullopt;
      return StopReason{StopKind::custom, "enough"};
    }
    std::optional<TimePoint> deadline(TimePoint) const { return when; }
  };
  for (TimePoint when : {TimePoint::max(), TimePoint::max() - 1s, TimePoint{} + 24h * 365 * 1000}) {
    Roles roles;
    roles.critic->script = [](int, const CritiqueRequest&) { return Step<Critique>{verdicts("f")}.after(1ms); };
    Run run{roles.loop(At{when}), brief_with(1)};
    CHECK(run.start().finish().reason().clause() == "enough");
  }
  for (TimePoint when : {TimePoint::min(), TimePoint{}}) {
    Roles roles;
    Run run{roles.loop(At{when}), brief_with(1)};
    CHECK(run.start().finish().reason().kind() == StopKind::time);
  }
}

TEST_CASE("warms up the other role") {
  struct Told final : Generator {
    int prepared = 0;
    Capabilities do_capabilities() const override { return Capabilities{"told"}; }
    asio::awaitable<Result<Generation>> do_generate(GenerationRequest) override { co_return Generation{picture(1)}; }
    void do_warm_up() override {
      ++prepared;
      throw std::runtime_error{"not ready"};  // which is nobody's concern
    }
  };
  struct Judge final : Critic {
    int prepared = 0;
    std::string do_name() const override { return "judge"; }
    asio::awaitable<Result<Critique>> do_critique(CritiqueRequest) override { co_return verdicts("p"); }
    void do_warm_up() override { ++prepared; }
  };
  const auto generator = std::make_shared<Told>();
  const auto critic = std::make_shared<Judge>();
  CHECK(pentimento::run(Loop{generator, critic, Satisfied{}}, brief_with(1)).score().satisfied());
  CHECK(generator->prepared == 2);  // at the plan and at the critique
  CHECK(critic->prepared == 1);     // at the generation
}

TEST_CASE("ten thousand rounds at once") {
  Roles roles;
  constexpr int rounds = 10'000;
  // A policy that is quick to ask.
  struct Rounds {
    std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
      if (run.rounds().size() < rounds || !run.rounds().back().finished()) return std::nullopt;
      return StopReason{StopKind::rounds, "enough"};
    }
  };
  RefinementLoop loop{roles.generator, roles.critic, Rounds{}};
  loop.reviser(roles.reviser);
  const Outcome outcome = run(loop, brief_with(1));
  CHECK(outcome.reason().clause() == "enough");
  CHECK(outcome.transcript().finished_rounds() == rounds);
}

TEST_CASE("in a coroutine") {
  Roles roles;
  asio::io_context context;
  std::optional<Outcome> outcome;
  {
    auto loop = std::make_unique<Loop>(roles.loop(MaxRounds{2}));
    asio::co_spawn(context, loop->run(brief_with(1)), [&](std::exception_ptr failure, Outcome result) {
      CHECK(!failure);
      outcome.emplace(std::move(result));
    });
  }
  context.run_for(test::patience);
  REQUIRE(outcome);
  CHECK(outcome->transcript().finished_rounds() == 2);
}

TEST_CASE("several runs at once") {
  Roles roles;
  roles.generator->script = [](int, const GenerationRequest&) { return made(1).after_a_turn(); };
  const Loop loop = roles.loop(MaxRounds{3});
  asio::io_context context;
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 20; ++i)
    async_run(context.get_executor(), loop, brief_with(1),
              [&](Outcome outcome) { outcomes.push_back(std::move(outcome)); });
  context.run_for(test::patience);
  REQUIRE(outcomes.size() == 20);
  for (const Outcome& outcome : outcomes) CHECK(outcome.transcript().finished_rounds() == 3);
}

TEST_CASE("completion tokens and executors") {
  Roles roles;
  asio::io_context home;
  asio::thread_pool pool{2};
  std::thread::id ran_on;
  auto work = asio::make_work_guard(home);
  async_run(pool.get_executor(), roles.loop(MaxRounds{1}), brief_with(1),
            asio::bind_executor(home.get_executor(), [&](Outcome outcome) {
              ran_on = std::this_thread::get_id();
              CHECK(outcome.reason().kind() == StopKind::rounds);
              home.stop();
            }));
  home.run_for(test::patience);
  CHECK(ran_on == std::this_thread::get_id());

  Roles others;
  std::future<Outcome> future =
      async_run(pool.get_executor(), others.loop(MaxRounds{1}), brief_with(1), asio::use_future);
  CHECK(future.get().reason().kind() == StopKind::rounds);
}

TEST_CASE("stays on the strand") {
  // No lock and no atomic: a sanitizer sees whether two threads are in one run at once.
  asio::thread_pool pool{4};
  std::vector<std::future<Outcome>> futures;
  std::vector<std::unique_ptr<int>> counters;
  for (int i = 0; i < 16; ++i) {
    Roles roles;
    counters.push_back(std::make_unique<int>(0));
    int* counter = counters.back().get();
    roles.generator->script = [=](int, const GenerationRequest&) { return ++*counter, made(1).after_a_turn(); };
    roles.critic->script = [=](int, const CritiqueRequest&) {
      return ++*counter, Step<Critique>{verdicts("f")}.after_a_turn();
    };
    roles.reviser->script = [=](int, const RevisionRequest&) {
      return ++*counter, Step<Revision>{Revision{Action::reprompt, GenerationRequest{"x"}}}.after_a_turn();
    };
    Loop loop = roles.loop(MaxRounds{10});
    loop.settings(RunSettings{}.drafts(3)).watch([=](const Event&) { ++*counter; });
    loop.record(std::make_shared<test::RecordingSink>(
        [=](const Event&) { return ++*counter, Step<bool>{true}.after_a_turn(); }));
    futures.push_back(async_run(pool.get_executor(), loop, brief_with(1), asio::use_future));
  }
  for (auto& future : futures) CHECK(future.get().transcript().finished_rounds() == 10);
  pool.join();
}

TEST_CASE("errors and exceptions") {
  for (OnError choice : {OnError::go_on, OnError::stop}) {
    for (bool throws : {false, true}) {
      Roles roles;
      roles.generator->price = usd(0.25);
      roles.generator->script = [&](int call, const GenerationRequest&) {
        if (call != 2) return made(static_cast<std::uint32_t>(call));
        return throws ? Step<Generation>::raise("it exploded")
                      : Step<Generation>{Error{errc::refused, "it does not want to"}};
      };
      Loop loop = roles.loop(MaxRounds{2});
      loop.settings(RunSettings{}.drafts(2).on_error(choice));
      Run run{loop, brief_with(1)};
      const Outcome& outcome = run.start().finish();
      CHECK(outcome.reason().kind() == (choice == OnError::go_on ? StopKind::rounds : StopKind::failed));
      CHECK(outcome.error().has_value() == (choice == OnError::stop));
      CHECK(outcome.best().id() == CandidateId{0, 0});
      const Draft& failed = outcome.transcript().rounds()[1].drafts()[0];
      REQUIRE(failed.error());
      CHECK(failed.error()->code() == (throws ? errc::backend_failed : errc::refused));
      CHECK(failed.error()->message() == (throws ? "the generator failed: it exploded" : "it does not want to"));
      // Nobody knows what was paid when it exploded.
      CHECK(charge_of(outcome, Call{CallKind::generate, CandidateId{1, 0}}) ==
            (throws ? Charge::maybe_billed(usd(0.25)) : Charge{}));
    }
  }
}

TEST_CASE("the cost of an exception") {
  Roles roles;
  roles.generator->price = usd(1);
  int billed = 0;
  roles.generator->script = [&](int, const GenerationRequest&) -> Step<Generation> {
    ++billed;
    throw Failure{Error{errc::unreadable_image, "the reply is not an image"}};
  };
  Loop loop = roles.loop(Budget{usd(5)});
  loop.settings(RunSettings{}.drafts(9));
  Run run{loop, brief_with(1)};
  const Outcome& outcome = run.start().finish();
  CHECK(billed == 5);
  CHECK(outcome.transcript().ledger().total(Billing::maybe_billed) == usd(5));
}

TEST_CASE("a policy that throws") {
  struct Throws {
    std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
      if (run.finished_rounds() > 0) throw std::runtime_error{"no opinion"};
      return std::nullopt;
    }
  };
  Roles roles;
  Run run{roles.loop(Throws{}), brief_with(1)};
  const Outcome& outcome = run.start().finish();
  CHECK(outcome.reason().kind() == StopKind::failed);
  CHECK(outcome.best().image() == picture(1));
  REQUIRE(outcome.error());
  CHECK(outcome.error()->message().find("no opinion") != std::string::npos);

  struct BadDeadline {
    std::optional<StopReason> operator()(const Transcript&, TimePoint) const { return std::nullopt; }
    std::optional<TimePoint> deadline(TimePoint) const { throw std::runtime_error{"no clock"}; }
  };
  Run other{roles.loop(BadDeadline{}), brief_with(1)};
  const Outcome& failed = other.start().finish();
  CHECK(failed.reason().kind() == StopKind::failed);
  REQUIRE(failed.error());
  CHECK(failed.error()->message().find("no clock") != std::string::npos);
}

TEST_CASE("rejects invalid runs before any call") {
  const auto rejected = [](const Loop& loop, const Roles& roles, const Brief& brief, std::string_view why) {
    Run run{loop, brief};
    const Outcome& outcome = run.start().finish();
    CHECK(outcome.reason().kind() == StopKind::failed);
    REQUIRE(outcome.error());
    CHECK(outcome.error()->code() == errc::invalid_argument);
    CHECK_MESSAGE(outcome.error()->message().find(why) != std::string::npos, outcome.error()->message());
    CHECK(!outcome.has_best());
    CHECK_THROWS_AS(static_cast<void>(outcome.best()), Failure);
    CHECK(test::names_of(run.events) == "run_started run_stopped");
    CHECK(roles.critic->plans == 0);
  };
  Roles roles;
  roles.generator->can.sides(64, 2048).max_prompt_characters(100);
  const Loop loop = roles.loop(MaxRounds{1});
  rejected(loop, roles, Brief{""}, "the brief is empty");
  rejected(loop, roles, Brief{" \n"}, "the brief is empty");
  rejected(loop, roles, Brief{"x"}.must(" "), "user-1 is empty");
  rejected(loop, roles, Brief{"x"}.size({32, 64}), "64 to 2048 pixels");
  rejected(loop, roles, Brief{"x"}.size({64, 4096}), "64x4096");
  rejected(loop, roles, Brief{"x"}.size({0, 0}), "0x0");
  rejected(loop, roles, Brief{"x"}.aspect_ratio({0, 9}), "aspect ratio");
  rejected(loop, roles, Brief{std::string(101, 'x')}, "too long");
  for (int drafts : {0, -1, 65}) {
    Loop other = roles.loop(MaxRounds{1});
    other.settings(RunSettings{}.drafts(drafts));
    rejected(other, roles, Brief{"x"}, std::to_string(drafts));
  }
  Loop other = roles.loop(MaxRounds{1});
  other.settings(RunSettings{}.max_edit_depth(-1));
  rejected(other, roles, Brief{"x"}, "max_edit_depth");
  CHECK_THROWS_AS(Loop(std::shared_ptr<test::ScriptedGenerator>{}, roles.critic, MaxRounds{1}), Failure);
}

TEST_SUITE_END();
