#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/critic.hpp>
#include <pentimento/detail/hand_over.hpp>
#include <pentimento/detail/role_pointer.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/loop/acceptance.hpp>
#include <pentimento/loop/run.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/policies.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace pentimento {

/// The policy of a loop that was given none: until every must passes, six rounds at the most, and no longer than three
/// rounds without gain.
using DefaultStopPolicy = AnyOf<AnyOf<Satisfied, MaxRounds>, Plateau>;
inline DefaultStopPolicy default_stop_policy() { return Satisfied{} || MaxRounds{6} || Plateau{3}; }

/**
 * Runs generator, critic and reviser until a stop policy holds, and keeps the best picture.
 *
 * Configure it, then run it as often as you like, several runs at once if the backends allow it: every run works on a
 * copy of the settings and policies, and shares the roles.
 *
 *     RefinementLoop loop{MyGenerator{}, MyCritic{}, Satisfied{} || MaxRounds{6}};
 *     loop.drafts(3);
 *     Outcome outcome = co_await loop.run(Brief{"three red mugs"});
 *
 * **Thread safety**: configuring is not safe beside anything else; `run` and `async_run` are safe beside each other.
 */
template <StopPolicy Policy = DefaultStopPolicy, Acceptance Accept = IncumbentOrder>
class RefinementLoop {
  using Setup = detail::RunSetup<Policy, Accept>;
  using Run = detail::Run<Policy, Accept>;

 public:
  /// Generator and critic may be given as objects (moved or copied), or as `shared_ptr` or `unique_ptr`. Throws `Failure` for
  /// a null pointer, and what the roles throw when they are asked for their names and capabilities.
  RefinementLoop(detail::RolePointer<Generator> generator, detail::RolePointer<Critic> critic,
                 Policy policy = default_policy(), Accept acceptance = Accept{})
      : setup_{std::move(generator).share(), std::move(critic).share(), std::make_shared<ChecklistReviser>(),
               std::move(policy), std::move(acceptance)} {}

  /// Sets every setting of `run_setting_table` at once.
  RefinementLoop& settings(const RunSettings& settings) {
    for_each_run_setting([&](const auto& setting) { (setup_.settings.*setting.set)((settings.*setting.get)()); });
    return *this;
  }
  /// How many drafts a round has, from 1 to 64; 1 unless told.
  RefinementLoop& drafts(int drafts) { return setup_.settings.drafts(drafts), *this; }
  /// The seed that all seeds of a run follow from; 0 unless told.
  RefinementLoop& seed(std::uint64_t seed) { return setup_.settings.seed(seed), *this; }
  /// What becomes of the other drafts once one passes every `must`.
  RefinementLoop& on_satisfied(OnSatisfied choice) { return setup_.settings.on_satisfied(choice), *this; }
  /// Whether a failing backend ends the run at once.
  RefinementLoop& on_error(OnError choice) { return setup_.settings.on_error(choice), *this; }
  /// Whether the reviser is asked for other words when a provider declines to draw what was asked; unless told, not.
  RefinementLoop& on_refusal(OnRefusal choice) { return setup_.settings.on_refusal(choice), *this; }
  /// How many edits of edits there may be before a picture is made anew; 3 unless told.
  RefinementLoop& max_edit_depth(int depth) { return setup_.settings.max_edit_depth(depth), *this; }
  /// Who writes the next request; `ChecklistReviser` unless told.
  RefinementLoop& reviser(detail::RolePointer<Reviser> reviser) {
    setup_.reviser = std::move(reviser).share();
    setup_.settings.reviser(setup_.reviser->name());
    return *this;
  }
  /// Adds a function that sees every event, on the run's strand. It returns soon; if it throws, the run ends.
  RefinementLoop& watch(std::function<void(const Event&)> watcher) {
    return setup_.watchers.push_back(std::move(watcher)), *this;
  }
  /// Adds a sink that the run waits for at every event.
  RefinementLoop& sink(detail::RolePointer<EventSink> sink) {
    return setup_.sinks.push_back(std::move(sink).share()), *this;
  }

  /**
   * Runs the loop on a brief. Never throws by itself and always completes with an outcome, which holds all that was there.
   *
   * **Executor**: completes on the awaiting coroutine's; the run itself works on a strand of that. **Cancellation**: in
   * any state; the run ends within 100 ms with its outcome. It is of any type that the awaiting coroutine lets through,
   * and a coroutine of `co_spawn` lets through only `terminal` unless told (`reset_cancellation_state`). **Errors** are in the outcome: `invalid_argument`
   * for a brief or settings that cannot be, before any call is made; the error of a backend that ended the run.
   * **Lifetime**: the loop may be destroyed while the run goes on.
   */
  boost::asio::awaitable<Outcome> run(Brief brief) const { return run(setup_, std::move(brief)); }

  /// The same for any completion token, with the signature `void(Outcome)`: see `pentimento::async_run`.
  template <class Token>
  auto async_run(const boost::asio::any_io_executor& executor, Brief brief, Token&& token) const {
    return initiate(executor, setup_, std::move(brief), std::forward<Token>(token));
  }

 private:
  static Policy default_policy()
    requires std::same_as<Policy, DefaultStopPolicy>
  {
    return default_stop_policy();
  }

  static boost::asio::awaitable<Outcome> run(Setup setup, Brief brief) {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    co_return co_await initiate(executor, std::move(setup), std::move(brief), boost::asio::use_awaitable);
  }

  template <class Token>
  static auto initiate(const boost::asio::any_io_executor& executor, Setup setup, Brief brief, Token&& token) {
    return boost::asio::async_initiate<Token, void(Outcome)>(
        [](auto handler, boost::asio::any_io_executor ex, Setup s, Brief b) {
          const auto run = std::make_shared<Run>(ex, std::move(s), std::move(b));
          const auto slot = boost::asio::get_associated_cancellation_slot(handler);
          if (slot.is_connected()) {
            // The slot is never cleared: a late signal finds no run. So the signal may come from any thread.
            const auto cancel = [weak = std::weak_ptr<Run>{run}](boost::asio::cancellation_type) {
              if (const auto still = weak.lock()) still->cancel();
            };
            auto connected = slot;
            connected.template emplace<std::remove_const_t<decltype(cancel)>>(cancel);
          }
          const auto home = boost::asio::get_associated_executor(handler, ex);
          // See `detail::async_call`.
          auto owned = std::make_unique<decltype(handler)>(std::move(handler));
          auto finish = [end = typename Run::End{run}, work = boost::asio::make_work_guard(home),
                         handler = std::move(owned)](std::exception_ptr exception) mutable {
            const std::shared_ptr<Run> ended = end.take(exception);
            auto complete = [outcome = ended->outcome(), done = std::move(handler)]() mutable {
              auto last = std::move(*done);
              done.reset();
              std::move(last)(std::move(outcome));
            };
            detail::hand_over(std::move(work), std::move(complete));
          };
          boost::asio::co_spawn(run->executor(), Run::drive(run), std::move(finish));
        },
        token, executor, std::move(setup), std::move(brief));
  }

  Setup setup_;
};

template <class G, class C>
RefinementLoop(G&&, C&&) -> RefinementLoop<>;
template <class G, class C, StopPolicy P>
RefinementLoop(G&&, C&&, P) -> RefinementLoop<P>;
template <class G, class C, StopPolicy P, Acceptance A>
RefinementLoop(G&&, C&&, P, A) -> RefinementLoop<P, A>;

/// Runs a loop with any completion token: a callback, `use_future`, `deferred`, ... Signature `void(Outcome)`. The handler
/// runs on its associated executor, else on `executor`. A signal on the handler's cancellation slot, from any thread,
/// cancels the run.
template <StopPolicy P, Acceptance A, class Token>
auto async_run(const boost::asio::any_io_executor& executor, const RefinementLoop<P, A>& loop, Brief brief,
               Token&& token) {
  return loop.async_run(executor, std::move(brief), std::forward<Token>(token));
}

/// Runs a loop here and now, on an event loop of its own, and returns its outcome. A stop requested of `stop`, from any
/// thread, cancels the run. A call that pays no heed to its cancellation is waited for, since its event loop ends here;
/// `async_run` leaves it behind instead.
template <StopPolicy P, Acceptance A>
Outcome run(const RefinementLoop<P, A>& loop, Brief brief, std::stop_token stop = {}) {
  boost::asio::io_context context{1};
  boost::asio::cancellation_signal signal;
  std::optional<Outcome> outcome;
  loop.async_run(context.get_executor(), std::move(brief),
                 boost::asio::bind_cancellation_slot(
                     signal.slot(), [&outcome](Outcome result) { outcome.emplace(std::move(result)); }));
  const std::stop_callback on_stop{
      stop, [&] { boost::asio::post(context, [&] { signal.emit(boost::asio::cancellation_type::all); }); }};
  if (stop.stop_requested()) signal.emit(boost::asio::cancellation_type::all);  // before the first call is made
  context.run();
  return std::move(*outcome);
}

}  // namespace pentimento
