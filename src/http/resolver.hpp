#pragma once

#include <pentimento/error.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::http {

class Watchdog;

/// Addresses, or an error and whether a retry may succeed.
class Resolution {
 public:
  explicit Resolution(std::vector<boost::asio::ip::address> found) : addresses{std::move(found)} {}
  Resolution(std::string why, bool is_transient)
      : addresses{Error{errc::connect_failed, std::move(why)}}, transient{is_transient} {}
  Result<std::vector<boost::asio::ip::address>> addresses;
  bool transient = false;
};

static_assert(!std::is_aggregate_v<Resolution>);

/**
 * Resolves names on its own threads, which are never joined: `getaddrinfo` cannot be cancelled, and Asio's resolver makes
 * every look-up wait for one that hangs.
 *
 * An abandoned look-up ends in the background. Results are cached for ten seconds.
 */
class Resolver {
 public:
  Resolver();

  /// Returns the addresses of a host, in the system's order of preference. A literal address is returned as it is.
  /// **Cancellation**: ends immediately with an error, also when the watchdog expires. **Lifetime**: `watchdog` must outlive
  /// the call.
  boost::asio::awaitable<Resolution> resolve(std::string host, Watchdog& watchdog) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pentimento::http
