#include "http/watchdog.hpp"

#include <boost/system/error_code.hpp>

#include <algorithm>
#include <utility>

namespace pentimento::http {

// Shared with the timer's handler, which may run after the watchdog was destroyed.
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
      expiry = Expiry::deadline;
    } else if (window_end && now >= *window_end) {
      rate = static_cast<double>(counted) / std::chrono::duration<double>(window).count();
      if (rate < static_cast<double>(floor)) {
        expiry = Expiry::too_slow;
      } else {
        counted = 0;
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
  std::size_t counted = 0;
  double rate = 0;
  Expiry expiry = Expiry::none;
  std::function<void()> abort;
  bool destroyed = false;
};

Watchdog::Watchdog(const boost::asio::any_io_executor& executor, Clock::time_point deadline)
    : state_{std::make_shared<State>(executor, deadline)} {
  arm(state_);
}

Watchdog::~Watchdog() {
  state_->destroyed = true;
  state_->abort = nullptr;
  state_->timer.cancel();
}

void Watchdog::arm(const std::shared_ptr<State>& state) {
  state->timer.expires_at(state->next_instant());
  state->timer.async_wait([state](const boost::system::error_code& error) {
    if (error || state->destroyed) return;  // rearmed or destroyed
    state->look(Clock::now());
    if (state->expiry == Expiry::none) return arm(state);
    if (state->abort) state->abort();
  });
}

void Watchdog::on_expiry(std::function<void()> abort) { state_->abort = std::move(abort); }

void Watchdog::release() noexcept { state_->abort = nullptr; }

void Watchdog::begin_phase(std::optional<Clock::time_point> end) {
  state_->phase_end = end;
  state_->window_end.reset();
  state_->expiry = Expiry::none;
  arm(state_);
}

void Watchdog::require_speed(std::size_t floor, std::chrono::milliseconds window) {
  state_->floor = floor;
  state_->window = window;
  state_->counted = 0;
  state_->window_end = Clock::now() + window;
  if (state_->expiry == Expiry::none) arm(state_);
}

void Watchdog::allow_any_speed() noexcept { state_->window_end.reset(); }

void Watchdog::count(std::size_t bytes) noexcept { state_->counted += bytes; }

Watchdog::Expiry Watchdog::expiry() const noexcept {
  // The time may be up though the busy call has not let the timer's handler run yet.
  if (state_->expiry == Expiry::none) state_->look(Clock::now());
  return state_->expiry;
}

double Watchdog::measured_rate() const noexcept { return state_->rate; }

Watchdog::Clock::time_point Watchdog::deadline() const noexcept { return state_->deadline; }

}  // namespace pentimento::http
