#include "http/warmer.hpp"

#include "http/watchdog.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace pentimento::http {

namespace asio = boost::asio;

namespace {

/// A connection with a shorter life is not worth warming up: it would be reopened all the time.
constexpr std::chrono::milliseconds shortest_life{500};

}  // namespace

Warmer::Warmer(asio::any_io_executor executor, const Connector& connector, Pool& pool,
               std::chrono::milliseconds connect_timeout, std::chrono::milliseconds max_idle)
    : executor_{std::move(executor)},
      connector_{connector},
      pool_{pool},
      connect_timeout_{connect_timeout},
      renew_after_{max_idle * 3 / 4} {}

void Warmer::warm_up(const Url& url, std::shared_ptr<void> owner) {
  if (renew_after_ < shortest_life) return;
  const asio::any_io_executor strand = asio::make_strand(executor_);
  const auto timer = std::make_shared<asio::steady_timer>(strand);
  {
    const std::lock_guard lock{mutex_};
    if (!timers_.try_emplace(url.origin(), timer).second) return;
  }
  asio::co_spawn(strand, keep_warm(shared_from_this(), url, timer, std::move(owner)), asio::detached);
}

asio::awaitable<void> Warmer::keep_warm(std::shared_ptr<Warmer> self, Url url,
                                        std::shared_ptr<asio::steady_timer> timer, std::shared_ptr<void>) {
  const std::string origin = url.origin();
  bool connected_once = true;
  do {
    if (!self->pool_.has_fresher(origin, self->renew_after_)) {
      Watchdog watchdog{timer->get_executor(), Watchdog::Clock::now() + self->connect_timeout_};
      ConnectResult connected = co_await self->connector_.connect(url, watchdog);
      connected_once = connected.stream.has_value();
      if (connected_once) self->pool_.put(origin, std::move(*connected.stream));
    }
    if (!connected_once || !self->is_wanted(origin)) break;
    timer->expires_after(self->renew_after_);
    boost::system::error_code ignored;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  } while (self->is_wanted(origin));
  const std::lock_guard lock{self->mutex_};
  const auto found = self->timers_.find(origin);
  if (found != self->timers_.end() && found->second == timer) self->timers_.erase(found);
}

bool Warmer::is_wanted(const std::string& origin) const {
  const std::lock_guard lock{mutex_};
  return calls_ > 0 && timers_.contains(origin);
}

void Warmer::stop(const std::shared_ptr<asio::steady_timer>& timer) {
  asio::post(timer->get_executor(), [timer] { timer->cancel(); });
}

void Warmer::call_begins(const std::string& origin) {
  const std::lock_guard lock{mutex_};
  ++calls_;
  const auto found = timers_.find(origin);
  if (found == timers_.end()) return;
  stop(found->second);
  timers_.erase(found);
}

void Warmer::call_ends() {
  const std::lock_guard lock{mutex_};
  if (--calls_ > 0) return;
  for (const auto& [origin, timer] : timers_) stop(timer);
}

}  // namespace pentimento::http
