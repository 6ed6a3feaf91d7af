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

/// What is right or wrong with a server's certificate.
enum class CertificateKind {
  valid,          ///< For localhost, 127.0.0.1 and ::1, by our authority.
  expired,        ///< Until yesterday.
  not_yet_valid,  ///< From tomorrow.
  self_signed,    ///< By nobody but itself.
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

/// An authority that lives in memory only, and the servers' certificates that it gives out. Keys are EC P-256 unless
/// said otherwise. Thread-safe.
class CertificateAuthority {
 public:
  /// Throws `Failure` where OpenSSL cannot make keys.
  CertificateAuthority();
  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  /// The authority's own certificate, as PEM text.
  const std::string& pem() const noexcept { return pem_; }

  /// A server's certificate of this kind; made when it is first asked for.
  const Identity& identity(CertificateKind kind);

  /// The settings of a server with such a certificate, for one version of TLS ("1.0" to "1.3") or, where it is empty,
  /// from 1.2 on. Throws `Failure` where OpenSSL does not want to.
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
