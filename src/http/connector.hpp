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

/// A connection, or why there is none and whether another attempt may do better.
class Connected {
 public:
  Connected(std::unique_ptr<Stream> made) : stream{std::move(made)} {}
  Connected(Error why, bool is_transient) : stream{std::move(why)}, transient{is_transient} {}
  Result<std::unique_ptr<Stream>> stream;
  bool transient = false;
};

static_assert(!std::is_aggregate_v<Connected>);

/**
 * Makes connections: looks the name up, tries the addresses one after the other with a head start of 250 ms each
 * (RFC 8305), goes through a proxy where there is one, and shakes hands.
 */
class Connector {
 public:
  /// Sockets live on `executor`.
  Connector(boost::asio::any_io_executor executor, TlsContext tls, ProxySettings proxies)
      : executor_{std::move(executor)}, tls_{std::move(tls)}, proxies_{std::move(proxies)} {}

  /// Whether requests to this address are sent to a proxy in the clear, with the whole address in their first line.
  const Proxy* plain_proxy(const Url& url) const { return url.is_https() ? nullptr : proxies_.find(url); }

  /// A connection that is ready for a request to `url`. The watchdog's limits and cancellation end it in every state.
  /// `watchdog` must outlive the call. Errors: `connect_failed`, `cancelled`; nothing was sent.
  boost::asio::awaitable<Connected> connect(Url url, Watchdog& watchdog) const;

 private:
  boost::asio::awaitable<Connected> dial(std::string host, std::uint16_t port, Watchdog& watchdog) const;
  boost::asio::awaitable<Result<void>> shake_hands(Stream& stream, std::string host, Watchdog& watchdog) const;

  boost::asio::any_io_executor executor_;
  TlsContext tls_;
  ProxySettings proxies_;
  Resolver resolver_;
};

}  // namespace pentimento::http
