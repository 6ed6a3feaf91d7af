#pragma once

#include <pentimento/error.hpp>

#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace pentimento::http {

/// The settings that TLS connections share. Cheap to copy. Thread-safe.
class TlsContext {
 public:
  /// Creates the settings of a client: TLS 1.2 or newer, verification against the system's trust store or a PEM file.
  /// **Errors**: `io_failed` if the trusted certificates cannot be read.
  static Result<TlsContext> client(const std::string& ca_file);

  /// Creates the settings of a server from its certificate chain and key, both as PEM text. **Errors**: `invalid_argument`.
  static Result<TlsContext> server(const std::string& certificates_pem, const std::string& key_pem);

  ssl_ctx_st* get() const noexcept { return context_.get(); }

 private:
  explicit TlsContext(std::shared_ptr<ssl_ctx_st> context) noexcept : context_{std::move(context)} {}
  std::shared_ptr<ssl_ctx_st> context_;
};

struct TlsDeleter {
  void operator()(ssl_st* ssl) const noexcept;
};
using TlsPointer = std::unique_ptr<ssl_st, TlsDeleter>;

/// Creates the TLS state of a non-blocking socket. OpenSSL reads and writes the socket directly, without SIGPIPE. A client
/// verifies that its peer is `host`.
Result<TlsPointer> make_client_tls(const TlsContext& context, int socket, const std::string& host);
Result<TlsPointer> make_server_tls(const TlsContext& context, int socket);

/// Returns the last OpenSSL error of this thread as text, and clears the error queue.
std::string take_tls_error(const ssl_st* ssl);

}  // namespace pentimento::http
