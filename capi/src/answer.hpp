#pragma once

#include <pentimento/detail/context_life.hpp>
#include <pentimento/offload.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace pentimento::capi {

/**
 * A promise to a coroutine of an engine that a thread of the caller fulfils.
 *
 * The value is set on an engine thread: a post to the coroutine's own strand that runs out of memory would leave the strand
 * locked, while one to the engine either succeeds or changes nothing. **Thread safety**: used by one thread at a time.
 */
template <class T>
class Answer {
 public:
  /// `executor` is the coroutine's, on the `io_context` of an engine.
  template <class Executor>
  Answer(detail::Promise<T> promise, const Executor& executor)
      : promise_{std::make_shared<detail::Promise<T>>(std::move(promise))},
        context_{&static_cast<boost::asio::io_context&>(
            boost::asio::query(executor, boost::asio::execution::context))},
        life_{boost::asio::use_service<detail::ContextLife>(*context_).state()} {}

  /// Called once. Throws `std::bad_alloc`, after which it can be called again.
  void set(T value) {
    const std::lock_guard lock{life_->mutex};
    if (life_->over) return;
    auto deliver = [promise = promise_, value = std::move(value)]() mutable { promise->set_value(std::move(value)); };
    boost::asio::post(*context_, std::move(deliver));
    promise_.reset();
  }

 private:
  std::shared_ptr<detail::Promise<T>> promise_;
  boost::asio::io_context* context_;
  std::shared_ptr<detail::ContextLifeState> life_;
};

}  // namespace pentimento::capi
