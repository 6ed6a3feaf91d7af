#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

namespace pentimento::http {

/**
 * The timer of one call: aborts its current wait when the deadline passes or a transfer is too slow.
 *
 * `on_expiry` sets how to abort the wait. The aborted wait returns with an error, and `expiry` says why.
 *
 * **Thread safety**: not thread-safe; used on the strand of the call.
 */
class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Expiry { none, deadline, too_slow };

  /// **Parameters**: `executor` is the strand of the call.
  Watchdog(const boost::asio::any_io_executor& executor, Clock::time_point deadline);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Sets the function that aborts the current wait. Replaces the previous one.
  void on_expiry(std::function<void()> abort);
  /// Removes that function.
  void release() noexcept;

  /// Starts another phase of the call, which ends at the deadline or at `end`, whichever is earlier. Clears the expiry of
  /// the previous phase.
  void begin_phase(std::optional<Clock::time_point> end = std::nullopt);

  /// Starts to require a speed of at least `floor` bytes per second, over every `window`.
  void require_speed(std::size_t floor, std::chrono::milliseconds window);
  /// Stops to require it, as while waiting for the first byte of a reply.
  void allow_any_speed() noexcept;
  /// Counts transferred bytes.
  void count(std::size_t bytes) noexcept;

  Expiry expiry() const noexcept;
  /// The speed, in bytes per second, of the transfer that was too slow.
  double measured_rate() const noexcept;
  Clock::time_point deadline() const noexcept;

 private:
  struct State;
  static void arm(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;
};

static_assert(!std::is_aggregate_v<Watchdog>);

}  // namespace pentimento::http
