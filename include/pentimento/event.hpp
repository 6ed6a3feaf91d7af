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

#include <array>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace pentimento {

/// The things that can happen in a run. A `...Started` event is recorded before the call that it announces is made.
namespace event {

struct RunStarted {
  Brief brief;
  RunSettings settings;
  friend bool operator==(const RunStarted&, const RunStarted&) = default;
};

struct PlanStarted {
  Money estimate;
  friend bool operator==(const PlanStarted&, const PlanStarted&) = default;
};

/// The checklist is the user's requirements and what the critic planned.
struct PlanFinished {
  Checklist checklist;
  Charge charge;
  friend bool operator==(const PlanFinished&, const PlanFinished&) = default;
};

/// A round begins; the revision says what is asked, and why. Round 0 restarts from the brief, or takes the user's picture.
struct RoundStarted {
  int round;
  Revision revision;
  friend bool operator==(const RoundStarted&, const RoundStarted&) = default;
};

/// The picture that the user began with takes the place of a generated one.
struct ImageGiven {
  CandidateId id;
  GenerationRequest request;
  Image image;
  friend bool operator==(const ImageGiven&, const ImageGiven&) = default;
};

/// The estimates are the worst cases of the call and of the critique of its picture; both are set aside.
struct GenerationStarted {
  CandidateId id;
  GenerationRequest request;
  Money estimate;
  Money critique_estimate;
  friend bool operator==(const GenerationStarted&, const GenerationStarted&) = default;
};

struct GenerationFinished {
  CandidateId id;
  Generation generation;
  friend bool operator==(const GenerationFinished&, const GenerationFinished&) = default;
};

struct CritiqueStarted {
  CandidateId id;
  Money estimate;
  friend bool operator==(const CritiqueStarted&, const CritiqueStarted&) = default;
};

struct CritiqueFinished {
  CandidateId id;
  Critique critique;
  friend bool operator==(const CritiqueFinished&, const CritiqueFinished&) = default;
};

/// The challenger is shown first, or second when the order is swapped.
struct ComparisonStarted {
  CandidateId challenger;
  CandidateId incumbent;
  bool swapped;
  Money estimate;
  friend bool operator==(const ComparisonStarted&, const ComparisonStarted&) = default;
};

struct ComparisonFinished {
  CandidateId challenger;
  bool swapped;
  Comparison comparison;
  friend bool operator==(const ComparisonFinished&, const ComparisonFinished&) = default;
};

/// A candidate replaced the incumbent, or did not.
struct CandidateDecided {
  CandidateId id;
  Decision decision;
  friend bool operator==(const CandidateDecided&, const CandidateDecided&) = default;
};

struct RoundFinished {
  int round;
  friend bool operator==(const RoundFinished&, const RoundFinished&) = default;
};

struct RevisionStarted {
  Money estimate;
  friend bool operator==(const RevisionStarted&, const RevisionStarted&) = default;
};

/// What the reviser, or the person, wants next; as fitted to what the generator can do.
struct RevisionFinished {
  Revision revision;
  friend bool operator==(const RevisionFinished&, const RevisionFinished&) = default;
};

/// A call ended without a result; the error says why and what it may have cost.
struct CallFailed {
  Call call;
  Error error;
  friend bool operator==(const CallFailed&, const CallFailed&) = default;
};

/// The caller cancelled, the deadline passed, or the run cannot be recorded: what is under way is ended.
struct StopRequested {
  StopReason reason;
  std::optional<Error> error;
  friend bool operator==(const StopRequested&, const StopRequested&) = default;
};

/// The last event of every run.
struct RunStopped {
  StopReason reason;
  std::optional<Error> error;
  friend bool operator==(const RunStopped&, const RunStopped&) = default;
};

}  // namespace event

/// What happened, without when.
using EventBody =
    std::variant<event::RunStarted, event::PlanStarted, event::PlanFinished, event::RoundStarted, event::ImageGiven,
                 event::GenerationStarted, event::GenerationFinished, event::CritiqueStarted, event::CritiqueFinished,
                 event::ComparisonStarted, event::ComparisonFinished, event::CandidateDecided, event::RoundFinished,
                 event::RevisionStarted, event::RevisionFinished, event::CallFailed, event::StopRequested,
                 event::RunStopped>;

/// One thing that happened in a run: numbered from 0 without gaps, and timed.
class Event {
 public:
  Event(std::uint64_t sequence, TimePoint time, EventBody body)
      : sequence_{sequence}, time_{time}, body_{std::move(body)} {}

  std::uint64_t sequence() const noexcept { return sequence_; }
  TimePoint time() const noexcept { return time_; }
  const EventBody& body() const noexcept { return body_; }

  /// The body, if it is of this type; else null. `event.as<event::RunStopped>()`.
  template <class Body>
  const Body* as() const noexcept {
    return std::get_if<Body>(&body_);
  }

  friend bool operator==(const Event&, const Event&) = default;

 private:
  std::uint64_t sequence_;
  TimePoint time_;
  EventBody body_;
};

static_assert(!std::is_aggregate_v<Event>);

/// The names of the events as they stand in JSON, in the order of `EventBody`.
inline constexpr std::array<std::string_view, std::variant_size_v<EventBody>> event_names{
    "run_started",         "plan_started",        "plan_finished",    "round_started",     "image_given",
    "generation_started",  "generation_finished", "critique_started", "critique_finished", "comparison_started",
    "comparison_finished", "candidate_decided",   "round_finished",   "revision_started",  "revision_finished",
    "call_failed",         "stop_requested",      "run_stopped"};
static_assert(!event_names.back().empty());

/// The name of what happened: `generation_finished`.
inline std::string_view name_of(const EventBody& body) noexcept { return event_names[body.index()]; }

namespace detail {

/// One line of text for an event.
class EventPrinter {
 public:
  explicit EventPrinter(std::ostream& out) : out_{out} {}

  void operator()(const event::RunStarted& e) const { out_ << "run started: " << e.brief.goal(); }
  void operator()(const event::PlanStarted&) const { out_ << "planning"; }
  void operator()(const event::PlanFinished& e) const { out_ << "planned " << e.checklist.size() << " items"; }
  void operator()(const event::RoundStarted& e) const {
    out_ << "round " << e.round << ": " << to_string(e.revision.action());
    if (!e.revision.why().empty()) out_ << ", " << e.revision.why();
  }
  void operator()(const event::ImageGiven& e) const { out_ << e.id << ": given, " << e.image.size(); }
  void operator()(const event::GenerationStarted& e) const { out_ << e.id << ": generating"; }
  void operator()(const event::GenerationFinished& e) const {
    out_ << e.id << ": generated " << e.generation.images().front().size();
  }
  void operator()(const event::CritiqueStarted& e) const { out_ << e.id << ": judging"; }
  void operator()(const event::CritiqueFinished& e) const {
    int passed = 0;
    for (const Finding& finding : e.critique.findings()) passed += finding.verdict() == Verdict::pass ? 1 : 0;
    out_ << e.id << ": judged, " << passed << " of " << e.critique.findings().size() << " pass";
  }
  void operator()(const event::ComparisonStarted& e) const {
    out_ << e.challenger << ": compared with " << e.incumbent;
  }
  void operator()(const event::ComparisonFinished& e) const {
    out_ << e.challenger << ": " << to_string(e.comparison.preference()) << " preferred"
         << (e.swapped ? ", shown second" : ", shown first");
  }
  void operator()(const event::CandidateDecided& e) const { out_ << e.id << ": " << e.decision; }
  void operator()(const event::RoundFinished& e) const { out_ << "round " << e.round << " finished"; }
  void operator()(const event::RevisionStarted&) const { out_ << "revising"; }
  void operator()(const event::RevisionFinished& e) const { out_ << "revised by " << e.revision.author(); }
  void operator()(const event::CallFailed& e) const { out_ << to_string(e.call) << " failed: " << e.error; }
  void operator()(const event::StopRequested& e) const { out_ << "stopping: " << e.reason; }
  void operator()(const event::RunStopped& e) const { out_ << "stopped: " << e.reason; }

 private:
  std::ostream& out_;
};

}  // namespace detail

/// One line for people, without a line break.
inline std::ostream& operator<<(std::ostream& out, const Event& event) {
  std::visit(detail::EventPrinter{out}, event.body());
  return out;
}

}  // namespace pentimento
