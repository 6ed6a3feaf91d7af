#include "http/resolver.hpp"

#include "http/watchdog.hpp"
#include <pentimento/detail/context_life.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace pentimento::http {

namespace asio = boost::asio;
using Address = asio::ip::address;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t max_threads = 16;
// Several concurrent look-ups of one name: a later one may succeed while the first hangs. They must not use all threads.
constexpr int max_threads_for_a_name = 4;
constexpr std::chrono::seconds idle_life{5};
constexpr std::chrono::seconds cache_life{10};
constexpr std::size_t max_cached = 256;

/// The result of a look-up: addresses, or the error of getaddrinfo.
struct LookUp {
  std::vector<Address> addresses;
  int failure = 0;
};

LookUp look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  LookUp result;
  result.failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (result.failure != 0) return result;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_addrlen > sizeof(sockaddr_in6)) continue;
    asio::ip::tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    result.addresses.push_back(endpoint.address());
  }
  ::freeaddrinfo(list);
  if (result.addresses.empty()) result.failure = EAI_NONAME;
  return result;
}

/// A coroutine that waits for a look-up. After `leave`, no thread accesses its timer.
class Waiter {
 public:
  explicit Waiter(const asio::any_io_executor& executor)
      : timer_{std::in_place, executor, Clock::time_point::max()},
        life_{asio::use_service<detail::ContextLife>(asio::query(executor, asio::execution::context)).state()} {}

  asio::steady_timer& timer() { return *timer_; }
  bool is_done() const { return done_; }
  LookUp& result() { return result_; }

  void leave() {
    const std::lock_guard lock{mutex_};
    timer_.reset();
  }
  bool has_left() {
    const std::lock_guard lock{mutex_};
    return !timer_;
  }

  static void complete(const std::shared_ptr<Waiter>& waiter, LookUp result) {
    const std::scoped_lock lock{waiter->life_->mutex, waiter->mutex_};
    if (waiter->life_->over || !waiter->timer_) return;  // its executor may be destroyed too
    asio::post(waiter->timer_->get_executor(), [waiter, result = std::move(result)]() mutable {
      if (!waiter->timer_) return;
      waiter->result_ = std::move(result);
      waiter->done_ = true;
      waiter->timer_->cancel();
    });
  }

 private:
  std::mutex mutex_;
  std::optional<asio::steady_timer> timer_;
  std::shared_ptr<detail::ContextLife::State> life_;
  bool done_ = false;
  LookUp result_;
};

struct LeaveOnExit {
  ~LeaveOnExit() { waiter->leave(); }
  std::shared_ptr<Waiter> waiter;
};

}  // namespace

struct Resolver::State {
  struct CacheEntry {
    std::vector<Address> addresses;
    Clock::time_point until;
  };

  std::mutex mutex;
  std::condition_variable more;
  std::deque<std::string> queue;
  /// A name that is being resolved: the waiters, and the number of its look-ups in progress or in the queue.
  struct Pending {
    std::vector<std::shared_ptr<Waiter>> waiters;
    int look_ups = 0;
  };
  std::map<std::string, Pending> pending;
  std::size_t threads = 0;
  std::size_t idle = 0;
  std::map<std::string, CacheEntry> cache;

  static void work(const std::shared_ptr<State>& self) {
    std::unique_lock lock{self->mutex};
    while (true) {
      ++self->idle;
      const bool has_work = self->more.wait_for(lock, idle_life, [&] { return !self->queue.empty(); });
      --self->idle;
      if (!has_work) break;
      const std::string host = std::move(self->queue.front());
      self->queue.pop_front();
      std::erase_if(self->pending[host].waiters, [](const auto& waiter) { return waiter->has_left(); });
      std::vector<std::shared_ptr<Waiter>> waiters;
      LookUp result;
      if (!self->pending[host].waiters.empty()) {
        lock.unlock();
        result = look_up(host);
        lock.lock();
        if (result.failure == 0) {
          if (self->cache.size() >= max_cached) self->cache.clear();
          self->cache[host] = CacheEntry{result.addresses, Clock::now() + cache_life};
        }
        // The first look-up to finish serves all waiters.
        waiters.swap(self->pending[host].waiters);
      }
      if (--self->pending[host].look_ups == 0) self->pending.erase(host);
      lock.unlock();
      for (const std::shared_ptr<Waiter>& waiter : waiters) Waiter::complete(waiter, result);
      lock.lock();
    }
    --self->threads;
  }

  /// Queues a look-up. Returns false if there is no thread for it and none can be started.
  static bool enqueue(const std::shared_ptr<State>& self, const std::string& host,
                      const std::shared_ptr<Waiter>& waiter) {
    const std::lock_guard lock{self->mutex};
    Pending& pending = self->pending[host];
    pending.waiters.push_back(waiter);
    if (pending.look_ups == max_threads_for_a_name) return true;
    ++pending.look_ups;
    self->queue.push_back(host);
    if (self->idle < self->queue.size() && self->threads < max_threads) {
      try {
        std::thread{[self] { work(self); }}.detach();
        ++self->threads;
      } catch (const std::system_error&) {
        if (self->threads == 0) {
          self->queue.pop_back();
          self->pending.erase(host);
          return false;
        }
      }
    }
    self->more.notify_one();
    return true;
  }

  std::optional<std::vector<Address>> cached(const std::string& host) {
    const std::lock_guard lock{mutex};
    const auto found = cache.find(host);
    if (found == cache.end()) return std::nullopt;
    if (Clock::now() < found->second.until) return found->second.addresses;
    cache.erase(found);
    return std::nullopt;
  }
};

Resolver::Resolver() : state_{std::make_shared<State>()} {}

asio::awaitable<Resolution> Resolver::resolve(std::string host, Watchdog& watchdog) const {
  boost::system::error_code not_an_address;
  const Address literal = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return Resolution{std::vector<Address>(1, literal)};
  if (std::optional<std::vector<Address>> cached = state_->cached(host)) co_return Resolution{std::move(*cached)};

  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const LeaveOnExit guard{std::make_shared<Waiter>(executor)};
  watchdog.on_expiry([waiter = guard.waiter] {
    if (!waiter->is_done()) waiter->timer().cancel();
  });
  if (!State::enqueue(state_, host, guard.waiter)) {
    watchdog.release();
    co_return Resolution{"the name " + host + " cannot be resolved: no thread can be started", true};
  }
  boost::system::error_code ignored;
  co_await guard.waiter->timer().async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  watchdog.release();
  if (!guard.waiter->is_done()) co_return Resolution{"resolving the name " + host + " timed out", true};
  LookUp& result = guard.waiter->result();
  if (result.failure != 0) {
    const std::string why = ::gai_strerror(result.failure);
    co_return Resolution{"the name " + host + " has no address: " + why, result.failure == EAI_AGAIN};
  }
  co_return Resolution{std::move(result.addresses)};
}

}  // namespace pentimento::http
