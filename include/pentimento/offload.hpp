#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace pentimento {

namespace detail {

/// Knows when an execution context is being destroyed, from when on no other thread may post to it. It is shut down
/// before the services that were there earlier, among them those that run what is posted.
class ContextLife final : public boost::asio::execution_context::service {
 public:
  /// Locked while something is posted from outside, and while the context goes.
  struct State {
    std::mutex mutex;
    bool over = false;
  };

  static inline boost::asio::execution_context::id id;
  explicit ContextLife(boost::asio::execution_context& context) : service{context} {}

  const std::shared_ptr<State>& state() const noexcept { return state_; }

 private:
  void shutdown() override {
    const std::lock_guard lock{state_->mutex};
    state_->over = true;
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// What a coroutine that waits for a value from another thread shares with who brings it. `timer` is null once the coroutine
/// has gone. The mutexes order that, and the end of the coroutine's whole execution context, against the end.
template <class T>
struct Awaited {
  explicit Awaited(std::shared_ptr<ContextLife::State> l) : life{std::move(l)} {}

  /// From now on the end is told by way of the timer; returns whether it was told before.
  bool is_told_before_waiting() {
    const std::lock_guard lock{mutex};
    is_waiting = !is_told;
    return is_told;
  }

  std::shared_ptr<ContextLife::State> life;
  std::mutex mutex;
  boost::asio::steady_timer* timer = nullptr;
  bool is_waiting = false;  // on the timer; before that, what is told is found without waiting
  bool is_told = false;
  std::optional<T> value;
  std::exception_ptr exception;
};

/// The end of something that a coroutine waits for. Tells it once, from any thread; one that goes without having told says
/// that there will be nothing.
template <class T>
class AwaitedEnd {
 public:
  explicit AwaitedEnd(std::shared_ptr<Awaited<T>> shared) : shared_{std::move(shared)} {}
  AwaitedEnd(AwaitedEnd&&) noexcept = default;
  AwaitedEnd& operator=(AwaitedEnd&&) = delete;
  ~AwaitedEnd() {
    if (shared_ == nullptr) return;
    try {
      tell(nullptr, nullptr);
    } catch (...) {
      // There is no memory to say so: who waits does until it is cancelled.
    }
  }

  /// Hands over what there is, unless nobody waits any more. Throws `std::bad_alloc`; it has not told then, and the value is
  /// where it was.
  void tell(T& value) { tell(&value, nullptr); }
  void tell(const std::exception_ptr& exception) { tell(nullptr, exception); }

 private:
  void tell(T* value, const std::exception_ptr& exception) {
    const std::shared_ptr<Awaited<T>> shared = shared_;
    const std::scoped_lock lock{shared->life->mutex, shared->mutex};
    if (!shared->life->over && shared->timer != nullptr) {
      auto wake = [shared] {
        const std::lock_guard again{shared->mutex};
        if (shared->timer != nullptr) shared->timer->expires_at(boost::asio::steady_timer::time_point::min());
      };
      if (shared->is_waiting) boost::asio::post(shared->timer->get_executor(), std::move(wake));
      shared->is_told = true;
      if (value != nullptr) shared->value = std::move(*value);
      shared->exception = exception;
    }
    shared_.reset();
  }

  std::shared_ptr<Awaited<T>> shared_;
};

/**
 * Waits for a value that another thread will bring: `begin` gets the end to tell, and returns at once.
 *
 * **Executor** and **cancellation** as for `offload`. **Throws** what `begin` throws, and the exception that is told;
 * `operation_aborted` also when the end goes without having told.
 */
template <class T, class Begin>
boost::asio::awaitable<T> await_end(Begin begin) {
  namespace asio = boost::asio;
  asio::steady_timer done{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
  auto& life = asio::use_service<ContextLife>(asio::query(done.get_executor(), asio::execution::context));
  const auto shared = std::make_shared<Awaited<T>>(life.state());
  shared->timer = &done;

  struct Release {
    explicit Release(std::shared_ptr<Awaited<T>> s) : shared{std::move(s)} {}
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;
    ~Release() {
      const std::lock_guard lock{shared->mutex};
      shared->timer = nullptr;
    }
    std::shared_ptr<Awaited<T>> shared;
  };
  const Release release{shared};

  begin(AwaitedEnd<T>{shared});

  if (!shared->is_told_before_waiting()) {
    boost::system::error_code ignored;
    co_await done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  const std::lock_guard lock{shared->mutex};
  // Taken out, so that it is let go here and not in the other thread.
  if (std::exception_ptr exception = std::exchange(shared->exception, nullptr))
    std::rethrow_exception(std::move(exception));
  if (!shared->value) throw boost::system::system_error{asio::error::operation_aborted};
  co_return std::move(*shared->value);
}

}  // namespace detail

/**
 * Runs a function without arguments on another executor (that of a thread pool) and waits for what it returns, which is
 * something.
 *
 * **Executor**: the awaiting coroutine stays on its own, which runs one thing at a time (a strand, as that of a run, or a
 * context with one thread). **Cancellation**: at once, by `system_error` with
 * `operation_aborted`; the job itself runs on to its end and its result is dropped, so it must own what it uses.
 * **Throws** what the job throws; `operation_aborted` also when the pool ends without having run it.
 *
 * g++ 12 destroys a temporary function object in an awaited expression twice: name the job, then await.
 *
 *     auto job = [request] { return render(request); };
 *     Picture picture = co_await offload(pool.get_executor(), job);
 */
template <class Job, class T = std::invoke_result_t<Job&>>
  requires(!std::is_void_v<T>)
boost::asio::awaitable<T> offload(boost::asio::any_io_executor pool, Job job) {
  auto begin = [pool = std::move(pool), job = std::move(job)](detail::AwaitedEnd<T> end) mutable {
    auto work = [end = std::move(end), job = std::move(job)]() mutable {
      std::optional<T> value;
      std::exception_ptr exception;
      try {
        value.emplace(job());
      } catch (...) {
        exception = std::current_exception();
      }
      if (value) {
        end.tell(*value);
      } else {
        end.tell(exception);
      }
    };
    boost::asio::post(pool, std::move(work));
  };
  return detail::await_end<T>(std::move(begin));
}

}  // namespace pentimento
