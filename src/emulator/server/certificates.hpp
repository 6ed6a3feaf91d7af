#pragma once

#include "http/tls.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace pentimento::emulator {

/// The kind of a server's certificate.
enum class CertificateKind {
  valid,          ///< For localhost, 127.0.0.1 and ::1, by the authority of the emulator.
  expired,        ///< Valid until yesterday.
  not_yet_valid,  ///< Valid from tomorrow.
  self_signed,    ///< Signed by its own key.
  wrong_host,     ///< For another name.
  no_ip_san,      ///< For localhost, with 127.0.0.1 only as its common name.
  weak_key,       ///< With an RSA key of 1024 bits.
  other_ca,       ///< By another authority of the same name.
};

constexpr std::string_view to_string(CertificateKind kind) noexcept {
  switch (kind) {
    case CertificateKind::valid: return "valid";
    case CertificateKind::expired: return "expired";
    case CertificateKind::not_yet_valid: return "not_yet_valid";
    case CertificateKind::self_signed: return "self_signed";
    case CertificateKind::wrong_host: return "wrong_host";
    case CertificateKind::no_ip_san: return "no_ip_san";
    case CertificateKind::weak_key: return "weak_key";
    case CertificateKind::other_ca: return "other_ca";
  }
  return "unknown";
}

/// A certificate and its private key, as PEM text.
struct Identity {
  std::string certificate;
  std::string key;
};

/// A certificate authority in memory, and the certificates that it issues. Keys are EC P-256 by default. Thread-safe.
class CertificateAuthority {
 public:
  /// Throws `Failure` if OpenSSL cannot make keys.
  CertificateAuthority();
  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  /// The authority's own certificate, as PEM text.
  const std::string& pem() const noexcept { return pem_; }

  /// A server's certificate of this kind. It is made on the first call.
  const Identity& identity(CertificateKind kind);

  /// The TLS context of a server with such a certificate, for one version of TLS ("1.0" to "1.3"), or from 1.2 on if it
  /// is empty. Throws `Failure` if OpenSSL rejects it.
  http::TlsContext context(CertificateKind kind, const std::string& tls_version);

 private:
  struct Keys;

  const Identity& identity_locked(CertificateKind kind);

  std::mutex mutex_;
  std::unique_ptr<Keys> keys_;
  std::string pem_;
  std::array<std::optional<Identity>, 8> identities_;
  std::vector<std::tuple<CertificateKind, std::string, http::TlsContext>> contexts_;
};

}  // namespace pentimento::emulator
