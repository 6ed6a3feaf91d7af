#include "http/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <utility>

namespace pentimento::http {

namespace {

// A socket BIO like OpenSSL's own, but without SIGPIPE. ---------------------------------------------------------------------

int socket_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

bool is_transient(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

int write_socket(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(socket_of(bio), data, size, MSG_NOSIGNAL);
  *written = sent > 0 ? static_cast<std::size_t>(sent) : 0;
  if (sent < 0 && is_transient(errno)) BIO_set_retry_write(bio);
  return sent > 0 ? 1 : 0;
}

int read_socket(BIO* bio, char* data, std::size_t size, std::size_t* read) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(socket_of(bio), data, size, 0);
  *read = got > 0 ? static_cast<std::size_t>(got) : 0;
  if (got < 0 && is_transient(errno)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return got > 0 ? 1 : 0;
}

long control_socket(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_EOF: return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    case BIO_CTRL_FLUSH: return 1;
    default: return 0;
  }
}

const BIO_METHOD* socket_method() {
  // Never freed: connections may outlive static objects.
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
    BIO_meth_set_write_ex(made, write_socket);
    BIO_meth_set_read_ex(made, read_socket);
    BIO_meth_set_ctrl(made, control_socket);
    return made;
  }();
  return method;
}

Result<TlsPointer> make_tls(const TlsContext& context, int socket) {
  ERR_clear_error();
  TlsPointer ssl{SSL_new(context.get())};
  BIO* bio = ssl == nullptr ? nullptr : BIO_new(socket_method());
  if (bio == nullptr) return Error{errc::connect_failed, "TLS cannot be used: " + take_tls_error(nullptr)};
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl.get(), bio, bio);
  return ssl;
}

std::shared_ptr<SSL_CTX> make_context(const SSL_METHOD* method) {
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(method), SSL_CTX_free};
  if (context == nullptr) return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // A waiting connection keeps no buffers: there may be thousands.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // One system call reads several records, instead of two calls for each.
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_default_read_buffer_len(context.get(), std::size_t{64} << 10);
  return context;
}

struct BioDeleter {
  void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
};
using BioPointer = std::unique_ptr<BIO, BioDeleter>;

}  // namespace

void TlsDeleter::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

std::string take_tls_error(const ssl_st* ssl) {
  std::string text;
  if (const long verified = ssl == nullptr ? X509_V_OK : SSL_get_verify_result(ssl); verified != X509_V_OK) {
    text = std::string{"the certificate is rejected: "} + X509_verify_cert_error_string(verified);
  }
  for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (text.empty() && reason != nullptr) text = reason;
  }
  return text.empty() ? "no reason is known" : text;
}

Result<TlsContext> TlsContext::client(const std::string& ca_file) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context = make_context(TLS_client_method());
  if (context == nullptr) return Error{errc::io_failed, "TLS cannot be used: " + take_tls_error(nullptr)};
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const int trusted = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                      : SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr);
  if (trusted != 1) {
    const std::string where = ca_file.empty() ? "the system's trust store" : "the CA file " + ca_file;
    return Error{errc::io_failed, where + " cannot be read: " + take_tls_error(nullptr) + "; a PEM file is accepted"};
  }
  // Offered, not required: no other protocol is supported.
  constexpr unsigned char http11[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context.get(), http11, sizeof http11 - 1);
  return TlsContext{std::move(context)};
}

Result<TlsContext> TlsContext::server(const std::string& certificates_pem, const std::string& key_pem) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context = make_context(TLS_server_method());
  const BioPointer certificates{BIO_new_mem_buf(certificates_pem.data(), static_cast<int>(certificates_pem.size()))};
  const BioPointer key{BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()))};
  const auto failed = [] {
    return Error{errc::invalid_argument, "the server's certificate or key is invalid: " + take_tls_error(nullptr)};
  };
  if (context == nullptr || certificates == nullptr || key == nullptr) return failed();
  bool first = true;
  while (true) {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{
        PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr), X509_free};
    if (certificate == nullptr) break;
    const int added = first ? SSL_CTX_use_certificate(context.get(), certificate.get())
                            : static_cast<int>(SSL_CTX_add1_chain_cert(context.get(), certificate.get()));
    if (added != 1) return failed();
    first = false;
  }
  ERR_clear_error();  // the end of the file is no error
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> private_key{
      PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
  if (first || private_key == nullptr || SSL_CTX_use_PrivateKey(context.get(), private_key.get()) != 1) return failed();
  return TlsContext{std::move(context)};
}

Result<TlsPointer> make_client_tls(const TlsContext& context, int socket, const std::string& host) {
  Result<TlsPointer> made = make_tls(context, socket);
  if (!made) return made.error();
  SSL* ssl = made->get();
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  bool named = false;
  if (not_an_address) {
    named = SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  } else {
    named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  if (!named) return Error{errc::connect_failed, "TLS cannot be used with the name " + host};
  SSL_set_connect_state(ssl);
  return made;
}

Result<TlsPointer> make_server_tls(const TlsContext& context, int socket) {
  Result<TlsPointer> made = make_tls(context, socket);
  if (made) SSL_set_accept_state(made->get());
  return made;
}

}  // namespace pentimento::http
