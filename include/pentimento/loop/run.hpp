#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/critic.hpp>
#include <pentimento/detail/completion.hpp>
#include <pentimento/event.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/loop/acceptance.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// What `resume` does about calls that were in progress when the run was interrupted and may have been billed: generations
/// that cost money, and other calls without retries left. (Free calls are made again; the others are retried within
/// `RunSettings::critique_retries`.)
enum class OnUnknownOutcome {
  reject,   ///< The run is not resumed. Its error is `outcome_unknown` and names the calls.
  abandon,  ///< They count as failed. Their worst case counts as `maybe_billed`.
  repeat,   ///< They are made again, and paid again. The worst case of the first time counts as `maybe_billed`.
};

/// The recorded events of a run to resume.
class Recording {
 public:
  explicit Recording(std::vector<Event> events, OnUnknownOutcome on_unknown_outcome = OnUnknownOutcome::reject)
      : events_{std::make_shared<const std::vector<Event>>(std::move(events))},
        on_unknown_outcome_{on_unknown_outcome} {}

  const std::vector<Event>& events() const noexcept { return *events_; }
  OnUnknownOutcome on_unknown_outcome() const noexcept { return on_unknown_outcome_; }

 private:
  std::shared_ptr<const std::vector<Event>> events_;
  OnUnknownOutcome on_unknown_outcome_;
};

static_assert(!std::is_aggregate_v<Recording>);

}  // namespace pentimento

/// The functions that `RefinementLoop` calls; run.ipp drives a run.
namespace pentimento::detail {

/// Everything that a run is made from; copied out of the loop when the run starts.
class RunSetup {
 public:
  /// Asks the roles for their names and capabilities. Throws what they throw.
  RunSetup(std::shared_ptr<Generator> generator, std::shared_ptr<Critic> critic);

  void set_reviser(std::shared_ptr<Reviser> role);
  /// Takes the settings, except the text of the policy and the names of the roles.
  void set_settings(RunSettings wanted);
  void set_policy(AnyStopPolicy wanted);

  std::shared_ptr<Generator> generator;
  std::shared_ptr<Critic> critic;
  std::shared_ptr<Reviser> reviser;
  Capabilities capabilities;
  bool can_compare;
  AnyStopPolicy policy;
  AnyAcceptance acceptance;
  RunSettings settings;
  std::vector<std::shared_ptr<EventSink>> sinks;
  std::vector<std::function<void(const Event&)>> watchers;
  std::optional<Recording> recording;  // of the run that goes on; none for a new run
};

static_assert(!std::is_aggregate_v<RunSetup>);

/// The time that a cancelled call has to end before the run continues without it: so a run ends within 100 ms of a
/// cancel even if a backend ignores it.
inline constexpr std::chrono::milliseconds cancel_grace{50};

/// Starts a run on a strand of the executor. A signal on the slot, from any thread, cancels it.
void start_run(const boost::asio::any_io_executor& executor, RunSetup setup, Brief brief,
               boost::asio::cancellation_slot slot, std::unique_ptr<Completion<Outcome>> done);

/// Runs in the awaiting coroutine's executor.
boost::asio::awaitable<Outcome> run_awaited(RunSetup setup, Brief brief);

/// Runs on an event loop of its own.
Outcome run_here(RunSetup setup, Brief brief, std::stop_token stop);

/// The initiation of `async_run`: erases the type of the handler.
struct StartRun {
  template <class Handler>
  void operator()(Handler handler, boost::asio::any_io_executor executor, RunSetup setup, Brief brief) const {
    const auto slot = boost::asio::get_associated_cancellation_slot(handler);
    auto done = std::make_unique<CompletionOf<Outcome, Handler>>(std::move(handler), executor);
    start_run(executor, std::move(setup), std::move(brief), slot, std::move(done));
  }
};

}  // namespace pentimento::detail

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/loop/run.ipp>
#endif
