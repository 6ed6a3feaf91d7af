// What a cancellation ends, in whatever state a run is, from whatever thread; and what those who store or watch a run may do
// to it.
#include "support/scripted_loop.hpp"
#include <pentimento/refinement_loop.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

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

TEST_SUITE_BEGIN("RefinementLoop cancellation");

TEST_CASE("before, during and after a run") {
  for (CallKind kind : {CallKind::plan, CallKind::generate, CallKind::critique, CallKind::compare, CallKind::revise}) {
    CAPTURE(to_string(kind));
    Roles roles;
    test::Gate gate;
    const auto slow = [&]<class T>(CallKind which, T value) {
      Step<T> step{std::move(value)};
      return which == kind ? step.after(gate) : step;
    };
    roles.critic->planning = [&](const Brief&) { return slow(CallKind::plan, Plan{}); };
    roles.generator->script = [&](int, const GenerationRequest&) {
      return slow(CallKind::generate, Generation{picture(1)});
    };
    roles.critic->script = [&](int, const CritiqueRequest&) { return slow(CallKind::critique, verdicts("f")); };
    roles.critic->comparison = [&](int, const ComparisonRequest&) {
      return slow(CallKind::compare, Comparison{Preference::first});
    };
    roles.reviser->script = [&](int, const RevisionRequest&) {
      return slow(CallKind::revise, Revision{Action::reprompt, GenerationRequest{"x"}});
    };
    Run run{roles.loop(Never{}), brief_with(1)};
    run.start().settle();
    REQUIRE(gate.waiting() == 1);
    run.cancel();
    const Outcome& outcome = run.finish();
    CHECK(outcome.reason() == StopReason{StopKind::cancelled, "cancelled"});
    CHECK(!outcome.error());
    CHECK(gate.waiting() == 0);
    run.cancel();
    run.settle();
  }
  Roles roles;
  Run run{roles.loop(Never{}), brief_with(1)};
  run.start();
  run.cancel();
  const Outcome& outcome = run.finish();
  CHECK(outcome.reason().kind() == StopKind::cancelled);
  CHECK(roles.generator->requests.empty());
}

TEST_CASE("no call after an earlier stop request") {
  Roles roles;
  std::stop_source stop;
  stop.request_stop();
  const Outcome outcome = run(roles.loop(MaxRounds{3}), brief_with(1), stop.get_token());
  CHECK(outcome.reason().kind() == StopKind::cancelled);
  CHECK(roles.critic->plans == 0);
  CHECK(roles.generator->requests.empty());
}

TEST_CASE("leaves a deaf call behind") {
  Roles roles;
  test::Gate gate;
  roles.generator->price = usd(0.40);
  roles.generator->script = [&](int call, const GenerationRequest&) {
    return call == 0 ? made(1) : made(2).after(gate).deaf();
  };
  Run run{roles.loop(Never{}), brief_with(1)};
  run.start().settle();
  CHECK(gate.waiting() == 1);
  run.cancel();
  const Outcome& outcome = run.finish();
  CHECK(outcome.reason().kind() == StopKind::cancelled);
  const Call late{CallKind::generate, CandidateId{1, 0}};
  CHECK(charge_of(outcome, late) == Charge::maybe_billed(usd(0.40)));
  CHECK(outcome.best().image() == picture(1));
  // It comes back when the run is over, and does no harm.
  const std::size_t events = run.events.size();
  gate.open();
  run.settle();
  CHECK(run.events.size() == events);
}

TEST_CASE("a late result does no harm") {
  for (CallKind kind : {CallKind::plan, CallKind::generate, CallKind::critique, CallKind::compare, CallKind::revise}) {
    for (bool fails : {false, true}) {
      CAPTURE(to_string(kind));
      Roles roles;
      test::Gate gate;
      const auto late = [&]<class T>(CallKind which, T value) {
        Step<T> step = fails ? Step<T>{Error{errc::backend_failed, "late"}} : Step<T>{std::move(value)};
        return which == kind ? step.after(gate).deaf() : Step<T>{std::move(step)};
      };
      if (kind == CallKind::plan) roles.critic->planning = [&](const Brief&) { return late(CallKind::plan, Plan{}); };
      if (kind == CallKind::generate)
        roles.generator->script = [&](int, const GenerationRequest&) {
          return late(CallKind::generate, Generation{picture(1)});
        };
      if (kind == CallKind::critique)
        roles.critic->script = [&](int, const CritiqueRequest&) { return late(CallKind::critique, verdicts("f")); };
      if (kind == CallKind::compare) {
        roles.critic->comparison = [&](int, const ComparisonRequest&) {
          return late(CallKind::compare, Comparison{Preference::first});
        };
      }
      if (kind == CallKind::revise) {
        roles.reviser->script = [&](int, const RevisionRequest&) {
          return late(CallKind::revise, Revision{Action::edit, GenerationRequest{"late"}});
        };
      }
      Run run{roles.loop(Never{}), brief_with(1)};
      run.start().settle();
      REQUIRE(gate.waiting() == 1);
      run.cancel();
      CHECK(run.finish().reason().kind() == StopKind::cancelled);
      gate.open();
      run.settle();
      CHECK(gate.waiting() == 0);
    }
  }
}

TEST_CASE("a run ends within 100 ms") {
  Roles roles;
  test::Gate gate;
  roles.generator->script = [&](int, const GenerationRequest&) { return made(1).after(gate).deaf(); };
  Loop loop = roles.loop(Never{});
  loop.settings(RunSettings{}.drafts(8));
  Run run{loop, brief_with(1)};
  run.start().settle();
  CHECK(gate.waiting() == 8);
  const auto before = std::chrono::steady_clock::now();
  run.cancel();
  run.finish();
  // The promise is 100 ms; the bound leaves room for a machine that is busy with other things.
  CHECK(std::chrono::steady_clock::now() - before < 2s);
  CHECK(std::chrono::steady_clock::now() - before >= detail::cancel_grace);
  gate.open();
  run.settle();
}

TEST_CASE("calls after a cancelled draft") {
  Roles roles;
  roles.generator->script = [](int call, const GenerationRequest&) {
    return call == 1 ? Step<Generation>::hang() : made(static_cast<std::uint32_t>(call));
  };
  roles.critic->script = [](int, const CritiqueRequest&) { return Step<Critique>{verdicts("p")}; };
  // Longer than a cancelled call may take: it was not cancelled.
  roles.reviser->script = [](int, const RevisionRequest&) {
    return Step<Revision>{Revision{Action::reprompt, GenerationRequest{"again"}}}.after(4 * detail::cancel_grace);
  };
  // Fires while a draft is in progress, but not after that has ended.
  struct Fickle {
    std::optional<StopReason> operator()(const Prospect& prospect) const {
      const std::vector<Round>& rounds = prospect.transcript().rounds();
      if (rounds.empty() || !prospect.is_finished(rounds.back())) return std::nullopt;
      const auto is_in_progress = [](const Draft& draft) { return !draft.ended(); };
      if (std::ranges::any_of(rounds.back().drafts(), is_in_progress)) return StopReason{StopKind::custom, "fickle"};
      return MaxRounds{2}(prospect);
    }
  };
  Loop loop = roles.loop(Fickle{});
  loop.settings(RunSettings{}.drafts(2));
  Run run{loop, brief_with(1)};
  const Outcome& outcome = run.start().finish();
  CHECK(outcome.reason().kind() == StopKind::rounds);
  CHECK(outcome.transcript().rounds()[0].drafts()[1].error()->code() == errc::cancelled);
  CHECK(outcome.transcript().failures().empty());
  CHECK(outcome.transcript().finished_rounds() == 2);
}

TEST_CASE("busy backends do not block a cancel") {
  Roles roles;
  Run run{roles.loop(Never{}), brief_with(1)};
  int turns = 0;
  // Posted again and again, as somebody else's work on the same executor.
  std::function<void()> tick = [&] {
    if (++turns == 50) run.cancel();
    if (!run.outcome && turns < 1'000'000) asio::post(run.context, tick);
  };
  asio::post(run.context, tick);
  run.on_event = [](const Event& event) {
    if (event.sequence() > 1'000'000) throw std::runtime_error{"nobody could cancel"};
  };
  CHECK(run.start().finish().reason().kind() == StopKind::cancelled);
}

TEST_CASE("run with a stop token") {
  Roles roles;
  roles.generator->script = [](int, const GenerationRequest&) { return Step<Generation>::hang(); };
  const auto loop = roles.loop(Never{});

  std::stop_source before;
  before.request_stop();
  CHECK(run(loop, brief_with(1), before.get_token()).reason().kind() == StopKind::cancelled);

  std::stop_source source;
  Loop watched = loop;
  std::promise<void> generating;
  watched.watch([&](const Event& event) {
    if (event.as<event::GenerationStarted>()) generating.set_value();
  });
  std::thread stopper{[&] {
    generating.get_future().wait();
    source.request_stop();
  }};
  CHECK(run(watched, brief_with(1), source.get_token()).reason().kind() == StopKind::cancelled);
  stopper.join();

  std::stop_source after;
  roles.generator->script = [](int, const GenerationRequest&) { return made(1); };
  CHECK(run(roles.loop(MaxRounds{1}), brief_with(1), after.get_token()).reason().kind() == StopKind::rounds);
  after.request_stop();
}

TEST_CASE("event loop destroyed during a run") {
  Roles roles;
  test::Gate gate;
  roles.generator->script = [&](int, const GenerationRequest&) { return made(1).after(gate); };
  bool called = false;
  {
    asio::io_context context;
    asio::cancellation_signal signal;
    async_run(context.get_executor(), roles.loop(Never{}), brief_with(1),
              asio::bind_cancellation_slot(signal.slot(), [&](Outcome) { called = true; }));
    context.poll();
    CHECK(gate.waiting() == 1);
  }
  CHECK(gate.waiting() == 0);
  CHECK(!called);
}

// On several threads ---------------------------------------------------------------------------------------------------

TEST_CASE("from another thread") {
  asio::thread_pool pool{2};
  for (int i = 0; i < 300; ++i) {
    Roles roles;
    roles.generator->script = [](int call, const GenerationRequest&) {
      return call < 2 ? made(1).after_a_turn() : Step<Generation>::hang();
    };
    Loop loop = roles.loop(Never{});
    std::atomic<std::uint64_t> seen = 0;
    loop.settings(RunSettings{}.drafts(2)).watch([&](const Event& event) { seen = event.sequence(); });
    asio::cancellation_signal signal;
    std::promise<Outcome> promise;
    async_run(
        pool.get_executor(), loop, brief_with(1),
        asio::bind_cancellation_slot(signal.slot(), [&](Outcome outcome) { promise.set_value(std::move(outcome)); }));
    // Some before the start, some in the middle, some when everything hangs.
    while (seen < static_cast<std::uint64_t>(i % 20)) std::this_thread::yield();
    signal.emit(asio::cancellation_type::all);
    const Outcome outcome = promise.get_future().get();
    CHECK(outcome.reason().kind() == StopKind::cancelled);
    signal.emit(asio::cancellation_type::all);
  }
  pool.join();
}

TEST_CASE("sinks store before calls") {
  Roles roles;
  test::Gate gate;
  const auto sink = std::make_shared<test::RecordingSink>([&](const Event& event) {
    const Step<bool> step{true};
    return event.as<event::GenerationStarted>() ? step.after(gate) : step;
  });
  Loop loop = roles.loop(MaxRounds{1});
  loop.record(sink);
  Run run{loop, brief_with(1)};
  run.start().settle();
  CHECK(gate.waiting() == 1);
  CHECK(roles.generator->requests.empty());
  gate.open();
  run.finish();
  CHECK(roles.generator->requests.size() == 1);
  CHECK(sink->events == run.events);
}

TEST_CASE("no call without a stored announcement") {
  for (bool fails : {true, false}) {
    Roles roles;
    roles.generator->price = usd(1);
    test::Gate gate;
    Loop loop = roles.loop(Never{});
    loop.record(std::make_shared<test::RecordingSink>([&](const Event& event) {
      const Step<bool> step = fails ? Step<bool>{Error{errc::io_failed, "the disk is full"}} : Step<bool>{true};
      return event.as<event::GenerationStarted>() ? step.after(gate) : Step<bool>{true};
    }));
    Run run{loop, brief_with(1)};
    run.start().settle();
    if (!fails) run.cancel();
    run.settle();
    gate.open();
    const Outcome& outcome = run.finish();
    CHECK(roles.generator->requests.empty());
    CHECK(outcome.transcript().ledger().spent() == Money{});
    CHECK(outcome.reason().kind() == (fails ? StopKind::failed : StopKind::cancelled));
  }
}

TEST_CASE("a failing observer") {
  const std::size_t count = [] {
    Roles roles;
    Loop loop = roles.loop(MaxRounds{3});
    loop.settings(RunSettings{}.drafts(2));
    Run whole{loop, brief_with(1)};
    whole.start().finish();
    return whole.events.size();
  }();
  CHECK(count > 20);
  for (std::size_t n = 0; n < count; ++n) {
    for (int how = 0; how < 4; ++how) {
      CAPTURE(n);
      CAPTURE(how);
      Roles roles;
      Loop loop = roles.loop(MaxRounds{3});
      loop.settings(RunSettings{}.drafts(2));
      const auto good = std::make_shared<test::RecordingSink>();
      if (how < 3) {
        const auto bad = [=](const Event& event) {
          if (event.sequence() != n) return Step<bool>{true};
          return how == 0 ? Step<bool>{Error{errc::io_failed, "the disk is full"}}
                          : Step<bool>::raise("the disk is full");
        };
        loop.record(std::make_shared<test::RecordingSink>(bad));
        if (how == 2) loop.record(std::make_shared<test::RecordingSink>(bad));
      } else {
        loop.watch([=](const Event& event) {
          if (event.sequence() == n) throw std::runtime_error{"the disk is full"};
        });
      }
      loop.record(good);
      Run run{loop, brief_with(1)};
      const Outcome& outcome = run.start().finish();
      CHECK(good->events == run.events);
      // Also where it fails at the very end: a record that is not whole must not pass for one.
      CHECK(outcome.reason().kind() == StopKind::failed);
      REQUIRE(outcome.error());
      CHECK(outcome.error()->code() == errc::observer_failed);
      CHECK(outcome.error()->message().find("the disk is full") != std::string::npos);
      // What was announced from then on was not made.
      std::size_t announced = 0;
      for (std::size_t i = 0; i < std::min(n, run.events.size()); ++i)
        announced += announced_call(run.events[i].body()) ? 1 : 0;
      const std::size_t calls = roles.generator->requests.size() + roles.critic->judged.size();
      CHECK(calls + static_cast<std::size_t>(roles.critic->plans + roles.reviser->calls) == announced);
    }
  }
}

TEST_CASE("a sink that does not return") {
  for (bool deaf : {false, true}) {
    CAPTURE(deaf);
    Roles roles;
    roles.generator->script = [](int, const GenerationRequest&) { return Step<Generation>::hang(); };
    roles.generator->price = usd(1);
    Loop loop = roles.loop(Never{});
    loop.settings(RunSettings{}.drafts(2));
    // Storing the second draft hangs while the first is being generated.
    const auto sink = std::make_shared<test::RecordingSink>([=](const Event& event) {
      const auto* started = event.as<event::GenerationStarted>();
      if (started == nullptr || started->id != CandidateId{0, 1}) return Step<bool>{true};
      return deaf ? Step<bool>::hang().deaf() : Step<bool>::hang();
    });
    loop.record(sink);
    Run run{loop, brief_with(1)};
    run.start().settle();
    CHECK(roles.generator->requests.size() == 1);
    run.cancel();
    const Outcome& outcome = run.finish();
    CHECK(outcome.reason().kind() == StopKind::failed);
    REQUIRE(outcome.error());
    CHECK(outcome.error()->code() == errc::observer_failed);
    CHECK(roles.generator->requests.size() == 1);
  }
}

TEST_CASE("a sink that does not return after a cancel") {
  for (const std::string_view last : {event::StopRequested::name, event::CallFailed::name, event::RunStopped::name}) {
    for (const bool deaf : {false, true}) {
      CAPTURE(last);
      CAPTURE(deaf);
      Roles roles;
      roles.generator->script = [](int, const GenerationRequest&) { return Step<Generation>::hang(); };
      Loop loop = roles.loop(Never{});
      loop.record(std::make_shared<test::RecordingSink>([=](const Event& event) {
        if (name_of(event.body()) != last) return Step<bool>{true};
        return deaf ? Step<bool>::hang().deaf() : Step<bool>::hang();
      }));
      Run run{loop, brief_with(1)};
      run.start().settle();
      CHECK(roles.generator->requests.size() == 1);
      run.cancel();
      const Outcome& outcome = run.finish();
      REQUIRE(outcome.error());
      CHECK(outcome.error()->code() == errc::observer_failed);
    }
  }
}

TEST_CASE("a slow sink keeps its events") {
  Roles roles;
  test::Gate gate;
  Loop loop = roles.loop(Never{});
  const auto sink = std::make_shared<test::RecordingSink>([=](const Event& event) {
    return event.as<event::GenerationStarted>() ? Step<bool>{true}.after(gate) : Step<bool>{true};
  });
  loop.record(sink);
  Run run{loop, brief_with(1)};
  run.start().settle();
  run.cancel();
  run.settle();
  gate.open();
  const Outcome& outcome = run.finish();
  CHECK(outcome.reason().kind() == StopKind::cancelled);
  CHECK(!outcome.error());
  CHECK(sink->events == run.events);
  CHECK(roles.generator->requests.empty());
}

TEST_SUITE_END();
