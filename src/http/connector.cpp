#include "http/connector.hpp"

#include "http/attempt.hpp"
#include "http/is_cancelled.hpp"
#include "http/public_address.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <iterator>
#include <vector>

namespace pentimento::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using Address = asio::ip::address;

namespace {

constexpr std::chrono::milliseconds head_start{250};

/// The state that concurrent connection attempts share. Used on the strand of the call.
struct Race {
  explicit Race(const asio::any_io_executor& strand) : news{strand} {}
  asio::steady_timer news;
  std::deque<tcp::socket> sockets;  // a deque: sockets must not move
  std::optional<std::size_t> winner;
  std::size_t failures = 0;
  std::string last_failure;
  bool over = false;

  void end() {
    over = true;
    boost::system::error_code ignored;
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      if (i != winner) sockets[i].close(ignored);
    }
    news.cancel();
  }
};

/// Ends the race when its coroutine ends.
struct EndOfRace {
  ~EndOfRace() { race->end(); }
  std::shared_ptr<Race> race;
};

/// Alternates the two address families, beginning with the one that the system prefers (RFC 8305 §4).
std::vector<Address> interlaced(const std::vector<Address>& addresses) {
  std::vector<Address> preferred;
  std::vector<Address> others;
  for (const Address& address : addresses)
    (address.is_v6() == addresses.front().is_v6() ? preferred : others).push_back(address);
  std::vector<Address> mixed;
  for (std::size_t i = 0; i < std::max(preferred.size(), others.size()); ++i) {
    if (i < preferred.size()) mixed.push_back(preferred[i]);
    if (i < others.size()) mixed.push_back(others[i]);
  }
  return mixed;
}

/// Returns the address that a host is, without a look-up; empty for a name.
std::vector<Address> literal_address(const Url& url) {
  if (url.host() == "localhost") return {asio::ip::address_v4::loopback()};
  boost::system::error_code is_name;
  const Address address = asio::ip::make_address(url.host(), is_name);
  return is_name ? std::vector<Address>{} : std::vector<Address>{address};
}

/// Returns why a host cannot be connected to if only public addresses may.
std::optional<ConnectResult> validate_public(const std::string& host, const std::vector<Address>& addresses) {
  const auto other = std::ranges::find_if_not(addresses, is_public);
  if (other == addresses.end()) return std::nullopt;
  const std::string text = other->to_string();
  const std::string address = text == host ? "the address " + text : "the address " + text + " of " + host;
  return ConnectResult{Error{errc::connect_failed, address + " is not public"}, false,
                       "only public addresses are accepted"};
}

Error interruption(const Watchdog& watchdog, const std::string& doing) {
  if (watchdog.expiry() == Watchdog::Expiry::none) return Error{errc::cancelled, doing + " was cancelled"};
  return Error{errc::connect_failed, doing + " timed out"};
}

}  // namespace

asio::awaitable<ConnectResult> Connector::dial(std::string host, std::uint16_t port, Watchdog& watchdog,
                                               bool public_only) const {
  const std::string place = host + ":" + std::to_string(port);
  const Resolution found = co_await resolver_.resolve(host, watchdog);
  const bool cancelled = co_await is_cancelled();
  if (cancelled)
    co_return ConnectResult{Error{errc::cancelled, "resolving the name " + host + " was cancelled"}, false};
  if (!found.addresses) co_return ConnectResult{found.addresses.error(), found.transient};
  if (public_only) {
    if (std::optional<ConnectResult> rejected = validate_public(host, *found.addresses)) co_return std::move(*rejected);
  }
  const std::vector<Address> addresses = interlaced(*found.addresses);
  const asio::any_io_executor strand = co_await asio::this_coro::executor;
  const EndOfRace end{std::make_shared<Race>(strand)};
  const std::shared_ptr<Race>& race = end.race;
  watchdog.on_expiry([race] { race->end(); });

  for (std::size_t next = 0; !race->winner && !race->over;) {
    // The time may have been up before the race began.
    if (watchdog.expiry() != Watchdog::Expiry::none) break;
    if (next < addresses.size()) {
      const std::size_t index = next++;
      tcp::socket& socket = race->sockets.emplace_back(executor_);
      socket.async_connect(tcp::endpoint{addresses[index], port},
                           asio::bind_executor(strand, [race, index](const boost::system::error_code& error) {
                             if (race->over || race->winner) return;
                             if (error) {
                               ++race->failures;
                               race->last_failure = error.message();
                             } else {
                               race->winner = index;
                             }
                             race->news.cancel();
                           }));
    } else if (race->failures == addresses.size()) {
      break;
    }
    if (next < addresses.size()) {
      race->news.expires_after(head_start);
    } else {
      race->news.expires_at(asio::steady_timer::time_point::max());
    }
    // The next attempt starts after a failure or at the end of the head start.
    boost::system::error_code ignored;
    co_await race->news.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const bool stop = co_await is_cancelled();
    if (stop) {
      // A connection that was made anyway is dropped.
      watchdog.release();
      co_return ConnectResult{Error{errc::cancelled, "connecting to " + place + " was cancelled"}, false};
    }
  }
  watchdog.release();
  if (race->winner) co_return ConnectResult{std::make_unique<Stream>(std::move(race->sockets[*race->winner]))};
  if (race->failures == addresses.size())
    co_return ConnectResult{Error{errc::connect_failed, "no connection to " + place + ": " + race->last_failure}, true};
  co_return ConnectResult{interruption(watchdog, "connecting to " + place), true};
}

asio::awaitable<Result<void>> Connector::shake_hands(Stream& stream, std::string host, Watchdog& watchdog) const {
  Result<void> begun = stream.use_client_tls(tls_, host);
  if (!begun) co_return begun.error();
  watchdog.on_expiry([&stream] {
    boost::system::error_code ignored;
    stream.socket().cancel(ignored);
  });
  Result<void> result;
  while (true) {
    const Io state = stream.try_handshake();
    if (state == Io::done) break;
    if (state == Io::closed || state == Io::cut_off) {
      result = Error{errc::connect_failed, "no secure connection to " + host + ": " + stream.last_error()};
      break;
    }
    if (watchdog.expiry() != Watchdog::Expiry::none) {
      result = interruption(watchdog, "the TLS handshake with " + host);
      break;
    }
    const boost::system::error_code error = co_await stream.wait(state);
    if (error || watchdog.expiry() != Watchdog::Expiry::none) {
      result = interruption(watchdog, "the TLS handshake with " + host);
      break;
    }
  }
  watchdog.release();
  co_return result;
}

asio::awaitable<ConnectResult> Connector::connect(Url url, Watchdog& watchdog, bool public_only) const {
  const Proxy* proxy = proxies_.find(url);
  if (public_only && proxy != nullptr) {
    // The proxy resolves names, which it may know alone.
    if (std::optional<ConnectResult> rejected = validate_public(url.host(), literal_address(url)))
      co_return std::move(*rejected);
  }
  const Url& first = proxy == nullptr ? url : proxy->url();
  ConnectResult connected = co_await dial(first.host(), first.port(), watchdog, public_only && proxy == nullptr);
  if (!connected.stream) {
    const Error& why = connected.stream.error();
    if (proxy != nullptr)
      co_return ConnectResult{Error{why.code(), "the proxy: " + why.message()}, connected.transient,
                              "check the proxy and the network"};
    if (url.is_loopback() && connected.transient) connected.advice = "start the server, or check its address";
    co_return connected;
  }
  if (!url.is_https()) co_return connected;
  Stream& stream = **connected.stream;
  if (proxy != nullptr) {
    const std::string target = (url.host().find(':') == std::string::npos ? url.host() : "[" + url.host() + "]") + ":" +
                               std::to_string(url.port());
    std::string head = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!proxy->authorization().empty())
      head += "Proxy-Authorization: " + std::string{proxy->authorization().reveal()} + "\r\n";
    head += "\r\n";
    const Result<void> through = co_await connect_through(stream, watchdog, head);
    if (!through) {
      const errc code = through.error().code() == errc::cancelled ? errc::cancelled : errc::connect_failed;
      co_return ConnectResult{Error{code, "the proxy " + proxy->url().origin() + ": " + through.error().message()},
                              false, "check the proxy and the address"};
    }
  }
  const Result<void> secured = co_await shake_hands(stream, url.host(), watchdog);
  if (secured) co_return connected;
  if (stream.is_rejected())  // permanent, unlike a broken connection
    co_return ConnectResult{secured.error(), false, "check the address, or trust the authority that issued it"};
  co_return ConnectResult{secured.error(), secured.error().code() != errc::cancelled};
}

}  // namespace pentimento::http
