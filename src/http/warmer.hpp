#pragma once

#include "http/connector.hpp"
#include "http/pool.hpp"
#include <pentimento/http/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace pentimento::http {

/**
 * Keeps a warm connection for the next call to an origin while other calls of the client are in progress: opens one
 * immediately, and a new one before it is too old to be used. Stops when the connection is taken, when no call is in
 * progress (it must not keep an event loop alive), or when connecting fails. Thread-safe.
 */
class Warmer : public std::enable_shared_from_this<Warmer> {
 public:
  Warmer(boost::asio::any_io_executor executor, const Connector& connector, Pool& pool,
         std::chrono::milliseconds connect_timeout, std::chrono::milliseconds max_idle);

  /// Starts to keep a connection warm. Shares ownership of `owner`, which owns the connector and the pool.
  void warm_up(const Url& url, std::shared_ptr<void> owner);

  /// Reports the start of a call, which takes the connection of its origin.
  void call_begins(const std::string& origin);
  void call_ends();

 private:
  static boost::asio::awaitable<void> keep_warm(std::shared_ptr<Warmer> self, Url url,
                                                std::shared_ptr<boost::asio::steady_timer> timer,
                                                std::shared_ptr<void> owner);
  bool is_wanted(const std::string& origin) const;
  static void stop(const std::shared_ptr<boost::asio::steady_timer>& timer);

  boost::asio::any_io_executor executor_;
  const Connector& connector_;
  Pool& pool_;
  std::chrono::milliseconds connect_timeout_;
  std::chrono::milliseconds renew_after_;
  mutable std::mutex mutex_;
  int calls_ = 0;
  std::map<std::string, std::shared_ptr<boost::asio::steady_timer>> timers_;
};

}  // namespace pentimento::http
