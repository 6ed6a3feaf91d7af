#include "http/watchdog.hpp"

#include <boost/system/error_code.hpp>

#include <algorithm>
#include <utility>

namespace pentimento::http {

// Shared with the handler of the timer, which may run after the call, and with it the watchdog, has gone.
struct Watchdog::State {
  State(const boost::asio::any_io_executor& executor, Clock::time_point end) : timer{executor}, deadline{end} {}

  Clock::time_point next_instant() const {
    Clock::time_point next = deadline;
    if (phase_end) next = std::min(next, *phase_end);
    if (window_end) next = std::min(next, *window_end);
    return next;
  }

  void look(Clock::time_point now) {
    if (now >= deadline || (phase_end && now >= *phase_end)) {
      verdict = Verdict::too_late;
    } else if (window_end && now >= *window_end) {
      rate = static_cast<double>(moved) / std::chrono::duration<double>(window).count();
      if (rate < static_cast<double>(floor)) {
        verdict = Verdict::too_slow;
      } else {
        moved = 0;
        window_end = now + window;
      }
    }
  }

  boost::asio::steady_timer timer;
  Clock::time_point deadline;
  std::optional<Clock::time_point> phase_end;
  std::optional<Clock::time_point> window_end;
  std::chrono::milliseconds window{0};
  std::size_t floor = 0;
  std::size_t moved = 0;
  double rate = 0;
  Verdict verdict = Verdict::none;
  std::function<void()> break_off;
  bool gone = false;
};

Watchdog::Watchdog(const boost::asio::any_io_executor& executor, Clock::time_point deadline)
    : state_{std::make_shared<State>(executor, deadline)} {
  arm(state_);
}

Watchdog::~Watchdog() {
  state_->gone = true;
  state_->break_off = nullptr;
  state_->timer.cancel();
}

void Watchdog::arm(const std::shared_ptr<State>& state) {
  state->timer.expires_at(state->next_instant());
  state->timer.async_wait([state](const boost::system::error_code& error) {
    if (error || state->gone) return;  // armed anew, or no longer needed
    state->look(Clock::now());
    if (state->verdict == Verdict::none) return arm(state);
    if (state->break_off) state->break_off();
  });
}

void Watchdog::guard(std::function<void()> break_off) { state_->break_off = std::move(break_off); }

void Watchdog::release() noexcept { state_->break_off = nullptr; }

void Watchdog::begin_phase(std::optional<Clock::time_point> end) {
  state_->phase_end = end;
  state_->window_end.reset();
  state_->verdict = Verdict::none;
  arm(state_);
}

void Watchdog::demand(std::size_t floor, std::chrono::milliseconds window) {
  state_->floor = floor;
  state_->window = window;
  state_->moved = 0;
  state_->window_end = Clock::now() + window;
  if (state_->verdict == Verdict::none) arm(state_);
}

void Watchdog::relent() noexcept { state_->window_end.reset(); }

void Watchdog::moved(std::size_t bytes) noexcept { state_->moved += bytes; }

Watchdog::Verdict Watchdog::verdict() const noexcept {
  // The instant may have come while the call was at work, before the timer could say so.
  if (state_->verdict == Verdict::none) state_->look(Clock::now());
  return state_->verdict;
}

double Watchdog::measured_rate() const noexcept { return state_->rate; }

Watchdog::Clock::time_point Watchdog::deadline() const noexcept { return state_->deadline; }

}  // namespace pentimento::http
