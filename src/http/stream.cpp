#include "http/stream.hpp"

#include "http/is_cancelled.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <utility>

namespace pentimento::http {

namespace asio = boost::asio;

Stream::Stream(Socket socket) : socket_{std::move(socket)} {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  // The last bytes of a request must not wait for the acknowledgement of those before them.
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
}

Result<void> Stream::use_client_tls(const TlsContext& context, const std::string& host) {
  Result<TlsPointer> made = make_client_tls(context, socket_.native_handle(), host);
  if (!made) return made.error();
  tls_ = std::move(*made);
  return {};
}

Result<void> Stream::use_server_tls(const TlsContext& context) {
  Result<TlsPointer> made = make_server_tls(context, socket_.native_handle());
  if (!made) return made.error();
  tls_ = std::move(*made);
  return {};
}

Io Stream::failed(int error) {
  last_error_ = boost::system::error_code{error, boost::system::system_category()}.message();
  return Io::cut_off;
}

Io Stream::state_of(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_NONE: return Io::done;
    case SSL_ERROR_WANT_READ: return Io::want_read;
    case SSL_ERROR_WANT_WRITE: return Io::want_write;
    case SSL_ERROR_ZERO_RETURN: return Io::closed;
    case SSL_ERROR_SYSCALL:
      if (errno != 0) return failed(errno);
      last_error_ = "the connection ended without close_notify";
      return Io::cut_off;
    default: last_error_ = take_tls_error(tls_.get()); return Io::cut_off;
  }
}

Io Stream::try_handshake() {
  if (!is_tls()) return Io::done;
  ERR_clear_error();
  errno = 0;
  return state_of(SSL_do_handshake(tls_.get()));
}

Io Stream::try_read(std::span<std::byte> into, std::size_t& count) {
  count = 0;
  if (is_tls()) {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &count);
    return result == 1 ? Io::done : state_of(result);
  }
  while (true) {
    const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
    if (got > 0) return count = static_cast<std::size_t>(got), Io::done;
    if (got == 0) return Io::closed;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Io::want_read;
    if (errno != EINTR) return failed(errno);
  }
}

Io Stream::try_write(std::span<const std::byte> from, std::size_t& count) {
  count = 0;
  if (is_tls()) {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_write_ex(tls_.get(), from.data(), from.size(), &count);
    return result == 1 ? Io::done : state_of(result);
  }
  while (true) {
    const ssize_t sent = ::send(socket_.native_handle(), from.data(), from.size(), MSG_NOSIGNAL);
    if (sent >= 0) return count = static_cast<std::size_t>(sent), Io::done;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Io::want_write;
    if (errno != EINTR) return failed(errno);
  }
}

void Stream::try_close() {
  if (!socket_.is_open()) return;
  if (is_tls()) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

asio::awaitable<boost::system::error_code> Stream::wait(Io wanted) {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return asio::error::operation_aborted;
  boost::system::error_code error;
  const auto type = wanted == Io::want_write ? Socket::wait_write : Socket::wait_read;
  co_await socket_.async_wait(type, asio::redirect_error(asio::use_awaitable, error));
  co_return error;
}

namespace {

/// The state of two concurrent waits. The first to end cancels the other.
struct Either {
  explicit Either(const asio::any_io_executor& executor) : ended{executor, asio::steady_timer::time_point::max()} {}
  asio::steady_timer ended;
  bool has_ended = false;
};

}  // namespace

asio::awaitable<boost::system::error_code> Stream::wait_for_either() {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return asio::error::operation_aborted;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto either = std::make_shared<Either>(executor);
  const auto on_end = [either](const boost::system::error_code&) {
    either->has_ended = true;
    either->ended.cancel();
  };
  socket_.async_wait(Socket::wait_read, asio::bind_executor(executor, on_end));
  socket_.async_wait(Socket::wait_write, asio::bind_executor(executor, on_end));
  boost::system::error_code error;
  co_await either->ended.async_wait(asio::redirect_error(asio::use_awaitable, error));
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  if (either->has_ended) error.clear();
  co_return error;
}

bool Stream::is_quiet() {
  if (!socket_.is_open()) return false;
  if (is_tls() && SSL_pending(tls_.get()) > 0) return false;
  std::byte byte{};
  if (!is_tls()) {
    const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
  // Session tickets may arrive at any time; OpenSSL has to read them.
  std::size_t count = 0;
  return try_read({&byte, 1}, count) == Io::want_read;
}

bool Stream::is_rejected() const { return is_tls() && SSL_get_verify_result(tls_.get()) != X509_V_OK; }

void Stream::abort(bool reset) noexcept {
  boost::system::error_code ignored;
  if (reset && socket_.is_open()) socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
}

}  // namespace pentimento::http
