#pragma once

#include <pentimento/detail/draft_seed.hpp>
#include <pentimento/detail/inline.hpp>
#include <pentimento/detail/request_limits.hpp>
#include <pentimento/loop/machine.hpp>
#include <pentimento/revise/rules.hpp>
#include <pentimento/score.hpp>
#include <pentimento/stop/policies.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>

namespace pentimento {

namespace detail {

PENTIMENTO_INLINE StopReason failed(std::string what) {
  return StopReason{StopKind::failed, "failed", std::move(what)};
}

PENTIMENTO_INLINE std::string not_made(const Call& call) {
  return to_string(call) + " was not made: the run is to stop";
}

/// Why a run ends before its first image: no critic judges anything of it.
PENTIMENTO_INLINE Error nobody_judges(const Transcript& run) {
  const std::string& critic = run.settings().critic();
  return Error{errc::invalid_argument,
               (run.checklist().empty() ? "the checklist is empty: " : "no item of the checklist has a critic: ") +
                   (critic.empty() ? "the critic" : critic) +
                   " can judge nothing of this brief; add a requirement that it can judge (--must), choose another "
                   "critic (--critic), or go on unjudged until images(4) (--until)"};
}

PENTIMENTO_INLINE bool is_refused_draft(const event::CallFailed& e) {
  return e.call.kind() == CallKind::generate && e.error.code() == errc::refused;
}

PENTIMENTO_INLINE std::optional<Error> first_error(const Round& round) {
  for (const Candidate& candidate : round.candidates()) {
    if (candidate.error()) return candidate.error();
  }
  for (const Draft& draft : round.drafts()) {
    if (draft.error()) return draft.error();
  }
  return std::nullopt;
}

}  // namespace detail

PENTIMENTO_INLINE Duration retry_wait(int earlier_attempts) {
  constexpr std::chrono::seconds longest{60};
  std::chrono::seconds wait{earlier_attempts == 0 ? 0 : 1};
  for (int i = 1; i < earlier_attempts && wait < longest; ++i) wait *= 4;
  return std::min(wait, longest);
}

PENTIMENTO_INLINE std::optional<Error> validate(const Brief& brief, const RunSettings& settings,
                                                const Capabilities& capabilities) {
  const auto invalid = [](std::string why) { return Error{errc::invalid_argument, std::move(why)}; };
  const auto blank = [](const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; };
  if (blank(brief.goal())) return invalid("the brief is empty: say what the image is to show");
  for (const Requirement& requirement : brief.requirements()) {
    if (!(requirement.weight() > 0 && requirement.weight() <= max_weight)) {
      return invalid("requirement " + requirement.id() +
                     " has a weight out of range; above 0 and at most a million are accepted");
    }
    if (blank(requirement.text()))
      return invalid("requirement " + requirement.id() + " is empty: say what is to hold in the image");
  }
  if (const Result<void> valid = validate(settings); !valid) return valid.error();
  if (brief.aspect_ratio() && (brief.aspect_ratio()->width() == 0 || brief.aspect_ratio()->height() == 0))
    return invalid("the aspect ratio has a side of 0; two sides above 0 are accepted, as in 16:9");
  if (const std::optional<PixelSize> size = size_for(brief)) {
    const auto [shortest, longest] = std::minmax({size->width(), size->height()});
    if (shortest < capabilities.min_side() || longest > capabilities.max_side()) {
      return invalid("the size " + to_string(*size) + " is out of range: " + capabilities.name() + " accepts " +
                     std::to_string(capabilities.min_side()) + " to " + std::to_string(capabilities.max_side()) +
                     " pixels a side");
    }
  }
  if (const std::string prompt = request_for(brief, capabilities).prompt();
      !detail::accepts_prompt(prompt, capabilities)) {
    return invalid("the brief has " + std::to_string(detail::count_characters(prompt)) +
                   " characters with its requirements, which is too long; " + capabilities.name() + " accepts " +
                   std::to_string(capabilities.max_prompt_characters()));
  }
  if (brief.init_image() && settings.keep_init_image() == KeepInitImage::always)
    return detail::validate_init_image(*brief.init_image(), capabilities);
  return std::nullopt;
}

PENTIMENTO_INLINE LoopMachine::LoopMachine(AnyStopPolicy policy, AnyAcceptance acceptance, RoleFacts roles)
    : policy_{std::move(policy)}, acceptance_{std::move(acceptance)}, roles_{std::move(roles)} {}
PENTIMENTO_INLINE LoopMachine::LoopMachine(const LoopMachine&) = default;
PENTIMENTO_INLINE LoopMachine::LoopMachine(LoopMachine&&) noexcept = default;
PENTIMENTO_INLINE LoopMachine::~LoopMachine() = default;

PENTIMENTO_INLINE Transcript LoopMachine::release() {
  detach();
  return std::move(*transcript_);
}

PENTIMENTO_INLINE Result<std::vector<Command>> LoopMachine::step(const Event& event) {
  detach();
  const std::optional<Call> announced = announced_call(event.body());
  // What is reserved for a critique is so since its generation began.
  repeats_ = announced && announced->kind() != CallKind::critique && is_open(*announced);
  Result<void> applied = transcript_->apply(event);
  if (!applied) return applied.error();
  commands_.clear();
  now_ = event.time();
  std::visit([this](const auto& body) { this->on(body); }, event.body());
  return std::exchange(commands_, {});
}

/// Copies the transcript if somebody else holds it.
PENTIMENTO_INLINE void LoopMachine::detach() {
  if (transcript_.use_count() > 1) transcript_ = std::make_shared<Transcript>(*transcript_);
  std::atomic_thread_fence(std::memory_order_acquire);  // after what others did before they released it
}

PENTIMENTO_INLINE EventBody LoopMachine::conclude(const Call& call, CallResult result) const {
  struct Concluding {
    EventBody operator()(Plan plan) const {
      return event::PlanFinished{Checklist::of(run.brief().requirements(), plan), plan.charge()};
    }
    EventBody operator()(Generation generation) const {
      return event::GenerationFinished{*call.candidate(), std::move(generation)};
    }
    EventBody operator()(Critique critique) const {
      return event::CritiqueFinished{*call.candidate(), std::move(critique)};
    }
    EventBody operator()(Comparison comparison) const {
      return event::ComparisonFinished{*call.candidate(), call.swapped(), std::move(comparison)};
    }
    EventBody operator()(Revision revision) const {
      return event::RevisionFinished{fit_revision(std::move(revision), run, capabilities)};
    }
    EventBody operator()(Error error) const { return event::CallFailed{call, std::move(error)}; }

    const Call& call;
    const Transcript& run;
    const Capabilities& capabilities;
  };
  return std::visit(Concluding{call, *transcript_, roles_.capabilities}, std::move(result));
}

PENTIMENTO_INLINE EventBody LoopMachine::conclude_late(const Call& call) const {
  return event::CallFailed{call,
                           left_open(errc::cancelled, " was cancelled and left behind: it did not end in time", call)};
}

PENTIMENTO_INLINE EventBody LoopMachine::conclude_interrupted(const Call& call) const {
  return event::CallFailed{call,
                           left_open(errc::outcome_unknown, " was in progress when the run was interrupted", call)};
}

PENTIMENTO_INLINE AfterInterruption LoopMachine::after_interruption(const Call& call) const {
  if (stopping_ || satisfied_) return AfterInterruption::fail;
  if (reserved(call).is_zero()) return AfterInterruption::make_again;
  const bool has_retries = transcript_->ledger().attempts(call) < transcript_->settings().critique_retries();
  const bool is_retried = call.kind() == CallKind::critique || (call.kind() != CallKind::generate && has_retries);
  return is_retried ? AfterInterruption::fail : AfterInterruption::needs_consent;
}

PENTIMENTO_INLINE std::vector<Command> LoopMachine::repeat(const Call& call) {
  Money cost;
  std::optional<EventBody> announcement;
  switch (call.kind()) {
    case CallKind::plan:
      cost = roles_.plan_cost;
      announcement = event::PlanStarted{cost};
      break;
    case CallKind::generate: {
      const std::vector<Draft>& drafts = transcript_->rounds().back().drafts();
      const GenerationRequest& request = std::ranges::find(drafts, *call.candidate(), &Draft::id)->request();
      cost = roles_.generation_cost(request);
      announcement = event::GenerationStarted{*call.candidate(), request, cost, critiques_cost()};
      break;
    }
    case CallKind::critique: return {};  // it is retried instead
    case CallKind::compare:
      cost = roles_.comparison_cost;
      announcement = event::ComparisonStarted{*call.candidate(), *transcript_->incumbent_id(), call.swapped(), cost};
      break;
    case CallKind::revise:
      cost = roles_.revision_cost;
      announcement = event::RevisionStarted{cost};
      break;
  }
  std::vector<Command> commands;
  // What was reserved for the first time still counts as committed, as it will when it may have been billed.
  if (std::optional<StopReason> reason = ask(prospect().before(call.kind(), cost))) {
    commands = request_stop(std::move(*reason));
    commands.emplace_back(command::Record{conclude_interrupted(call)});
  } else {
    commands.emplace_back(command::Record{std::move(*announcement)});
  }
  return commands;
}

/// The error of a call whose end nobody has seen.
PENTIMENTO_INLINE Error LoopMachine::left_open(errc code, std::string why, const Call& call) const {
  Error error{code, to_string(call) + std::move(why)};
  const Money worst_case = reserved(call);
  if (!worst_case.is_zero()) error.charge(Charge::maybe_billed(worst_case));
  return error;
}

// What each event leads to ---------------------------------------------------------------------------------------------

PENTIMENTO_INLINE void LoopMachine::on(const event::RunStarted&) {
  const Brief& brief = transcript_->brief();
  GenerationRequest first = fit_revision(first_revision(brief), *transcript_, roles_.capabilities).request();
  if (transcript_->settings().keep_init_image() == KeepInitImage::always) first.init_image(brief.init_image());
  std::optional<Error> error = validate(brief, transcript_->settings(), roles_.capabilities);
  if (!error) error = roles_.request_error(first);
  if (!error) error = roles_.checklist_error(brief, Checklist{brief.requirements(), {}});
  if (error) {
    const std::string why = error->message();
    return stop(detail::failed(why), std::move(error));
  }
  try {
    deadline_ = policy_.deadline(now_);
    // The clock counts nanoseconds: a deadline beyond its range never passes.
    if (deadline_ && *deadline_ > now_ + Deadline::longest) deadline_.reset();
  } catch (...) {
    begin_stop_for_exception("the stop policy");
    return wind_down();
  }
  // A checklist is useless if the policy permits no image.
  if (!permits(CallKind::generate, roles_.generation_cost(first) + critiques_cost())) return;
  if (announce(Call{CallKind::plan}, roles_.plan_cost)) record(event::PlanStarted{roles_.plan_cost});
}

PENTIMENTO_INLINE void LoopMachine::on(const event::PlanStarted&) {
  const Call call{CallKind::plan};
  make(call, transcript_->brief(), retry_wait(transcript_->ledger().attempts(call)));
}

PENTIMENTO_INLINE void LoopMachine::on(const event::PlanFinished& e) {
  ended(Call{CallKind::plan});
  if (stopping_) return wind_down();
  if (const Result<void> valid = e.checklist.validate(); !valid)
    return stop(detail::failed(valid.error().message()), valid.error());
  if (!e.checklist.has_judge() && policy_.needs_verdicts()) {
    Error error = detail::nobody_judges(*transcript_);
    return stop(detail::failed("nobody can judge what is asked for"), std::move(error));
  }
  if (const std::optional<Error> error = roles_.checklist_error(transcript_->brief(), e.checklist))
    return stop(detail::failed(error->message()), error);
  begin_round(fit_revision(first_revision(transcript_->brief()), *transcript_, roles_.capabilities));
}

PENTIMENTO_INLINE void LoopMachine::on(const event::RoundStarted& e) {
  satisfied_ = false;
  if (takes_given_image(e.round)) {
    record(event::ImageGiven{CandidateId{0, 0}, e.revision.request(), *transcript_->brief().init_image()});
  } else if (!begin_late_critiques()) {
    begin_draft(0);
  }
}

PENTIMENTO_INLINE void LoopMachine::on(const event::ImageGiven& e) { begin_critique(e.id, critiques_cost()); }

PENTIMENTO_INLINE void LoopMachine::on(const event::GenerationStarted& e) {
  make(Call{CallKind::generate, e.id}, e.request);
  if (!repeats_) begin_draft(e.id.draft() + 1);
}

PENTIMENTO_INLINE void LoopMachine::on(const event::GenerationFinished& e) {
  ended(Call{CallKind::generate, e.id});
  if (!stopping_ && !satisfied_) begin_critiques(e.id, static_cast<int>(e.generation.images().size()));
  conclude_calls();
}

PENTIMENTO_INLINE void LoopMachine::on(const event::CritiqueStarted& e) {
  make(Call{CallKind::critique, e.id},
       CritiqueRequest{transcript_->shared_brief(), transcript_->shared_checklist(), *transcript_->find(e.id)},
       retry_wait(transcript_->ledger().attempts(Call{CallKind::critique, e.id})));
}

PENTIMENTO_INLINE void LoopMachine::on(const event::CritiqueFinished& e) {
  ended(Call{CallKind::critique, e.id});
  if (!satisfied_ && !stopping_ && transcript_->settings().on_satisfied() == OnSatisfied::cancel && suffices(e.id)) {
    satisfied_ = true;
    if (!in_progress_.empty()) commands_.emplace_back(command::CancelCalls{});
  }
  conclude_calls();
}

PENTIMENTO_INLINE void LoopMachine::on(const event::ComparisonStarted& e) {
  const Candidate& first = *transcript_->find(e.swapped ? e.incumbent : e.challenger);
  const Candidate& second = *transcript_->find(e.swapped ? e.challenger : e.incumbent);
  make(Call{CallKind::compare, e.challenger, e.swapped},
       ComparisonRequest{transcript_->shared_brief(), transcript_->shared_checklist(), first, second},
       retry_wait(transcript_->ledger().attempts(Call{CallKind::compare, e.challenger, e.swapped})));
}

PENTIMENTO_INLINE void LoopMachine::on(const event::ComparisonFinished& e) {
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

PENTIMENTO_INLINE void LoopMachine::on(const event::CandidateDecided&) { decide_next(); }

PENTIMENTO_INLINE void LoopMachine::on(const event::RoundFinished&) {
  if (stopping_) return wind_down();
  const Round& round = transcript_->rounds().back();
  const bool is_to_be_rephrased = rephrases() && round.refusal() != nullptr;
  if (!round.judged() && !is_to_be_rephrased) {
    if (std::optional<Error> error = reason_to_give_up(round)) {
      return stop(detail::failed("round " + std::to_string(round.index()) + " brought nothing that could be judged"),
                  std::move(error));
    }
  }
  if (announce(Call{CallKind::revise}, roles_.revision_cost)) record(event::RevisionStarted{roles_.revision_cost});
}

PENTIMENTO_INLINE void LoopMachine::on(const event::RevisionStarted&) {
  const Call call{CallKind::revise};
  make(call, RevisionRequest{snapshot(), roles_.capabilities}, retry_wait(transcript_->ledger().attempts(call)));
}

PENTIMENTO_INLINE void LoopMachine::on(const event::RevisionFinished& e) {
  ended(Call{CallKind::revise});
  if (stopping_) return wind_down();
  if (e.revision.action() == Action::stop) {
    // A reviser that stops after a refusal has no prompt left; a person may stop for any reason.
    const Error* refusal = transcript_->rounds().back().refusal();
    if (refusal != nullptr && e.revision.author() != "person") return stop(detail::failed(e.revision.why()), *refusal);
    return stop(StopReason{StopKind::reviser, "stopped by " + e.revision.author(), e.revision.why()});
  }
  begin_round(e.revision);
}

PENTIMENTO_INLINE void LoopMachine::on(const event::CallFailed& e) {
  ended(e.call);
  const bool was_cancelled = stopping_ || satisfied_;  // whatever its error says
  const bool stops = !was_cancelled && transcript_->settings().on_error() == OnError::stop;
  switch (e.call.kind()) {
    case CallKind::plan:
    case CallKind::revise:
      if (e.error.transient() && begin_retry(e.call)) return;
      if (!stopping_) return stop(detail::failed(to_string(e.call)), e.error);
      return wind_down();
    case CallKind::compare:
      if (e.error.transient() && begin_retry(e.call)) return;
      // The decision stays as open as it was before the comparison, so the incumbent stays.
      if (stops) begin_stop(detail::failed(to_string(e.call)), e.error);
      return decide(*e.call.candidate(), *std::exchange(open_decision_, std::nullopt));
    case CallKind::generate:
    case CallKind::critique:
      if (e.call.kind() == CallKind::critique && e.error.transient() && begin_retry(e.call)) return;
      if (stops && !(detail::is_refused_draft(e) && rephrases()))
        begin_stop(detail::failed(to_string(e.call)), e.error);
      return conclude_calls();
  }
}

PENTIMENTO_INLINE void LoopMachine::on(const event::StopRequested& e) {
  // Without a call in progress, the next event is queued already; recording it winds down.
  stop_requested_ = true;
  begin_stop(e.reason, e.error);
}

PENTIMENTO_INLINE void LoopMachine::on(const event::RunStopped&) { commands_.emplace_back(command::Finish{}); }

// Rounds -----------------------------------------------------------------------------------------------------------------

PENTIMENTO_INLINE bool LoopMachine::takes_given_image(int round) const {
  return round == 0 && transcript_->brief().init_image().has_value();
}

PENTIMENTO_INLINE void LoopMachine::begin_round(const Revision& revision) {
  const int round = static_cast<int>(transcript_->rounds().size());
  const Money generation = takes_given_image(round) ? Money{} : roles_.generation_cost(revision.request());
  if (permits(CallKind::generate, generation + critiques_cost())) record(event::RoundStarted{round, revision});
}

/// Announces a draft, if the round has one more and the policy permits it.
PENTIMENTO_INLINE void LoopMachine::begin_draft(int draft) {
  const Round& round = transcript_->rounds().back();
  const RunSettings& settings = transcript_->settings();
  if (stopping_ || satisfied_ || draft >= settings.drafts()) return conclude_calls();
  const CandidateId id{round.index(), draft};
  GenerationRequest request = round.revision().request();
  if (!roles_.capabilities.seed()) {
    request.seed(std::nullopt);
  } else if (draft > 0 || !request.seed()) {
    request.seed(detail::draft_seed(settings.seed(), round.index(), draft));
  }
  const Money cost = roles_.generation_cost(request);
  // A draft is started only if its critique can be paid too. A round continues with the drafts it has.
  if (ask(prospect().before(CallKind::generate, cost + critiques_cost()))) return conclude_calls();
  in_progress_.emplace_back(CallKind::generate, id);
  record(event::GenerationStarted{id, std::move(request), cost, critiques_cost()});
}

/// Announces the critiques of a draft's images. That of the first is reserved with the draft. The policy is asked about the
/// others; an image whose critique it prevents stays unjudged.
PENTIMENTO_INLINE void LoopMachine::begin_critiques(CandidateId draft, int images) {
  begin_critique(draft, critiques_cost());
  Money further;
  for (int i = 1; i < images; ++i) {
    further += critiques_cost();
    if (!further.is_zero() && ask(prospect().before(CallKind::critique, further))) return;
    begin_critique(CandidateId{draft.round(), draft.draft(), i}, critiques_cost());
  }
}

PENTIMENTO_INLINE void LoopMachine::begin_critique(CandidateId id, Money worst_case) {
  in_progress_.emplace_back(CallKind::critique, id);
  record(event::CritiqueStarted{id, worst_case});
}

/// The worst-case cost of the critiques of one image, retries included.
PENTIMENTO_INLINE Money LoopMachine::critiques_cost() const {
  Money cost = roles_.critique_cost;
  for (int i = 0; i < transcript_->settings().critique_retries(); ++i) cost += roles_.critique_cost;
  return cost;
}

/// Announces a failed call again, unless its retries are used up or the policy prevents it. Never a generation.
PENTIMENTO_INLINE bool LoopMachine::begin_retry(const Call& call) {
  if (stopping_ || satisfied_ || judging_late_ ||
      transcript_->ledger().attempts(call) > transcript_->settings().critique_retries())
    return false;
  if (call.kind() == CallKind::compare) return begin_comparison(*call.candidate(), call.swapped());
  const Money cost = call.kind() == CallKind::plan       ? roles_.plan_cost
                     : call.kind() == CallKind::critique ? roles_.critique_cost
                                                         : roles_.revision_cost;
  if (!cost.is_zero() && ask(prospect().before(call.kind(), cost))) return false;
  if (call.kind() == CallKind::critique) return begin_critique(*call.candidate(), cost), true;
  in_progress_.push_back(call);
  call.kind() == CallKind::plan ? record(event::PlanStarted{cost}) : record(event::RevisionStarted{cost});
  return true;
}

/// Announces the critiques of images that could not be judged in an earlier round. Returns false if there are none, or the
/// policy prevents them.
PENTIMENTO_INLINE bool LoopMachine::begin_late_critiques() {
  Money cost;
  for (const Round& round : transcript_->rounds()) {
    for (const Candidate& candidate : round.candidates()) {
      if (!can_be_judged_late(candidate)) continue;
      cost += roles_.critique_cost;
      if (!cost.is_zero() && ask(prospect().before(CallKind::critique, cost))) return judging_late_;
      judging_late_ = true;
      begin_critique(candidate.id(), roles_.critique_cost);
    }
  }
  return judging_late_;
}

/// True if an image could not be judged for a reason that may have passed, and one more critique keeps to what was estimated
/// for it.
PENTIMENTO_INLINE bool LoopMachine::can_be_judged_late(const Candidate& candidate) const {
  if (candidate.critique() || !candidate.error() || !candidate.error()->transient()) return false;
  Money cost = roles_.critique_cost;
  for (const Ledger::Entry& entry : transcript_->ledger().entries()) {
    if (entry.call() == Call{CallKind::critique, candidate.id()}) cost += entry.charge().amount();
  }
  return transcript_->settings().critique_retries() > 0 && cost <= critiques_cost();
}

/// Why it is pointless to go on after a round that judged none of its images; nothing if they may be judged later.
PENTIMENTO_INLINE std::optional<Error> LoopMachine::reason_to_give_up(const Round& round) const {
  const std::vector<Round>& rounds = transcript_->rounds();
  const auto is_idle = [](const Round& r) { return r.drafts().empty() && r.candidates().empty(); };
  const auto idle = std::ranges::find_if_not(rounds.rbegin(), rounds.rend(), is_idle) - rounds.rbegin();
  const Candidate* unjudged = nullptr;
  for (const Round& each : rounds) {
    for (const Candidate& candidate : each.candidates()) {
      if (candidate.critique() || !candidate.error()) continue;
      if (can_be_judged_late(candidate) && idle < transcript_->settings().critique_retries()) return std::nullopt;
      unjudged = &candidate;
    }
  }
  std::optional<Error> error = detail::first_error(round);
  if (!error && is_idle(round) && unjudged != nullptr) error = unjudged->error();
  return error;
}

/// Announces a comparison with the incumbent, unless the policy prevents it. One order alone decides nothing, so the first
/// is made only if the second can be paid as well.
PENTIMENTO_INLINE bool LoopMachine::begin_comparison(CandidateId challenger, bool swapped) {
  const Money cost = roles_.comparison_cost;
  if (!cost.is_zero() && ask(prospect().before(CallKind::compare, swapped ? cost : cost + cost))) return false;
  in_progress_.emplace_back(CallKind::compare, challenger, swapped);
  record(event::ComparisonStarted{challenger, *transcript_->incumbent_id(), swapped, cost});
  return true;
}

/// True if a candidate passes every must, and the run would end with it.
PENTIMENTO_INLINE bool LoopMachine::suffices(CandidateId id) {
  if (!transcript_->score(*transcript_->find(id)).satisfied()) return false;
  return ask(prospect().supposing(id)).has_value() && !stopping_;
}

/// Once every draft has ended and every image is judged: compares the candidates with the incumbent, best first.
PENTIMENTO_INLINE void LoopMachine::conclude_calls() {
  if (!in_progress_.empty()) return;
  if (transcript_->rounds().empty() || transcript_->rounds().back().finished()) return wind_down();
  const auto is_undecided = [](const Candidate& each) { return !each.decision() || each.judged_late(); };
  undecided_.clear();
  for (const Round& round : transcript_->rounds()) {
    for (const Candidate& candidate : round.candidates()) {
      if (is_undecided(candidate)) undecided_.push_back(candidate.id());
    }
  }
  // The critic works again, so new images can be judged too.
  if (std::exchange(judging_late_, false) && !undecided_.empty()) return begin_draft(0);
  std::ranges::sort(undecided_, [this](CandidateId a, CandidateId b) {
    return ranks_before(*transcript_->find(a), *transcript_->find(b));
  });
  decide_next();
}

PENTIMENTO_INLINE bool LoopMachine::ranks_before(const Candidate& a, const Candidate& b) const {
  if (a.critique().has_value() != b.critique().has_value()) return a.critique().has_value();
  const Score mine = transcript_->score(a);
  const Score theirs = transcript_->score(b);
  if (mine.musts_passed() != theirs.musts_passed()) return mine.musts_passed() > theirs.musts_passed();
  if (mine.fraction() != theirs.fraction()) return mine.fraction() > theirs.fraction();
  return a.id() < b.id();
}

PENTIMENTO_INLINE void LoopMachine::decide_next() {
  if (undecided_.empty()) return record(event::RoundFinished{transcript_->rounds().back().index()});
  const CandidateId id = undecided_.front();
  undecided_.erase(undecided_.begin());
  const Candidate& challenger = *transcript_->find(id);
  const Candidate* incumbent = transcript_->incumbent();
  if (!challenger.critique()) return decide(id, Decision{DecisionReason::unjudged});
  if (incumbent == nullptr) return decide(id, Decision{DecisionReason::first});
  Decision decision = weigh(challenger, *incumbent);
  const bool open = decision.reason() == DecisionReason::tie || decision.reason() == DecisionReason::within_dead_band;
  if (open && roles_.can_compare && !stopping_) {
    open_decision_ = std::move(decision);
    if (begin_comparison(id, false)) return;
    decision = *std::exchange(open_decision_, std::nullopt);
  }
  decide(id, std::move(decision));
}

/// Asks the acceptance. If it throws, the run ends and the incumbent stays.
PENTIMENTO_INLINE Decision LoopMachine::weigh(const Candidate& challenger, const Candidate& incumbent) {
  try {
    return acceptance_(transcript_->checklist(), challenger, incumbent);
  } catch (...) {
    begin_stop_for_exception("the acceptance");
    return Decision{DecisionReason::unjudged};
  }
}

PENTIMENTO_INLINE void LoopMachine::decide(CandidateId id, Decision decision) {
  record(event::CandidateDecided{id, std::move(decision)});
}

// The stop policy --------------------------------------------------------------------------------------------------------

PENTIMENTO_INLINE Prospect LoopMachine::prospect() const noexcept {
  return Prospect{*transcript_, now_}.images_per_call(static_cast<int>(roles_.capabilities.images_per_call()));
}

/// Returns the policy's reason, if it counts. A policy that throws ends the run.
PENTIMENTO_INLINE std::optional<StopReason> LoopMachine::ask(const Prospect& prospect) {
  try {
    std::optional<StopReason> reason = policy_(prospect);
    return reason && prospect.admits(*reason) ? reason : std::nullopt;
  } catch (...) {
    begin_stop_for_exception("the stop policy");
    return stopping_;
  }
}

/// Returns true if the policy permits these calls; otherwise ends the run. No call may be in progress.
PENTIMENTO_INLINE bool LoopMachine::permits(CallKind call, Money worst_case) {
  std::optional<StopReason> reason = ask(prospect().before(call, worst_case));
  if (reason) stop(std::move(*reason), failure_);
  return !reason;
}

PENTIMENTO_INLINE bool LoopMachine::announce(const Call& call, Money worst_case) {
  if (!permits(call.kind(), worst_case)) return false;
  in_progress_.push_back(call);
  return true;
}

// Stopping ---------------------------------------------------------------------------------------------------------------

PENTIMENTO_INLINE bool LoopMachine::rephrases() const {
  return transcript_->settings().on_refusal() == OnRefusal::rephrase;
}

/// Ends the run now. No call may be in progress.
PENTIMENTO_INLINE void LoopMachine::stop(StopReason reason, std::optional<Error> error) {
  if (record_error_) {
    reason = detail::failed("the run cannot be recorded");
    error = record_error_;
  }
  record(event::RunStopped{std::move(reason), std::move(error)});
}

/// Ends the run as soon as the calls in progress have ended.
PENTIMENTO_INLINE void LoopMachine::begin_stop(StopReason reason, std::optional<Error> error) {
  if (stopping_) return;
  stopping_ = std::move(reason);
  failure_ = std::move(error);
  if (!in_progress_.empty()) commands_.emplace_back(command::CancelCalls{});
}

/// As `begin_stop`, because of the exception that is being handled.
PENTIMENTO_INLINE void LoopMachine::begin_stop_for_exception(std::string_view thrower) {
  const Error error = error_from_current_exception(thrower);
  begin_stop(detail::failed(error.message()), error);
}

/// Called when the run stops and no call is in progress: decides on what was judged, then ends the run.
PENTIMENTO_INLINE void LoopMachine::wind_down() {
  if (!stopping_) return;
  if (!transcript_->rounds().empty() && !transcript_->rounds().back().finished()) return conclude_calls();
  stop(*stopping_, failure_);
}

PENTIMENTO_INLINE std::vector<Command> LoopMachine::cancel() {
  return request_stop(StopReason{StopKind::cancelled, "cancelled"});
}

PENTIMENTO_INLINE std::vector<Command> LoopMachine::expire(TimePoint now) {
  if (stop_requested_) return {};
  try {
    std::optional<StopReason> reason = policy_(Prospect{*transcript_, now});
    if (!reason) reason.emplace(StopKind::time, transcript_->settings().policy(), "the time is up");
    return request_stop(std::move(*reason));
  } catch (...) {
    const Error error = error_from_current_exception("the stop policy");
    return request_stop(detail::failed(error.message()), error);
  }
}

PENTIMENTO_INLINE std::vector<Command> LoopMachine::fail_to_record(const Error& why) {
  if (record_error_) return {};
  record_error_ = Error{errc::observer_failed, "the run cannot be recorded: " + why.message()};
  return request_stop(detail::failed("the run cannot be recorded"), record_error_);
}

PENTIMENTO_INLINE std::vector<Command> LoopMachine::request_stop(StopReason reason, std::optional<Error> error) {
  if (std::exchange(stop_requested_, true)) return {};
  std::vector<Command> commands;
  commands.emplace_back(command::Record{event::StopRequested{std::move(reason), std::move(error)}});
  return commands;
}

// Commands ---------------------------------------------------------------------------------------------------------------

PENTIMENTO_INLINE bool LoopMachine::is_open(const Call& call) const {
  const std::vector<Ledger::Entry>& reserved = transcript_->ledger().reservations();
  return std::ranges::find(reserved, call, &Ledger::Entry::call) != reserved.end();
}

/// The worst-case cost of a call in progress. The reservation of a critique includes its retries.
PENTIMENTO_INLINE Money LoopMachine::reserved(const Call& call) const {
  const std::vector<Ledger::Entry>& reserved = transcript_->ledger().reservations();
  const auto entry = std::ranges::find(reserved, call, &Ledger::Entry::call);
  if (entry == reserved.end()) return {};
  const Money amount = entry->charge().amount();
  return call.kind() == CallKind::critique ? std::min(amount, roles_.critique_cost) : amount;
}

PENTIMENTO_INLINE void LoopMachine::record(EventBody body) { commands_.emplace_back(command::Record{std::move(body)}); }

PENTIMENTO_INLINE void LoopMachine::ended(const Call& call) { std::erase(in_progress_, call); }

/// Makes a call that was announced, unless the run was asked to stop in the meantime.
PENTIMENTO_INLINE void LoopMachine::make(const Call& call, CallRequest request, Duration wait) {
  if (stopping_ || stop_requested_) {
    record(event::CallFailed{call, Error{errc::cancelled, detail::not_made(call)}});
  } else {
    commands_.emplace_back(command::MakeCall{call, std::move(request), wait});
  }
}

}  // namespace pentimento
