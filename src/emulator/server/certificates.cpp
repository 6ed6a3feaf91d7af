#include "emulator/server/certificates.hpp"

#include <pentimento/error.hpp>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <utility>

namespace pentimento::emulator {
namespace {

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Bio = std::unique_ptr<BIO, Freeing<BIO_free_all>>;

constexpr long day = 24 * 60 * 60;
constexpr const char* authority_name = "Pentimento emulator";

/// Throws unless it worked.
void need(bool worked) {
  if (worked) return;
  throw Failure{Error{errc::io_failed, "cannot make a certificate: " + http::take_tls_error(nullptr)}};
}

Key ec_key() {
  Key key{EVP_EC_gen("P-256")};
  need(key != nullptr);
  return key;
}

Key rsa_key(unsigned bits) {
  Key key{EVP_RSA_gen(bits)};
  need(key != nullptr);
  return key;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string pem_of(X509* certificate) {
  const Bio bio{BIO_new(BIO_s_mem())};
  need(bio != nullptr && PEM_write_bio_X509(bio.get(), certificate) == 1);
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const Bio bio{BIO_new(BIO_s_mem())};
  need(bio != nullptr && PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(bio.get());
}

void extend(X509* certificate, X509* issuer, int what, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>> extension{
      X509V3_EXT_conf_nid(nullptr, &context, what, value)};
  need(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// The contents of a certificate.
struct Wording {
  const char* common_name;
  const char* names;  // null for an authority
  long from = -60 * 60;
  long until = 30 * day;
};

Certificate certify(EVP_PKEY* key, const Wording& wording, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate{X509_new()};
  need(certificate != nullptr);
  X509* const x = certificate.get();
  if (issuer == nullptr) issuer = x;
  std::uint64_t serial = 0;
  need(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  need(X509_set_version(x, X509_VERSION_3) == 1);
  need(ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), (serial >> 1) | 1) == 1);
  need(X509_gmtime_adj(X509_getm_notBefore(x), wording.from) != nullptr);
  need(X509_gmtime_adj(X509_getm_notAfter(x), wording.until) != nullptr);
  need(X509_set_pubkey(x, key) == 1);
  const auto* name = reinterpret_cast<const unsigned char*>(wording.common_name);
  need(X509_NAME_add_entry_by_NID(X509_get_subject_name(x), NID_commonName, MBSTRING_UTF8, name, -1, -1, 0) == 1);
  need(X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1);
  extend(x, issuer, NID_subject_key_identifier, "hash");
  extend(x, issuer, NID_authority_key_identifier, "keyid:always");
  if (wording.names == nullptr) {
    extend(x, issuer, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    extend(x, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    extend(x, issuer, NID_basic_constraints, "critical,CA:FALSE");
    extend(x, issuer, NID_key_usage, "critical,digitalSignature,keyEncipherment");
    extend(x, issuer, NID_ext_key_usage, "serverAuth");
    extend(x, issuer, NID_subject_alt_name, wording.names);
  }
  need(X509_sign(x, issuer_key, EVP_sha256()) > 0);
  return certificate;
}

constexpr const char* all_names = "DNS:localhost,DNS:origin.test,IP:127.0.0.1,IP:::1";

Wording wording_of(CertificateKind kind) {
  switch (kind) {
    case CertificateKind::expired: return {"localhost", all_names, -30 * day, -day};
    case CertificateKind::not_yet_valid: return {"localhost", all_names, day, 30 * day};
    case CertificateKind::wrong_host: return {"elsewhere.invalid", "DNS:elsewhere.invalid"};
    case CertificateKind::no_ip_san: return {"127.0.0.1", "DNS:localhost"};
    default: return {"localhost", all_names};
  }
}

int version_number(const std::string& version) {
  if (version == "1.0") return TLS1_VERSION;
  if (version == "1.1") return TLS1_1_VERSION;
  return version == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
}

}  // namespace

struct CertificateAuthority::Keys {
  Key key = ec_key();
  Certificate certificate = certify(key.get(), {authority_name, nullptr}, nullptr, key.get());
};

CertificateAuthority::CertificateAuthority() {
  ERR_clear_error();
  keys_ = std::make_unique<Keys>();
  pem_ = pem_of(keys_->certificate.get());
}

CertificateAuthority::~CertificateAuthority() = default;

const Identity& CertificateAuthority::identity(CertificateKind kind) {
  const std::lock_guard lock{mutex_};
  return identity_locked(kind);
}

const Identity& CertificateAuthority::identity_locked(CertificateKind kind) {
  std::optional<Identity>& identity = identities_.at(static_cast<std::size_t>(kind));
  if (identity) return *identity;
  ERR_clear_error();
  const Key key = kind == CertificateKind::weak_key ? rsa_key(1024) : ec_key();
  Certificate certificate;
  if (kind == CertificateKind::self_signed) {
    certificate = certify(key.get(), wording_of(kind), nullptr, key.get());
  } else if (kind == CertificateKind::other_ca) {
    const Keys other;
    certificate = certify(key.get(), wording_of(kind), other.certificate.get(), other.key.get());
  } else {
    certificate = certify(key.get(), wording_of(kind), keys_->certificate.get(), keys_->key.get());
  }
  identity = Identity{pem_of(certificate.get()), pem_of(key.get())};
  return *identity;
}

http::TlsContext CertificateAuthority::context(CertificateKind kind, const std::string& tls_version) {
  const std::lock_guard lock{mutex_};
  for (const auto& [known_kind, known_version, context] : contexts_) {
    if (known_kind == kind && known_version == tls_version) return context;
  }
  const Identity& identity = identity_locked(kind);
  ERR_clear_error();
  std::optional<http::TlsContext> context;
  if (kind == CertificateKind::weak_key) {
    // OpenSSL rejects such a key unless the security level is 0, which can only be set on a context that exists. So the
    // context is made with a good key of the same algorithm, which the weak one then replaces.
    const Key good = rsa_key(2048);
    const Certificate stopgap = certify(good.get(), wording_of(kind), nullptr, good.get());
    context = http::TlsContext::server(pem_of(stopgap.get()), pem_of(good.get())).value();
    SSL_CTX_set_security_level(context->get(), 0);
    const Bio certificate_bio{
        BIO_new_mem_buf(identity.certificate.data(), static_cast<int>(identity.certificate.size()))};
    const Bio key_bio{BIO_new_mem_buf(identity.key.data(), static_cast<int>(identity.key.size()))};
    const Certificate weak{PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr)};
    const Key weak_key{PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr)};
    need(weak != nullptr && weak_key != nullptr && SSL_CTX_use_certificate(context->get(), weak.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context->get(), weak_key.get()) == 1);
  } else {
    context = http::TlsContext::server(identity.certificate, identity.key).value();
  }
  if (!tls_version.empty()) {
    const int version = version_number(tls_version);
    if (version < TLS1_2_VERSION) SSL_CTX_set_security_level(context->get(), 0);
    need(SSL_CTX_set_min_proto_version(context->get(), version) == 1 &&
         SSL_CTX_set_max_proto_version(context->get(), version) == 1);
  }
  contexts_.emplace_back(kind, tls_version, *context);
  return *context;
}

}  // namespace pentimento::emulator
