#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/critic.hpp>
#include <pentimento/detail/role_pointer.hpp>
#include <pentimento/event.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/loop/acceptance.hpp>
#include <pentimento/loop/run.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/policies.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>

#include <concepts>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace pentimento {

/// The default policy: stops when every `must` passes, after six rounds, or after three rounds without gain.
using DefaultStopPolicy = AnyOf<AnyOf<Satisfied, MaxRounds>, Plateau>;
inline DefaultStopPolicy default_stop_policy() { return Satisfied{} || MaxRounds{6} || Plateau{3}; }

/**
 * Runs generator, critic and reviser until a stop policy holds, and keeps the best image.
 *
 * Configure it, then run it as often as you like, several runs at once if the backends allow it: every run works on a
 * copy of the settings and policies, and shares the roles.
 *
 *     RefinementLoop loop{MyGenerator{}, MyCritic{}, Satisfied{} || MaxRounds{6}};
 *     loop.settings(RunSettings{}.drafts(3));
 *     Outcome outcome = co_await loop.run(Brief{"three red mugs"});
 *
 * **Thread safety**: `run` and `async_run` may be called at the same time; nothing else may.
 */
template <StopPolicy Policy = DefaultStopPolicy, Acceptance Accept = IncumbentOrder>
class RefinementLoop {
 public:
  /// **Parameters**: generator and critic are objects (moved or copied), or a `shared_ptr` or `unique_ptr` to one.
  /// **Throws** `Failure` with `invalid_argument` for a null pointer, and what the roles throw when they are asked for their
  /// names and capabilities.
  RefinementLoop(detail::RolePointer<Generator> generator, detail::RolePointer<Critic> critic,
                 Policy policy = default_policy(), Accept acceptance = Accept{})
      : setup_{std::move(generator).share(), std::move(critic).share()},
        policy_{std::move(policy)},
        acceptance_{std::move(acceptance)} {
    setup_.set_policy(AnyStopPolicy{policy_});
  }

  const Policy& policy() const noexcept { return policy_; }
  const Accept& acceptance() const noexcept { return acceptance_; }

  /// The settings of a run. The text of the policy and the names of the roles are always those of the loop.
  const RunSettings& settings() const noexcept { return setup_.settings; }
  RefinementLoop& settings(RunSettings settings) { return setup_.set_settings(std::move(settings)), *this; }

  /// Sets the reviser; default `ChecklistReviser`. **Errors**: as for the constructor.
  RefinementLoop& reviser(detail::RolePointer<Reviser> reviser) {
    return setup_.set_reviser(std::move(reviser).share()), *this;
  }
  /// Adds a function that is called with every event, on the run's strand. It must not block. If it throws, the run fails.
  RefinementLoop& watch(std::function<void(const Event&)> watcher) {
    return setup_.watchers.push_back(std::move(watcher)), *this;
  }
  /// Records runs: adds a sink, such as a `RunFolder`, that the run waits for at every event. **Throws** `Failure` with
  /// `invalid_argument` for a null pointer.
  RefinementLoop& record(detail::RolePointer<EventSink> sink) {
    return setup_.sinks.push_back(std::move(sink).share()), *this;
  }

  /**
   * Runs the loop on a brief.
   *
   * **Returns** the outcome, however the run ended. Never throws.
   * **Errors** are in the outcome: `invalid_argument` for an invalid brief or settings, before any call is made, and before
   * the first image if nobody can judge anything and the policy needs verdicts; the error of a backend that ended the run.
   * **Executor**: completes on the awaiting coroutine's. The run works on a strand of it.
   * **Cancellation**: every type that reaches the coroutine (one that `co_spawn` started lets only `terminal` through, unless
   * it calls `reset_cancellation_state`). The run ends within 100 ms.
   * **Lifetime**: the loop may be destroyed while the run goes on.
   */
  boost::asio::awaitable<Outcome> run(Brief brief) const { return detail::run_awaited(setup(), std::move(brief)); }

  /// Runs the loop with a completion token: see `pentimento::async_run`.
  template <boost::asio::completion_token_for<void(Outcome)> Token = boost::asio::deferred_t>
  auto async_run(const boost::asio::any_io_executor& executor, Brief brief, Token&& token = Token{}) const {
    return boost::asio::async_initiate<Token, void(Outcome)>(detail::StartRun{}, token, executor, setup(),
                                                             std::move(brief));
  }

  /**
   * Resumes an interrupted run from its recorded events. No call that has ended is made again. The limits on money, rounds
   * and time continue from where they were; the time between does not count. The settings are those of the record. Sinks
   * and watchers receive the new events only.
   *
   * **Parameters**: the recording has all events from the first one, and images with their bytes.
   * **Returns** the outcome of the whole run; the recorded one if the run has stopped already.
   * **Errors** are in the outcome, besides those of `run`: `invalid_argument` if the record has another policy or other
   * backends; `outcome_unknown` for calls that may have been billed: see `OnUnknownOutcome`. Then no call is made and no
   * event recorded.
   * **Executor**, **Cancellation**, **Lifetime**: as `run`.
   */
  boost::asio::awaitable<Outcome> resume(Recording recording) const {
    return detail::run_awaited(setup(std::move(recording)), Brief{std::string{}});
  }

  /// Resumes a run with a completion token: see `pentimento::async_run`.
  template <boost::asio::completion_token_for<void(Outcome)> Token = boost::asio::deferred_t>
  auto async_resume(const boost::asio::any_io_executor& executor, Recording recording, Token&& token = Token{}) const {
    return boost::asio::async_initiate<Token, void(Outcome)>(detail::StartRun{}, token, executor,
                                                             setup(std::move(recording)), Brief{std::string{}});
  }

  /// Returns a copy of everything that a run needs, with type-erased policy and acceptance.
  detail::RunSetup setup(std::optional<Recording> recording = std::nullopt) const {
    detail::RunSetup setup = setup_;
    setup.recording = std::move(recording);
    setup.acceptance = acceptance_;
    return setup;
  }

 private:
  static Policy default_policy()
    requires std::same_as<Policy, DefaultStopPolicy>
  {
    return default_stop_policy();
  }

  detail::RunSetup setup_;
  Policy policy_;
  Accept acceptance_;
};

template <class G, class C>
RefinementLoop(G&&, C&&) -> RefinementLoop<>;
template <class G, class C, StopPolicy P>
RefinementLoop(G&&, C&&, P) -> RefinementLoop<P>;
template <class G, class C, StopPolicy P, Acceptance A>
RefinementLoop(G&&, C&&, P, A) -> RefinementLoop<P, A>;

/// Runs a loop with a completion token of the signature `void(Outcome)`: a callback, `use_future`, `deferred` (the default).
///
/// **Executor**: the run works on a strand of `executor`; the handler runs on its associated executor, by default `executor`,
/// and never before `async_run` has returned.
/// **Cancellation**: a signal of any type on the handler's slot, from any thread. Otherwise as `RefinementLoop::run`.
template <StopPolicy P, Acceptance A, boost::asio::completion_token_for<void(Outcome)> Token = boost::asio::deferred_t>
auto async_run(const boost::asio::any_io_executor& executor, const RefinementLoop<P, A>& loop, Brief brief,
               Token&& token = Token{}) {
  return loop.async_run(executor, std::move(brief), std::forward<Token>(token));
}

/// Runs a loop on an event loop of its own and returns its outcome.
///
/// **Cancellation**: by `stop`, from any thread. Waits for a call that ignores its cancellation, because its event loop ends
/// here; `async_run` does not wait.
template <StopPolicy P, Acceptance A>
Outcome run(const RefinementLoop<P, A>& loop, Brief brief, std::stop_token stop = {}) {
  return detail::run_here(loop.setup(), std::move(brief), std::move(stop));
}

/// Goes on with a run on an event loop of its own and returns its outcome: see `RefinementLoop::resume`. **Cancellation**: as `run`.
template <StopPolicy P, Acceptance A>
Outcome resume(const RefinementLoop<P, A>& loop, Recording recording, std::stop_token stop = {}) {
  return detail::run_here(loop.setup(std::move(recording)), Brief{std::string{}}, std::move(stop));
}

}  // namespace pentimento
