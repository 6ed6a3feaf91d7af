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
 * Keeps the time of one call: breaks off what it waits for when its deadline passes, or when a transfer is too slow.
 *
 * Used on one strand. What is to be broken off is named by `guard`; the waits that it breaks off return with an error,
 * and `verdict` then says why.
 */
class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Verdict { none, too_late, too_slow };

  /// `executor` is the strand of the call.
  Watchdog(const boost::asio::any_io_executor& executor, Clock::time_point deadline);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// What ends the current wait; replaced by the next call.
  void guard(std::function<void()> break_off);
  /// Nothing is to be broken off any more.
  void release() noexcept;

  /// Begins another phase of the call, which ends by the earlier of the deadline and this instant, or by the deadline
  /// alone. What was said of the phase before, by its end or its slowness, is over with it.
  void begin_phase(std::optional<Clock::time_point> end = std::nullopt);

  /// From now on at least `floor` bytes a second have to be moved, over every `window`.
  void demand(std::size_t floor, std::chrono::milliseconds window);
  /// No longer, as while waiting for the first byte of a reply.
  void relent() noexcept;
  /// Some bytes have been moved.
  void moved(std::size_t bytes) noexcept;

  Verdict verdict() const noexcept;
  /// The rate, in bytes a second, for which a transfer was broken off.
  double measured_rate() const noexcept;
  Clock::time_point deadline() const noexcept;

 private:
  struct State;
  static void arm(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;
};

static_assert(!std::is_aggregate_v<Watchdog>);

}  // namespace pentimento::http
