#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/loop/replay.hpp>
#include <pentimento/stop/parse.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>

namespace pentimento {

namespace detail {

/// True if two events are the same step of a run.
PENTIMENTO_INLINE bool is_same_step(const EventBody& a, const EventBody& b) {
  if (a.index() != b.index()) return false;
  if (const std::optional<Call> call = announced_call(a)) return call == announced_call(b);
  if (const std::optional<Call> call = ended_call(a)) return call == ended_call(b);
  const auto* const decided = std::get_if<event::CandidateDecided>(&a);
  return decided == nullptr || decided->id == std::get<event::CandidateDecided>(b).id;
}

PENTIMENTO_INLINE bool Playback::fits(const EventBody& body) const {
  if (std::holds_alternative<event::RunStarted>(body) || std::holds_alternative<event::StopRequested>(body))
    return true;
  if (!wanted_.empty() && is_same_step(wanted_.front(), body)) return true;
  // A run also ends if a backend rejects it before the first call.
  const auto* const stopped = std::get_if<event::RunStopped>(&body);
  if (stopped != nullptr && stopped->reason.kind() == StopKind::failed && open_.empty()) return true;
  // A call that has ended; or one that was made again when the run was resumed.
  const std::optional<Call> announced = announced_call(body);
  const std::optional<Call> call = announced ? announced : ended_call(body);
  return call && std::ranges::find(open_, *call, &command::MakeCall::call) != open_.end();
}

PENTIMENTO_INLINE Result<void> Playback::take(const Event& event) {
  const std::optional<Call> announced = announced_call(event.body());
  const std::optional<Call> call = announced ? announced : ended_call(event.body());
  if (!wanted_.empty() && is_same_step(wanted_.front(), event.body())) wanted_.pop_front();
  if (call) std::erase_if(open_, [&](const command::MakeCall& make) { return make.call == *call; });
  Result<std::vector<Command>> commands = machine_.step(event);
  if (!commands) return commands.error();
  for (Command& command : *commands) {
    if (auto* const record = std::get_if<command::Record>(&command)) wanted_.push_back(std::move(record->body));
    if (auto* const make = std::get_if<command::MakeCall>(&command)) open_.push_back(std::move(*make));
    if (std::holds_alternative<command::Finish>(command)) has_finished_ = true;
  }
  return {};
}

/// The facts about the roles in a record. It has no capabilities: their effects are in its events.
PENTIMENTO_INLINE RoleFacts roles_of(std::span<const Event> events) {
  constexpr std::uint32_t any = std::numeric_limits<std::uint32_t>::max();
  RoleFacts roles;
  int attempts = 1;
  std::uint32_t images = 1;
  bool has_seeds = false;
  std::vector<std::pair<GenerationRequest, Money>> prices;
  // The cost of one critique; that of all its retries is reserved.
  const auto of_one = [&](Money all) {
    return all == Money::unbounded() ? all : Money::from_micros(all.micros() / attempts);
  };
  for (const Event& event : events) {
    if (const auto* e = event.as<event::RunStarted>()) attempts += e->settings.critique_retries();
    if (const auto* e = event.as<event::PlanStarted>()) roles.plan_cost = e->estimate;
    if (const auto* e = event.as<event::RevisionStarted>()) roles.revision_cost = e->estimate;
    if (const auto* e = event.as<event::ComparisonStarted>()) {
      roles.can_compare = true;
      roles.comparison_cost = e->estimate;
    }
    if (const auto* e = event.as<event::GenerationStarted>()) {
      has_seeds = has_seeds || e->request.seed();
      roles.critique_cost = of_one(e->critique_estimate);
      prices.emplace_back(e->request, e->estimate);
    }
    if (const auto* e = event.as<event::CritiqueStarted>(); e != nullptr && prices.empty())
      roles.critique_cost = of_one(e->estimate);
    if (const auto* e = event.as<event::GenerationFinished>())
      images = std::max(images, static_cast<std::uint32_t>(e->generation.images().size()));
  }
  roles.capabilities.image_to_image(true).mask(true).seed(has_seeds).negative_prompt(true);
  roles.capabilities.sides(1, any).init_image_sides(1, any).max_init_image_bytes(any).max_prompt_characters(any);
  roles.capabilities.images_per_call(images);
  roles.generation_cost = [prices = std::move(prices)](const GenerationRequest& request) {
    const auto same = std::ranges::find(prices, request, &std::pair<GenerationRequest, Money>::first);
    if (same != prices.end()) return same->second;
    return prices.empty() ? Money{} : prices.front().second;
  };
  return roles;
}

}  // namespace detail

PENTIMENTO_INLINE Result<Replay> replay(std::span<const Event> events, AnyStopPolicy policy, AnyAcceptance acceptance) {
  const Result<Transcript> recorded = fold(events);
  if (!recorded) return recorded.error();
  const bool is_same_policy = policy.describe() == recorded->settings().policy();
  LoopMachine machine{std::move(policy), std::move(acceptance), detail::roles_of(events)};
  detail::Playback playback{machine};
  bool has_parted = false;  // an event of the record did not happen
  const auto take = [&](TimePoint time, EventBody body) {
    return playback.take(Event{machine.transcript().events(), time, std::move(body)});
  };
  for (const Event& event : events) {
    if (playback.has_finished()) break;
    const bool stops =
        !playback.wanted().empty() && std::holds_alternative<event::RunStopped>(playback.wanted().front());
    // If the record ended by its deadline or its caller, what would have followed is unknown.
    if (!is_same_policy && !stops && event.as<event::StopRequested>() != nullptr) break;
    if (stops && !is_same_policy) {
      EventBody stop = playback.wanted().front();
      if (const Result<void> taken = take(machine.transcript().updated(), std::move(stop)); !taken)
        return taken.error();
    } else if (!playback.fits(event.body())) {
      if (is_same_policy) {
        return Error{errc::invalid_argument,
                     "event " + std::to_string(event.sequence()) + " (" + std::string{name_of(event.body())} +
                         ") does not follow from those before it by the policy " + recorded->settings().policy()};
      }
      has_parted = true;
    } else {
      // The reviser would have received another run.
      if (has_parted && event.as<event::RevisionStarted>() != nullptr) break;
      if (const Result<void> taken = take(event.time(), event.body()); !taken) return taken.error();
    }
  }
  const bool has_ended = machine.transcript().stop_reason().has_value();
  const Money spent = machine.transcript().ledger().spent();
  const Money saved =
      has_ended ? Money::from_micros(recorded->ledger().committed().micros() - spent.micros()) : Money{};
  return Replay{machine.release(), saved};
}

PENTIMENTO_INLINE Result<Replay> replay(std::span<const Event> events) {
  const Result<Transcript> recorded = fold(events);
  if (!recorded) return recorded.error();
  const std::string& text = recorded->settings().policy();
  const Result<AnyStopPolicy> policy = parse_stop_policy(text);
  if (!policy) {
    return Error{errc::unsupported, "the stop policy \"" + text +
                                        "\" of the record cannot be read; give the policy that the run was made with"};
  }
  return replay(events, *policy);
}

}  // namespace pentimento
