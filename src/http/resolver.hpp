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

/// Addresses, or why there are none and whether asking again may help.
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
 * Looks names up on threads of its own, which are never waited for: `getaddrinfo` can neither be cancelled nor hurried,
 * and Asio's resolver makes every other look-up wait for one that hangs.
 *
 * A look-up that is given up goes on in the background and ends by itself. Answers are kept for ten seconds.
 */
class Resolver {
 public:
  Resolver();

  /// The addresses of a host, in the system's order of preference; an address gives itself. On cancellation, and when the
  /// watchdog strikes, it ends at once with an error. `watchdog` must outlive the call.
  boost::asio::awaitable<Resolution> resolve(std::string host, Watchdog& watchdog) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pentimento::http
