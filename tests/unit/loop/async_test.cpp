#include "support/scripted.hpp"
#include "support/use_future.hpp"
#include "support/wait_for.hpp"
#include <pentimento/async.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

#include <future>
#include <thread>

using namespace pentimento;
using test::picture;
using test::Step;

namespace asio = boost::asio;

namespace {

const GenerationRequest request{"a tree"};

std::shared_ptr<test::ScriptedGenerator> generator(Step<Generation> step) {
  return std::make_shared<test::ScriptedGenerator>([=](int, const GenerationRequest&) { return step; });
}

Step<Generation> made() { return Generation{picture(1)}; }

class Counting final : public EventSink {
 public:
  int events = 0;

 private:
  asio::awaitable<Result<void>> do_on_event(Event) override {
    ++events;
    co_return Result<void>{};
  }
};

}  // namespace

TEST_SUITE_BEGIN("async");

TEST_CASE("callbacks of every role") {
  asio::io_context context;
  const asio::any_io_executor executor = context.get_executor();
  const auto critic = std::make_shared<test::ScriptedCritic>();
  critic->comparison = [](int, const ComparisonRequest&) { return Step<Comparison>{Comparison{Preference::second}}; };
  const auto reviser = std::make_shared<test::ScriptedReviser>();
  test::Story story{test::brief_with(1)};
  story.round("first", "f", DecisionReason::first);
  const Candidate& candidate = *story.run.incumbent();
  int done = 0;
  async_generate(executor, generator(made()), request,
                 [&](Result<Generation> result) { done += result->images()[0] == picture(1) ? 1 : 0; });
  async_plan(executor, critic, Brief{"x"}, [&](Result<Plan> result) { done += result.has_value() ? 1 : 0; });
  async_critique(executor, critic, CritiqueRequest{story.run.shared_brief(), story.run.shared_checklist(), candidate},
                 [&](Result<Critique> result) { done += result->verdict("user-1") == Verdict::fail ? 1 : 0; });
  async_compare(executor, critic,
                ComparisonRequest{story.run.shared_brief(), story.run.shared_checklist(), candidate, candidate},
                [&](Result<Comparison> result) { done += result->preference() == Preference::second ? 1 : 0; });
  async_revise(executor, reviser, RevisionRequest{story.run, Capabilities{"any"}},
               [&](Result<Revision> result) { done += result->request().prompt() == "try 1" ? 1 : 0; });
  const auto sink = std::make_shared<Counting>();
  async_on_event(executor, sink, Event{0, TimePoint{}, event::PlanStarted{}},
                 [&](Result<void> result) { done += result.has_value() && sink->events == 1 ? 1 : 0; });
  CHECK(done == 0);
  context.run_for(test::patience);
  CHECK(done == 6);
}

TEST_CASE("futures, deferred and awaited calls") {
  asio::thread_pool pool{1};
  CHECK(async_generate(pool.get_executor(), generator(made()), request, asio::use_future).get()->images()[0] ==
        picture(1));

  asio::io_context context;
  const auto role = generator(made());
  auto deferred = async_generate(context.get_executor(), role, request, asio::deferred);
  context.poll();
  CHECK(role->requests.empty());
  std::optional<Result<Generation>> result;
  std::move(deferred)([&](Result<Generation> value) { result.emplace(std::move(value)); });
  context.restart();
  context.run_for(test::patience);
  REQUIRE(result);
  CHECK(result->has_value());
  CHECK(role->requests.size() == 1);
}

TEST_CASE("errors and exceptions") {
  asio::thread_pool pool{1};
  const auto ask = [&](Step<Generation> step) {
    return async_generate(pool.get_executor(), generator(std::move(step)), request, asio::use_future).get();
  };
  CHECK(ask(Error{errc::refused, "no"}).error().code() == errc::refused);
  CHECK(ask(Step<Generation>::raise("boom")).error().message() == "the generator failed: boom");
  CHECK(ask(Step<Generation>::raise("boom").after_a_turn()).error().message() == "the generator failed: boom");
}

TEST_CASE("executor of the handler") {
  asio::io_context home;
  asio::thread_pool pool{2};
  auto work = asio::make_work_guard(home);
  std::thread::id ran_on;
  async_generate(pool.get_executor(), generator(made().after_a_turn()), request,
                 asio::bind_executor(home.get_executor(), [&](Result<Generation>) {
                   ran_on = std::this_thread::get_id();
                   home.stop();
                 }));
  home.run_for(test::patience);
  CHECK(ran_on == std::this_thread::get_id());
}

TEST_CASE("context destroyed after the handler") {
  asio::thread_pool pool{1};
  for (int i = 0; i < 300; ++i) {
    auto home = std::make_unique<asio::io_context>();
    const auto work =
        std::make_unique<asio::executor_work_guard<asio::io_context::executor_type>>(home->get_executor());
    async_generate(
        pool.get_executor(), generator(made()), request,
        asio::bind_executor(asio::make_strand(home->get_executor()), [&](Result<Generation>) { home->stop(); }));
    home->run();
    work->reset();
    home.reset();
  }
  pool.join();
}

TEST_CASE("cancels a call") {
  for (asio::cancellation_type type : {asio::cancellation_type::total, asio::cancellation_type::terminal}) {
    for (bool begun : {false, true}) {
      asio::io_context context;
      asio::cancellation_signal signal;
      std::optional<Result<Generation>> result;
      async_generate(context.get_executor(), generator(Step<Generation>::hang()), request,
                     asio::bind_cancellation_slot(signal.slot(),
                                                  [&](Result<Generation> value) { result.emplace(std::move(value)); }));
      if (begun) context.poll();
      signal.emit(type);
      context.restart();
      context.run_for(test::patience);
      REQUIRE(result);
      REQUIRE(!result->has_value());
      CHECK(result->error().code() == errc::cancelled);
      signal.emit(type);
    }
  }
}

TEST_CASE("cancelled before it begins") {
  asio::io_context context;
  asio::cancellation_signal signal;
  std::optional<Result<Generation>> result;
  const auto role = generator(made());
  role->price = usd(1);
  async_generate(
      context.get_executor(), role, request,
      asio::bind_cancellation_slot(signal.slot(), [&](Result<Generation> value) { result.emplace(std::move(value)); }));
  signal.emit(asio::cancellation_type::total);
  context.run_for(test::patience);
  REQUIRE(result);
  REQUIRE(!result->has_value());
  CHECK(result->error().code() == errc::cancelled);
  CHECK(result->error().charge() == Charge{});
  CHECK(role->requests.empty());
}

TEST_CASE("cancelled from another thread") {
  asio::thread_pool pool{2};
  for (int i = 0; i < 300; ++i) {
    asio::cancellation_signal signal;
    std::promise<Result<Generation>> promise;
    const bool hangs = i % 2 == 0;
    async_generate(pool.get_executor(), generator(hangs ? Step<Generation>::hang() : made().after_a_turn()), request,
                   asio::bind_cancellation_slot(
                       signal.slot(), [&](Result<Generation> result) { promise.set_value(std::move(result)); }));
    for (int yields = i % 7; yields > 0; --yields) std::this_thread::yield();
    signal.emit(asio::cancellation_type::total);
    const Result<Generation> result = promise.get_future().get();
    if (hangs) CHECK(!result.has_value());
  }
  pool.join();
}

TEST_CASE("lifetime of the role") {
  asio::io_context context;
  test::Gate gate;
  auto role = generator(made().after(gate));
  const std::weak_ptr<Generator> watched = role;
  bool done = false;
  async_generate(context.get_executor(), std::move(role), request, [&](Result<Generation>) { done = true; });
  context.poll();
  CHECK(!watched.expired());
  gate.open();
  context.run_for(test::patience);
  CHECK(done);
  CHECK(watched.expired());
}

TEST_CASE("event loop destroyed during a call") {
  test::Gate gate;
  bool done = false;
  {
    asio::io_context context;
    async_generate(context.get_executor(), generator(made().after(gate)), request,
                   [&](Result<Generation>) { done = true; });
    context.poll();
    CHECK(gate.waiting() == 1);
  }
  CHECK(gate.waiting() == 0);
  CHECK(!done);
}

TEST_CASE("signal outlives the event loop") {
  asio::cancellation_signal signal;
  bool done = false;
  {
    asio::io_context context;
    async_generate(
        context.get_executor(), generator(made()), request,
        asio::bind_cancellation_slot(signal.slot(), [&](Result<Generation> result) { done = result.has_value(); }));
    context.run();
  }
  CHECK(done);
  signal.emit(asio::cancellation_type::all);
}

TEST_SUITE_END();
