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
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace pentimento {

/// What can happen in a run. A `...Started` event is recorded before the call that it announces is made. The `name` of
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

/// The checklist: the user's requirements and those that the critic planned.
struct PlanFinished {
  static constexpr std::string_view name = "plan_finished";
  Checklist checklist;
  Charge charge;
  friend bool operator==(const PlanFinished&, const PlanFinished&) = default;
};

/// A round begins. The revision says what is requested, and why. Round 0 restarts from the brief or takes its init image.
struct RoundStarted {
  static constexpr std::string_view name = "round_started";
  int round;
  Revision revision;
  friend bool operator==(const RoundStarted&, const RoundStarted&) = default;
};

/// The brief's init image becomes a candidate. Nothing is generated.
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

/// What the reviser, or the person, wants next, fitted to what the generator can do.
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

/// The run is to end: the caller cancelled, the deadline passed, or events cannot be recorded. Open calls are cancelled.
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

/// What happened, without when.
using EventBody =
    std::variant<event::RunStarted, event::PlanStarted, event::PlanFinished, event::RoundStarted, event::ImageGiven,
                 event::GenerationStarted, event::GenerationFinished, event::CritiqueStarted, event::CritiqueFinished,
                 event::ComparisonStarted, event::ComparisonFinished, event::CandidateDecided, event::RoundFinished,
                 event::RevisionStarted, event::RevisionFinished, event::CallFailed, event::StopRequested,
                 event::RunStopped>;

/// One thing that happened in a run. Events are numbered from 0 without gaps.
class Event {
 public:
  Event(std::uint64_t sequence, TimePoint time, EventBody body)
      : sequence_{sequence}, time_{time}, body_{std::move(body)} {}

  std::uint64_t sequence() const noexcept { return sequence_; }
  TimePoint time() const noexcept { return time_; }
  const EventBody& body() const noexcept { return body_; }

  /// The body if it is of this type, else null: `event.as<event::RunStopped>()`.
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

/// The type of an event as it stands in JSON: `generation_finished`.
inline std::string_view name_of(const EventBody& body) noexcept {
  return std::visit([](const auto& event) { return std::remove_cvref_t<decltype(event)>::name; }, body);
}

namespace detail {

/// Writes what an event says to people.
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
    const std::vector<Image>& images = e.generation.images();
    out_ << e.id << ": generated ";
    images.empty() ? out_ << "nothing" : out_ << images.front().size();
    if (images.size() > 1) out_ << " and " << images.size() - 1 << " more";
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
  void operator()(const event::RevisionFinished& e) const {
    out_ << "revised by " << (e.revision.author().empty() ? "nobody" : e.revision.author());
  }
  void operator()(const event::CallFailed& e) const { out_ << to_string(e.call) << " failed: " << e.error; }
  void operator()(const event::StopRequested& e) const { out_ << "stopping: " << e.reason; }
  void operator()(const event::RunStopped& e) const { out_ << "stopped: " << e.reason; }

 private:
  std::ostream& out_;
};

/// The text with each run of line breaks and control characters (C0, DEL, C1) replaced by one space.
inline std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool gap = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c1 = byte == 0xC2 && i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xE0) == 0x80;
    if (byte < 0x20 || byte == 0x7F || is_c1) {
      gap = true;
      i += is_c1 ? 1 : 0;
      continue;
    }
    if (std::exchange(gap, false) && !line.empty() && line.back() != ' ' && byte != ' ') line += ' ';
    line += text[i];
  }
  return line;
}

}  // namespace detail

/// One line for people, without control characters: `0a: generated 1024x1024`.
inline std::string to_string(const EventBody& body) {
  std::ostringstream out;
  out.exceptions(std::ios::badbit);  // a stream would swallow std::bad_alloc and cut the line
  std::visit(detail::EventPrinter{out}, body);
  return detail::one_line(out.str());
}

inline std::ostream& operator<<(std::ostream& out, const Event& event) { return out << to_string(event.body()); }

}  // namespace pentimento
