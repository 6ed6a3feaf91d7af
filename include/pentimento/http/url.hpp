#pragma once

#include <pentimento/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace pentimento::http {

/**
 * A URL: `https://host:port/path?query`.
 *
 * The parser is strict. The scheme is `http` or `https`. There is no user name, password or fragment. A host is a name of
 * letters, digits, '-', '_' and '.', an IPv4 address in four decimal numbers, or an IPv6 address in brackets. Characters
 * that must be percent-encoded are rejected, and so are ambiguous forms: 127.1, 0x7f000001, a path with "..". The limit is
 * 8 KiB. Messages do not repeat the URL, because it may contain a key.
 */
class Url {
 public:
  /// **Errors**: `invalid_argument`, with what is wrong and what would be accepted.
  static Result<Url> parse(std::string_view text);

  bool is_https() const noexcept { return https_; }
  /// The host in lower case. An IPv6 address is in its canonical form (RFC 5952), without brackets.
  const std::string& host() const noexcept { return host_; }
  /// The port; 80 or 443 by default.
  std::uint16_t port() const noexcept { return port_; }
  /// The path and query as they are sent; at least "/".
  const std::string& target() const noexcept { return target_; }

  /// True if the host is this machine: localhost, 127.0.0.0/8, ::1.
  bool is_loopback() const noexcept;
  /// Returns the value of the `Host` header: the host, and the port unless it is the default.
  std::string authority() const;
  /// Returns scheme, host and port, as in "https://api.example.com". Safe for messages.
  std::string origin() const;
  std::string to_string() const { return origin() + target_; }

  /// Returns the URL with a path appended after one slash: "https://host/v1" and "images" make "https://host/v1/images".
  /// The query of the URL follows that of the path. An empty path adds nothing. **Errors**: as for `parse`.
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

/// Checks that a secret may be sent to a URL: over https, or to this machine. Otherwise anyone on the way could read it.
/// **Errors**: `invalid_argument`.
Result<void> validate_for_secrets(const Url& url);

}  // namespace pentimento::http
