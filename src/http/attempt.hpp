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

/// How far a request got. This decides whether it may be sent again.
enum class Progress {
  not_sent,  ///< No byte was written.
  partly,    ///< Some of it was written, and then the connection broke: the server cannot act on it.
  sent,      ///< All of it was written, and no reply has begun.
  answered,  ///< A reply has begun.
};

/// The result of one attempt: the reply or an error, and how far the request got.
class AttemptResult {
 public:
  AttemptResult(Result<Response> result_of_attempt, Progress how_far, bool is_reusable)
      : reply{std::move(result_of_attempt)}, progress{how_far}, reusable{is_reusable} {}
  Result<Response> reply;
  Progress progress;
  bool reusable;  ///< True if the connection can serve another request.
};

static_assert(!std::is_aggregate_v<AttemptResult>);

/// The limits of one attempt.
class AttemptLimits {
 public:
  AttemptLimits(ReplyLimits most, std::size_t floor, std::chrono::milliseconds window)
      : reply{most}, low_speed_floor{floor}, low_speed_window{window} {}
  ReplyLimits reply;
  std::size_t low_speed_floor;
  std::chrono::milliseconds low_speed_window;
};

static_assert(!std::is_aggregate_v<AttemptLimits>);

/// Sends a request once and reads the reply. A reply that arrives while the body is still being written ends the writing.
/// **Parameters**: `head` has all header lines and the empty line. **Lifetime**: the arguments must outlive the call.
boost::asio::awaitable<AttemptResult> send_once(Stream& stream, Watchdog& watchdog, const std::string& head,
                                                const Request& request, AttemptLimits limits);

/// Sends CONNECT to a proxy and reads its reply. **Errors**: `connect_failed` if the proxy rejects it, or those of an
/// attempt. **Lifetime**: the arguments must outlive the call.
boost::asio::awaitable<Result<void>> connect_through(Stream& stream, Watchdog& watchdog, const std::string& head);

}  // namespace pentimento::http
