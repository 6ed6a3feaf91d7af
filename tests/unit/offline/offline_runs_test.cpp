// Runs with offline backends that share a process: none waits for another's images.
#include "bombs.hpp"
#include "support/scripted.hpp"
#include <pentimento/offline/measure.hpp>
#include <pentimento/offline/sketch.hpp>
#include <pentimento/refinement_loop.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace std::chrono_literals;
using offline::MeasuringCritic;
using offline::SketchGenerator;

namespace {

using Clock = std::chrono::steady_clock;

const Brief three_mugs_brief{"three red mugs on a plain white table, bright"};

RefinementLoop<MaxRounds> large_sketches() {
  return {SketchGenerator{}.default_size({4096, 4096}), MeasuringCritic{}, MaxRounds{5}};
}

void run_until(boost::asio::io_context& context, const auto& ended) {
  const Clock::time_point end = Clock::now() + test::patience;
  while (!ended() && Clock::now() < end) context.run_one_for(10ms);
}

}  // namespace

TEST_SUITE("Offline runs") {
  TEST_CASE("ten cancelled together end at once") {
    boost::asio::io_context context;
    std::vector<boost::asio::cancellation_signal> signals(10);
    std::vector<RefinementLoop<MaxRounds>> loops;
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < signals.size(); ++i) {
      loops.push_back(large_sketches());
      loops[i].async_run(context.get_executor(), three_mugs_brief,
                         boost::asio::bind_cancellation_slot(
                             signals[i].slot(), [&](Outcome outcome) { outcomes.push_back(std::move(outcome)); }));
    }
    context.run_for(100ms);
    const Clock::time_point begin = Clock::now();
    for (auto& signal : signals) signal.emit(boost::asio::cancellation_type::total);
    run_until(context, [&] { return outcomes.size() == signals.size(); });
    CHECK(Clock::now() - begin < 100ms);
    REQUIRE(outcomes.size() == signals.size());
    for (const Outcome& outcome : outcomes) CHECK(outcome.reason().kind() == StopKind::cancelled);
  }

  TEST_CASE("a hostile image holds up no other run") {
    const Image bomb{bombs::scan_bomb(8'000, 1'000)};
    boost::asio::io_context context;
    std::vector<std::optional<Outcome>> hostile(8);
    std::vector<RefinementLoop<MaxRounds>> loops;
    const Clock::time_point begin = Clock::now();
    for (auto& outcome : hostile) {
      test::ScriptedGenerator generator{
          [bomb](int, const GenerationRequest&) { return test::Step<Generation>{Generation{bomb}}; }};
      loops.emplace_back(std::move(generator), MeasuringCritic{}, MaxRounds{1});
      loops.back().async_run(context.get_executor(), three_mugs_brief,
                             [&](Outcome ended) { outcome.emplace(std::move(ended)); });
    }
    std::optional<Outcome> other;
    RefinementLoop<MaxRounds> loop{SketchGenerator{}, MeasuringCritic{}, MaxRounds{1}};
    loop.async_run(context.get_executor(), three_mugs_brief, [&](Outcome ended) { other.emplace(std::move(ended)); });
    run_until(context, [&] {
      return other.has_value() && std::ranges::all_of(hostile, [](const auto& each) { return each.has_value(); });
    });
    CHECK(Clock::now() - begin < 10s);
    REQUIRE(other.has_value());
    CHECK(other->has_best());
    for (const auto& outcome : hostile) {
      REQUIRE(outcome.has_value());
      CHECK(outcome->has_best());  // what was paid for is kept, unjudged
    }
  }

  TEST_CASE("a run with a time limit ends in it") {
    boost::asio::io_context context;
    std::optional<Outcome> outcome;
    RefinementLoop<Deadline> loop{SketchGenerator{}.default_size({4096, 4096}), MeasuringCritic{}, Deadline{300ms}};
    const Clock::time_point begin = Clock::now();
    loop.async_run(context.get_executor(), three_mugs_brief, [&](Outcome ended) { outcome.emplace(std::move(ended)); });
    run_until(context, [&] { return outcome.has_value(); });
    CHECK(Clock::now() - begin < 1s);
    REQUIRE(outcome.has_value());
  }
}
