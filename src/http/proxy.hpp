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
#include <vector>

namespace pentimento::http {

/// A proxy, reached by plain HTTP.
class Proxy {
 public:
  /// `user` is "user:password", where there is one.
  Proxy(Url url, const std::string& user);
  const Url& url() const noexcept { return url_; }
  /// The value of `Proxy-Authorization`; empty where there is none.
  const Secret& authorization() const noexcept { return authorization_; }

 private:
  Url url_;
  Secret authorization_;
  // So that they are redacted as long as the proxy is used: a proxy may repeat any part of what it was given.
  Secret user_;
  Secret password_;
};

static_assert(!std::is_aggregate_v<Proxy>);

/// Which requests go through which proxy: what curl makes of the environment. `http_proxy` is read in lower case only,
/// because a web server hands clients' headers to programs as `HTTP_...`.
class ProxySettings {
 public:
  /// No proxy at all.
  ProxySettings() = default;
  /// From `https_proxy`, `HTTPS_PROXY`, `http_proxy`, `all_proxy`, `ALL_PROXY`, `no_proxy` and `NO_PROXY`.
  /// Errors: `invalid_argument`, naming the variable, for a proxy that is not `http://[user:password@]host:port`.
  static Result<ProxySettings> from_environment();

  /// The proxy for this address, or null. `no_proxy` holds names (which cover what is below them), addresses, networks
  /// such as 10.0.0.0/8, or "*", separated by commas. Loopback never goes through a proxy.
  const Proxy* find(const Url& url) const;

 private:
  std::optional<Proxy> http_;
  std::optional<Proxy> https_;
  std::vector<std::string> except_;
};

}  // namespace pentimento::http
