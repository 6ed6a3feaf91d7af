#pragma once

#include "http/proxy.hpp"
#include "http/resolver.hpp"
#include "http/stream.hpp"
#include "http/tls.hpp"
#include "http/watchdog.hpp"
#include <pentimento/error.hpp>
#include <pentimento/http/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace pentimento::http {

/// A connection, or the error and what can be done about it.
class ConnectResult {
 public:
  ConnectResult(std::unique_ptr<Stream> made) : stream{std::move(made)} {}
  ConnectResult(Error why, bool is_transient, std::string what_to_do = "check the address and the network")
      : stream{std::move(why)}, transient{is_transient}, advice{std::move(what_to_do)} {}
  Result<std::unique_ptr<Stream>> stream;
  bool transient = false;  ///< True if a retry may succeed.
  std::string advice;      ///< What the user can do, as the end of a sentence.
};

static_assert(!std::is_aggregate_v<ConnectResult>);

/**
 * Makes connections: resolves the name, tries its addresses with a head start of 250 ms each (RFC 8305), goes through the
 * proxy if there is one, and does the TLS handshake.
 */
class Connector {
 public:
  /// **Parameters**: `executor` is that of the sockets.
  Connector(boost::asio::any_io_executor executor, TlsContext tls, ProxySettings proxies)
      : executor_{std::move(executor)}, tls_{std::move(tls)}, proxies_{std::move(proxies)} {}

  /// Returns the proxy that gets requests to this URL unencrypted, with the whole URL in their first line; or null.
  const Proxy* plain_proxy(const Url& url) const { return url.is_https() ? nullptr : proxies_.find(url); }

  /// Returns a connection that is ready for a request to `url`. **Parameters**: `public_only` rejects a server whose address is
  /// not public; see `Request::public_addresses_only`. **Errors**: `connect_failed`, `cancelled`; nothing was sent.
  /// **Cancellation**: all types, in every state. **Lifetime**: `watchdog` must outlive the call.
  boost::asio::awaitable<ConnectResult> connect(Url url, Watchdog& watchdog, bool public_only = false) const;

 private:
  boost::asio::awaitable<ConnectResult> dial(std::string host, std::uint16_t port, Watchdog& watchdog,
                                             bool public_only) const;
  boost::asio::awaitable<Result<void>> shake_hands(Stream& stream, std::string host, Watchdog& watchdog) const;

  boost::asio::any_io_executor executor_;
  TlsContext tls_;
  ProxySettings proxies_;
  Resolver resolver_;
};

}  // namespace pentimento::http
