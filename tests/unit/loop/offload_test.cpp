#include "support/wait_for.hpp"
#include <pentimento/offload.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace pentimento;

namespace asio = boost::asio;

namespace {

asio::awaitable<std::thread::id> where(asio::any_io_executor pool) {
  auto job = [] { return std::this_thread::get_id(); };
  co_return co_await offload(pool, job);
}

asio::awaitable<std::unique_ptr<std::string>> unique(asio::any_io_executor pool) {
  auto job = [text = std::make_unique<std::string>("moved")]() mutable { return std::move(text); };
  co_return co_await offload(pool, job);
}

/// The number of owners of a value that a job shares, after the job has run twice.
asio::awaitable<long> owners_left(asio::any_io_executor pool, std::shared_ptr<int> value) {
  {
    auto job = [value] { return *value; };
    CHECK(co_await offload(pool, job) == 7);
    CHECK(co_await offload(pool, job) == 7);  // it was copied, not moved from
  }
  co_return value.use_count();
}

asio::awaitable<int> throwing(asio::any_io_executor pool) {
  auto job = []() -> int { throw std::runtime_error{"boom"}; };
  co_return co_await offload(pool, job);
}

/// Waits for a job that the test lets go on.
asio::awaitable<int> slow(asio::any_io_executor pool, std::shared_future<void> go,
                          std::shared_ptr<std::promise<void>> begun) {
  auto job = [go, begun] {
    if (begun) begun->set_value();
    go.wait();
    return 7;
  };
  co_return co_await offload(pool, job);
}

asio::awaitable<int> square(asio::any_io_executor pool, int n) {
  auto job = [n] { return n * n; };
  co_return co_await offload(pool, job);
}

}  // namespace

TEST_SUITE_BEGIN("offload");

TEST_CASE("runs a job on the pool") {
  asio::thread_pool pool{1};
  CHECK(test::wait_for(where(pool.get_executor())) != std::this_thread::get_id());
  CHECK(*test::wait_for(unique(pool.get_executor())) == "moved");
}

TEST_CASE("copies a job and destroys it once") {
  asio::thread_pool pool{1};
  const auto value = std::make_shared<int>(7);
  test::wait_for(owners_left(pool.get_executor(), value));
  pool.join();
  CHECK(value.use_count() == 1);
}

TEST_CASE("throws what a job throws") {
  asio::thread_pool pool{1};
  CHECK_THROWS_WITH_AS(test::wait_for(throwing(pool.get_executor())), "boom", std::runtime_error);
}

TEST_CASE("a cancel ends the wait") {
  asio::thread_pool pool{1};
  std::promise<void> go;
  const auto begun = std::make_shared<std::promise<void>>();
  asio::io_context context;
  asio::cancellation_signal signal;
  std::exception_ptr failure;
  bool ended = false;
  asio::co_spawn(context, slow(pool.get_executor(), go.get_future().share(), begun),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr exception, int) {
                   failure = exception;
                   ended = true;
                 }));
  context.poll();
  begun->get_future().wait();
  signal.emit(asio::cancellation_type::terminal);
  context.restart();
  context.run_for(test::patience);
  REQUIRE(ended);
  REQUIRE(failure);
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    CHECK(error.code() == asio::error::operation_aborted);
  }
  go.set_value();
  pool.join();
}

TEST_CASE("a job outlives its coroutine") {
  for (int i = 0; i < 100; ++i) {
    asio::thread_pool pool{1};
    std::promise<void> go;
    auto context = std::make_unique<asio::io_context>();
    asio::co_spawn(*context, slow(pool.get_executor(), go.get_future().share(), nullptr),
                   [](std::exception_ptr, int) {});
    context->poll();
    // At once, one after the other, in either order.
    if (i % 2) go.set_value();
    context.reset();
    if (i % 2 == 0) go.set_value();
    pool.join();
  }
}

TEST_CASE("many jobs at once") {
  asio::thread_pool pool{4};
  asio::io_context context;
  std::vector<int> results(500);
  for (int n = 0; n < 500; ++n) {
    asio::co_spawn(context, square(pool.get_executor(), n),
                   [&results, n](std::exception_ptr, int value) { results[static_cast<std::size_t>(n)] = value; });
  }
  context.run_for(test::patience);
  for (int n = 0; n < 500; ++n) CHECK(results[static_cast<std::size_t>(n)] == n * n);
}

TEST_CASE("a job ends during a cancel") {
  asio::thread_pool pool{2};
  for (int i = 0; i < 300; ++i) {
    asio::io_context context;
    asio::cancellation_signal signal;
    int ends = 0;
    asio::co_spawn(context, square(pool.get_executor(), i),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, int) { ++ends; }));
    context.poll();
    for (int yields = i % 5; yields > 0; --yields) std::this_thread::yield();
    signal.emit(asio::cancellation_type::terminal);
    context.restart();
    context.run_for(test::patience);
    CHECK(ends == 1);
  }
  pool.join();
}

TEST_CASE("a dropped job ends the wait") {
  asio::io_context context;
  std::exception_ptr failure;
  {
    auto dropped = std::make_unique<asio::io_context>(1);
    asio::co_spawn(context, square(dropped->get_executor(), 3),
                   [&](std::exception_ptr exception, int) { failure = exception; });
    context.poll();  // the job is posted, and nobody runs it
  }
  context.restart();
  context.run();
  REQUIRE(failure != nullptr);
  CHECK_THROWS_AS(std::rethrow_exception(failure), boost::system::system_error);
}

TEST_SUITE_END();
