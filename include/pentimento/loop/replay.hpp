#pragma once

#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/loop/acceptance.hpp>
#include <pentimento/loop/machine.hpp>
#include <pentimento/money.hpp>
#include <pentimento/stop/stop_policy.hpp>
#include <pentimento/transcript.hpp>

#include <deque>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// The result of `replay`: a recorded run under a stop policy.
class Replay {
 public:
  Replay(Transcript transcript, Money saved) : transcript_{std::move(transcript)}, saved_{saved} {}

  const Transcript& transcript() const noexcept { return transcript_; }
  /// False if the run would have continued after the end of the record, or made a call that the record does not have. The
  /// transcript then ends there.
  bool has_ended() const noexcept { return transcript_.stop_reason().has_value(); }
  /// How much less than the recorded run this one spends; zero unless this one has ended.
  Money saved() const noexcept { return saved_; }

 private:
  Transcript transcript_;
  Money saved_;
};

static_assert(!std::is_aggregate_v<Replay>);

/**
 * Replays a recorded run under its own stop policy or another one ("what would `plateau(2)` have saved?"). The loop's machine
 * makes every decision again; the record answers every call. With the policy of the record the transcript is the same.
 *
 * **Parameters**: all events from the first one; the acceptance of the run.
 * **Errors**: `invalid_argument` for events that are not those of a run.
 * **Cost**: none; no call is made.
 */
Result<Replay> replay(std::span<const Event> events, AnyStopPolicy policy, AnyAcceptance acceptance = IncumbentOrder{});

/// Replays a recorded run under its own stop policy.
/// **Errors**: as above; `unsupported` if `parse_stop_policy` cannot read the policy.
Result<Replay> replay(std::span<const Event> events);

namespace detail {

/// Replays recorded events with a machine, and keeps the events and calls that it wants next.
class Playback {
 public:
  explicit Playback(LoopMachine& machine) noexcept : machine_{machine} {}

  /// True if an event can come next: the machine wants it recorded, or it is the end of a call or another event from
  /// outside. The contents may differ: the record decides, because estimates follow prices, which change.
  bool fits(const EventBody& body) const;
  /// Takes an event that fits. **Errors**: as for `LoopMachine::step`.
  Result<void> take(const Event& event);

  /// The events that the machine wants recorded next.
  std::deque<EventBody>& wanted() noexcept { return wanted_; }
  /// The calls in progress.
  std::vector<command::MakeCall>& open() noexcept { return open_; }
  bool has_finished() const noexcept { return has_finished_; }

 private:
  LoopMachine& machine_;
  std::deque<EventBody> wanted_;
  std::vector<command::MakeCall> open_;
  bool has_finished_ = false;
};

}  // namespace detail

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/loop/replay.ipp>
#endif
