#pragma once

#include "support/events.hpp"
#include "support/gate.hpp"
#include "support/images.hpp"
#include <pentimento/critic.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/reviser.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Roles that do what the test says, call by call.
namespace pentimento::test {

namespace asio = boost::asio;

/// What one call does: perhaps waits, then answers, fails or throws.
template <class T>
class Step {
 public:
  Step(T value) : result_{std::move(value)} {}
  Step(Error error) : result_{std::move(error)} {}
  Step(Result<T> result) : result_{std::move(result)} {}

  /// Throws instead of answering.
  static Step raise(std::string what) {
    Step step{Error{errc::backend_failed, "unused"}};
    step.exception_ = std::make_exception_ptr(std::runtime_error{std::move(what)});
    return step;
  }
  /// Never ends of itself; ends when it is cancelled.
  static Step hang() { return Step{Error{errc::backend_failed, "unused"}}.after(Gate{}); }

  /// Waits for a gate first.
  Step after(Gate gate) const {
    Step step{*this};
    step.gate_ = std::move(gate);
    return step;
  }
  /// Lets others run first.
  Step after_a_turn() const {
    Step step{*this};
    step.turn_ = true;
    return step;
  }
  /// Sleeps first.
  Step after(std::chrono::milliseconds delay) const {
    Step step{*this};
    step.delay_ = delay;
    return step;
  }
  /// Ignores cancellation.
  Step deaf() const {
    Step step{*this};
    step.deaf_ = true;
    return step;
  }

  static asio::awaitable<Result<T>> perform(Step step) {
    if (step.deaf_) {
      co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
      co_await asio::this_coro::throw_if_cancelled(false);
    }
    if (step.turn_) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    if (step.delay_) {
      asio::steady_timer timer{co_await asio::this_coro::executor, *step.delay_};
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (step.gate_) co_await step.gate_->wait();
    if (step.exception_) std::rethrow_exception(step.exception_);
    co_return std::move(step.result_);
  }

 private:
  Result<T> result_;
  std::exception_ptr exception_;
  std::optional<Gate> gate_;
  std::optional<std::chrono::milliseconds> delay_;
  bool turn_ = false;
  bool deaf_ = false;
};

/// Answers with picture(1), picture(2), ... unless its script says otherwise.
class ScriptedGenerator final : public Generator {
 public:
  using Script = std::function<Step<Generation>(int call, const GenerationRequest& request)>;

  ScriptedGenerator() = default;
  explicit ScriptedGenerator(Script s) : script{std::move(s)} {}

  Script script = [](int call, const GenerationRequest&) {
    return Step<Generation>{Generation{picture(static_cast<std::uint32_t>(call) + 1)}};
  };
  Capabilities can = Capabilities{"scripted"}.seed(true).image_to_image(true);
  Money price{};
  std::vector<GenerationRequest> requests;

 private:
  Capabilities do_capabilities() const override { return can; }
  Money do_estimate(const GenerationRequest&) const override { return price; }
  asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override {
    const int call = static_cast<int>(requests.size());
    requests.push_back(request);
    return Step<Generation>::perform(script(call, request));
  }
};

/// Claims the brief's requirements and fails `user-1` unless its script says otherwise.
class ScriptedCritic final : public Critic {
 public:
  using Script = std::function<Step<Critique>(int call, const CritiqueRequest& request)>;
  using ComparisonScript = std::function<Step<Comparison>(int call, const ComparisonRequest& request)>;

  ScriptedCritic() = default;
  explicit ScriptedCritic(Script s) : script{std::move(s)} {}

  Script script = [](int, const CritiqueRequest&) { return Step<Critique>{verdicts("f")}; };
  std::optional<ComparisonScript> comparison;
  std::function<Step<Plan>(const Brief&)> planning = [](const Brief& brief) {
    return Step<Plan>{claim_requirements(brief)};
  };
  Money plan_price{};
  Money critique_price{};
  Money comparison_price{};
  std::vector<CandidateId> judged;
  std::vector<ComparisonRequest> compared;
  int plans = 0;

 private:
  std::string do_name() const override { return "scripted"; }
  Money do_estimate(CallKind kind) const noexcept override {
    return kind == CallKind::plan ? plan_price : kind == CallKind::compare ? comparison_price : critique_price;
  }
  bool do_can_compare() const override { return comparison.has_value(); }
  asio::awaitable<Result<Plan>> do_plan(Brief brief) override {
    ++plans;
    return Step<Plan>::perform(planning(brief));
  }
  asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override {
    const int call = static_cast<int>(judged.size());
    judged.push_back(request.candidate().id());
    return Step<Critique>::perform(script(call, request));
  }
  asio::awaitable<Result<Comparison>> do_compare(ComparisonRequest request) override {
    const int call = static_cast<int>(compared.size());
    compared.push_back(request);
    return Step<Comparison>::perform((*comparison)(call, request));
  }
};

/// Asks for "try 1", "try 2", ... unless its script says otherwise.
class ScriptedReviser final : public Reviser {
 public:
  using Script = std::function<Step<Revision>(int call, const RevisionRequest& request)>;

  ScriptedReviser() = default;
  explicit ScriptedReviser(Script s) : script{std::move(s)} {}

  Script script = [](int call, const RevisionRequest&) {
    Revision revision{Action::reprompt, GenerationRequest{"try " + std::to_string(call + 1)}};
    return Step<Revision>{std::move(revision)};
  };
  Money price{};
  int calls = 0;

 private:
  std::string do_name() const override { return "scripted"; }
  Money do_estimate() const noexcept override { return price; }
  asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override {
    return Step<Revision>::perform(script(calls++, request));
  }
};

/// A sink that keeps every event, and does with each what its script says.
class RecordingSink final : public EventSink {
 public:
  using Script = std::function<Step<bool>(const Event& event)>;

  RecordingSink() = default;
  explicit RecordingSink(Script s) : script{std::move(s)} {}

  Script script = [](const Event&) { return Step<bool>{true}; };
  std::vector<Event> events;

 private:
  asio::awaitable<Result<void>> do_on_event(Event event) override { return store(this, std::move(event)); }

  static asio::awaitable<Result<void>> store(RecordingSink* self, Event event) {
    Step<bool> step = self->script(event);
    const Result<bool> stored = co_await Step<bool>::perform(std::move(step));
    if (!stored) co_return stored.error();
    self->events.push_back(std::move(event));
    co_return Result<void>{};
  }
};

}  // namespace pentimento::test
