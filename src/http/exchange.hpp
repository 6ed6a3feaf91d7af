#pragma once

#include "http/reply_parser.hpp"
#include "http/stream.hpp"
#include "http/watchdog.hpp"
#include <pentimento/error.hpp>
#include <pentimento/http/request.hpp>
#include <pentimento/http/response.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>

namespace pentimento::http {

/// How far a request got: what may be done about it follows from this.
enum class Progress {
  not_sent,  ///< No byte of it, or not the whole of it, has left: the server cannot act on it.
  partly,    ///< Some of it was written, and the connection broke before the rest.
  sent,      ///< All of it was written, and nothing came back.
  answered,  ///< A reply has begun.
};

/// One attempt: its reply, or what went wrong, and how far it got.
class Exchange {
 public:
  Exchange(Result<Response> reply, Progress far, bool again)
      : result{std::move(reply)}, progress{far}, reusable{again} {}
  Result<Response> result;
  Progress progress;
  bool reusable;  ///< Whether the connection can serve another request.
};

static_assert(!std::is_aggregate_v<Exchange>);

/// What an attempt goes by besides the request.
class ExchangeTerms {
 public:
  ExchangeTerms(ReplyLimits most, std::size_t floor, std::chrono::milliseconds window)
      : limits{most}, low_speed_floor{floor}, low_speed_window{window} {}
  ReplyLimits limits;
  std::size_t low_speed_floor;
  std::chrono::milliseconds low_speed_window;
};

static_assert(!std::is_aggregate_v<ExchangeTerms>);

/// Sends a head (all lines, with the empty one) and the body of a request, and takes the reply in. A reply that comes
/// while the body is still being written ends the writing. `stream`, `watchdog` and `request` outlive the call.
boost::asio::awaitable<Exchange> exchange(Stream& stream, Watchdog& watchdog, const std::string& head,
                                          const Request& request, ExchangeTerms terms);

/// Sends CONNECT to a proxy and takes its reply in; errors say what the proxy said. `stream` and `watchdog` outlive it.
boost::asio::awaitable<Result<void>> connect_through(Stream& stream, Watchdog& watchdog, const std::string& head);

}  // namespace pentimento::http
