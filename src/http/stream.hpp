#pragma once

#include "http/tls.hpp"
#include <pentimento/error.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <type_traits>

namespace pentimento::http {

/// The result of a non-blocking operation.
enum class Io {
  done,        ///< Some bytes were transferred, or the handshake is complete.
  want_read,   ///< Try again when the socket is readable.
  want_write,  ///< Try again when the socket is writable.
  closed,      ///< The peer closed its side properly: with `close_notify` if there is TLS.
  cut_off,     ///< The connection broke: a reset, or an end without `close_notify`.
};

/**
 * A connected socket with non-blocking input and output, plain or with TLS.
 *
 * `abort` and destruction end it; a wait in progress then returns with an error. **Thread safety**: used by one coroutine at
 * a time.
 */
class Stream {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// Takes ownership of a connected socket.
  explicit Stream(Socket socket);

  /// Adds TLS; a handshake must follow. **Errors**: `connect_failed`.
  Result<void> use_client_tls(const TlsContext& context, const std::string& host);
  Result<void> use_server_tls(const TlsContext& context);
  bool is_tls() const noexcept { return tls_ != nullptr; }

  Io try_handshake();
  /// Reads into `into`, which must not be empty, and sets `count` to the number of bytes.
  Io try_read(std::span<std::byte> into, std::size_t& count);
  /// Writes from `from`, which must not be empty, and sets `count` to the number of bytes.
  Io try_write(std::span<const std::byte> from, std::size_t& count);
  /// Closes the sending side (with `close_notify` if there is TLS), as far as that does not block.
  void try_close();

  /// Waits until the socket is readable or writable, as `wanted` says. Completes with `operation_aborted` if the coroutine
  /// is or was cancelled.
  boost::asio::awaitable<boost::system::error_code> wait(Io wanted);
  /// Waits until it is readable or writable.
  boost::asio::awaitable<boost::system::error_code> wait_for_either();

  /// True if it can serve another request: it is open, and the peer has sent nothing.
  bool is_quiet();
  /// True if the peer's certificate was rejected.
  bool is_rejected() const;
  /// Closes the connection; with a RST if `reset`.
  void abort(bool reset = false) noexcept;

  Socket& socket() noexcept { return socket_; }
  /// The reason of the last `cut_off`, in a few words.
  const std::string& last_error() const noexcept { return last_error_; }

 private:
  Io state_of(int result);
  Io failed(int error);

  Socket socket_;
  TlsPointer tls_;
  std::string last_error_;
};

static_assert(!std::is_aggregate_v<Stream>);

}  // namespace pentimento::http
