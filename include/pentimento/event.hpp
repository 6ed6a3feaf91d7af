#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/money.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop_reason.hpp>
#include <pentimento/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace pentimento {

/// What can happen in a run. A `...Started` event is recorded before the call that it announces is made. If it is recorded again
/// before the call has ended, the run was interrupted and makes the call again: the first may have been billed. The `name` of
/// each is its type in JSON.
namespace event {

struct RunStarted {
  static constexpr std::string_view name = "run_started";
  Brief brief;
  RunSettings settings;
  friend bool operator==(const RunStarted&, const RunStarted&) = default;
};

/// The critic is asked which requirements it can judge.
struct PlanStarted {
  static constexpr std::string_view name = "plan_started";
  Money estimate;
  friend bool operator==(const PlanStarted&, const PlanStarted&) = default;
};

/// The checklist: the user's requirements, those that the critic planned, and what nobody judges.
struct PlanFinished {
  static constexpr std::string_view name = "plan_finished";
  Checklist checklist;
  Charge charge;
  friend bool operator==(const PlanFinished&, const PlanFinished&) = default;
};

/// A round begins. The revision says what is requested, and why. Round 0 restarts from the brief or takes its init
/// image.
struct RoundStarted {
  static constexpr std::string_view name = "round_started";
  int round;
  Revision revision;
  friend bool operator==(const RoundStarted&, const RoundStarted&) = default;
};

/// The brief's init image became a candidate. Nothing is generated.
struct ImageGiven {
  static constexpr std::string_view name = "image_given";
  CandidateId id;
  GenerationRequest request;
  Image image;
  friend bool operator==(const ImageGiven&, const ImageGiven&) = default;
};

/// The estimates are the worst-case costs of the call and of the critique of its image. Both are reserved.
struct GenerationStarted {
  static constexpr std::string_view name = "generation_started";
  CandidateId id;
  GenerationRequest request;
  Money estimate;
  Money critique_estimate;
  friend bool operator==(const GenerationStarted&, const GenerationStarted&) = default;
};

struct GenerationFinished {
  static constexpr std::string_view name = "generation_finished";
  CandidateId id;
  Generation generation;
  friend bool operator==(const GenerationFinished&, const GenerationFinished&) = default;
};

struct CritiqueStarted {
  static constexpr std::string_view name = "critique_started";
  CandidateId id;
  Money estimate;
  friend bool operator==(const CritiqueStarted&, const CritiqueStarted&) = default;
};

struct CritiqueFinished {
  static constexpr std::string_view name = "critique_finished";
  CandidateId id;
  Critique critique;
  friend bool operator==(const CritiqueFinished&, const CritiqueFinished&) = default;
};

/// The challenger is shown first; second if the order is swapped.
struct ComparisonStarted {
  static constexpr std::string_view name = "comparison_started";
  CandidateId challenger;
  CandidateId incumbent;
  bool swapped;
  Money estimate;
  friend bool operator==(const ComparisonStarted&, const ComparisonStarted&) = default;
};

struct ComparisonFinished {
  static constexpr std::string_view name = "comparison_finished";
  CandidateId challenger;
  bool swapped;
  Comparison comparison;
  friend bool operator==(const ComparisonFinished&, const ComparisonFinished&) = default;
};

/// A candidate was accepted as the new incumbent, or rejected.
struct CandidateDecided {
  static constexpr std::string_view name = "candidate_decided";
  CandidateId id;
  Decision decision;
  friend bool operator==(const CandidateDecided&, const CandidateDecided&) = default;
};

struct RoundFinished {
  static constexpr std::string_view name = "round_finished";
  int round;
  friend bool operator==(const RoundFinished&, const RoundFinished&) = default;
};

struct RevisionStarted {
  static constexpr std::string_view name = "revision_started";
  Money estimate;
  friend bool operator==(const RevisionStarted&, const RevisionStarted&) = default;
};

/// The revision of the reviser or person, fitted to the generator.
struct RevisionFinished {
  static constexpr std::string_view name = "revision_finished";
  Revision revision;
  friend bool operator==(const RevisionFinished&, const RevisionFinished&) = default;
};

/// A call ended without a result. The error says why, and what it may have cost.
struct CallFailed {
  static constexpr std::string_view name = "call_failed";
  Call call;
  Error error;
  friend bool operator==(const CallFailed&, const CallFailed&) = default;
};

/// The run was asked to end: the caller cancelled, the deadline passed, or events cannot be recorded. Open calls are
/// cancelled.
struct StopRequested {
  static constexpr std::string_view name = "stop_requested";
  StopReason reason;
  std::optional<Error> error;
  friend bool operator==(const StopRequested&, const StopRequested&) = default;
};

/// The last event of every run.
struct RunStopped {
  static constexpr std::string_view name = "run_stopped";
  StopReason reason;
  std::optional<Error> error;
  friend bool operator==(const RunStopped&, const RunStopped&) = default;
};

}  // namespace event

/// The content of an event, without its time.
using EventBody =
    std::variant<event::RunStarted, event::PlanStarted, event::PlanFinished, event::RoundStarted, event::ImageGiven,
                 event::GenerationStarted, event::GenerationFinished, event::CritiqueStarted, event::CritiqueFinished,
                 event::ComparisonStarted, event::ComparisonFinished, event::CandidateDecided, event::RoundFinished,
                 event::RevisionStarted, event::RevisionFinished, event::CallFailed, event::StopRequested,
                 event::RunStopped>;

/// An event of a run. Events are numbered from 0 without gaps.
class Event {
 public:
  Event(std::uint64_t sequence, TimePoint time, EventBody body);
  Event(const Event& other);
  Event(Event&& other) noexcept;
  Event& operator=(const Event& other);
  Event& operator=(Event&& other) noexcept;
  ~Event();

  std::uint64_t sequence() const noexcept { return sequence_; }
  TimePoint time() const noexcept { return time_; }
  const EventBody& body() const noexcept { return body_; }

  /// The body if it is of this type, else null: `event.as<event::RunStopped>()`.
  template <class Body>
  const Body* as() const noexcept {
    return std::get_if<Body>(&body_);
  }

  friend bool operator==(const Event& a, const Event& b);

 private:
  std::uint64_t sequence_;
  TimePoint time_;
  EventBody body_;
};

static_assert(!std::is_aggregate_v<Event>);

/// The type of an event as it stands in JSON: `generation_finished`.
std::string_view name_of(const EventBody& body) noexcept;

/// The call that an event announces; none for other events.
std::optional<Call> announced_call(const EventBody& body);
/// The call that an event ends; none for other events.
std::optional<Call> ended_call(const EventBody& body);
/// The calls that were announced and have not ended, in the order of their (last) announcements.
std::vector<Call> open_calls(std::span<const Event> events);

namespace detail {

/// The text with each run of line breaks and control characters (C0, DEL, C1) replaced by one space.
std::string one_line(std::string_view text);

}  // namespace detail

/// One line for people, without control characters: `0a: generated 1024x1024`.
std::string to_string(const EventBody& body);

std::ostream& operator<<(std::ostream& out, const Event& event);

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/event.ipp>
#endif
