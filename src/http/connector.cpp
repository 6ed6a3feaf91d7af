#include "http/connector.hpp"

#include "http/attempt.hpp"
#include "http/is_cancelled.hpp"

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

Error interruption(const Watchdog& watchdog, const std::string& doing) {
  if (watchdog.expiry() == Watchdog::Expiry::none) return Error{errc::cancelled, doing + " was cancelled"};
  return Error{errc::connect_failed, doing + " timed out"};
}

}  // namespace

asio::awaitable<ConnectResult> Connector::dial(std::string host, std::uint16_t port, Watchdog& watchdog) const {
  const std::string place = host + ":" + std::to_string(port);
  const Resolution found = co_await resolver_.resolve(host, watchdog);
  const bool cancelled = co_await is_cancelled();
  if (cancelled)
    co_return ConnectResult{Error{errc::cancelled, "resolving the name " + host + " was cancelled"}, false};
  if (!found.addresses) co_return ConnectResult{found.addresses.error(), found.transient};
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

asio::awaitable<ConnectResult> Connector::connect(Url url, Watchdog& watchdog) const {
  const Proxy* proxy = proxies_.find(url);
  const Url& first = proxy == nullptr ? url : proxy->url();
  ConnectResult connected = co_await dial(first.host(), first.port(), watchdog);
  if (!connected.stream) {
    if (proxy == nullptr) co_return connected;
    const Error& why = connected.stream.error();
    co_return ConnectResult{Error{why.code(), "the proxy: " + why.message()}, connected.transient};
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
                              false};
    }
  }
  const Result<void> secured = co_await shake_hands(stream, url.host(), watchdog);
  // A rejected certificate is permanent; a broken connection is not.
  if (!secured)
    co_return ConnectResult{secured.error(), secured.error().code() != errc::cancelled && !stream.is_rejected()};
  co_return connected;
}

}  // namespace pentimento::http
