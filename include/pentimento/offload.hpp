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

/// What a job on a pool and the coroutine that waits for it share. `timer` is null once the coroutine has gone. The
/// mutexes order that, and the end of the coroutine's whole execution context, against the end of the job.
template <class T>
struct Offloaded {
  explicit Offloaded(std::shared_ptr<ContextLife::State> l) : life{std::move(l)} {}

  std::shared_ptr<ContextLife::State> life;
  std::mutex mutex;
  boost::asio::steady_timer* timer = nullptr;
  std::optional<T> value;
  std::exception_ptr exception;
};

/// The end of a job that somebody waits for, also of one that is dropped without having run, with its pool.
template <class T>
class OffloadEnd {
 public:
  explicit OffloadEnd(std::shared_ptr<Offloaded<T>> shared) : shared_{std::move(shared)} {}
  OffloadEnd(OffloadEnd&&) noexcept = default;
  OffloadEnd& operator=(OffloadEnd&&) = delete;
  ~OffloadEnd() {
    if (shared_ != nullptr) tell({}, {});
  }

  /// Hands over what the job brought, unless nobody waits any more.
  void tell(std::optional<T> value, std::exception_ptr exception) {
    const std::shared_ptr<Offloaded<T>> shared = std::move(shared_);
    const std::scoped_lock lock{shared->life->mutex, shared->mutex};
    if (shared->life->over || shared->timer == nullptr) return;
    shared->value = std::move(value);
    shared->exception = std::move(exception);
    boost::asio::post(shared->timer->get_executor(), [shared] {
      const std::lock_guard again{shared->mutex};
      if (shared->timer != nullptr) shared->timer->expires_at(boost::asio::steady_timer::time_point::min());
    });
  }

 private:
  std::shared_ptr<Offloaded<T>> shared_;
};

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
  namespace asio = boost::asio;
  using Shared = detail::Offloaded<T>;
  asio::steady_timer done{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
  auto& life = asio::use_service<detail::ContextLife>(asio::query(done.get_executor(), asio::execution::context));
  const auto shared = std::make_shared<Shared>(life.state());
  shared->timer = &done;

  struct Release {
    explicit Release(std::shared_ptr<Shared> s) : shared{std::move(s)} {}
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;
    ~Release() {
      const std::lock_guard lock{shared->mutex};
      shared->timer = nullptr;
    }
    std::shared_ptr<Shared> shared;
  };
  const Release release{shared};

  auto work = [end = detail::OffloadEnd<T>{shared}, job = std::move(job)]() mutable {
    std::optional<T> value;
    std::exception_ptr exception;
    try {
      value.emplace(job());
    } catch (...) {
      exception = std::current_exception();
    }
    end.tell(std::move(value), std::move(exception));
  };
  asio::post(pool, std::move(work));

  boost::system::error_code ignored;
  co_await done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const std::lock_guard lock{shared->mutex};
  // Taken out, so that it is let go here and not where the job ran.
  if (std::exception_ptr exception = std::exchange(shared->exception, nullptr))
    std::rethrow_exception(std::move(exception));
  if (!shared->value) throw boost::system::system_error{asio::error::operation_aborted};
  co_return std::move(*shared->value);
}

}  // namespace pentimento
