#include <pentimento/detail/serial_executor.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using pentimento::detail::SerialExecutor;

namespace {

/// That of an io_context, which finds no memory when it is told so.
class Forgetful {
 public:
  Forgetful(asio::any_io_executor below, std::shared_ptr<std::atomic<int>> failures)
      : below_{std::move(below)}, failures_{std::move(failures)} {}

  template <class Function>
  void execute(Function&& function) const {
    int left = *failures_;
    while (left > 0) {
      if (failures_->compare_exchange_weak(left, left - 1)) throw std::bad_alloc{};
    }
    below_.execute(std::forward<Function>(function));
  }
  asio::execution_context& query(asio::execution::context_t property) const noexcept {
    return asio::query(below_, property);
  }
  Forgetful require(asio::execution::blocking_t::never_t never) const {
    return {asio::require(below_, never), failures_};
  }
  friend bool operator==(const Forgetful& a, const Forgetful& b) noexcept { return a.below_ == b.below_; }

 private:
  asio::any_io_executor below_;
  std::shared_ptr<std::atomic<int>> failures_;
};

}  // namespace

TEST_CASE("tasks run one after the other, in their order, on whatever threads") {
  constexpr int count = 10'000;
  asio::thread_pool pool{4};
  const asio::any_io_executor serial = SerialExecutor::on(pool.get_executor());
  std::vector<int> order;
  int within = 0;
  bool was_alone = true;
  for (int i = 0; i < count; ++i) {
    asio::post(serial, [&, i] {
      was_alone = was_alone && ++within == 1;
      order.push_back(i);
      --within;
    });
  }
  pool.join();
  CHECK(was_alone);
  REQUIRE(order.size() == count);
  for (int i = 0; i < count; ++i) REQUIRE(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("many threads post, and each task runs once") {
  asio::thread_pool pool{4};
  asio::thread_pool posters{4};
  const asio::any_io_executor serial = SerialExecutor::on(pool.get_executor());
  auto work = std::make_optional(asio::make_work_guard(serial));
  std::atomic<int> left = 4;
  int ran = 0;
  for (int poster = 0; poster < 4; ++poster) {
    asio::post(posters, [&] {
      for (int i = 0; i < 2'500; ++i) {
        const auto task = [&ran] { ++ran; };
        if (i % 2 == 0) {
          asio::post(serial, task);
        } else {
          asio::dispatch(serial, task);
        }
      }
      if (--left == 0) asio::post(serial, [&work] { work.reset(); });
    });
  }
  posters.join();
  pool.join();
  CHECK(ran == 10'000);
}

TEST_CASE("a dispatch within runs at once, and a post does not") {
  asio::io_context context;
  const asio::any_io_executor serial = SerialExecutor::on(context.get_executor());
  const asio::any_io_executor other = SerialExecutor::on(context.get_executor());
  std::vector<int> order;
  asio::post(serial, [&] {
    asio::post(serial, [&] { order.push_back(3); });
    asio::dispatch(serial, [&] { order.push_back(1); });
    asio::dispatch(other, [&] { order.push_back(2); });  // this thread is at the context that runs it
    CHECK(order == std::vector{1, 2});
  });
  context.run();
  CHECK(order == std::vector{1, 2, 3});
  asio::dispatch(serial, [&] { order.push_back(4); });
  CHECK(order.size() == 3);
  context.restart();
  context.run();
  CHECK(order.size() == 4);
}

TEST_CASE("others have their turn between two tasks") {
  asio::io_context context;
  const asio::any_io_executor serial = SerialExecutor::on(context.get_executor());
  std::vector<int> order;
  asio::post(serial, [&] {
    asio::post(context, [&] { order.push_back(1); });
    asio::post(serial, [&] { order.push_back(2); });
  });
  context.run();
  CHECK(order == std::vector{1, 2});
}

TEST_CASE("work that is under way keeps the context below running") {
  asio::io_context context;
  const asio::any_io_executor serial = SerialExecutor::on(context.get_executor());
  auto work = std::make_optional(asio::make_work_guard(serial));
  context.poll();
  CHECK_FALSE(context.stopped());
  work.reset();
  context.poll();
  CHECK(context.stopped());
}

TEST_CASE("an exception goes out of the context, and the tasks behind it are run") {
  asio::io_context context;
  const asio::any_io_executor serial = SerialExecutor::on(context.get_executor());
  std::vector<int> order;
  asio::post(serial, [&] { order.push_back(1); });
  asio::post(serial, []() -> void { throw std::runtime_error{"this one"}; });
  asio::post(serial, [&] { order.push_back(2); });
  CHECK_THROWS_WITH_AS(context.run(), "this one", std::runtime_error);
  asio::post(serial, [&] { order.push_back(3); });
  context.run();
  CHECK(order == std::vector{1, 2, 3});

  context.restart();
  asio::post(context, [&] {
    asio::dispatch(serial, []() -> void { throw std::runtime_error{"at once"}; });
    asio::post(serial, [&] { order.push_back(4); });
  });
  CHECK_THROWS_WITH_AS(context.run(), "at once", std::runtime_error);
  context.run();
  CHECK(order == std::vector{1, 2, 3, 4});
}

TEST_CASE("what finds no memory is not run, and all else is") {
  asio::io_context context;
  const auto failures = std::make_shared<std::atomic<int>>(0);
  const asio::any_io_executor serial = SerialExecutor::on(Forgetful{context.get_executor(), failures});
  std::vector<int> order;
  *failures = 1;
  CHECK_THROWS_AS(asio::post(serial, [&] { order.push_back(0); }), std::bad_alloc);
  asio::post(serial, [&] { order.push_back(1); });
  context.run();
  CHECK(order == std::vector{1});

  context.restart();
  asio::post(serial, [&] {
    asio::post(serial, [&] { order.push_back(2); });
    *failures = 1;  // there is none for the next turn: this one goes on
  });
  context.run();
  CHECK(*failures == 0);
  CHECK(order == std::vector{1, 2});
}

TEST_CASE("a task that was taken is run, though another's post finds no memory in the same moment") {
  asio::thread_pool pool{2};
  const auto failures = std::make_shared<std::atomic<int>>(0);
  const asio::any_io_executor serial = SerialExecutor::on(Forgetful{pool.get_executor(), failures});
  std::atomic<int> ran = 0;
  std::atomic<int> taken = 0;
  std::vector<std::thread> posters;
  for (int poster = 0; poster < 2; ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < 20'000; ++i) {
        if (poster == 0) *failures = 1;
        try {
          asio::post(serial, [&] { ++ran; });
          ++taken;
        } catch (const std::bad_alloc&) {}
      }
    });
  }
  for (std::thread& poster : posters) poster.join();
  *failures = 0;
  pool.join();
  CHECK(ran == taken);
}

TEST_CASE("a task throws, and there is no memory for the next turn") {
  asio::io_context context;
  const auto failures = std::make_shared<std::atomic<int>>(0);
  const asio::any_io_executor serial = SerialExecutor::on(Forgetful{context.get_executor(), failures});
  std::vector<int> order;
  asio::post(serial, [&] {
    asio::post(serial, [&] { order.push_back(1); });
    *failures = 1;
    throw std::runtime_error{"this one"};
  });
  CHECK_THROWS_WITH_AS(context.run(), "this one", std::runtime_error);
  context.run();
  CHECK(order == std::vector{1});
}

TEST_CASE("Asio copies it as work where it must not throw") {
  asio::io_context context;
  const SerialExecutor serial = SerialExecutor::on(context.get_executor());
  static_assert(noexcept(serial.require(asio::execution::outstanding_work.tracked)));
  static_assert(std::is_nothrow_copy_constructible_v<SerialExecutor>);
  static_assert(sizeof(SerialExecutor) <= 3 * sizeof(void*), "any_io_executor takes memory for what is larger");
}

TEST_CASE("tasks go with the context, and may post as they go") {
  const auto alive = std::make_shared<int>(0);
  struct PostsAsItGoes {
    explicit PostsAsItGoes(asio::any_io_executor e) : executor{std::move(e)} {}
    PostsAsItGoes(const PostsAsItGoes&) = delete;
    PostsAsItGoes& operator=(const PostsAsItGoes&) = delete;
    ~PostsAsItGoes() {
      asio::post(executor, [] {});
    }
    asio::any_io_executor executor;
  };
  {
    asio::io_context context;
    const asio::any_io_executor serial = SerialExecutor::on(context.get_executor());
    for (int i = 0; i < 3; ++i) asio::post(serial, [alive, last = std::make_shared<PostsAsItGoes>(serial)] {});
    CHECK(alive.use_count() == 4);
  }
  CHECK(alive.use_count() == 1);
}

TEST_CASE("copies are the same, and others are not") {
  asio::io_context context;
  const SerialExecutor serial = SerialExecutor::on(context.get_executor());
  const SerialExecutor copy = serial;
  CHECK(copy == serial);
  CHECK(asio::prefer(serial, asio::execution::outstanding_work.tracked) == serial);
  CHECK_FALSE(asio::require(serial, asio::execution::blocking.never) == serial);
  CHECK_FALSE(SerialExecutor::on(context.get_executor()) == serial);
}
