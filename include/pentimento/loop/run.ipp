#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/loop/machine.hpp>
#include <pentimento/loop/replay.hpp>
#include <pentimento/loop/run.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/stop/policies.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <iterator>
#include <optional>
#include <variant>

namespace pentimento::detail {

PENTIMENTO_INLINE RunSetup::RunSetup(std::shared_ptr<Generator> g, std::shared_ptr<Critic> c)
    : generator{std::move(g)},
      critic{std::move(c)},
      capabilities{generator->capabilities()},
      can_compare{critic->can_compare()},
      policy{Never{}} {
  settings.generator(capabilities.name()).critic(critic->name());
  set_reviser(std::make_shared<ChecklistReviser>());
}

PENTIMENTO_INLINE void RunSetup::set_reviser(std::shared_ptr<Reviser> role) {
  settings.reviser(role->name());
  reviser = std::move(role);
}

PENTIMENTO_INLINE void RunSetup::set_settings(RunSettings wanted) {
  wanted.policy(settings.policy()).generator(settings.generator());
  wanted.critic(settings.critic()).reviser(settings.reviser());
  settings = std::move(wanted);
}

PENTIMENTO_INLINE void RunSetup::set_policy(AnyStopPolicy wanted) {
  settings.policy(wanted.describe());
  policy = std::move(wanted);
}

/**
 * Carries out what the loop machine decides: makes the calls, keeps the time, records the events.
 *
 * **Executor**: everything of a run happens on its strand. Other threads only post to it.
 */
class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(const boost::asio::any_io_executor& executor, RunSetup setup, Brief brief)
      : strand_{strand_on(executor)},
        timer_{strand_},
        setup_{std::move(setup)},
        machine_{setup_.policy, setup_.acceptance, facts()} {
    if (!setup_.recording) records_.emplace_back(event::RunStarted{std::move(brief), setup_.settings});
  }

  const boost::asio::any_io_executor& executor() const noexcept { return strand_; }

  /// Asks the run to end. Thread-safe; may be called at any time.
  void cancel() {
    cancelled_ = true;
    boost::asio::post(strand_, [self = shared_from_this()] { self->wake(); });
  }

  /// The whole run, on its strand.
  static boost::asio::awaitable<void> drive(std::shared_ptr<Run> self) {
    if (self->setup_.recording) {
      self->not_resumed_ = self->resume();
      if (self->not_resumed_) co_return;
    }
    while (!self->finished_) {
      self->interrupt_if_due();
      self->leave_late_calls_behind();
      if (self->records_.empty() && !self->ends_.empty()) {
        self->records_.push_back(std::move(self->ends_.front()));
        self->ends_.pop_front();
      }
      if (self->records_.empty()) {
        co_await self->wait_until(self->next_instant());
        continue;
      }
      EventBody body = std::move(self->records_.front());
      self->records_.pop_front();
      co_await self->record(std::move(body));
      // Backends that answer at once must not keep a cancellation, or others, from the executor.
      if (self->records_.empty() && !self->ends_.empty())
        co_await boost::asio::post(self->strand_, boost::asio::use_awaitable);
    }
  }

  /// What the run leaves behind, once it has been driven to its end.
  Outcome outcome() {
    std::optional<Error> broken_off = not_resumed_ ? not_resumed_ : machine_.record_error();
    return Outcome{machine_.release(), std::move(broken_off)};
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// Something that the run waits for: a call of a role, or a sink that takes an event.
  struct Pending {
    boost::asio::cancellation_signal signal;
    std::optional<Clock::time_point> leave_at;  // once it is cancelled: the time by which it must end
    bool left_behind = false;

    void cancel() {
      if (!leave_at) leave_at = Clock::now() + cancel_grace;
      signal.emit(boost::asio::cancellation_type::all);
    }
    bool is_late() const { return leave_at && Clock::now() >= *leave_at; }
  };
  struct PendingCall : Pending {
    explicit PendingCall(Call c) : call{c} {}
    Call call;
  };
  struct PendingStore : Pending {
    std::optional<Result<void>> result;
  };

  /// A strand of an `io_context`'s own executor is small enough for `any_io_executor` to hold it without an allocation.
  static boost::asio::any_io_executor strand_on(const boost::asio::any_io_executor& executor) {
    if (const auto* context = executor.target<boost::asio::io_context::executor_type>())
      return boost::asio::make_strand(*context);
    return boost::asio::make_strand(executor);
  }

  RoleFacts facts() const {
    RoleFacts facts;
    facts.capabilities = setup_.capabilities;
    facts.can_compare = setup_.can_compare;
    facts.generation_cost = [generator = setup_.generator](const GenerationRequest& request) {
      return generator->estimate(request);
    };
    facts.request_error = [generator = setup_.generator](const GenerationRequest& request) {
      return generator->validate(request);
    };
    facts.checklist_error = [critic = setup_.critic](const Brief& brief, const Checklist& checklist) {
      return critic->validate(brief, checklist);
    };
    facts.plan_cost = setup_.critic->estimate(CallKind::plan);
    facts.critique_cost = setup_.critic->estimate(CallKind::critique);
    facts.comparison_cost = setup_.critic->estimate(CallKind::compare);
    facts.revision_cost = setup_.reviser->estimate();
    return facts;
  }

  // Resuming -----------------------------------------------------------------------------------------------------------

  /// Replays the recorded events, then decides on the calls that were in progress. Returns why the run cannot be resumed; then
  /// no event was recorded and no call made.
  std::optional<Error> resume() {
    const std::vector<Event>& events = setup_.recording->events();
    if (events.empty()) return Error{errc::invalid_argument, "the record holds no events; run the brief instead"};
    Playback playback{machine_};
    for (const Event& event : events) {
      if (const auto* const started = event.as<event::RunStarted>()) {
        if (std::optional<Error> error = check_settings(started->settings)) return error;
      }
      if (!playback.fits(event.body())) {
        const std::deque<EventBody>& wanted = playback.wanted();
        return Error{errc::invalid_argument,
                     "the record does not fit the loop: event " + std::to_string(event.sequence()) + " is " +
                         std::string{name_of(event.body())} + ", and this loop would go on with " +
                         (wanted.empty() ? "the end of a call" : std::string{name_of(wanted.front())}) +
                         "; resume a run with the policy and the backends that it was started with"};
      }
      if (const Result<void> taken = playback.take(event); !taken) return taken.error();
    }
    records_ = std::move(playback.wanted());
    finished_ = playback.has_finished();
    sequence_ = events.size();
    // The clock of the run continues from its last event: the time between does not count.
    calendar_start_ = events.back().time();
    steady_start_ = Clock::now();
    return settle_open_calls(std::move(playback.open()));
  }

  std::optional<Error> check_settings(const RunSettings& recorded) const {
    const RunSettings& mine = setup_.settings;
    const auto differs = [](std::string_view what, const std::string& was, const std::string& is) {
      return Error{errc::invalid_argument, "the run was started with the " + std::string{what} + ' ' + was +
                                               ", and this loop has " + is + "; resume it with the same, or branch it"};
    };
    if (recorded.policy() != mine.policy()) return differs("stop policy", recorded.policy(), mine.policy());
    if (recorded.generator() != mine.generator()) return differs("generator", recorded.generator(), mine.generator());
    if (recorded.critic() != mine.critic()) return differs("critic", recorded.critic(), mine.critic());
    if (recorded.reviser() != mine.reviser()) return differs("reviser", recorded.reviser(), mine.reviser());
    return std::nullopt;
  }

  /// Makes free calls that were in progress again, and treats the others as the caller wants. Each call has one entry.
  std::optional<Error> settle_open_calls(std::vector<command::MakeCall> open) {
    const OnUnknownOutcome choice = setup_.recording->on_unknown_outcome();
    const auto needs_consent = [this](const command::MakeCall& make) {
      return machine_.after_interruption(make.call) == AfterInterruption::needs_consent;
    };
    std::string unknown;
    for (const command::MakeCall& make : open) {
      if (needs_consent(make)) unknown += (unknown.empty() ? "" : ", ") + to_string(make.call);
    }
    if (choice == OnUnknownOutcome::reject && !unknown.empty()) {
      return Error{errc::outcome_unknown, "the run was interrupted during " + unknown +
                                              ", which may have been billed: say whether to repeat or to abandon it"};
    }
    std::vector<EventBody> repeated;
    for (command::MakeCall& make : open) {
      switch (machine_.after_interruption(make.call)) {
        case AfterInterruption::make_again: start(make.call, std::move(make.request), {}); break;
        case AfterInterruption::fail: ends_.push_back(machine_.conclude_interrupted(make.call)); break;
        case AfterInterruption::needs_consent:
          if (choice == OnUnknownOutcome::abandon) {
            ends_.push_back(machine_.conclude_interrupted(make.call));
            break;
          }
          for (Command& command : machine_.repeat(make.call))
            repeated.push_back(std::move(std::get<command::Record>(command).body));
      }
    }
    // Before the events that the machine wants next, as the first time.
    records_.insert(records_.begin(), std::make_move_iterator(repeated.begin()),
                    std::make_move_iterator(repeated.end()));
    return std::nullopt;
  }

  // Events -------------------------------------------------------------------------------------------------------------

  TimePoint now() const { return calendar_start_ + std::chrono::duration_cast<Duration>(Clock::now() - steady_start_); }

  /// Records one event: stores it in the sinks, then carries out the commands of the machine. So an event is stored before
  /// its call is made.
  boost::asio::awaitable<void> record(EventBody body) {
    const Event event{sequence_++, now(), std::move(body)};
    for (std::shared_ptr<EventSink>& sink : setup_.sinks) {
      if (sink == nullptr) continue;
      const Result<void> stored = co_await store(sink, event);
      if (stored) continue;
      sink = nullptr;
      interrupt(machine_.fail_to_record(stored.error()));
    }
    for (auto& watcher : setup_.watchers) tell(watcher, event);
    interrupt_if_due();  // a sink may have taken its time
    Result<std::vector<Command>> commands = machine_.step(event);
    if (!commands) {  // the events come from the machine itself and fit; but better an end than a wait without one
      finished_ = true;
      co_return;
    }
    for (Command& command : *commands) carry_out(std::move(command));
  }

  /// Passes an event to a sink. If the sink has not returned when the run must end, it is cancelled and left behind.
  boost::asio::awaitable<Result<void>> store(std::shared_ptr<EventSink> sink, Event event) {
    const auto pending = std::make_shared<PendingStore>();
    launch(pending, await_store(shared_from_this(), pending, std::move(sink), std::move(event)));
    while (!pending->result) {
      if (!pending->leave_at && is_due()) {
        pending->leave_at = Clock::now() + cancel_grace;
        cancel_calls();  // the machine says so only once this event is stored
      }
      co_await wait_until(pending->leave_at ? std::min(*pending->leave_at, next_instant()) : next_instant());
      if (pending->result) break;
      leave_late_calls_behind();
      interrupt_if_due();
      if (pending->is_late()) {
        pending->cancel();
        pending->left_behind = true;
        co_return Error{errc::io_failed, "an event sink did not end in time when the run was to stop"};
      }
    }
    co_return *pending->result;
  }

  static boost::asio::awaitable<void> await_store(std::shared_ptr<Run> self, std::shared_ptr<PendingStore> pending,
                                                  std::shared_ptr<EventSink> sink, Event event) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    Result<void> stored = co_await sink->on_event(std::move(event));
    if (pending->left_behind) co_return;
    pending->result = std::move(stored);
    self->wake();
  }

  void tell(std::function<void(const Event&)>& watcher, const Event& event) {
    if (!watcher) return;
    try {
      watcher(event);
    } catch (...) {
      watcher = nullptr;
      interrupt(machine_.fail_to_record(error_from_current_exception("a watcher of the run")));
    }
  }

  void carry_out(Command command) {
    struct CarryingOut {
      void operator()(command::Record& record) const { run.records_.push_back(std::move(record.body)); }
      void operator()(command::MakeCall& make) const { run.start(make.call, std::move(make.request), make.wait); }
      void operator()(command::CancelCalls&) const { run.cancel_calls(); }
      void operator()(command::Finish&) const { run.finished_ = true; }
      Run& run;
    };
    std::visit(CarryingOut{*this}, command);
  }

  // Calls --------------------------------------------------------------------------------------------------------------

  void start(const Call& call, CallRequest request, Duration wait) {
    // While one of the two works, the other warms up.
    if (call.kind() == CallKind::generate) {
      setup_.critic->warm_up();
    } else {
      setup_.generator->warm_up();
    }
    const auto pending = std::make_shared<PendingCall>(call);
    calls_.push_back(pending);
    launch(pending, await_call(shared_from_this(), pending, std::move(request), wait));
  }

  /// Starts something that is waited for. Its signal must live until the very end of the coroutine.
  void launch(const std::shared_ptr<Pending>& pending, boost::asio::awaitable<void> waiting) {
    auto finish = [pending](const std::exception_ptr& exception) {
      if (exception) std::rethrow_exception(exception);
    };
    boost::asio::co_spawn(strand_, std::move(waiting),
                          boost::asio::bind_cancellation_slot(pending->signal.slot(), std::move(finish)));
  }

  static boost::asio::awaitable<void> await_call(std::shared_ptr<Run> self, std::shared_ptr<PendingCall> pending,
                                                 CallRequest request, Duration wait) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    CallResult result = Error{errc::cancelled, to_string(pending->call) + " was not made: it was cancelled before"};
    boost::system::error_code cancelled;
    if (wait > Duration::zero()) {
      boost::asio::steady_timer timer{self->strand_, wait};
      co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    }
    if (!cancelled) result = co_await perform(self, pending->call.kind(), std::move(request));
    if (pending->left_behind) co_return;  // the run may be over, and its transcript gone
    self->ends_.push_back(self->machine_.conclude(pending->call, std::move(result)));
    std::erase(self->calls_, pending);
    self->wake();
  }

  static boost::asio::awaitable<CallResult> perform(std::shared_ptr<Run> self, CallKind kind, CallRequest request) {
    switch (kind) {
      case CallKind::plan: {
        auto plan = self->setup_.critic->plan(std::get<Brief>(std::move(request)));
        co_return result_of(co_await std::move(plan));
      }
      case CallKind::generate: {
        auto generation = self->setup_.generator->generate(std::get<GenerationRequest>(std::move(request)));
        co_return result_of(co_await std::move(generation));
      }
      case CallKind::critique: {
        auto critique = self->setup_.critic->critique(std::get<CritiqueRequest>(std::move(request)));
        co_return result_of(co_await std::move(critique));
      }
      case CallKind::compare: {
        auto comparison = self->setup_.critic->compare(std::get<ComparisonRequest>(std::move(request)));
        co_return result_of(co_await std::move(comparison));
      }
      case CallKind::revise: break;
    }
    auto revision = self->setup_.reviser->revise(std::get<RevisionRequest>(std::move(request)));
    co_return result_of(co_await std::move(revision));
  }

  template <class T>
  static CallResult result_of(Result<T> result) {
    return result ? CallResult{std::move(*result)} : CallResult{result.error()};
  }

  void cancel_calls() {
    const auto calls = calls_;  // a call may end while it is being cancelled
    for (const auto& pending : calls) pending->cancel();
  }

  /// Goes on without the calls that ignored their cancellation.
  void leave_late_calls_behind() {
    const auto first_late =
        std::stable_partition(calls_.begin(), calls_.end(), [](const auto& pending) { return !pending->is_late(); });
    for (auto late = first_late; late != calls_.end(); ++late) {
      (*late)->left_behind = true;
      ends_.push_back(machine_.conclude_late((*late)->call));
    }
    calls_.erase(first_late, calls_.end());
  }

  // Time and cancellation ----------------------------------------------------------------------------------------------

  boost::asio::awaitable<void> wait_until(Clock::time_point instant) {
    timer_.expires_at(instant);
    boost::system::error_code ignored;
    co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }

  void wake() { timer_.cancel(); }

  bool has_started() const { return sequence_ > 0; }
  bool is_expired() const { return machine_.deadline() && now() >= *machine_.deadline(); }

  /// True if the run must end now, not only when the machine says so.
  bool is_due() const { return cancelled_ || is_expired(); }

  void interrupt_if_due() {
    if (!has_started()) return;
    if (cancelled_) {
      interrupt(machine_.cancel());
    } else if (is_expired()) {
      interrupt(machine_.expire(now()));
    }
  }

  /// The events of an interruption are recorded before all others.
  void interrupt(std::vector<Command> commands) {
    for (Command& command : commands) {
      if (auto* record = std::get_if<command::Record>(&command)) records_.push_front(std::move(record->body));
    }
  }

  /// When something is due even if no call ends.
  Clock::time_point next_instant() const {
    Clock::time_point next = Clock::time_point::max();
    if (machine_.deadline() && !is_due()) next = steady_start_ + (*machine_.deadline() - calendar_start_);
    for (const auto& pending : calls_) {
      if (pending->leave_at) next = std::min(next, *pending->leave_at);
    }
    return next;
  }

  boost::asio::any_io_executor strand_;
  boost::asio::steady_timer timer_;
  RunSetup setup_;
  LoopMachine machine_;

  TimePoint calendar_start_ = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  Clock::time_point steady_start_ = Clock::now();
  std::uint64_t sequence_ = 0;
  std::deque<EventBody> records_;  // what the machine wants recorded
  std::deque<EventBody> ends_;     // of calls, recorded once the machine wants nothing else
  std::vector<std::shared_ptr<PendingCall>> calls_;
  std::atomic<bool> cancelled_ = false;  // by any thread; all else is the strand's
  bool finished_ = false;
  std::optional<Error> not_resumed_;
};

PENTIMENTO_INLINE void start_run(const boost::asio::any_io_executor& executor, RunSetup setup, Brief brief,
                                 boost::asio::cancellation_slot slot, std::unique_ptr<Completion<Outcome>> done) {
  const auto run = std::make_shared<Run>(executor, std::move(setup), std::move(brief));
  if (slot.is_connected()) {
    // The slot is never cleared, and a late signal finds no run: so the signal may come from any thread.
    const auto cancel = [weak = std::weak_ptr<Run>{run}](boost::asio::cancellation_type) {
      if (const auto still = weak.lock()) still->cancel();
    };
    slot.emplace<std::remove_const_t<decltype(cancel)>>(cancel);
  }
  auto finish = [run, done = std::move(done)](const std::exception_ptr& exception) {
    if (exception) std::rethrow_exception(exception);
    done->complete(run->outcome());
  };
  boost::asio::co_spawn(run->executor(), Run::drive(run), std::move(finish));
}

PENTIMENTO_INLINE boost::asio::awaitable<Outcome> run_awaited(RunSetup setup, Brief brief) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  co_return co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Outcome)>(
      StartRun{}, boost::asio::use_awaitable, executor, std::move(setup), std::move(brief));
}

PENTIMENTO_INLINE Outcome run_here(RunSetup setup, Brief brief, std::stop_token stop) {
  boost::asio::io_context context{1};
  boost::asio::cancellation_signal signal;
  std::optional<Outcome> outcome;
  auto keep = [&outcome](Outcome result) { outcome.emplace(std::move(result)); };
  StartRun{}(boost::asio::bind_cancellation_slot(signal.slot(), std::move(keep)), context.get_executor(),
             std::move(setup), std::move(brief));
  const std::stop_callback on_stop{
      stop, [&] { boost::asio::post(context, [&] { signal.emit(boost::asio::cancellation_type::all); }); }};
  if (stop.stop_requested()) signal.emit(boost::asio::cancellation_type::all);  // before the first call is made
  context.run();
  return std::move(*outcome);
}

}  // namespace pentimento::detail
