#pragma once

#include <pentimento/error.hpp>

#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace pentimento::http {

/// The settings that TLS connections of one kind share. Cheap to copy; any thread.
class TlsContext {
 public:
  /// For clients: TLS 1.2 or newer, the peer verified against the system's trust store, or the PEM file given instead.
  /// Errors: `io_failed` when there is nothing to trust.
  static Result<TlsContext> client(const std::string& ca_file);

  /// For servers: certificate chain and key, each as PEM text. Errors: `invalid_argument`.
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

/// A connection on a socket that does not block. OpenSSL reads and writes it directly: no bytes are passed through
/// buffers of ours, and a peer that is gone raises no SIGPIPE. A client's peer must prove to be `host`.
Result<TlsPointer> make_client_tls(const TlsContext& context, int socket, const std::string& host);
Result<TlsPointer> make_server_tls(const TlsContext& context, int socket);

/// What OpenSSL has last complained about on this thread, as one sentence without its numbers; empties its queue.
std::string take_tls_complaint(const ssl_st* ssl);

}  // namespace pentimento::http
