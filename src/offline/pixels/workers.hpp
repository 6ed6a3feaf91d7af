// How the coroutine of a backend has images drawn and measured on the worker threads.
#pragma once

#include "detail/worker_pool.hpp"
#include <pentimento/error.hpp>
#include <pentimento/offload.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <stop_token>
#include <type_traits>
#include <utility>

namespace pentimento::offline {

/// What unfinished work returns after `stop` was requested. Nobody reads it.
inline Error no_longer_wanted() { return {errc::cancelled, "nobody waits for this image any more"}; }

/**
 * Runs `work(stop)`, which returns a `Result`, on the process's worker threads and waits for it.
 *
 * **Cancellation**: at once. When the awaiting coroutine ends, `stop` is requested: work that has not begun is dropped,
 * work in progress should check it now and then and return `no_longer_wanted()`. It may outlive the coroutine and the
 * backend, so it must own what it uses.
 */
template <class Work, class T = std::invoke_result_t<Work&, const std::stop_token&>>
boost::asio::awaitable<T> on_workers(Work work) {
  struct Waiting {
    Waiting() = default;
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { source.request_stop(); }
    std::stop_source source;
  };
  const Waiting waiting;
  auto job = [stop = waiting.source.get_token(), work = std::move(work)]() mutable -> T {
    if (stop.stop_requested()) return no_longer_wanted();
    return work(stop);
  };
  boost::asio::any_io_executor pool = detail::worker_pool();
  T result = co_await offload(pool, job);
  co_return result;
}

}  // namespace pentimento::offline
