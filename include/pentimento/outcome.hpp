#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/error.hpp>
#include <pentimento/stop_reason.hpp>
#include <pentimento/transcript.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What a run leaves behind, however it ended: everything that was there, why it stopped, and the best picture.
class Outcome {
 public:
  /// Of a run that broke off; `co_spawn` needs it, users do not.
  Outcome() = default;
  /// The transcript is of a run that has stopped; `unrecorded` is why it could not be recorded to its last event, if it
  /// could not: whatever it would have been, it has failed then.
  explicit Outcome(Transcript transcript, std::optional<Error> unrecorded = std::nullopt)
      : transcript_{std::move(transcript)}, unrecorded_{std::move(unrecorded)} {}

  const Transcript& transcript() const noexcept { return transcript_; }

  /// Why the run ended.
  const StopReason& reason() const {
    if (unrecorded_) {
      static const StopReason unrecorded{StopKind::failed, "failed", "the run cannot be recorded"};
      return unrecorded;
    }
    if (transcript_.stop_reason()) return *transcript_.stop_reason();
    static const StopReason never{StopKind::failed, "failed", "the run broke off"};
    return never;
  }

  /// The error that ended the run, if one did.
  const std::optional<Error>& error() const noexcept { return unrecorded_ ? unrecorded_ : transcript_.error(); }

  /// Whether there is a picture at all.
  bool has_best() const noexcept { return best_candidate() != nullptr; }

  /// The best accepted candidate; where none could be judged, the first picture that was made.
  /// Throws `Failure` when there is no picture: the run's error, or `errc::invalid_argument`.
  const Candidate& best() const& {
    if (const Candidate* best = best_candidate()) return *best;
    throw Failure{error() ? *error() : Error{errc::invalid_argument, "the run ended without a picture"}};
  }
  /// Of an outcome that is about to go: a copy.
  Candidate best() && { return std::as_const(*this).best(); }

  /// The score of the best candidate.
  Score score() const noexcept {
    const Candidate* best = best_candidate();
    return best == nullptr ? Score{} : transcript_.score(*best);
  }

 private:
  const Candidate* best_candidate() const noexcept {
    if (const Candidate* incumbent = transcript_.incumbent()) return incumbent;
    for (const Round& round : transcript_.rounds()) {
      if (!round.candidates().empty()) return &round.candidates().front();
    }
    return nullptr;
  }

  Transcript transcript_;
  std::optional<Error> unrecorded_;
};

static_assert(!std::is_aggregate_v<Outcome>);

}  // namespace pentimento
