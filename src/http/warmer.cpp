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

/// Connections that may be idle for less are not worth opening ahead: they would be opened again and again.
constexpr std::chrono::milliseconds shortest_life{500};

}  // namespace

Warmer::Warmer(asio::any_io_executor executor, const Connector& connector, Pool& pool,
               std::chrono::milliseconds connect_timeout, std::chrono::milliseconds max_idle)
    : executor_{std::move(executor)},
      connector_{connector},
      pool_{pool},
      connect_timeout_{connect_timeout},
      renew_after_{max_idle * 3 / 4} {}

void Warmer::warm(const Url& url, std::shared_ptr<void> owner) {
  if (renew_after_ < shortest_life) return;
  const asio::any_io_executor strand = asio::make_strand(executor_);
  const auto timer = std::make_shared<asio::steady_timer>(strand);
  {
    const std::lock_guard lock{mutex_};
    if (!kept_.try_emplace(url.origin(), timer).second) return;
  }
  asio::co_spawn(strand, keep(shared_from_this(), url, timer, std::move(owner)), asio::detached);
}

asio::awaitable<void> Warmer::keep(std::shared_ptr<Warmer> self, Url url, std::shared_ptr<asio::steady_timer> timer,
                                   std::shared_ptr<void>) {
  const std::string origin = url.origin();
  bool connected_once = true;
  do {
    if (!self->pool_.has_fresher(origin, self->renew_after_)) {
      Watchdog watchdog{timer->get_executor(), Watchdog::Clock::now() + self->connect_timeout_};
      Connected connected = co_await self->connector_.connect(url, watchdog);
      connected_once = connected.stream.has_value();
      if (connected_once) self->pool_.put(origin, std::move(*connected.stream));
    }
    if (!connected_once || !self->is_wanted(origin)) break;
    timer->expires_after(self->renew_after_);
    boost::system::error_code ignored;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  } while (self->is_wanted(origin));
  const std::lock_guard lock{self->mutex_};
  const auto kept = self->kept_.find(origin);
  if (kept != self->kept_.end() && kept->second == timer) self->kept_.erase(kept);
}

bool Warmer::is_wanted(const std::string& origin) const {
  const std::lock_guard lock{mutex_};
  return calls_ > 0 && kept_.contains(origin);
}

void Warmer::stop(const std::shared_ptr<asio::steady_timer>& timer) {
  asio::post(timer->get_executor(), [timer] { timer->cancel(); });
}

void Warmer::call_begins(const std::string& origin) {
  const std::lock_guard lock{mutex_};
  ++calls_;
  const auto kept = kept_.find(origin);
  if (kept == kept_.end()) return;
  stop(kept->second);
  kept_.erase(kept);
}

void Warmer::call_ends() {
  const std::lock_guard lock{mutex_};
  if (--calls_ > 0) return;
  for (const auto& [origin, timer] : kept_) stop(timer);
}

}  // namespace pentimento::http
