#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/round.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/score.hpp>
#include <pentimento/stop_reason.hpp>
#include <pentimento/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace pentimento {

/**
 * A whole run as a value: **the fold of its events**. The same events always give the same transcript.
 *
 * Applying events in their order is the only way to make or change a transcript: everything in it comes from an event.
 */
class Transcript {
 public:
  /// A run that has not begun.
  Transcript() = default;

  /// Adds one event. Events come in the order of their sequence numbers, from 0 and without gaps; the first is
  /// `RunStarted`. **Errors**: `invalid_argument` for an event that cannot follow those before it; nothing changes then.
  Result<void> apply(const Event& event);

  const Brief& brief() const noexcept { return *brief_; }
  const RunSettings& settings() const noexcept { return settings_; }
  const Checklist& checklist() const noexcept { return *checklist_; }
  /// The brief and the checklist, with shared ownership.
  const std::shared_ptr<const Brief>& shared_brief() const noexcept { return brief_; }
  const std::shared_ptr<const Checklist>& shared_checklist() const noexcept { return checklist_; }
  const std::vector<Round>& rounds() const noexcept { return rounds_; }
  const Ledger& ledger() const noexcept { return ledger_; }
  /// The failed calls, except generations and critiques, whose errors are in the draft or candidate.
  const std::vector<event::CallFailed>& failures() const noexcept { return failures_; }

  /// The best candidate so far, by the loop's acceptance; null if none has been judged.
  const Candidate* incumbent() const noexcept { return incumbent_ ? find(*incumbent_) : nullptr; }
  const std::optional<CandidateId>& incumbent_id() const noexcept { return incumbent_; }

  /// Returns the candidate with this id, or null.
  const Candidate* find(CandidateId id) const noexcept;

  /// Returns the score of a candidate; an empty score if it was not judged.
  Score score(const Candidate& candidate) const noexcept;

  /// The number of rounds that have been decided.
  int finished_rounds() const noexcept;
  /// The number of rounds that were decided since the incumbent last changed.
  int rounds_without_gain() const noexcept;
  /// The number of images that were requested, including those in progress.
  int images_requested() const noexcept;

  TimePoint started() const noexcept { return started_; }
  /// The time of the last event.
  TimePoint updated() const noexcept { return updated_; }
  /// The number of events.
  std::uint64_t events() const noexcept { return events_; }

  /// Why the run ended, once it has; and the error, if one ended it.
  const std::optional<StopReason>& stop_reason() const noexcept { return stop_reason_; }
  const std::optional<Error>& error() const noexcept { return error_; }

  friend bool operator==(const Transcript& a, const Transcript& b);

 private:
  Result<void> fold(const event::RunStarted& e, TimePoint);
  Result<void> fold(const event::PlanStarted& e, TimePoint);
  Result<void> fold(const event::PlanFinished& e, TimePoint);
  Result<void> fold(const event::RoundStarted& e, TimePoint time);
  Result<void> fold(const event::ImageGiven& e, TimePoint);
  Result<void> fold(const event::GenerationStarted& e, TimePoint time);
  Result<void> fold(const event::GenerationFinished& e, TimePoint time);
  Result<void> fold(const event::CritiqueStarted& e, TimePoint);
  Result<void> fold(const event::CritiqueFinished& e, TimePoint);
  Result<void> fold(const event::ComparisonStarted& e, TimePoint);
  Result<void> fold(const event::ComparisonFinished& e, TimePoint);
  Result<void> fold(const event::CandidateDecided& e, TimePoint);
  Result<void> fold(const event::RoundFinished& e, TimePoint time);
  Result<void> fold(const event::RevisionStarted& e, TimePoint);
  Result<void> fold(const event::RevisionFinished& e, TimePoint);
  Result<void> fold(const event::CallFailed& e, TimePoint time);
  Result<void> fold(const event::StopRequested& e, TimePoint);
  Result<void> fold(const event::RunStopped& e, TimePoint);

  void reserve(const Call& call, Money worst_case);
  bool in_last_round(CandidateId id) const noexcept;
  Draft* draft(CandidateId id) noexcept;
  Candidate* candidate(CandidateId id) noexcept { return const_cast<Candidate*>(find(id)); }

  std::shared_ptr<const Brief> brief_ = std::make_shared<const Brief>(std::string{});
  RunSettings settings_;
  std::shared_ptr<const Checklist> checklist_ = std::make_shared<const Checklist>();
  std::vector<Round> rounds_;
  std::optional<CandidateId> incumbent_;
  Ledger ledger_;
  std::vector<event::CallFailed> failures_;
  TimePoint started_{};
  TimePoint updated_{};
  std::uint64_t events_ = 0;
  std::optional<StopReason> stop_reason_;
  std::optional<Error> error_;
};

static_assert(!std::is_aggregate_v<Transcript>);

/// Returns the transcript of recorded events. **Errors**: as for `Transcript::apply`.
Result<Transcript> fold(std::span<const Event> events);

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/transcript.ipp>
#endif
