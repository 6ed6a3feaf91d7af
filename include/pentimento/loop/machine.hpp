#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/loop/acceptance.hpp>
#include <pentimento/money.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/stop_policy.hpp>
#include <pentimento/time.hpp>
#include <pentimento/transcript.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pentimento {

/// The request of a call: for a plan, a generation, a critique, a comparison or a revision.
using CallRequest = std::variant<Brief, GenerationRequest, CritiqueRequest, ComparisonRequest, RevisionRequest>;

/// The result of a call.
using CallResult = std::variant<Plan, Generation, Critique, Comparison, Revision, Error>;

/// Returns the wait before a call is retried: none before the first attempt, then 1, 4, 16 and 60 s.
Duration retry_wait(int earlier_attempts);

/// The commands of a loop machine to its driver.
namespace command {

/// Record this event, with the next sequence number and the time, and hand it to the machine.
struct Record {
  EventBody body;
};

/// Make the call that the last event announced; record what `LoopMachine::conclude` makes of its result.
struct MakeCall {
  Call call;
  CallRequest request;
  Duration wait{};  ///< How long to wait before the call is made.
};

/// Cancel every call in progress. Each still ends with an event.
struct CancelCalls {};

/// The run is over.
struct Finish {};

}  // namespace command

using Command = std::variant<command::Record, command::MakeCall, command::CancelCalls, command::Finish>;

/// What the machine knows about the roles of a run. It never calls them.
struct RoleFacts {
  Capabilities capabilities{"generator"};
  bool can_compare = false;
  /// The worst-case cost of a call of each kind.
  std::function<Money(const GenerationRequest&)> generation_cost = [](const GenerationRequest&) { return Money{}; };
  /// Why the first request of a run or its checklist would be rejected: see `Generator::validate` and `Critic::validate`.
  std::function<std::optional<Error>(const GenerationRequest&)> request_error = [](const auto&) {
    return std::nullopt;
  };
  std::function<std::optional<Error>(const Brief&, const Checklist&)> checklist_error = [](const auto&, const auto&) {
    return std::nullopt;
  };
  Money plan_cost{};
  Money critique_cost{};
  Money comparison_cost{};
  Money revision_cost{};
};

/// What a resumed run does about a call that was in progress when the run was interrupted.
enum class AfterInterruption {
  make_again,     ///< It is free, so it is made again.
  fail,           ///< It counts as failed. Unless it was being cancelled, it is retried as after a transient error.
  needs_consent,  ///< It may have been billed, and is made again only if the caller agrees.
};

/// Returns why a run cannot be started with this brief and these settings; nothing if they are valid.
std::optional<Error> validate(const Brief& brief, const RunSettings& settings, const Capabilities& capabilities);

/**
 * The state machine of a run. It makes all decisions and no calls: it takes an event and returns the next commands.
 *
 * No I/O, no clock (the time is that of the events), no coroutine. The driver carries out the commands in order and passes
 * the resulting events to the machine. The events of a recorded run lead to the same state again.
 * A run is a plan, then rounds of drafts, which are generated and judged concurrently. When every call of a round has
 * ended, its candidates are compared with the incumbent, best first. Then the stop policy is asked, then the reviser.
 *
 * A plan, critique, comparison or revision that fails with a transient error is retried `RunSettings::critique_retries` times;
 * a generation is not, because its image may have been made. An image that is still unjudged is judged at the start of the
 * next round, which makes no image if that fails. After `critique_retries` such rounds in a row the run fails. The
 * critiques of an image together never cost more than their estimate, which is the cost of one for each attempt.
 *
 * **Thread safety**: not thread-safe.
 */
class LoopMachine {
 public:
  LoopMachine(AnyStopPolicy policy, AnyAcceptance acceptance, RoleFacts roles);
  LoopMachine(const LoopMachine&);
  LoopMachine(LoopMachine&&) noexcept;
  LoopMachine& operator=(const LoopMachine&) = delete;
  LoopMachine& operator=(LoopMachine&&) = delete;
  ~LoopMachine();

  /// The fold of the events so far.
  const Transcript& transcript() const noexcept { return *transcript_; }
  /// Returns an immutable snapshot. Makes no copy if it is released before the next `step`.
  std::shared_ptr<const Transcript> snapshot() const noexcept { return transcript_; }
  /// Moves the transcript out; the machine cannot be used afterwards.
  Transcript release();

  /// Takes the next event and returns the next commands. **Errors**: as for `Transcript::apply`; the state does not change.
  Result<std::vector<Command>> step(const Event& event);

  /// Returns the event that records how a call ended. A plan becomes the checklist, a revision is fitted to the generator.
  EventBody conclude(const Call& call, CallResult result) const;
  /// Returns the event of a cancelled call that did not end in time. It may have been billed.
  EventBody conclude_late(const Call& call) const;
  /// Returns the event of an interrupted call that is not made again. It may have been billed.
  EventBody conclude_interrupted(const Call& call) const;

  /// Returns what a resumed run does about an interrupted call.
  AfterInterruption after_interruption(const Call& call) const;
  /// Announces an interrupted call again, with the caller's consent. If the stop policy prevents it, the run ends.
  std::vector<Command> repeat(const Call& call);

  /// The deadline of the stop policy, if it has one and the run has started.
  const std::optional<TimePoint>& deadline() const noexcept { return deadline_; }

  /// Each of these asks the run to end as soon as the calls in progress have been cancelled. They return the commands to
  /// carry out first: none if the run is ending already.
  std::vector<Command> cancel();
  std::vector<Command> expire(TimePoint now);
  std::vector<Command> fail_to_record(const Error& why);

  /// The error if the run cannot be recorded: it has failed then, whatever its stop reason.
  const std::optional<Error>& record_error() const noexcept { return record_error_; }

 private:
  void on(const event::RunStarted&);
  void on(const event::PlanStarted&);
  void on(const event::PlanFinished& e);
  void on(const event::RoundStarted& e);
  void on(const event::ImageGiven& e);
  void on(const event::GenerationStarted& e);
  void on(const event::GenerationFinished& e);
  void on(const event::CritiqueStarted& e);
  void on(const event::CritiqueFinished& e);
  void on(const event::ComparisonStarted& e);
  void on(const event::ComparisonFinished& e);
  void on(const event::CandidateDecided&);
  void on(const event::RoundFinished&);
  void on(const event::RevisionStarted&);
  void on(const event::RevisionFinished& e);
  void on(const event::CallFailed& e);
  void on(const event::StopRequested& e);
  void on(const event::RunStopped&);

  // Rounds
  bool takes_given_image(int round) const;
  void begin_round(const Revision& revision);
  void begin_draft(int draft);
  void begin_critiques(CandidateId draft, int images);
  void begin_critique(CandidateId id, Money worst_case);
  bool begin_retry(const Call& call);
  bool begin_late_critiques();
  bool can_be_judged_late(const Candidate& candidate) const;
  std::optional<Error> reason_to_give_up(const Round& round) const;
  Money critiques_cost() const;
  bool begin_comparison(CandidateId challenger, bool swapped);
  bool suffices(CandidateId id);
  void conclude_calls();
  bool ranks_before(const Candidate& a, const Candidate& b) const;
  void decide_next();
  Decision weigh(const Candidate& challenger, const Candidate& incumbent);
  void decide(CandidateId id, Decision decision);

  // The stop policy
  Prospect prospect() const noexcept;
  std::optional<StopReason> ask(const Prospect& prospect);
  bool permits(CallKind call, Money worst_case);
  bool announce(const Call& call, Money worst_case);

  // Stopping
  bool rephrases() const;
  void stop(StopReason reason, std::optional<Error> error = std::nullopt);
  void begin_stop(StopReason reason, std::optional<Error> error);
  void begin_stop_for_exception(std::string_view thrower);
  Error left_open(errc code, std::string why, const Call& call) const;
  void wind_down();
  std::vector<Command> request_stop(StopReason reason, std::optional<Error> error = std::nullopt);

  // Commands
  bool is_open(const Call& call) const;
  Money reserved(const Call& call) const;
  void record(EventBody body);
  void make(const Call& call, CallRequest request, Duration wait = {});
  void ended(const Call& call);
  void detach();

  AnyStopPolicy policy_;
  AnyAcceptance acceptance_;
  RoleFacts roles_;
  std::shared_ptr<Transcript> transcript_ = std::make_shared<Transcript>();
  TimePoint now_{};
  std::vector<Command> commands_;
  std::vector<Call> in_progress_;       // announced and not ended
  std::vector<CandidateId> undecided_;  // in the current round, best first
  std::optional<Decision> open_decision_;
  bool repeats_ = false;       // the event that is being taken announces an open call again
  bool judging_late_ = false;  // images of earlier rounds are being judged, before this round makes any
  bool satisfied_ = false;     // a draft of this round passes every must; the others are cancelled
  std::optional<TimePoint> deadline_;
  bool stop_requested_ = false;  // `StopRequested` was recorded, or will be next
  std::optional<StopReason> stopping_;
  std::optional<Error> failure_;
  std::optional<Error> record_error_;
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/loop/machine.ipp>
#endif
