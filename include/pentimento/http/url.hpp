#pragma once

#include <pentimento/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace pentimento::http {

/**
 * The address of a resource: `https://host:port/path?query`.
 *
 * Strict: `http` or `https` only; no user name, password or fragment; host names of letters, digits, '-', '_' and '.',
 * IPv4 in four decimal numbers, IPv6 in brackets; no white space or control characters anywhere, nor others that must
 * be percent-encoded; at most 8 KiB. What has other spellings (127.1, 0x7f000001, a path with "..") is refused rather
 * than guessed. Messages do not repeat the address, which may hold a key.
 */
class Url {
 public:
  /// Errors: `invalid_argument`, with what was wrong and what would be accepted.
  static Result<Url> parse(std::string_view text);

  bool is_https() const noexcept { return https_; }
  /// In lower case; an IPv6 address stands without its brackets, in its canonical form (RFC 5952).
  const std::string& host() const noexcept { return host_; }
  /// As given, else 80 or 443.
  std::uint16_t port() const noexcept { return port_; }
  /// The path with its query, as it is sent; at least "/".
  const std::string& target() const noexcept { return target_; }

  /// Whether the host is this machine by its name or number: localhost, 127.0.0.0/8, ::1.
  bool is_loopback() const noexcept;
  /// The `Host` header: the host, in brackets where it is IPv6, with its port unless that is the scheme's own.
  std::string authority() const;
  /// Scheme, host and port, as in "https://api.example.com": what messages say.
  std::string origin() const;
  std::string to_string() const { return origin() + target_; }

  /// The same address with this appended to its path, with one slash between: "https://host/v1" + "images" is
  /// "https://host/v1/images". A query stays at the end, behind that of the path if it has one; an empty path adds
  /// nothing. Errors: as for `parse`.
  Result<Url> joined(std::string_view path) const;

  friend bool operator==(const Url&, const Url&) = default;

 private:
  Url() = default;

  bool https_ = false;
  std::string host_;
  std::uint16_t port_ = 0;
  std::string target_;
};

static_assert(!std::is_aggregate_v<Url>);

}  // namespace pentimento::http
