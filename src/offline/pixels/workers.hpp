//
// Threads for what takes long, and how a backend's coroutine has work done on them.
#pragma once

#include <pentimento/error.hpp>
#include <pentimento/offload.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::offline {

/**
 * The threads on which pictures are drawn, decoded and measured. They start with the first picture: a backend that is
 * only asked what it can do costs none. Thread-safe.
 *
 * Not `asio::thread_pool`: when a thread of it cannot be started, its constructor waits for those that were, forever
 * (Boost 1.81).
 */
class Workers {
 public:
  /// Starts a thread, or throws `std::system_error`.
  using Starter = std::function<std::thread(std::function<void()>)>;

  Workers();
  /// With threads that are started otherwise, for tests.
  explicit Workers(Starter start);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  /// Waits for what is under way; what has not begun is dropped.
  ~Workers();

  /// Up to four threads. With fewer than wanted the work is done all the same; with none it is an error,
  /// `backend_failed`, and the next call tries again.
  Result<boost::asio::any_io_executor> executor();

 private:
  std::mutex mutex_;
  Starter start_;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay_;
  std::vector<std::thread> threads_;
};

/// What an unfinished work returns when its `std::stop_token` says so; nobody reads it.
inline Error no_longer_wanted() { return {errc::cancelled, "nobody waits for this picture any more"}; }

/**
 * What `work(stop)`, a `Result`, returns when it is done on one of `workers`. Errors: its own, and that no thread
 * could be started.
 *
 * As soon as the awaiting coroutine has gone, by cancellation or otherwise, `stop` is requested: work that has not
 * begun is not begun any more, work under way should look now and then, and return `no_longer_wanted()`.
 */
template <class Work, class T = std::invoke_result_t<Work&, const std::stop_token&>>
boost::asio::awaitable<T> on_workers(Workers& workers, Work work) {
  struct Gone {
    Gone() = default;
    Gone(const Gone&) = delete;
    Gone& operator=(const Gone&) = delete;
    ~Gone() { source.request_stop(); }
    std::stop_source source;
  };
  const Gone gone;
  const Result<boost::asio::any_io_executor> executor = workers.executor();
  if (!executor) co_return executor.error();
  auto job = [stop = gone.source.get_token(), work = std::move(work)]() mutable -> T {
    if (stop.stop_requested()) return no_longer_wanted();
    return work(stop);
  };
  T result = co_await offload(*executor, std::move(job));
  co_return result;
}

}  // namespace pentimento::offline
