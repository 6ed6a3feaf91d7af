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

/// What became of one attempt to move bytes.
enum class Io {
  done,        ///< Some bytes were moved, or the handshake is complete.
  want_read,   ///< Nothing yet: to be tried again when the socket is readable.
  want_write,  ///< Nothing yet: to be tried again when the socket is writable.
  closed,      ///< The peer has ended its side in order (with `close_notify`, where there is TLS).
  cut_off,     ///< The connection broke: a reset, or an end without `close_notify`.
};

/**
 * A connected socket, plain or with TLS, that is read and written without blocking.
 *
 * Used by one coroutine at a time. `abort` and destruction are the two ways to end it; a wait that is under way then
 * returns with an error.
 */
class Stream {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// Takes over a connected socket.
  explicit Stream(Socket socket);

  /// Puts TLS on it; `handshake` has to follow. Errors: `connect_failed`.
  Result<void> use_client_tls(const TlsContext& context, const std::string& host);
  Result<void> use_server_tls(const TlsContext& context);
  bool is_tls() const noexcept { return tls_ != nullptr; }

  Io try_handshake();
  /// Reads into `into`, which is not empty; `count` is how many bytes came.
  Io try_read(std::span<std::byte> into, std::size_t& count);
  /// Writes from `from`, which is not empty; `count` is how many bytes went.
  Io try_write(std::span<const std::byte> from, std::size_t& count);
  /// Tells the peer that nothing more follows (`close_notify`, where there is TLS), as far as that does not block.
  void try_close();

  /// Waits until the socket is readable or writable, whichever is wanted. A coroutine that has been cancelled, be it
  /// before, gets `operation_aborted`.
  boost::asio::awaitable<boost::system::error_code> wait(Io wanted);
  /// Waits until it is either.
  boost::asio::awaitable<boost::system::error_code> wait_for_either();

  /// Whether it can serve another request: open, and the peer has said nothing since.
  bool is_quiet();
  /// Whether the peer's certificate was not accepted.
  bool is_rejected() const;
  /// Drops the connection. With `reset`, the peer learns by RST.
  void abort(bool reset = false) noexcept;

  Socket& socket() noexcept { return socket_; }
  /// Why the last attempt gave `cut_off`, in a few words.
  const std::string& complaint() const noexcept { return complaint_; }

 private:
  Io state_of(int result);
  Io failed(int error);

  Socket socket_;
  TlsPointer tls_;
  std::string complaint_;
};

static_assert(!std::is_aggregate_v<Stream>);

}  // namespace pentimento::http
