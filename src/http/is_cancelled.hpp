#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

namespace pentimento::http {

/// True if the calling coroutine was cancelled. Checked before each wait and before anything irreversible: a cancellation
/// that arrives between the end of a wait and the resumption of its coroutine cancels nothing by itself.
inline boost::asio::awaitable<bool> is_cancelled() {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace pentimento::http
