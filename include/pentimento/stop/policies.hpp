#pragma once

#include <pentimento/money.hpp>
#include <pentimento/stop/stop_policy.hpp>
#include <pentimento/stop_reason.hpp>
#include <pentimento/time.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace pentimento {

namespace detail {

/// Returns a number as short as it can be written: `5`, `0.25`.
std::string shortest(double value);

}  // namespace detail

/// Fires when the incumbent passes every `must` or, if there is none, every `should`. Text: `satisfied`.
class Satisfied {
 public:
  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;
  bool needs_verdicts() const { return true; }
};

/// Fires when the incumbent's score has reached a percentage. Text: `score(90)`.
class ScoreAtLeast {
 public:
  /// **Parameters**: a percentage from 0 to 100. **Throws** `Failure` with `invalid_argument` for any other.
  explicit ScoreAtLeast(double percent);

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;
  bool needs_verdicts() const { return true; }

 private:
  double percent_;
};

/// Fires after this many rounds; round 0 counts. At 0 or below, before the first call. Text: `rounds(6)`.
class MaxRounds {
 public:
  explicit MaxRounds(int rounds) : rounds_{rounds} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;

 private:
  int rounds_;
};

/// Fires when this many images were requested, or the next call could exceed them. At 0 or below, at once. Text: `images(8)`.
class MaxImages {
 public:
  explicit MaxImages(int images) : images_{images} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;

 private:
  int images_;
};

/// Fires when the cost could exceed a limit, with the worst cases of the calls in progress and of the next call. With a
/// limit of 0, before the first call that may cost something. Text: `usd(0.50)`.
class Budget {
 public:
  explicit Budget(Money limit) : limit_{limit} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;

 private:
  Money limit_;
};

/// Fires when a run has lasted this long, and cancels the calls in progress. Text: `minutes(5)`, `seconds(30)`.
class Deadline {
 public:
  /// The longest limit: 114 years. A longer limit is set to this, a negative one to 0, which fires at once.
  static constexpr std::chrono::hours longest{1'000'000};

  template <class Rep, class Period>
  explicit Deadline(std::chrono::duration<Rep, Period> limit) : limit_{saturated(limit)} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;
  std::optional<TimePoint> deadline(TimePoint started) const { return started + limit_; }

 private:
  template <class Rep, class Period>
  static Duration saturated(std::chrono::duration<Rep, Period> limit) {
    const std::chrono::duration<double> seconds = limit;
    if (!(seconds < longest)) return longest;
    return seconds > Duration::zero() ? std::chrono::duration_cast<Duration>(limit) : Duration::zero();
  }

  Duration limit_;
};

/// Fires after this many rounds in a row without a new incumbent. At 0 or below, at once. Text: `plateau(2)`.
class Plateau {
 public:
  explicit Plateau(int rounds) : rounds_{rounds} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;
  bool needs_verdicts() const { return true; }

 private:
  int rounds_;
};

/**
 * Fires when a run repeats itself; at 0 or below, at once. Text: `repeats(3)`. Either
 *  - this many rounds had the prompt of the last one, itself included; rounds with the action `reseed` do not count; or
 *  - a requirement still fails in the incumbent after rounds with this many different prompts targeted it.
 */
class Repeats {
 public:
  explicit Repeats(int times) : times_{times} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;

 private:
  int times_;
};

/// Never fires: a run ends when it is cancelled, when it fails, or when the reviser stops it. Text: `never`.
class Never {
 public:
  std::optional<StopReason> operator()(const Prospect&) const { return std::nullopt; }
  std::string describe() const { return "never"; }
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/stop/policies.ipp>
#endif
