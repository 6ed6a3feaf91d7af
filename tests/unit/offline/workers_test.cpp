#include "offline/pixels/workers.hpp"

#include "support/wait_for.hpp"
#include <pentimento/offline/sketch.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::offline;

namespace {

using Clock = std::chrono::steady_clock;

/// How often endless work began and how often it saw that it should stop.
struct Counts {
  std::atomic<int> begun = 0;
  std::atomic<int> stopped = 0;
};

boost::asio::awaitable<Result<int>> answer() {
  auto work = [](const std::stop_token&) -> Result<int> { return 42; };
  Result<int> result = co_await on_workers(work);
  co_return result;
}

boost::asio::awaitable<Result<int>> endless(std::shared_ptr<Counts> counts) {
  auto work = [counts](const std::stop_token& stop) -> Result<int> {
    ++counts->begun;
    while (!stop.stop_requested()) std::this_thread::yield();
    ++counts->stopped;
    return no_longer_wanted();
  };
  Result<int> result = co_await on_workers(work);
  co_return result;
}

boost::asio::awaitable<void> draw(SketchGenerator generator, GenerationRequest request) {
  Result<Generation> result = co_await generator.generate(std::move(request));
}

void wait_until_equal(const std::atomic<int>& count, int wanted) {
  const Clock::time_point end = Clock::now() + test::patience;
  while (count != wanted && Clock::now() < end) std::this_thread::yield();
  CHECK(count == wanted);
}

}  // namespace

TEST_SUITE("Workers") {
  TEST_CASE("returns what the work returns") { CHECK(test::wait_for(answer()).value() == 42); }

  TEST_CASE("stops work that was cancelled and drops what has not begun") {
    const auto counts = std::make_shared<Counts>();
    boost::asio::io_context context;
    std::vector<boost::asio::cancellation_signal> signals(100);  // more than there are threads
    int ends = 0;
    for (auto& signal : signals) {
      boost::asio::co_spawn(
          context, endless(counts),
          boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, Result<int>) { ++ends; }));
    }
    context.poll();
    while (counts->begun == 0) std::this_thread::yield();
    for (std::size_t i = signals.size(); i-- > 0;) signals[i].emit(boost::asio::cancellation_type::terminal);
    context.restart();
    context.run_for(test::patience);
    CHECK(ends == 100);
    wait_until_equal(counts->stopped, counts->begun);
    CHECK(test::wait_for(answer()).value() == 42);
  }

  TEST_CASE("stops work whose event loop was destroyed") {
    const auto counts = std::make_shared<Counts>();
    auto context = std::make_unique<boost::asio::io_context>();
    boost::asio::co_spawn(*context, endless(counts), boost::asio::detached);
    context->poll();
    while (counts->begun == 0) std::this_thread::yield();
    context.reset();
    wait_until_equal(counts->stopped, 1);
  }

  TEST_CASE("destroying a generator does not wait for its drawings") {
    Clock::time_point cancelled;
    {
      boost::asio::io_context context;
      for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        GenerationRequest request{"three red mugs on a plain white table, bright"};
        request.seed(seed).size(PixelSize{4096, 4096});
        boost::asio::co_spawn(context, draw(SketchGenerator{}, std::move(request)), boost::asio::detached);
      }
      context.run_for(std::chrono::milliseconds{50});
      cancelled = Clock::now();
    }
    CHECK(Clock::now() - cancelled < std::chrono::milliseconds{100});
  }
}
