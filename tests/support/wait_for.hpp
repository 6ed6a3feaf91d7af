#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace pentimento::test {

namespace asio = boost::asio;

/// The bound on everything that ought to end by itself. Nothing is ordered by it.
inline constexpr std::chrono::seconds patience{30};

template <class T>
asio::awaitable<void> keep_result(asio::awaitable<T> awaitable, std::optional<T>* kept) {
  kept->emplace(co_await std::move(awaitable));
}

/// Awaits something on an event loop of its own; fails the test if it does not end.
template <class T>
T wait_for(asio::awaitable<T> awaitable) {
  asio::io_context context;
  std::optional<T> result;
  std::exception_ptr failure;
  asio::co_spawn(context, keep_result(std::move(awaitable), &result),
                 [&](std::exception_ptr exception) { failure = exception; });
  context.run_for(patience);
  if (failure) std::rethrow_exception(failure);
  REQUIRE(result.has_value());
  return std::move(*result);
}

}  // namespace pentimento::test
