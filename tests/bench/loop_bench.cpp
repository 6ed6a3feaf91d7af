// The cost of the loop itself, with backends that are free.
#include "support/images.hpp"
#include <pentimento/loop/machine.hpp>
#include <pentimento/refinement_loop.hpp>

#include <benchmark/benchmark.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <malloc.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace asio = boost::asio;
namespace ptm = pentimento;

namespace {

const ptm::Image picture = ptm::test::picture(1);

/// Returns the same image again and again, after an optional sleep.
class Still final : public ptm::Generator {
 public:
  explicit Still(std::chrono::milliseconds sleep = {}) : sleep_{sleep} {}

 private:
  ptm::Capabilities do_capabilities() const override { return ptm::Capabilities{"still"}; }
  asio::awaitable<ptm::Result<ptm::Generation>> do_generate(ptm::GenerationRequest) override {
    if (sleep_.count() > 0) {
      asio::steady_timer timer{co_await asio::this_coro::executor, sleep_};
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_return ptm::Generation{picture};
  }

  std::chrono::milliseconds sleep_;
};

/// Fails one item of four, always.
class Grim final : public ptm::Critic {
  std::string do_name() const override { return "grim"; }
  asio::awaitable<ptm::Result<ptm::Critique>> do_critique(ptm::CritiqueRequest) override { co_return critique(); }

 public:
  static ptm::Critique critique() {
    ptm::Critique critique;
    for (const char* id : {"user-1", "user-2", "user-3"}) critique.add({id, ptm::Verdict::pass});
    critique.add({"user-4", ptm::Verdict::fail});
    return critique;
  }
};

ptm::Brief brief() {
  ptm::Brief brief{"three red mugs on a plain white table"};
  brief.must("exactly three mugs").must("the mugs are red").must("a plain white table").must("bright light");
  return brief;
}

/// The bytes that are allocated on the heap.
std::int64_t allocated() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

ptm::CallResult answer(const ptm::Call& call) {
  switch (call.kind()) {
    case ptm::CallKind::plan: return ptm::Plan{};
    case ptm::CallKind::generate: return ptm::Generation{picture};
    case ptm::CallKind::critique: return Grim::critique();
    case ptm::CallKind::compare: return ptm::Comparison{ptm::Preference::neither};
    case ptm::CallKind::revise: break;
  }
  return ptm::Revision{ptm::Action::reprompt, ptm::GenerationRequest{"again"}};
}

/// The decisions alone, without a coroutine.
void machine_step(benchmark::State& state) {
  std::int64_t steps = 0;
  for (auto _ : state) {
    ptm::LoopMachine machine{ptm::Satisfied{} || ptm::MaxRounds{6}, ptm::IncumbentOrder{}, ptm::RoleFacts{}};
    std::deque<ptm::EventBody> bodies{ptm::event::RunStarted{brief(), ptm::RunSettings{}}};
    std::uint64_t sequence = 0;
    for (; !bodies.empty(); bodies.pop_front()) {
      const ptm::Event event{sequence++, ptm::TimePoint{}, std::move(bodies.front())};
      ptm::Result<std::vector<ptm::Command>> commands = machine.step(event);
      for (ptm::Command& command : *commands) {
        if (auto* to_record = std::get_if<ptm::command::Record>(&command)) bodies.push_back(std::move(to_record->body));
        if (const auto* to_make = std::get_if<ptm::command::MakeCall>(&command))
          bodies.push_back(machine.conclude(to_make->call, answer(to_make->call)));
      }
    }
    steps += static_cast<std::int64_t>(sequence);
  }
  state.counters["time/step"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(machine_step);

/// Whole runs of this many rounds, with ChecklistReviser and a watcher.
void whole_round(benchmark::State& state) {
  const int rounds = static_cast<int>(state.range(0));
  ptm::RefinementLoop loop{Still{}, Grim{}, ptm::Satisfied{} || ptm::MaxRounds{rounds}};
  std::uint64_t events = 0;
  loop.watch([&](const ptm::Event&) { ++events; });
  for (auto _ : state) benchmark::DoNotOptimize(ptm::run(loop, brief()));
  state.counters["time/round"] = benchmark::Counter(static_cast<double>(state.iterations() * rounds),
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(whole_round)->Arg(1)->Arg(6)->Arg(50);

/// This many runs at once on one thread, each waiting for its only image.
void runs_at_once(benchmark::State& state) {
  const int runs = static_cast<int>(state.range(0));
  const std::chrono::milliseconds sleep{state.range(1)};
  for (auto _ : state) {
    ptm::RefinementLoop loop{Still{sleep}, Grim{}, ptm::MaxRounds{1}};
    asio::io_context context{1};
    int done = 0;
    const std::int64_t before = allocated();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < runs; ++i) loop.async_run(context.get_executor(), brief(), [&](ptm::Outcome) { ++done; });
    context.poll();
    const std::int64_t bytes = (allocated() - before) / runs;
    context.run();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    if (done != runs) state.SkipWithError("not every run has ended");
    state.counters["bytes/run"] = static_cast<double>(bytes);
    state.counters["over_sleep_%"] = 100.0 * (wall / sleep - 1.0);
  }
}
BENCHMARK(runs_at_once)
    ->Args({1, 1000})
    ->Args({10'000, 1000})
    ->Args({10'000, 10'000})
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
