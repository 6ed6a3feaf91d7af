#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

namespace pentimento::http {

/// Whether the coroutine that asks has been cancelled. Asked before each wait, and before what cannot be taken back: a
/// cancellation that comes when a wait has ended and its coroutine has not gone on yet finds nothing to end.
inline boost::asio::awaitable<bool> is_cancelled() {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace pentimento::http
