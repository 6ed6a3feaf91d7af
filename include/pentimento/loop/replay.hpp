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

/// What a recorded run becomes under a stop policy.
class Replay {
 public:
  Replay(Transcript transcript, Money saved) : transcript_{std::move(transcript)}, saved_{saved} {}

  const Transcript& transcript() const noexcept { return transcript_; }
  /// False if the policy would have gone on where the record ends, or asked for something that the record does not hold. The
  /// transcript goes as far as is known.
  bool has_ended() const noexcept { return transcript_.stop_reason().has_value(); }
  /// What the recorded run spent more than this one; zero unless this one has ended.
  Money saved() const noexcept { return saved_; }

 private:
  Transcript transcript_;
  Money saved_;
};

static_assert(!std::is_aggregate_v<Replay>);

/**
 * Replays a recorded run under a stop policy: its own, or another ("what would `plateau(2)` have saved?"). Every decision is made
 * again by the loop's machine, and every call is answered from the record. Under the policy of the record the transcript is the same.
 *
 * **Parameters**: the events from the first on; the acceptance that the run was made with.
 * **Errors**: `invalid_argument` for events that no run records.
 * **Cost**: free; nothing is called.
 */
Result<Replay> replay(std::span<const Event> events, AnyStopPolicy policy, AnyAcceptance acceptance = IncumbentOrder{});

/// Replays a recorded run under its own stop policy.
/// **Errors**: as above; `unsupported` if the policy has no text that can be read.
Result<Replay> replay(std::span<const Event> events);

namespace detail {

/// Leads a machine through recorded events, and keeps what it wants recorded and called next.
class Playback {
 public:
  explicit Playback(LoopMachine& machine) noexcept : machine_{machine} {}

  /// True if an event can come next: the machine wants it recorded, or it came from outside, as the end of a call does. The contents
  /// of an event are those of the record: estimates follow prices, which change.
  bool fits(const EventBody& body) const;
  /// Takes an event that fits. **Errors**: as for `LoopMachine::step`.
  Result<void> take(const Event& event);

  /// What the machine wants recorded next.
  std::deque<EventBody>& wanted() noexcept { return wanted_; }
  /// The calls that are under way.
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
