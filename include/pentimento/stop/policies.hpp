#pragma once

#include <pentimento/money.hpp>
#include <pentimento/stop/stop_policy.hpp>
#include <pentimento/stop_reason.hpp>
#include <pentimento/time.hpp>
#include <pentimento/transcript.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pentimento {

namespace detail {

/// A number as short as it can be written: `5`, `0.25`.
inline std::string shortest(double value) {
  char text[400];  // the longest is the smallest number there is: "0.", 323 zeros, and its digits
  return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr};
}

inline std::string counted(int count, const char* one) {
  return std::to_string(count) + ' ' + one + (count == 1 ? "" : "s");
}

}  // namespace detail

/// Fires when the incumbent passes every `must`, of which there is at least one. Text: `satisfied`.
class Satisfied {
 public:
  std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
    const Candidate* best = run.incumbent();
    if (best == nullptr) return std::nullopt;
    const Score score = run.score(*best);
    if (!score.satisfied()) return std::nullopt;
    return StopReason{StopKind::satisfied, describe(),
                      std::to_string(score.musts_passed()) + " of " + std::to_string(score.musts()) + " after round " +
                          std::to_string(run.rounds().back().index())};
  }
  std::string describe() const { return "satisfied"; }
};

/// Fires when the incumbent's score has reached this many per cent, from 0 to 100. Text: `score(90)`.
class ScoreAtLeast {
 public:
  /// What lies outside of 0 to 100 counts as the nearer of the two, and what is no number as 100.
  explicit ScoreAtLeast(double percent) : percent_{std::isnan(percent) ? 100.0 : std::clamp(percent, 0.0, 100.0)} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
    const Candidate* best = run.incumbent();
    if (best == nullptr) return std::nullopt;
    const Score score = run.score(*best);
    if (score.fraction() * 100.0 + 1e-9 < percent_) return std::nullopt;
    return StopReason{StopKind::score, describe(), std::to_string(score.percent()) + " %"};
  }
  std::string describe() const { return "score(" + detail::shortest(percent_) + ')'; }

 private:
  double percent_;
};

/// Fires when so many rounds have been decided; round 0 counts. Text: `rounds(6)`.
class MaxRounds {
 public:
  explicit MaxRounds(int rounds) : rounds_{rounds} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
    const int done = run.finished_rounds();
    if (done < rounds_) return std::nullopt;
    return StopReason{StopKind::rounds, describe(), "after " + detail::counted(done, "round")};
  }
  std::string describe() const { return "rounds(" + std::to_string(rounds_) + ')'; }

 private:
  int rounds_;
};

/// Fires when so many pictures have been asked for; no further one is begun. Text: `images(8)`.
class MaxImages {
 public:
  explicit MaxImages(int images) : images_{images} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
    const int asked = run.images_requested();
    if (asked < images_) return std::nullopt;
    return StopReason{StopKind::images, describe(), "after " + detail::counted(asked, "picture")};
  }
  std::string describe() const { return "images(" + std::to_string(images_) + ')'; }

 private:
  int images_;
};

/// Fires when what was spent and what is set aside together pass a limit: a call that could break the limit is not made.
/// Calls that cost nothing go on. Text: `usd(0.50)`.
class Budget {
 public:
  explicit Budget(Money limit) : limit_{limit} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
    const Money committed = run.ledger().committed();
    if (committed <= limit_) return std::nullopt;
    if (committed == Money::unbounded())
      return StopReason{StopKind::money, describe(), "nobody can say what the next call may cost"};
    return StopReason{
        StopKind::money, describe(),
        "the next call could bring the cost from " + to_string(run.ledger().spent()) + " to " + to_string(committed)};
  }
  std::string describe() const { return "usd(" + to_string(limit_).substr(1) + ')'; }

 private:
  Money limit_;
};

/// Fires when a run has lasted so long; calls under way are cancelled at that moment. Text: `minutes(5)`, `seconds(30)`.
class Deadline {
 public:
  /// What is longer counts as this long: 114 years.
  static constexpr std::chrono::hours longest{1'000'000};

  template <class Rep, class Period>
  explicit Deadline(std::chrono::duration<Rep, Period> limit) : limit_{saturated(limit)} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint now) const {
    if (now - run.started() < limit_) return std::nullopt;
    return StopReason{StopKind::time, describe(), "the time is up"};
  }
  std::string describe() const {
    const double seconds = std::chrono::duration<double>(limit_).count();
    const bool whole_minutes =
        limit_ >= std::chrono::minutes{1} && limit_ % std::chrono::minutes{1} == Duration::zero();
    return whole_minutes ? "minutes(" + detail::shortest(seconds / 60) + ')'
                         : "seconds(" + detail::shortest(seconds) + ')';
  }
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

/// Fires when so many rounds in a row have brought no new incumbent. Text: `plateau(2)`.
class Plateau {
 public:
  explicit Plateau(int rounds) : rounds_{rounds} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
    int idle = 0;
    for (auto round = run.rounds().rbegin(); round != run.rounds().rend(); ++round) {
      if (!round->finished()) continue;
      if (round->accepted()) break;
      ++idle;
    }
    if (idle < rounds_) return std::nullopt;
    return StopReason{StopKind::plateau, describe(), "nothing better in " + detail::counted(idle, "round")};
  }
  std::string describe() const { return "plateau(" + std::to_string(rounds_) + ')'; }

 private:
  int rounds_;
};

/**
 * Fires when the run goes round in circles. Text: `repeats(3)`. Either
 *  - the same prompt has been used by so many rounds that were not meant as the same prompt with other seeds, or
 *  - one requirement still fails in the incumbent after so many rounds that meant to mend it, each with another prompt.
 */
class Repeats {
 public:
  explicit Repeats(int times) : times_{times} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
    int same_prompt = 0;
    const std::string* last = nullptr;
    for (auto round = run.rounds().rbegin(); round != run.rounds().rend(); ++round) {
      if (!round->finished() || round->revision().action() == Action::reseed) continue;
      const std::string& prompt = round->revision().request().prompt();
      if (last == nullptr) last = &prompt;
      same_prompt += prompt == *last ? 1 : 0;
    }
    if (same_prompt >= times_)
      return StopReason{StopKind::repeats, describe(), "the same prompt " + detail::counted(same_prompt, "time")};

    const Candidate* best = run.incumbent();
    if (best == nullptr || !best->critique()) return std::nullopt;
    for (const Finding& finding : best->critique()->findings()) {
      if (finding.verdict() != Verdict::fail) continue;
      const int fixes = fixes_tried(run, finding.requirement());
      if (fixes >= times_) {
        return StopReason{StopKind::repeats, describe(),
                          '"' + finding.requirement() + "\" still fails after " + std::to_string(fixes) +
                              (fixes == 1 ? " fix" : " different fixes")};
      }
    }
    return std::nullopt;
  }
  std::string describe() const { return "repeats(" + std::to_string(times_) + ')'; }

 private:
  static int fixes_tried(const Transcript& run, const std::string& requirement) {
    std::set<std::string> prompts;
    for (const Round& round : run.rounds()) {
      const std::vector<std::string>& targets = round.revision().targets();
      if (round.finished() && std::ranges::find(targets, requirement) != targets.end())
        prompts.insert(round.revision().request().prompt());
    }
    return static_cast<int>(prompts.size());
  }

  int times_;
};

/// Never fires: the run ends when it is cancelled, fails, or the reviser chooses to stop. Text: `never`.
class Never {
 public:
  std::optional<StopReason> operator()(const Transcript&, TimePoint) const { return std::nullopt; }
  std::string describe() const { return "never"; }
};

}  // namespace pentimento
