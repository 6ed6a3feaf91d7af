#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace pentimento::detail {

struct ContextLifeState;

/// Lets one coroutine wait until another thread wakes it. Thread-safe against the end of the coroutine and of its
/// execution context, after which nothing may be posted to it.
class Wakeup : public std::enable_shared_from_this<Wakeup> {
 public:
  explicit Wakeup(const boost::asio::any_io_executor& executor);
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;
  virtual ~Wakeup();

  /// Returns false if it was woken already. On the coroutine's executor, as the next two.
  bool begin_to_wait() noexcept;
  /// Completes once it is woken, or cancelled.
  static boost::asio::awaitable<void> wait(std::shared_ptr<Wakeup> self);
  /// Called at the end of the coroutine: afterwards nobody wakes it.
  void abandon() noexcept;

 protected:
  /// Calls `set`, then wakes the coroutine; does neither if it has ended. Thread-safe.
  template <class Set>
  void wake(Set set) {
    const std::scoped_lock lock{context_mutex(), mutex_};
    if (!is_awaited()) return;
    set();
    notify();
  }

 private:
  struct Timer;

  std::mutex& context_mutex() const noexcept;
  bool is_awaited() const noexcept;
  void notify();

  std::mutex mutex_;
  std::shared_ptr<ContextLifeState> context_;
  std::unique_ptr<Timer> timer_;  // null once the coroutine has ended
  bool is_waiting_ = false;       // on the timer
  bool is_woken_ = false;
};

/// What a promise and a coroutine share.
template <class T>
class SharedValue final : public Wakeup {
 public:
  using Wakeup::Wakeup;

  void set(std::optional<T> value, std::exception_ptr exception) {
    wake([&] {
      value_ = std::move(value);
      exception_ = std::move(exception);
    });
  }

  /// On the coroutine's executor, after `wait` and before `abandon`. Throws `operation_aborted` if there is nothing.
  T take() {
    if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
    if (!value_) throw boost::system::system_error{boost::asio::error::operation_aborted};
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
  std::exception_ptr exception_;
};

/// The producer side of a one-shot channel to a waiting coroutine. If destroyed unset, the wait completes with
/// `operation_aborted`.
///
/// **Thread safety**: each promise is used by one thread at a time, whichever it is.
template <class T>
class Promise {
 public:
  explicit Promise(std::shared_ptr<SharedValue<T>> shared) : shared_{std::move(shared)} {}
  Promise(Promise&&) noexcept = default;
  Promise& operator=(Promise&&) = delete;
  ~Promise() {
    if (shared_ != nullptr) shared_->set(std::nullopt, nullptr);
  }

  /// Called at most once, unless it throws: out of memory, after which the promise is still unset.
  void set_value(T value) {
    shared_->set(std::move(value), nullptr);
    shared_.reset();
  }
  void set_exception(std::exception_ptr exception) {
    shared_->set(std::nullopt, std::move(exception));
    shared_.reset();
  }

 private:
  std::shared_ptr<SharedValue<T>> shared_;
};

/// Waits for a value from another thread. `begin` receives the promise and must not block.
///
/// **Errors**: throws what `begin` throws, and the exception that is set; `operation_aborted` if the promise is destroyed unset.
/// **Executor**, **Cancellation**: as `offload`.
template <class T, class Begin>
boost::asio::awaitable<T> await_promise(Begin begin) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const auto shared = std::make_shared<SharedValue<T>>(executor);
  struct Abandon {
    void operator()(Wakeup* waiting) const noexcept { waiting->abandon(); }
  };
  const std::unique_ptr<Wakeup, Abandon> abandon{shared.get()};
  begin(Promise<T>{shared});
  if (shared->begin_to_wait()) co_await Wakeup::wait(shared);
  shared->abandon();  // from now on nobody sets it
  co_return shared->take();
}

}  // namespace pentimento::detail

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/detail/promise.ipp>
#endif
