#pragma once

#include <pentimento/detail/promise.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace pentimento {

/**
 * Runs a function without arguments on another executor (that of a thread pool) and waits for the value that it returns.
 *
 *     auto job = [request] { return render(request); };
 *     Image image = co_await offload(pool.get_executor(), job);
 *
 * **Parameters**: the job must have a name, since g++ 12 destroys a temporary function object twice within a `co_await`
 * expression: `offload(pool, [request] { ... })` does not compile. It is copied, or moved from if it cannot be copied.
 * **Errors**: throws what the job throws; `system_error` with `operation_aborted` if the pool ends without having run it.
 * **Executor**: the awaiting coroutine stays on its own, which runs one thing at a time (a strand, as that of a run, or a
 * context with one thread).
 * **Cancellation**: `terminal`, and other types if the coroutine enables them. Ends the wait with `operation_aborted`. The
 * job itself runs to its end and its result is dropped, so it must own what it uses.
 */
template <class Job, class T = std::invoke_result_t<Job&>>
  requires(!std::is_void_v<T>)
boost::asio::awaitable<T> offload(boost::asio::any_io_executor pool, Job& named) {
  using Owned = std::decay_t<Job>;
  using Source = std::conditional_t<std::is_copy_constructible_v<Owned>, const Job&, Job&&>;
  auto begin = [pool = std::move(pool), job = Owned(static_cast<Source>(named))](detail::Promise<T> promise) mutable {
    auto work = [promise = std::move(promise), job = std::move(job)]() mutable {
      std::optional<T> value;
      try {
        value.emplace(job());
      } catch (...) {
        return promise.set_exception(std::current_exception());
      }
      promise.set_value(std::move(*value));
    };
    boost::asio::post(pool, std::move(work));
  };
  return detail::await_promise<T>(std::move(begin));
}

}  // namespace pentimento
