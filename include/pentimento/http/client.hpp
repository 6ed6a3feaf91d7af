#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/request.hpp>
#include <pentimento/http/response.hpp>
#include <pentimento/http/retry.hpp>
#include <pentimento/http/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

namespace pentimento::http {

/// The options of a `Client`.
struct ClientOptions {
  /// A PEM file of trusted certificate authorities. Empty (default): the system's trust store.
  std::string ca_file;
  /// True to use the proxies of `https_proxy`, `http_proxy` (lower case only), `all_proxy` and `no_proxy`.
  bool proxy_from_environment = false;
  /// The timeout of name resolution, connecting and the TLS handshake together.
  std::chrono::milliseconds connect_timeout{10'000};
  /// A connection that was idle for longer is not reused: the server may be about to close it.
  std::chrono::milliseconds max_idle{5'000};
  /// The lowest speed of a transfer, in bytes per second over `low_speed_window`. A slower one ends with
  /// `deadline_exceeded`. The wait for the first byte of a reply does not count.
  std::size_t low_speed_floor = 64;
  std::chrono::milliseconds low_speed_window{30'000};
  /// The limits of the header of a reply: its size in bytes and its number of fields.
  std::size_t max_header_bytes = std::size_t{64} << 10;
  std::size_t max_headers = 100;
  RetryPolicy retry;
  /// Called when a call begins to wait before a retry, so that the wait can be shown. Optional. Runs on the client's executor
  /// and should return quickly. Exceptions are ignored.
  std::function<void(const RetryWait& wait)> on_wait;
  std::string user_agent = "pentimento/0.1";
};

/**
 * An HTTP/1.1 client for requests that cost money.
 *
 * It verifies the peer and its name (TLS 1.2 or newer). It follows no redirects, keeps no cookies and accepts no content
 * encoding. Every reply is held to the limits of the options. The timeout of a request covers everything: name resolution,
 * connecting, all attempts and the waits between them.
 *
 * A request that may cost money is sent again only if the server cannot have acted on it: nothing was sent, the body was
 * not sent completely, or the reply is safe to retry (see `Request::classifier`).
 *
 * Copies share connections and the retry quota. **Thread safety**: thread-safe. **Executor**: sockets and timers use the
 * client's executor; `send` completes on that of the awaiting coroutine. **Lifetime**: the context of a given executor must
 * outlive the client and its calls.
 */
class Client {
 public:
  /// Creates a client that runs on its own thread. **Errors**: throws `Failure` with `io_failed` for an unreadable CA file,
  /// `invalid_argument` for an invalid proxy in the environment or a user agent with a line break.
  explicit Client(ClientOptions options = {});
  /// Creates a client whose sockets use `executor`. **Errors**: as above.
  explicit Client(boost::asio::any_io_executor executor, ClientOptions options = {});

  /**
   * Sends a request and returns the reply, whatever its status: a status other than 2xx is not an error here.
   *
   * **Errors**: `invalid_argument` (a header that cannot be sent, or a credential that would be sent unencrypted; nothing was
   * sent), `connect_failed` (nothing was sent, or not all of it), `outcome_unknown` (sent, and no reply came),
   * `unusable_reply` (a truncated or malformed reply), `too_large` (a reply above a limit), `deadline_exceeded`,
   * `cancelled`.
   *
   * **Cost**: if the server may have acted on the request, the error has the request's worst case as `maybe_billed`.
   *
   * **Cancellation**: all types, in every state, immediately. The connection is closed.
   */
  boost::asio::awaitable<Result<Response>> send(Request request) const;

  /// Warms up a connection to the origin of a URL: opens one for the next `send` to it, and keeps one ready while other
  /// calls of this client are in progress. Returns immediately and reports no errors; the next `send` will. A no-op if
  /// `max_idle` is below two thirds of a second.
  void warm_up(const Url& url) const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

static_assert(!std::is_aggregate_v<Client>);

}  // namespace pentimento::http
