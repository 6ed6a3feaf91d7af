#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/transcript.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace pentimento {

namespace detail {

PENTIMENTO_INLINE Error does_not_fit(std::string what) {
  return {errc::invalid_argument, "the events do not fit together: " + std::move(what)};
}

/// The warning about the size of an image.
PENTIMENTO_INLINE std::string size_warning(const Brief& brief, const Image& image) {
  if (!brief.size() || *brief.size() == image.size()) return {};
  return "the image is " + to_string(image.size()) + " pixels; the brief asks for " + to_string(*brief.size());
}

/// The warning about images of a reply that were dropped.
PENTIMENTO_INLINE std::string dropped_warning(const Generation& generation) {
  const std::uint64_t dropped = generation.dropped_images();
  if (dropped == 0) return {};
  return std::to_string(dropped) + (dropped == 1 ? " image" : " images") + " more than requested dropped";
}

}  // namespace detail

PENTIMENTO_INLINE Result<void> Transcript::apply(const Event& event) {
  if (event.sequence() != events_) {
    return Error{errc::invalid_argument, "event " + std::to_string(event.sequence()) + " cannot follow event " +
                                             (events_ == 0 ? "none" : std::to_string(events_ - 1)) +
                                             ": one is missing or out of order"};
  }
  if ((events_ == 0) != std::holds_alternative<event::RunStarted>(event.body())) {
    return Error{errc::invalid_argument, "a run begins with run_started, once"};
  }
  if (stop_reason_) return detail::does_not_fit("the run has stopped already");
  Result<void> applied = std::visit([&](const auto& body) { return fold(body, event.time()); }, event.body());
  if (!applied) return applied;
  if (events_ == 0) started_ = event.time();
  updated_ = event.time();
  ++events_;
  return applied;
}

PENTIMENTO_INLINE const Candidate* Transcript::find(CandidateId id) const noexcept {
  if (id.round() < 0 || static_cast<std::size_t>(id.round()) >= rounds_.size()) return nullptr;
  const std::vector<Candidate>& candidates = rounds_[static_cast<std::size_t>(id.round())].candidates_;
  const auto found = std::ranges::find(candidates, id, &Candidate::id);
  return found == candidates.end() ? nullptr : &*found;
}

PENTIMENTO_INLINE Score Transcript::score(const Candidate& candidate) const noexcept {
  return candidate.critique() ? Score{*checklist_, *candidate.critique()} : Score{};
}

PENTIMENTO_INLINE int Transcript::finished_rounds() const noexcept {
  return static_cast<int>(
      std::ranges::count_if(rounds_, [](const Round& round) { return round.finished().has_value(); }));
}

PENTIMENTO_INLINE int Transcript::rounds_without_gain() const noexcept {
  int idle = 0;
  for (auto round = rounds_.rbegin(); round != rounds_.rend() && !round->accepted(); ++round)
    idle += round->finished() ? 1 : 0;
  return idle;
}

PENTIMENTO_INLINE int Transcript::images_requested() const noexcept {
  std::size_t images = 0;
  for (const Round& round : rounds_) {
    std::size_t extra = 0;
    for (const Candidate& candidate : round.candidates_) extra += candidate.id().image() > 0 ? 1 : 0;
    images += round.drafts_.size() + extra;
  }
  return static_cast<int>(images);
}

PENTIMENTO_INLINE bool operator==(const Transcript& a, const Transcript& b) {
  return *a.brief_ == *b.brief_ && a.settings_ == b.settings_ && *a.checklist_ == *b.checklist_ &&
         a.rounds_ == b.rounds_ && a.ledger_ == b.ledger_ && a.failures_ == b.failures_ &&
         a.incumbent_ == b.incumbent_ && a.started_ == b.started_ && a.updated_ == b.updated_ &&
         a.events_ == b.events_ && a.stop_reason_ == b.stop_reason_ && a.error_ == b.error_;
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::RunStarted& e, TimePoint) {
  brief_ = std::make_shared<const Brief>(e.brief);
  settings_ = e.settings;
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::PlanStarted& e, TimePoint) {
  reserve(Call{CallKind::plan}, e.estimate);
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::PlanFinished& e, TimePoint) {
  checklist_ = std::make_shared<const Checklist>(e.checklist);
  ledger_.settle(Call{CallKind::plan}, e.charge);
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::RoundStarted& e, TimePoint time) {
  if (e.round != static_cast<int>(rounds_.size()))
    return detail::does_not_fit("round " + std::to_string(e.round) + " does not follow the last round");
  rounds_.emplace_back(e.round, e.revision, time);
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::ImageGiven& e, TimePoint) {
  if (!in_last_round(e.id)) return detail::does_not_fit(to_string(e.id) + " is not in the current round");
  rounds_.back().candidates_.emplace_back(e.id, e.request, e.image).warning(detail::size_warning(*brief_, e.image));
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::GenerationStarted& e, TimePoint time) {
  if (!in_last_round(e.id)) return detail::does_not_fit(to_string(e.id) + " is not in the current round");
  const Draft* const before = draft(e.id);
  if (before != nullptr && before->ended()) return detail::does_not_fit(to_string(e.id) + " was started before");
  reserve(Call{CallKind::generate, e.id}, e.estimate);
  if (before != nullptr) return {};  // the same draft again
  rounds_.back().drafts_.emplace_back(e.id, e.request, time);
  ledger_.reserve(Call{CallKind::critique, e.id}, e.critique_estimate);
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::GenerationFinished& e, TimePoint time) {
  Draft* draft = this->draft(e.id);
  if (draft == nullptr || draft->ended()) return detail::does_not_fit(to_string(e.id) + " is not being generated");
  draft->ended(time);
  ledger_.settle(Call{CallKind::generate, e.id}, e.generation.charge());
  Round& round = rounds_.back();
  for (int i = 0; const Image& image : e.generation.images()) {
    Candidate candidate{CandidateId{e.id.round(), e.id.draft(), i++}, draft->request(), image};
    candidate.parent(round.revision_.parent()).seed(e.generation.seed());
    candidate.revised_prompt(e.generation.revised_prompt()).request_id(e.generation.request_id());
    const std::string on_size = detail::size_warning(*brief_, image);
    const std::string on_reply = candidate.id().image() == 0 ? detail::dropped_warning(e.generation) : std::string{};
    candidate.warning(on_size + (on_size.empty() || on_reply.empty() ? "" : "; ") + on_reply);
    round.candidates_.push_back(std::move(candidate));
  }
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::CritiqueStarted& e, TimePoint) {
  if (candidate(e.id) == nullptr) return detail::does_not_fit("there is no candidate " + to_string(e.id));
  const Call call{CallKind::critique, e.id};
  ledger_.release(call);  // reserved when the draft began
  ledger_.reserve(call, e.estimate);
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::CritiqueFinished& e, TimePoint) {
  Candidate* judged = candidate(e.id);
  if (judged == nullptr || judged->critique()) return detail::does_not_fit(to_string(e.id) + " is not being judged");
  judged->critique(e.critique).error(std::nullopt);
  ledger_.settle(Call{CallKind::critique, e.id}, e.critique.charge());
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::ComparisonStarted& e, TimePoint) {
  reserve(Call{CallKind::compare, e.challenger, e.swapped}, e.estimate);
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::ComparisonFinished& e, TimePoint) {
  ledger_.settle(Call{CallKind::compare, e.challenger, e.swapped}, e.comparison.charge());
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::CandidateDecided& e, TimePoint) {
  Candidate* decided = candidate(e.id);
  // An image that is judged late is decided on again.
  if (decided == nullptr || (decided->decision() && !decided->judged_late()))
    return detail::does_not_fit("there is no candidate " + to_string(e.id) + " to decide on");
  decided->decision(e.decision);
  ledger_.release(Call{CallKind::critique, e.id});  // still reserved if the critique was not needed
  if (e.decision.accepted()) {
    incumbent_ = e.id;
    rounds_.back().accepted_ = e.id;
  }
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::RoundFinished& e, TimePoint time) {
  if (e.round != static_cast<int>(rounds_.size()) - 1)
    return detail::does_not_fit("round " + std::to_string(e.round) + " is not in progress");
  rounds_.back().finished_ = time;
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::RevisionStarted& e, TimePoint) {
  reserve(Call{CallKind::revise}, e.estimate);
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::RevisionFinished& e, TimePoint) {
  ledger_.settle(Call{CallKind::revise}, e.revision.charge());
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::CallFailed& e, TimePoint time) {
  if (e.call.kind() == CallKind::generate) {
    Draft* failed = e.call.candidate() ? draft(*e.call.candidate()) : nullptr;
    if (failed == nullptr || failed->ended()) return detail::does_not_fit(to_string(e.call) + " is not in progress");
    failed->ended(time).error(e.error);
    ledger_.release(Call{CallKind::critique, e.call.candidate()});
  } else if (e.call.kind() == CallKind::critique) {
    Candidate* failed = e.call.candidate() ? candidate(*e.call.candidate()) : nullptr;
    if (failed == nullptr) return detail::does_not_fit(to_string(e.call) + " is not in progress");
    failed->error(e.error);
  } else {
    failures_.push_back(e);
  }
  ledger_.settle(e.call, e.error.charge());
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::StopRequested& e, TimePoint) {
  if (e.error) error_ = e.error;
  return {};
}

PENTIMENTO_INLINE Result<void> Transcript::fold(const event::RunStopped& e, TimePoint) {
  stop_reason_ = e.reason;
  if (e.error) error_ = e.error;
  return {};
}

/// Reserves the worst case of a call that is announced. If it is announced again before it has ended, nobody knows what became of it
/// the first time: that may have been billed.
PENTIMENTO_INLINE void Transcript::reserve(const Call& call, Money worst_case) {
  const std::vector<Ledger::Entry>& reserved = ledger_.reservations();
  const auto open = std::ranges::find(reserved, call, &Ledger::Entry::call);
  if (open != reserved.end()) {
    const Money before = open->charge().amount();
    ledger_.settle(call, before.is_zero() ? Charge{} : Charge::maybe_billed(before));
  }
  ledger_.reserve(call, worst_case);
}

PENTIMENTO_INLINE bool Transcript::in_last_round(CandidateId id) const noexcept {
  return !rounds_.empty() && id.round() == static_cast<int>(rounds_.size()) - 1 && find(id) == nullptr;
}

PENTIMENTO_INLINE Draft* Transcript::draft(CandidateId id) noexcept {
  if (rounds_.empty() || id.round() != rounds_.back().index_) return nullptr;
  const auto found = std::ranges::find(rounds_.back().drafts_, id, &Draft::id);
  return found == rounds_.back().drafts_.end() ? nullptr : &*found;
}

PENTIMENTO_INLINE Result<Transcript> fold(std::span<const Event> events) {
  Transcript transcript;
  for (const Event& event : events) {
    Result<void> applied = transcript.apply(event);
    if (!applied) return applied.error();
  }
  return transcript;
}

}  // namespace pentimento
