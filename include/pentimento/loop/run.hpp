#pragma once

#include <pentimento/critic.hpp>
#include <pentimento/detail/serial_executor.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/loop/machine.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/revise/rules.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/policies.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace pentimento::detail {

/// Everything that a run is made from; copied out of the loop when the run starts.
template <class StopPolicy, class Acceptance>
class RunSetup {
 public:
  RunSetup(std::shared_ptr<Generator> g, std::shared_ptr<Critic> c, std::shared_ptr<Reviser> r, StopPolicy p,
           Acceptance a)
      : generator{std::move(g)},
        critic{std::move(c)},
        reviser{std::move(r)},
        policy{std::move(p)},
        acceptance{std::move(a)},
        capabilities{generator->capabilities()},
        can_compare{critic->can_compare()} {
    settings.policy(describe(policy)).generator(capabilities.name()).critic(critic->name()).reviser(reviser->name());
  }

  std::shared_ptr<Generator> generator;
  std::shared_ptr<Critic> critic;
  std::shared_ptr<Reviser> reviser;
  StopPolicy policy;
  Acceptance acceptance;
  Capabilities capabilities;
  bool can_compare;
  RunSettings settings;
  std::vector<std::shared_ptr<EventSink>> sinks;
  std::vector<std::function<void(const Event&)>> watchers;
};

/// How long a cancelled call may take to end before the run goes on without it. With this a run ends within 100 ms of a
/// cancel even if a backend pays no heed to it.
inline constexpr std::chrono::milliseconds cancel_grace{50};

/// Why a run cannot be started with this; checked before any work is done.
std::optional<Error> refusal(const Brief& brief, const RunSettings& settings, const Capabilities& can);

/**
 * Carries out what the loop machine decides: makes the calls, keeps the time, records the events.
 *
 * Everything of a run happens on its strand, whatever executor it was started on. Other threads only post to it.
 */
template <class StopPolicy, class Acceptance>
class Run : public std::enable_shared_from_this<Run<StopPolicy, Acceptance>> {
 public:
  using Setup = RunSetup<StopPolicy, Acceptance>;

  Run(const boost::asio::any_io_executor& executor, Setup setup, Brief brief)
      : strand_{SerialExecutor::on(executor)},
        timer_{strand_},
        setup_{std::move(setup)},
        brief_{std::move(brief)},
        machine_{setup_.policy, setup_.acceptance, terms()} {}

  const boost::asio::any_io_executor& executor() const noexcept { return strand_; }

  /// Asks the run to end. Any thread, any time.
  void cancel() {
    cancelled_ = true;
    boost::asio::post(strand_, [self = this->shared_from_this()] { self->wake(); });
  }

  /// The whole run, on its strand. Never throws.
  static boost::asio::awaitable<void> drive(std::shared_ptr<Run> self) {
    self->inbox_.push_back(event::RunStarted{self->brief_, self->setup_.settings});
    while (!self->finished_) {
      self->request_stop_if_due();
      self->leave_late_calls_behind();
      if (self->inbox_.empty()) {
        self->timer_.expires_at(self->next_instant());
        boost::system::error_code ignored;
        co_await self->timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
      } else {
        EventBody body = std::move(self->inbox_.front());
        self->inbox_.pop_front();
        co_await self->record(std::move(body));
        // Backends that answer at once must not keep a cancellation, or others, from the executor.
        if (!self->inbox_.empty()) co_await boost::asio::post(self->strand_, boost::asio::use_awaitable);
      }
    }
  }

  /// What the run leaves behind, once it has been driven to its end.
  Outcome outcome() { return Outcome{machine_.release(), observer_error_}; }

  /// Leaves all that goes on to itself, and cancels it. On the strand.
  void give_up() noexcept {
    finished_ = true;
    while (!calls_.empty()) {
      const std::shared_ptr<PendingCall> pending = std::move(calls_.back());
      calls_.pop_back();
      pending->left_behind = true;
      try {
        pending->cancel();
      } catch (...) {
        // There is no memory to tell it: it comes to its own end.
      }
    }
  }

  /**
   * What drives a run has come to its end, or was dropped, for want of memory to go on or with its execution context: then
   * what the run waits for is given up.
   */
  class End {
   public:
    explicit End(std::shared_ptr<Run> run) : run_{std::move(run)} {}
    End(End&&) noexcept = default;
    End& operator=(End&&) = delete;
    ~End() {
      if (run_ != nullptr) run_->soon(&Run::give_up);
    }
    /// It has; on the strand. Gives the run.
    std::shared_ptr<Run> take(const std::exception_ptr& exception) noexcept {
      if (exception) run_->give_up();
      return std::move(run_);
    }

   private:
    std::shared_ptr<Run> run_;
  };

 private:
  using Clock = std::chrono::steady_clock;

  /// Something that the run waits for: a call of a role, or a sink that takes an event.
  struct Pending {
    boost::asio::cancellation_signal signal;
    std::optional<Clock::time_point> leave_at;  // once it is cancelled: until when it may take to end
    bool left_behind = false;
    bool broken = false;  // by an exception that nothing could take, for want of memory

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

  LoopTerms terms() const {
    LoopTerms terms;
    terms.generate = [generator = setup_.generator](const GenerationRequest& request) {
      return generator->estimate(request);
    };
    terms.plan = setup_.critic->estimate(CallKind::plan);
    terms.critique = setup_.critic->estimate(CallKind::critique);
    terms.compare = setup_.critic->estimate(CallKind::compare);
    terms.revise = setup_.reviser->estimate();
    terms.can_compare = setup_.can_compare;
    terms.takes_seed = setup_.capabilities.seed();
    terms.takes_negative_prompt = setup_.capabilities.negative_prompt();
    terms.refusal = refusal(brief_, setup_.settings, setup_.capabilities);
    return terms;
  }

  // Events -------------------------------------------------------------------------------------------------------------

  TimePoint now() const { return calendar_start_ + std::chrono::duration_cast<Duration>(Clock::now() - steady_start_); }

  /// Records one event and whatever the machine makes of it. What a sink stores is stored before a call is made.
  boost::asio::awaitable<void> record(EventBody first) {
    std::vector<EventBody> bodies;
    bodies.push_back(std::move(first));
    for (std::size_t next = 0; next < bodies.size(); ++next) {
      Event event{sequence_, now(), std::move(bodies[next])};
      ++sequence_;
      if (observer_error_ && event.template as<event::RunStopped>()) event = unrecorded_end(event);
      for (std::size_t i = 0; i < setup_.sinks.size(); ++i) {
        if (setup_.sinks[i] == nullptr) continue;
        const Result<void> stored = co_await store(setup_.sinks[i], event);
        if (stored) continue;
        setup_.sinks[i] = nullptr;
        observer_failed(stored.error());
      }
      for (auto& watcher : setup_.watchers) tell(watcher, event);
      take(event, bodies);
    }
  }

  /// Has a sink take an event. One that still has not when the run is to end at once is left behind after a while.
  boost::asio::awaitable<Result<void>> store(std::shared_ptr<EventSink> sink, Event event) {
    const auto pending = std::make_shared<PendingStore>();
    launch(pending, await_store(this->shared_from_this(), pending, std::move(sink), std::move(event)));
    while (!pending->result) {
      timer_.expires_at(pending->leave_at ? std::min(*pending->leave_at, next_instant()) : next_instant());
      boost::system::error_code ignored;
      co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
      if (pending->result) break;
      if (pending->broken) co_return Error{errc::backend_failed, "an event sink failed for want of memory"};
      leave_late_calls_behind();
      request_stop_if_due();
      if (pending->is_late()) {
        pending->cancel();
        pending->left_behind = true;
        co_return Error{errc::io_failed, "an event sink did not end in time when the run was to stop"};
      }
      if (!pending->leave_at && is_due()) {
        pending->leave_at = Clock::now() + cancel_grace;
        cancel_calls();  // the machine says so only once this event is stored
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
      observer_failed(error_from_current_exception("a watcher of the run"));
    }
  }

  static StopReason not_recorded() { return {StopKind::failed, "failed", "the run cannot be recorded"}; }

  /// A run that cannot be recorded must not go on spending.
  void observer_failed(const Error& why) {
    if (observer_error_) return;
    observer_error_ = Error{errc::observer_failed, "the run cannot be recorded: " + why.message()};
    request_stop(not_recorded(), observer_error_);
  }

  /// Whatever a run was to end with, one that cannot be recorded has failed.
  Event unrecorded_end(const Event& event) const {
    return Event{event.sequence(), event.time(), event::RunStopped{not_recorded(), observer_error_}};
  }

  void take(const Event& event, std::vector<EventBody>& bodies) {
    const Result<const std::vector<Command>*> commands = machine_.step(event);
    if (!commands) {  // the events come from the machine itself and fit; but better an end than a wait without one
      finished_ = true;
      return;
    }
    if (event.as<event::RunStarted>()) find_deadline();
    request_stop_if_due();  // a sink may have taken its time
    for (const Command& command : **commands) {
      if (const auto* to_record = std::get_if<command::Record>(&command)) bodies.push_back(to_record->body);
      if (const auto* to_make = std::get_if<command::MakeCall>(&command)) start(to_make->call);
      if (std::holds_alternative<command::CancelCalls>(command)) cancel_calls();
      if (std::holds_alternative<command::Finish>(command)) finished_ = true;
    }
  }

  // Calls --------------------------------------------------------------------------------------------------------------

  void start(const Call& call) {
    if (stop_requested_) {  // the machine learns that first
      inbox_.push_back(
          event::CallFailed{call, Error{errc::cancelled, to_string(call) + " was not made: the run is to stop"}});
      return;
    }
    // While one of the two is at work, the other gets ready.
    if (call.kind() == CallKind::generate) {
      setup_.critic->prepare();
    } else {
      setup_.generator->prepare();
    }
    const Transcript& run = machine_.transcript();
    switch (call.kind()) {
      case CallKind::plan: return make(call, setup_.critic, &Critic::plan, brief_);
      case CallKind::generate: {
        const std::vector<Draft>& drafts = run.rounds().back().drafts();
        const auto draft = std::ranges::find(drafts, *call.candidate(), &Draft::id);
        return make(call, setup_.generator, &Generator::generate, draft->request());
      }
      case CallKind::critique: {
        CritiqueRequest request{run.shared_brief(), run.shared_checklist(), *run.find(*call.candidate())};
        return make(call, setup_.critic, &Critic::critique, std::move(request));
      }
      case CallKind::compare: {
        const Candidate& challenger = *run.find(*call.candidate());
        const Candidate& incumbent = *run.incumbent();
        ComparisonRequest request{run.shared_brief(), run.shared_checklist(), call.swapped() ? incumbent : challenger,
                                  call.swapped() ? challenger : incumbent};
        return make(call, setup_.critic, &Critic::compare, std::move(request));
      }
      case CallKind::revise:
        return make(call, setup_.reviser, &Reviser::revise, RevisionRequest{machine_.share(), setup_.capabilities});
    }
  }

  template <class T, class Role, class Request>
  void make(const Call& call, const std::shared_ptr<Role>& role,
            boost::asio::awaitable<Result<T>> (Role::*member)(Request), Request request) {
    const auto pending = std::make_shared<PendingCall>(call);
    calls_.push_back(pending);
    launch(pending, await_call<T, Role, Request>(this->shared_from_this(), pending, role, member, std::move(request)));
  }

  /// Learns of the end of what is waited for, also where it was dropped: for want of memory to bring it, or with its execution
  /// context. Keeps `pending`, in which the signal lives.
  class LaunchEnd {
   public:
    LaunchEnd(std::shared_ptr<Run> run, std::shared_ptr<Pending> pending)
        : run_{std::move(run)}, pending_{std::move(pending)} {}
    LaunchEnd(LaunchEnd&&) noexcept = default;
    LaunchEnd& operator=(LaunchEnd&&) = delete;
    ~LaunchEnd() {
      if (run_ != nullptr) run_->soon([pending = std::move(pending_)](Run& run) { run.broke(*pending); });
    }
    void operator()(const std::exception_ptr& exception) {
      const std::shared_ptr<Run> run = std::move(run_);
      if (exception) run->broke(*pending_);
    }

   private:
    std::shared_ptr<Run> run_;
    std::shared_ptr<Pending> pending_;
  };

  /// One instantiation of `co_spawn` for all that is waited for: they are what a file that runs a loop compiles longest.
  void launch(const std::shared_ptr<Pending>& pending, boost::asio::awaitable<void> call) {
    LaunchEnd end{this->shared_from_this(), pending};
    boost::asio::co_spawn(strand_, std::move(call),
                          boost::asio::bind_cancellation_slot(pending->signal.slot(), std::move(end)));
  }

  void broke(Pending& pending) {
    pending.broken = true;
    wake();
  }

  /// Has the strand do something; not if there is no memory for it, or the execution context goes.
  template <class What>
  void soon(What what) noexcept {
    try {
      boost::asio::post(strand_,
                        [self = this->shared_from_this(), what = std::move(what)] { std::invoke(what, *self); });
    } catch (...) {
      // Nobody is left who could.
    }
  }

  template <class T, class Role, class Request>
  static boost::asio::awaitable<void> await_call(std::shared_ptr<Run> self, std::shared_ptr<PendingCall> pending,
                                                 std::shared_ptr<Role> role,
                                                 boost::asio::awaitable<Result<T>> (Role::*member)(Request),
                                                 Request request) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    Result<T> result = co_await (role.get()->*member)(std::move(request));
    if (pending->left_behind) co_return;  // the run may be over, and its transcript gone
    if (result) {
      self->ended(pending, self->finished(pending->call, std::move(*result)));
    } else {
      self->ended(pending, event::CallFailed{pending->call, result.error()});
    }
  }

  EventBody finished(const Call&, Plan plan) const {
    return event::PlanFinished{Checklist{brief_.requirements(), plan.requirements()}, plan.charge()};
  }
  EventBody finished(const Call& call, Generation generation) const {
    return event::GenerationFinished{*call.candidate(), std::move(generation)};
  }
  EventBody finished(const Call& call, Critique critique) const {
    return event::CritiqueFinished{*call.candidate(), std::move(critique)};
  }
  EventBody finished(const Call& call, Comparison comparison) const {
    return event::ComparisonFinished{*call.candidate(), call.swapped(), std::move(comparison)};
  }
  EventBody finished(const Call&, Revision revision) const {
    return event::RevisionFinished{fit_revision(std::move(revision), machine_.transcript(), setup_.capabilities)};
  }

  void ended(const std::shared_ptr<PendingCall>& pending, EventBody body) {
    inbox_.push_back(std::move(body));  // where that throws, the call is one that broke
    std::erase(calls_, pending);
    wake();
  }

  void cancel_calls() {
    const auto calls = calls_;  // a call may end while it is being cancelled
    for (const auto& pending : calls) pending->cancel();
  }

  /// Goes on without the calls that broke, and those that paid no heed to their cancellation. They may have been billed.
  void leave_late_calls_behind() {
    const auto is_lost = [](const std::shared_ptr<PendingCall>& pending) {
      return pending->broken || pending->is_late();
    };
    for (auto call = calls_.begin(); (call = std::find_if(call, calls_.end(), is_lost)) != calls_.end();) {
      const std::shared_ptr<PendingCall> pending = *call;
      call = calls_.erase(call);
      pending->left_behind = true;
      Error error = pending->broken
                        ? Error{errc::backend_failed, to_string(pending->call) + " failed for want of memory"}
                        : Error{errc::cancelled,
                                to_string(pending->call) + " was cancelled and left behind: it did not end in time"};
      const std::vector<Ledger::Entry>& reserved = machine_.transcript().ledger().reservations();
      const auto entry = std::ranges::find(reserved, pending->call, &Ledger::Entry::call);
      if (entry != reserved.end() && !entry->charge().amount().is_zero())
        error.charge(Charge::maybe_billed(entry->charge().amount()));
      inbox_.push_back(event::CallFailed{pending->call, std::move(error)});
    }
  }

  // Time and cancellation ----------------------------------------------------------------------------------------------

  void wake() { timer_.cancel(); }

  /// Whether the run is to end at once, rather than when it has come to an end of its own.
  bool is_due() const { return cancelled_ || (deadline_ && now() >= *deadline_); }

  void request_stop_if_due() {
    if (stop_requested_ || !is_due()) return;
    if (cancelled_) {
      request_stop(StopReason{StopKind::cancelled, "cancelled"});
    } else {
      try {
        const std::optional<StopReason> reason = setup_.policy(machine_.transcript(), now());
        request_stop(reason ? *reason : StopReason{StopKind::time, setup_.settings.policy(), "the time is up"});
      } catch (...) {
        request_stop_for_exception();
      }
    }
  }

  void request_stop(StopReason reason, std::optional<Error> error = std::nullopt) {
    stop_requested_ = true;
    inbox_.push_back(event::StopRequested{std::move(reason), std::move(error)});
  }

  void request_stop_for_exception() {
    const Error error = error_from_current_exception("the stop policy");
    request_stop(StopReason{StopKind::failed, "failed", error.message()}, error);
  }

  void find_deadline() {
    try {
      deadline_ = deadline(setup_.policy, machine_.transcript().started());
      // The clock counts nanoseconds: what lies further off than it reaches is never due.
      if (deadline_ && *deadline_ > calendar_start_ + Deadline::longest) deadline_.reset();
    } catch (...) {
      request_stop_for_exception();
    }
  }

  /// When something is due even if no call ends.
  Clock::time_point next_instant() const {
    Clock::time_point next = Clock::time_point::max();
    if (deadline_ && !stop_requested_) next = steady_start_ + (*deadline_ - calendar_start_);
    for (const auto& pending : calls_) {
      if (pending->leave_at) next = std::min(next, *pending->leave_at);
    }
    return next;
  }

  boost::asio::any_io_executor strand_;
  boost::asio::steady_timer timer_;
  Setup setup_;
  Brief brief_;
  LoopMachine<StopPolicy, Acceptance> machine_;

  TimePoint calendar_start_ = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  Clock::time_point steady_start_ = Clock::now();
  std::uint64_t sequence_ = 0;
  std::deque<EventBody> inbox_;
  std::vector<std::shared_ptr<PendingCall>> calls_;
  std::optional<TimePoint> deadline_;
  std::atomic<bool> cancelled_ = false;  // by any thread; all else is the strand's
  bool stop_requested_ = false;
  std::optional<Error> observer_error_;  // why the run cannot be recorded any more
  bool finished_ = false;
};

inline std::optional<Error> refusal(const Brief& brief, const RunSettings& settings, const Capabilities& can) {
  const auto refuse = [](std::string why) { return Error{errc::invalid_argument, std::move(why)}; };
  const auto blank = [](const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; };
  if (blank(brief.goal())) return refuse("the brief is empty: say what the picture is to show");
  for (const Requirement& requirement : brief.requirements()) {
    if (!(requirement.weight() > 0 && requirement.weight() <= max_weight)) {
      return refuse("requirement " + requirement.id() +
                    " has a weight out of range; it must be above 0 and at most a million");
    }
    if (blank(requirement.text()))
      return refuse("requirement " + requirement.id() + " is empty: say what is to hold in the picture");
  }
  if (const Result<void> valid = validate(settings); !valid) return valid.error();
  if (brief.aspect_ratio() && (brief.aspect_ratio()->width() == 0 || brief.aspect_ratio()->height() == 0)) {
    return refuse("an aspect ratio has two sides above 0, as in 16:9");
  }
  if (const std::optional<PixelSize> size = size_for(brief)) {
    const auto [shortest, longest] = std::minmax({size->width(), size->height()});
    if (shortest < can.min_side() || longest > can.max_side()) {
      return refuse("the size " + to_string(*size) + " is out of range: with " + can.name() + " each side may have " +
                    std::to_string(can.min_side()) + " to " + std::to_string(can.max_side()) + " pixels");
    }
  }
  if (request_for(brief).prompt().size() > can.max_prompt_bytes()) {
    return refuse("the brief is too long: " + can.name() + " takes " + std::to_string(can.max_prompt_bytes()) +
                  " bytes");
  }
  return std::nullopt;
}

}  // namespace pentimento::detail
