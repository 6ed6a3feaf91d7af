#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/secrets/secret.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pentimento::http {

/// A proxy that is reached over plain HTTP.
class Proxy {
 public:
  /// **Parameters**: `user` is "user:password", or empty.
  Proxy(Url url, const std::string& user);
  const Url& url() const noexcept { return url_; }
  /// The value of `Proxy-Authorization`; may be empty.
  const Secret& authorization() const noexcept { return authorization_; }

 private:
  Url url_;
  Secret authorization_;
  // Kept so that they are redacted: a proxy may repeat any part of what it was sent.
  Secret user_;
  Secret password_;
};

static_assert(!std::is_aggregate_v<Proxy>);

/// The proxies for requests, read from the environment as curl does. `http_proxy` is read in lower case only, because CGI
/// programs get the headers of a request as `HTTP_...`.
class ProxySettings {
 public:
  /// No proxies.
  ProxySettings() = default;
  /// Reads `https_proxy`, `HTTPS_PROXY`, `http_proxy`, `all_proxy`, `ALL_PROXY`, `no_proxy` and `NO_PROXY`.
  /// **Errors**: `invalid_argument`, naming the variable, for a proxy that is not `http://[user:password@]host:port`.
  static Result<ProxySettings> from_environment();

  /// Returns the proxy for a URL, or null. Requests to this machine never use a proxy, nor do those of `is_excepted`.
  const Proxy* find(const Url& url) const;

 private:
  std::optional<Proxy> http_;
  std::optional<Proxy> https_;
  std::string except_;
};

/// True if a value of `no_proxy` covers a URL. It has entries separated by commas or spaces: a domain, with or without "." or "*."
/// before it, covers its subdomains too; an address in any spelling; a network such as 10.0.0.0/8 or fd00::/8; "*" for all. A
/// port restricts an entry: `host:8080`, `[::1]:8080`. A dot at the end of a name is ignored.
bool is_excepted(const Url& url, std::string_view no_proxy);

}  // namespace pentimento::http
