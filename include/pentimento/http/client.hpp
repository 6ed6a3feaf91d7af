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
#include <memory>
#include <string>

namespace pentimento::http {

struct ClientOptions {
  /// A PEM file of the authorities to trust, instead of the system's.
  std::string ca_file;
  /// Whether `https_proxy`, `http_proxy` (lower case only), `all_proxy` and `no_proxy` are heeded.
  bool proxy_from_environment = false;
  /// The longest that resolving, connecting and the TLS handshake may take together.
  std::chrono::milliseconds connect_timeout{10'000};
  /// A connection that was idle for longer is not used for a request that may cost something.
  std::chrono::milliseconds max_idle{5'000};
  /// A transfer that stays below so many bytes a second over `low_speed_window` is broken off. The wait for the first
  /// byte of a reply does not count.
  std::size_t low_speed_floor = 64;
  std::chrono::milliseconds low_speed_window{30'000};
  /// The bytes and the number of the header fields of a reply.
  std::size_t max_header_bytes = std::size_t{64} << 10;
  std::size_t max_headers = 100;
  RetryPolicy retry;
  std::string user_agent = "pentimento/0.1";
};

/**
 * An HTTP/1.1 client that can be trusted with money.
 *
 * It verifies the peer and its name (TLS 1.2 or newer), follows no redirect, keeps no cookies, takes no content coding,
 * and holds every reply to the limits of its options. A request that may cost something is sent a second time only where
 * the server cannot have acted on the first: nothing was sent, the body was not sent whole, or the server said so
 * (429, or 503 with a time to come back). Everything from the look-up of the name to the last byte, retries and their waits included, is under the
 * one time-out of the request.
 *
 * Copies share connections and quota. **Threads**: any. **Executor**: sockets and timers are on the client's own;
 * `send` completes on that of the coroutine that awaits it. **Lifetime**: the context of a given executor must outlive
 * the client and its calls.
 */
class Client {
 public:
  /// A client that runs on a thread of its own. Throws `Failure`: `io_failed` for a CA file that cannot be read,
  /// `invalid_argument` for a proxy in the environment that is none, or a user agent with a line break.
  explicit Client(ClientOptions options = {});
  /// A client whose sockets live on `executor`.
  explicit Client(boost::asio::any_io_executor executor, ClientOptions options = {});

  /**
   * Sends a request and brings the reply, of whatever status: a status other than 2xx is no error here.
   *
   * Errors, each with the request's worst case as `maybe_billed` when the server may have acted on it:
   * `invalid_argument` (a header that cannot be sent, or a key that would go unprotected to another machine; nothing was
   * sent), `connect_failed` (resolving, connecting or TLS;
   * nothing was sent), `outcome_unknown` (sent, and no reply came), `unusable_reply` (a reply that is cut off or breaks
   * the protocol), `too_large` (a reply past a limit), `deadline_exceeded`, `cancelled`.
   * Cancellation: any type, in every state, at once; the connection is dropped.
   */
  boost::asio::awaitable<Result<Response>> send(Request request) const;

  /// Opens a connection to this origin ahead of need, for the next `send` to it, and keeps one ready as long as other
  /// calls of this client are under way; but not where `max_idle` is below two thirds of a second. Returns at once; what fails is found out by that `send`.
  void warm(const Url& url) const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace pentimento::http
