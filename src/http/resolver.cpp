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
// So many look-ups of one name at once: another may succeed where the first hangs, but must not take all threads.
constexpr int max_threads_for_a_name = 4;
constexpr std::chrono::seconds idle_life{5};
constexpr std::chrono::seconds answer_life{10};
constexpr std::size_t max_answers = 256;

/// What a look-up brought: addresses, or why there are none.
struct Answer {
  std::vector<Address> addresses;
  int failure = 0;
};

Answer look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  Answer answer;
  answer.failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (answer.failure != 0) return answer;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_addrlen > sizeof(sockaddr_in6)) continue;
    asio::ip::tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    answer.addresses.push_back(endpoint.address());
  }
  ::freeaddrinfo(list);
  if (answer.addresses.empty()) answer.failure = EAI_NONAME;
  return answer;
}

/// Somebody who waits for an answer. The coroutine ends its part by `leave`, after which no thread touches what is its.
class Waiter {
 public:
  explicit Waiter(const asio::any_io_executor& executor)
      : timer_{std::in_place, executor, Clock::time_point::max()},
        life_{asio::use_service<detail::ContextLife>(asio::query(executor, asio::execution::context)).state()} {}

  asio::steady_timer& timer() { return *timer_; }
  bool answered() const { return answered_; }
  Answer& answer() { return answer_; }

  void leave() {
    const std::lock_guard lock{mutex_};
    timer_.reset();
  }
  bool has_left() {
    const std::lock_guard lock{mutex_};
    return !timer_;
  }

  static void tell(const std::shared_ptr<Waiter>& waiter, Answer answer) {
    const std::scoped_lock lock{waiter->life_->mutex, waiter->mutex_};
    if (waiter->life_->over || !waiter->timer_) return;  // its executor may be gone as well
    asio::post(waiter->timer_->get_executor(), [waiter, answer = std::move(answer)]() mutable {
      if (!waiter->timer_) return;
      waiter->answer_ = std::move(answer);
      waiter->answered_ = true;
      waiter->timer_->cancel();
    });
  }

 private:
  std::mutex mutex_;
  std::optional<asio::steady_timer> timer_;
  std::shared_ptr<detail::ContextLife::State> life_;
  bool answered_ = false;
  Answer answer_;
};

struct Leave {
  ~Leave() { waiter->leave(); }
  std::shared_ptr<Waiter> waiter;
};

}  // namespace

struct Resolver::State {
  struct Kept {
    std::vector<Address> addresses;
    Clock::time_point until;
  };

  std::mutex mutex;
  std::condition_variable more;
  std::deque<std::string> questions;
  /// A name that is asked for: who waits for it, and how many look-ups of it are under way or in the queue.
  struct Asked {
    std::vector<std::shared_ptr<Waiter>> waiters;
    int look_ups = 0;
  };
  std::map<std::string, Asked> asked;
  std::size_t threads = 0;
  std::size_t idle = 0;
  std::map<std::string, Kept> answers;

  static void work(const std::shared_ptr<State>& self) {
    std::unique_lock lock{self->mutex};
    while (true) {
      ++self->idle;
      const bool asked = self->more.wait_for(lock, idle_life, [&] { return !self->questions.empty(); });
      --self->idle;
      if (!asked) break;
      const std::string host = std::move(self->questions.front());
      self->questions.pop_front();
      std::erase_if(self->asked[host].waiters, [](const auto& waiter) { return waiter->has_left(); });
      std::vector<std::shared_ptr<Waiter>> told;
      Answer answer;
      if (!self->asked[host].waiters.empty()) {
        lock.unlock();
        answer = look_up(host);
        lock.lock();
        if (answer.failure == 0) {
          if (self->answers.size() >= max_answers) self->answers.clear();
          self->answers[host] = Kept{answer.addresses, Clock::now() + answer_life};
        }
        // Whoever was first to hear it has heard it for all.
        told.swap(self->asked[host].waiters);
      }
      if (--self->asked[host].look_ups == 0) self->asked.erase(host);
      lock.unlock();
      for (const std::shared_ptr<Waiter>& waiter : told) Waiter::tell(waiter, answer);
      lock.lock();
    }
    --self->threads;
  }

  /// Whether the question was taken: false if there is no thread for it and none can be made.
  static bool ask(const std::shared_ptr<State>& self, const std::string& host, const std::shared_ptr<Waiter>& waiter) {
    const std::lock_guard lock{self->mutex};
    Asked& asked = self->asked[host];
    asked.waiters.push_back(waiter);
    if (asked.look_ups == max_threads_for_a_name) return true;
    ++asked.look_ups;
    self->questions.push_back(host);
    if (self->idle < self->questions.size() && self->threads < max_threads) {
      try {
        std::thread{[self] { work(self); }}.detach();
        ++self->threads;
      } catch (const std::system_error&) {
        if (self->threads == 0) {
          self->questions.pop_back();
          self->asked.erase(host);
          return false;
        }
      }
    }
    self->more.notify_one();
    return true;
  }

  std::optional<std::vector<Address>> known(const std::string& host) {
    const std::lock_guard lock{mutex};
    const auto found = answers.find(host);
    if (found == answers.end()) return std::nullopt;
    if (Clock::now() < found->second.until) return found->second.addresses;
    answers.erase(found);
    return std::nullopt;
  }
};

Resolver::Resolver() : state_{std::make_shared<State>()} {}

asio::awaitable<Resolution> Resolver::resolve(std::string host, Watchdog& watchdog) const {
  boost::system::error_code not_an_address;
  const Address literal = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return Resolution{std::vector<Address>(1, literal)};
  if (std::optional<std::vector<Address>> known = state_->known(host)) co_return Resolution{std::move(*known)};

  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const Leave here{std::make_shared<Waiter>(executor)};
  watchdog.guard([waiter = here.waiter] {
    if (!waiter->answered()) waiter->timer().cancel();
  });
  if (!State::ask(state_, host, here.waiter)) {
    watchdog.release();
    co_return Resolution{"the name " + host + " cannot be looked up: no thread can be started", true};
  }
  boost::system::error_code ignored;
  co_await here.waiter->timer().async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  watchdog.release();
  if (!here.waiter->answered()) co_return Resolution{"looking up the name " + host + " did not end in time", true};
  Answer& answer = here.waiter->answer();
  if (answer.failure != 0) {
    const std::string why = ::gai_strerror(answer.failure);
    co_return Resolution{"the name " + host + " has no address: " + why, answer.failure == EAI_AGAIN};
  }
  co_return Resolution{std::move(answer.addresses)};
}

}  // namespace pentimento::http
