#pragma once

#include <pentimento/detail/context_life.hpp>
#include <pentimento/detail/inline.hpp>
#include <pentimento/detail/promise.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace pentimento::detail {

struct Wakeup::Timer {
  explicit Timer(const boost::asio::any_io_executor& executor)
      : timer{executor, boost::asio::steady_timer::time_point::max()} {}
  boost::asio::steady_timer timer;
};

PENTIMENTO_INLINE Wakeup::Wakeup(const boost::asio::any_io_executor& executor)
    : context_{boost::asio::use_service<ContextLife>(boost::asio::query(executor, boost::asio::execution::context))
                   .state()},
      timer_{std::make_unique<Timer>(executor)} {}

PENTIMENTO_INLINE Wakeup::~Wakeup() = default;

PENTIMENTO_INLINE std::mutex& Wakeup::context_mutex() const noexcept { return context_->mutex; }

PENTIMENTO_INLINE bool Wakeup::is_awaited() const noexcept { return !context_->over && timer_ != nullptr; }

PENTIMENTO_INLINE bool Wakeup::begin_to_wait() noexcept {
  const std::lock_guard lock{mutex_};
  is_waiting_ = !is_woken_;
  return is_waiting_;
}

PENTIMENTO_INLINE boost::asio::awaitable<void> Wakeup::wait(std::shared_ptr<Wakeup> self) {
  boost::system::error_code ignored;
  co_await self->timer_->timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
}

PENTIMENTO_INLINE void Wakeup::abandon() noexcept {
  std::unique_ptr<Timer> timer;  // goes after the lock
  const std::lock_guard lock{mutex_};
  timer = std::move(timer_);
}

PENTIMENTO_INLINE void Wakeup::notify() {
  is_woken_ = true;
  if (!is_waiting_) return;
  boost::asio::post(timer_->timer.get_executor(), [self = shared_from_this()] {
    const std::lock_guard again{self->mutex_};
    if (self->timer_ != nullptr) self->timer_->timer.expires_at(boost::asio::steady_timer::time_point::min());
  });
}

}  // namespace pentimento::detail
