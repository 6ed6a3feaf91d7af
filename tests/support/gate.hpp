#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace pentimento::test {

/**
 * Something that a coroutine waits for until the test opens it: what orders things in place of sleeps.
 * Copies are the same gate. For one thread, or one strand.
 */
class Gate {
 public:
  Gate() = default;

  bool is_open() const { return state_->open; }
  /// How many are waiting now.
  std::size_t waiting() const { return state_->waiters.size(); }

  void open() {
    state_->open = true;
    for (boost::asio::steady_timer* waiter : std::vector{state_->waiters}) waiter->cancel();
  }

  /// Waits until the gate is open. Throws `operation_aborted` when the coroutine is cancelled before.
  boost::asio::awaitable<void> wait() const { return wait(state_); }

 private:
  struct State {
    bool open = false;
    std::vector<boost::asio::steady_timer*> waiters;
  };

  struct Entry {
    Entry(std::shared_ptr<State> s, boost::asio::steady_timer* t) : state{std::move(s)}, timer{t} {
      state->waiters.push_back(timer);
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() { std::erase(state->waiters, timer); }
    std::shared_ptr<State> state;
    boost::asio::steady_timer* timer;
  };

  static boost::asio::awaitable<void> wait(std::shared_ptr<State> state) {
    if (state->open) co_return;
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor,
                                    boost::asio::steady_timer::time_point::max()};
    const Entry entry{state, &timer};
    boost::system::error_code ignored;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    if (!state->open) throw boost::system::system_error{boost::asio::error::operation_aborted};
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace pentimento::test
