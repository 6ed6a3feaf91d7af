#pragma once

#include <pentimento/detail/draft_seed.hpp>
#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/loop/acceptance.hpp>
#include <pentimento/money.hpp>
#include <pentimento/revise/rules.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/stop_policy.hpp>
#include <pentimento/transcript.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pentimento {

/// What a loop machine asks of whoever drives it.
namespace command {

/// Record this event, with the next sequence number and the time, and hand it to the machine.
struct Record {
  EventBody body;
};

/// Make the call that the last event announced; hand the machine the event of its end.
struct MakeCall {
  Call call;
};

/// Cancel every call that is under way. Each still ends with an event.
struct CancelCalls {};

/// The run is over.
struct Finish {};

}  // namespace command

using Command = std::variant<command::Record, command::MakeCall, command::CancelCalls, command::Finish>;

/// What the machine has to know of the roles: what they may cost and whether the critic can compare.
struct LoopTerms {
  std::function<Money(const GenerationRequest&)> generate = [](const GenerationRequest&) { return Money{}; };
  Money plan{};
  Money critique{};
  Money compare{};
  Money revise{};
  bool can_compare = false;
  bool takes_seed = true;
  bool takes_negative_prompt = true;
  /// Why the run cannot be started with this brief and these settings, if it cannot.
  std::optional<Error> refusal;
};

/**
 * Decides everything in a run, and does nothing: it takes an event and says what is to be done next.
 *
 * No I/O, no clock (the time is that of the events), no coroutine. Whoever drives it carries out its commands in their
 * order and hands it the events that come of them; the events of a recorded run lead it to the same state again.
 * A run goes: plan, then rounds of drafts that are generated and judged at the same time; when every call of a round
 * has ended its candidates are held against the incumbent, best first; then the policy is asked, and the reviser.
 *
 * Thread safety: none; one driver.
 */
template <class StopPolicy, class Acceptance>
class LoopMachine {
  static_assert(pentimento::StopPolicy<StopPolicy>);
  static_assert(pentimento::Acceptance<Acceptance>);

 public:
  LoopMachine(StopPolicy policy, Acceptance acceptance, LoopTerms terms)
      : policy_{std::move(policy)}, acceptance_{std::move(acceptance)}, terms_{std::move(terms)} {}

  /// The fold of the events so far.
  const Transcript& transcript() const noexcept { return *transcript_; }
  /// The same to keep: it stays as it is now. Costs nothing if it is let go before the next event.
  std::shared_ptr<const Transcript> share() const noexcept { return transcript_; }
  /// Gives the transcript away; the machine is of no use afterwards.
  Transcript release() {
    detach();
    return std::move(*transcript_);
  }

  /// Takes the next event; gives what is to be done now, valid until the next call.
  /// Errors: as for `Transcript::apply`; the machine is as it was then.
  Result<const std::vector<Command>*> step(const Event& event) {
    detach();
    Result<void> applied = transcript_->apply(event);
    if (!applied) return applied.error();
    commands_.clear();
    now_ = event.time();
    std::visit([this](const auto& body) { this->on(body); }, event.body());
    return &commands_;
  }

 private:
  /// Whoever was given the transcript keeps what they saw: where somebody still has it, the machine goes on with a copy.
  void detach() {
    if (transcript_.use_count() > 1) transcript_ = std::make_shared<Transcript>(*transcript_);
    std::atomic_thread_fence(std::memory_order_acquire);  // after what others did before they let go of it
  }

  // What each event leads to -------------------------------------------------------------------------------------------

  void on(const event::RunStarted&) {
    if (terms_.refusal) return stop(failed(terms_.refusal->message()), terms_.refusal);
    if (announce(Call{CallKind::plan}, terms_.plan)) record(event::PlanStarted{terms_.plan});
  }

  void on(const event::PlanStarted&) { make(Call{CallKind::plan}); }

  void on(const event::PlanFinished& e) {
    ended(Call{CallKind::plan});
    if (stopping_) return wind_down();
    if (const Result<void> valid = e.checklist.validate(); !valid) return stop(failed(valid.error().message()), valid.error());
    Revision first = first_revision(transcript_->brief());
    if (!terms_.takes_negative_prompt) first.request(without_negative_prompt(first.request()));
    begin_round(first);
  }

  void on(const event::RoundStarted& e) {
    satisfied_ = false;
    if (takes_given_picture(e.round)) {
      record(event::ImageGiven{CandidateId{0, 0}, e.revision.request(), *transcript_->brief().init_image()});
    } else {
      begin_draft(0);
    }
  }

  void on(const event::ImageGiven& e) { begin_critique(e.id); }

  void on(const event::GenerationStarted& e) {
    make(Call{CallKind::generate, e.id});
    begin_draft(e.id.draft() + 1);
  }

  void on(const event::GenerationFinished& e) {
    ended(Call{CallKind::generate, e.id});
    if (!stopping_ && !satisfied_) begin_critiques(e.id, static_cast<int>(e.generation.images().size()));
    conclude_calls();
  }

  void on(const event::CritiqueStarted& e) { make(Call{CallKind::critique, e.id}); }

  void on(const event::CritiqueFinished& e) {
    ended(Call{CallKind::critique, e.id});
    if (!satisfied_ && !stopping_ && transcript_->settings().on_satisfied() == OnSatisfied::cancel && suffices(e.id)) {
      satisfied_ = true;
      if (!under_way_.empty()) commands_.emplace_back(command::CancelCalls{});
    }
    conclude_calls();
  }

  void on(const event::ComparisonStarted& e) { make(Call{CallKind::compare, e.challenger, e.swapped}); }

  void on(const event::ComparisonFinished& e) {
    ended(Call{CallKind::compare, e.challenger, e.swapped});
    const Preference mine = e.swapped ? Preference::second : Preference::first;
    if (e.comparison.preference() != mine) {
      open_decision_->reason(DecisionReason::not_preferred);
    } else if (e.swapped) {
      open_decision_->reason(DecisionReason::preferred);
    } else if (!stopping_ && begin_comparison(e.challenger, true)) {
      return;
    }
    decide(e.challenger, *std::exchange(open_decision_, std::nullopt));
  }

  void on(const event::CandidateDecided&) { decide_next(); }

  void on(const event::RoundFinished&) {
    if (stopping_) return wind_down();
    const Round& round = transcript_->rounds().back();
    if (!round.judged() && !is_to_be_rephrased(round)) {
      if (std::optional<Error> error = error_of(round)) {
        return stop(failed("round " + std::to_string(round.index()) + " brought nothing that could be judged"),
                    std::move(error));
      }
    }
    if (announce(Call{CallKind::revise}, terms_.revise)) record(event::RevisionStarted{terms_.revise});
  }

  void on(const event::RevisionStarted&) { make(Call{CallKind::revise}); }

  void on(const event::RevisionFinished& e) {
    ended(Call{CallKind::revise});
    if (stopping_) return wind_down();
    if (e.revision.action() == Action::stop) {
      // A person may have had enough; a reviser has no other words.
      const Error* refusal = transcript_->rounds().back().refusal();
      if (refusal != nullptr && e.revision.author() != "person") return stop(failed(e.revision.why()), *refusal);
      return stop(StopReason{StopKind::reviser, "stopped by " + e.revision.author(), e.revision.why()});
    }
    begin_round(e.revision);
  }

  void on(const event::CallFailed& e) {
    ended(e.call);
    const bool wanted = stopping_ || satisfied_;  // it was cancelled, whatever it says of that
    switch (e.call.kind()) {
      case CallKind::plan:
      case CallKind::revise:
        if (!stopping_) return stop(failed(to_string(e.call)), e.error);
        return wind_down();
      case CallKind::compare:
        // The decision stays as open as it was before the comparison, which is: the incumbent stays.
        if (!wanted && stops_on_error()) begin_stop(failed(to_string(e.call)), e.error);
        return decide(*e.call.candidate(), *std::exchange(open_decision_, std::nullopt));
      case CallKind::generate:
      case CallKind::critique:
        if (!wanted && stops_on_error() && !(is_refused_draft(e) && rephrases()))
          begin_stop(failed(to_string(e.call)), e.error);
        return conclude_calls();
    }
  }

  void on(const event::StopRequested& e) {
    begin_stop(e.reason, e.error);
    if (under_way_.empty()) wind_down();
  }

  void on(const event::RunStopped&) { commands_.emplace_back(command::Finish{}); }

  // Rounds -----------------------------------------------------------------------------------------------------------

  bool takes_given_picture(int round) const { return round == 0 && transcript_->brief().init_image().has_value(); }

  void begin_round(const Revision& revision) {
    const int round = static_cast<int>(transcript_->rounds().size());
    const CandidateId first{round, 0};
    std::vector<Ledger::Entry> worst;
    if (!takes_given_picture(round))
      worst.emplace_back(Call{CallKind::generate, first}, Charge::estimated(terms_.generate(revision.request())));
    worst.emplace_back(Call{CallKind::critique, first}, Charge::estimated(terms_.critique));
    if (permitted(worst)) record(event::RoundStarted{round, revision});
  }

  /// Announces a draft, if there is to be one more and the policy lets it.
  void begin_draft(int draft) {
    const Round& round = transcript_->rounds().back();
    if (stopping_ || satisfied_ || draft >= transcript_->settings().drafts()) return conclude_calls();
    const CandidateId id{round.index(), draft};
    GenerationRequest request = round.revision().request();
    if (!terms_.takes_seed) {
      request.seed(std::nullopt);
    } else if (draft > 0 || !request.seed()) {
      request.seed(detail::draft_seed(transcript_->settings().seed(), round.index(), draft));
    }
    const Money cost = terms_.generate(request);
    const Call call{CallKind::generate, id};
    // A draft is begun only if its critique can be paid as well. A round that has begun goes on with the drafts it has.
    if (refusal({{call, Charge::estimated(cost)}, {Call{CallKind::critique, id}, Charge::estimated(terms_.critique)}}))
      return conclude_calls();
    under_way_.push_back(call);
    record(event::GenerationStarted{id, std::move(request), cost, terms_.critique});
  }

  /// Whether a candidate passes every must, and the run would end with it.
  bool suffices(CandidateId id) {
    if (!transcript_->score(*transcript_->find(id)).satisfied()) return false;
    Transcript then = *transcript_;
    const Result<void> accepted =
        then.apply(Event{then.events(), now_, event::CandidateDecided{id, Decision{DecisionReason::more_musts}}});
    const Result<void> finished =
        then.apply(Event{then.events(), now_, event::RoundFinished{then.rounds().back().index()}});
    if (!accepted || !finished) return false;
    try {
      return policy_(then, now_).has_value();
    } catch (...) {
      begin_stop_for_exception("the stop policy");
      return false;
    }
  }

  /// Announces the critiques of a draft's pictures. That of the first was set aside with the draft; the policy is asked
  /// about the others, and a picture whose critique it forbids stays unjudged.
  void begin_critiques(CandidateId draft, int images) {
    begin_critique(draft);
    std::vector<Ledger::Entry> more;
    for (int i = 1; i < images; ++i) {
      const CandidateId id{draft.round(), draft.draft(), i};
      more.emplace_back(Call{CallKind::critique, id}, Charge::estimated(terms_.critique));
      if (forbids(more)) return;
      begin_critique(id);
    }
  }

  void begin_critique(CandidateId id) {
    under_way_.emplace_back(CallKind::critique, id);
    record(event::CritiqueStarted{id, terms_.critique});
  }

  /// Once every draft has ended and every picture is judged: holds the candidates against the incumbent, best first.
  void conclude_calls() {
    if (!under_way_.empty()) return;
    if (transcript_->rounds().empty() || transcript_->rounds().back().finished()) return wind_down();
    undecided_.clear();
    for (const Candidate& candidate : transcript_->rounds().back().candidates()) {
      if (!candidate.decision()) undecided_.push_back(candidate.id());
    }
    std::ranges::sort(undecided_, [this](CandidateId a, CandidateId b) {
      return ranks_before(*transcript_->find(a), *transcript_->find(b));
    });
    decide_next();
  }

  bool ranks_before(const Candidate& a, const Candidate& b) const {
    if (a.critique().has_value() != b.critique().has_value()) return a.critique().has_value();
    const Score mine = transcript_->score(a);
    const Score theirs = transcript_->score(b);
    if (mine.musts_passed() != theirs.musts_passed()) return mine.musts_passed() > theirs.musts_passed();
    if (mine.fraction() != theirs.fraction()) return mine.fraction() > theirs.fraction();
    return a.id() < b.id();
  }

  void decide_next() {
    if (undecided_.empty()) return record(event::RoundFinished{transcript_->rounds().back().index()});
    const CandidateId id = undecided_.front();
    undecided_.erase(undecided_.begin());
    const Candidate& challenger = *transcript_->find(id);
    const Candidate* incumbent = transcript_->incumbent();
    if (!challenger.critique()) return decide(id, Decision{DecisionReason::unjudged});
    if (incumbent == nullptr) return decide(id, Decision{DecisionReason::first});
    Decision decision = weigh(challenger, *incumbent);
    const bool open = decision.reason() == DecisionReason::tie || decision.reason() == DecisionReason::within_dead_band;
    if (open && terms_.can_compare && !stopping_) {
      open_decision_ = std::move(decision);
      if (begin_comparison(id, false)) return;
      decision = *std::exchange(open_decision_, std::nullopt);
    }
    decide(id, std::move(decision));
  }

  /// What the acceptance says. One that throws ends the run; the incumbent stays.
  Decision weigh(const Candidate& challenger, const Candidate& incumbent) {
    try {
      return acceptance_(transcript_->checklist(), challenger, incumbent);
    } catch (...) {
      begin_stop_for_exception("the acceptance");
      return Decision{DecisionReason::unjudged};
    }
  }

  void decide(CandidateId id, Decision decision) { record(event::CandidateDecided{id, std::move(decision)}); }

  /// Announces a comparison with the incumbent, unless the policy forbids the call. One order alone decides nothing, so
  /// that the first is made only if the second can be paid as well.
  bool begin_comparison(CandidateId challenger, bool swapped) {
    const Call call{CallKind::compare, challenger, swapped};
    std::vector<Ledger::Entry> worst{{call, Charge::estimated(terms_.compare)}};
    if (!swapped) worst.emplace_back(Call{CallKind::compare, challenger, true}, Charge::estimated(terms_.compare));
    if (forbids(worst)) return false;
    under_way_.push_back(call);
    record(event::ComparisonStarted{challenger, *transcript_->incumbent_id(), swapped, terms_.compare});
    return true;
  }

  // Stopping ---------------------------------------------------------------------------------------------------------

  static StopReason failed(std::string what) { return StopReason{StopKind::failed, "failed", std::move(what)}; }

  bool stops_on_error() const { return transcript_->settings().on_error() == OnError::stop; }

  bool rephrases() const { return transcript_->settings().on_refusal() == OnRefusal::rephrase; }

  static bool is_refused_draft(const event::CallFailed& e) {
    return e.call.kind() == CallKind::generate && e.error.code() == errc::refused;
  }

  bool is_to_be_rephrased(const Round& round) const { return rephrases() && round.refusal() != nullptr; }

  static std::optional<Error> error_of(const Round& round) {
    for (const Candidate& candidate : round.candidates()) {
      if (candidate.error()) return candidate.error();
    }
    for (const Draft& draft : round.drafts()) {
      if (draft.error()) return draft.error();
    }
    return std::nullopt;
  }

  /// What the policy says with these calls' worst cases set aside. A policy that throws ends the run.
  std::optional<StopReason> refusal(const std::vector<Ledger::Entry>& worst) {
    return with_set_aside(worst, [this] { return policy_(*transcript_, now_); });
  }

  /// Whether the policy forbids calls that a round needs to be judged to its end. Only what they cost can speak against
  /// them: that there are enough rounds or pictures is no reason not to look at those that there are.
  bool forbids(const std::vector<Ledger::Entry>& worst) {
    const auto is_free = [](const Ledger::Entry& entry) { return entry.charge().amount().is_zero(); };
    if (std::ranges::all_of(worst, is_free)) return false;
    return with_set_aside(worst, [this] { return detail::cost_reason(policy_, *transcript_, now_); }).has_value();
  }

  template <class Ask>
  std::optional<StopReason> with_set_aside(const std::vector<Ledger::Entry>& worst, Ask ask) {
    for (const Ledger::Entry& entry : worst) transcript_->ledger_.reserve(entry.call(), entry.charge().amount());
    std::optional<StopReason> reason;
    try {
      reason = ask();
    } catch (...) {
      begin_stop_for_exception("the stop policy");
      reason = stopping_;
    }
    for (const Ledger::Entry& entry : worst) transcript_->ledger_.release(entry.call());
    return reason;
  }

  /// Whether the policy lets these calls be made; if not, the run ends. Nothing is under way.
  bool permitted(const std::vector<Ledger::Entry>& worst) {
    std::optional<StopReason> reason = refusal(worst);
    if (reason) stop(std::move(*reason), failure_);
    return !reason;
  }

  bool announce(const Call& call, Money worst) {
    if (!permitted({{call, Charge::estimated(worst)}})) return false;
    under_way_.push_back(call);
    return true;
  }

  /// Ends the run now: nothing is under way.
  void stop(StopReason reason, std::optional<Error> error = std::nullopt) {
    record(event::RunStopped{std::move(reason), std::move(error)});
  }

  /// Ends the run as soon as what is under way has ended.
  void begin_stop(StopReason reason, std::optional<Error> error) {
    if (stopping_) return;
    stopping_ = std::move(reason);
    failure_ = std::move(error);
    if (!under_way_.empty()) commands_.emplace_back(command::CancelCalls{});
  }

  /// As `begin_stop`, because of the exception that is being handled.
  void begin_stop_for_exception(std::string_view thrower) {
    const Error error = error_from_current_exception(thrower);
    begin_stop(failed(error.message()), error);
  }

  /// Nothing is under way and the run is to stop: decides what was judged, then ends.
  void wind_down() {
    if (!stopping_) return;
    if (!transcript_->rounds().empty() && !transcript_->rounds().back().finished()) return conclude_calls();
    stop(*stopping_, failure_);
  }

  // Commands ---------------------------------------------------------------------------------------------------------

  void record(EventBody body) { commands_.emplace_back(command::Record{std::move(body)}); }
  /// Makes a call that was announced; but not one that was announced before it was known that the run is to stop.
  void make(const Call& call) {
    if (!stopping_) {
      commands_.emplace_back(command::MakeCall{call});
    } else {
      record(event::CallFailed{call, Error{errc::cancelled, to_string(call) + " was not made: the run is to stop"}});
    }
  }
  void ended(const Call& call) { std::erase(under_way_, call); }

  StopPolicy policy_;
  Acceptance acceptance_;
  LoopTerms terms_;
  std::shared_ptr<Transcript> transcript_ = std::make_shared<Transcript>();
  TimePoint now_{};
  std::vector<Command> commands_;
  std::vector<Call> under_way_;         // announced and not ended
  std::vector<CandidateId> undecided_;  // of the round that is being decided, best first
  std::optional<Decision> open_decision_;
  bool satisfied_ = false;  // a draft of this round passes every must; the others are being cancelled
  std::optional<StopReason> stopping_;
  std::optional<Error> failure_;
};

}  // namespace pentimento
