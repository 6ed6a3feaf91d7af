#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/error.hpp>
#include <pentimento/score.hpp>
#include <pentimento/stop_reason.hpp>
#include <pentimento/transcript.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// The result of a run, however it ended: its transcript, why it stopped, and the best image.
class Outcome {
 public:
  /// For `co_spawn` only, which needs it: a failed run without events.
  Outcome() = default;
  /// **Parameters**: the transcript of a run. `broken_off` is the error if its last events could not be recorded, or if it
  /// could not be resumed: such a run has failed, whatever its transcript says.
  explicit Outcome(Transcript transcript, std::optional<Error> broken_off = std::nullopt)
      : transcript_{std::move(transcript)}, broken_off_{std::move(broken_off)} {}

  const Transcript& transcript() const noexcept { return transcript_; }

  /// Returns why the run ended.
  const StopReason& reason() const {
    if (broken_off_) {
      static const StopReason unrecorded{StopKind::failed, "failed", "the run cannot be recorded"};
      static const StopReason not_resumed{StopKind::failed, "failed", "the run was not resumed"};
      return broken_off_->code() == errc::observer_failed ? unrecorded : not_resumed;
    }
    if (transcript_.stop_reason()) return *transcript_.stop_reason();
    static const StopReason never{StopKind::failed, "failed", "the run broke off"};
    return never;
  }

  /// The error that ended the run; empty if none did.
  const std::optional<Error>& error() const noexcept { return broken_off_ ? broken_off_ : transcript_.error(); }

  /// True if there is an image.
  bool has_best() const noexcept { return best_candidate() != nullptr; }

  /// Returns the best accepted candidate. If none was judged, returns the first candidate.
  /// **Errors**: throws `Failure` if there is no image, with the error of the run or with `invalid_argument`.
  const Candidate& best() const& {
    if (const Candidate* best = best_candidate()) return *best;
    throw Failure{error() ? *error() : Error{errc::invalid_argument, "the run ended without an image"}};
  }
  /// Returns a copy, because the outcome is a temporary.
  Candidate best() && { return std::as_const(*this).best(); }

  /// Returns the score of the best candidate; an empty score if there is none.
  Score score() const noexcept {
    const Candidate* best = best_candidate();
    return best == nullptr ? Score{} : transcript_.score(*best);
  }

  /// Returns what nobody judged in the best candidate: see `pentimento::unjudged`. Everything if it has no critique.
  std::vector<std::string> unjudged() const {
    const Candidate* best = best_candidate();
    const bool is_judged = best != nullptr && best->critique();
    return pentimento::unjudged(transcript_.checklist(), is_judged ? *best->critique() : Critique{});
  }
  /// True if every part of the brief was judged in the best candidate, so that "satisfied" covers the whole brief.
  bool fully_judged() const { return score().items() > 0 && unjudged().empty(); }

 private:
  const Candidate* best_candidate() const noexcept {
    if (const Candidate* incumbent = transcript_.incumbent()) return incumbent;
    for (const Round& round : transcript_.rounds()) {
      if (!round.candidates().empty()) return &round.candidates().front();
    }
    return nullptr;
  }

  Transcript transcript_;
  std::optional<Error> broken_off_;
};

static_assert(!std::is_aggregate_v<Outcome>);

}  // namespace pentimento
