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
 * Keeps a connection ready for the next call to an origin, while other calls of the client are under way: one is opened
 * at once and opened anew before it is too old to be used. It ends when the connection is taken, when no call is under
 * way any more (an event loop must not be kept alive for it), or when no connection can be made.
 */
class Warmer : public std::enable_shared_from_this<Warmer> {
 public:
  Warmer(boost::asio::any_io_executor executor, const Connector& connector, Pool& pool,
         std::chrono::milliseconds connect_timeout, std::chrono::milliseconds max_idle);

  /// Begins to keep a connection ready. `owner` is kept alive meanwhile: it owns connector and pool. Any thread.
  void warm(const Url& url, std::shared_ptr<void> owner);

  /// A call has begun; it takes the connection of this origin, if there is one.
  void call_begins(const std::string& origin);
  void call_ends();

 private:
  static boost::asio::awaitable<void> keep(std::shared_ptr<Warmer> self, Url url,
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
  std::map<std::string, std::shared_ptr<boost::asio::steady_timer>> kept_;
};

}  // namespace pentimento::http
