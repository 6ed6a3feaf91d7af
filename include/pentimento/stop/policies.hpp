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

/// Fires when this many rounds have been decided; round 0 counts. Text: `rounds(6)`.
class MaxRounds {
 public:
  explicit MaxRounds(int rounds) : rounds_{rounds} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;

 private:
  int rounds_;
};

/// Fires when this many images have been asked for; a call that could bring more is not made. Text: `images(8)`.
class MaxImages {
 public:
  explicit MaxImages(int images) : images_{images} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;

 private:
  int images_;
};

/// Fires when the money that is spent and reserved would pass a limit: a call that could break the limit is not made. Calls
/// that are free go on. Text: `usd(0.50)`.
class Budget {
 public:
  explicit Budget(Money limit) : limit_{limit} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;

 private:
  Money limit_;
};

/// Fires when a run has lasted this long; calls under way are cancelled at that moment. Text: `minutes(5)`, `seconds(30)`.
class Deadline {
 public:
  /// The longest limit: 114 years. A longer one counts as this.
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

/// Fires when this many rounds in a row have brought no new incumbent. Text: `plateau(2)`.
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
 * Fires when the run goes round in circles. Text: `repeats(3)`. Either
 *  - the same prompt has been used by this many rounds that were not meant as the same prompt with other seeds, or
 *  - one requirement still fails in the incumbent after this many rounds that targeted it, each with another prompt.
 */
class Repeats {
 public:
  explicit Repeats(int times) : times_{times} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const;
  std::string describe() const;

 private:
  int times_;
};

/// Never fires: the run ends when it is cancelled, fails, or the reviser chooses to stop. Text: `never`.
class Never {
 public:
  std::optional<StopReason> operator()(const Prospect&) const { return std::nullopt; }
  std::string describe() const { return "never"; }
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/stop/policies.ipp>
#endif
