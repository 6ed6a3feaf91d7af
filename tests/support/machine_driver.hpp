#pragma once

#include "support/events.hpp"
#include "support/images.hpp"
#include <pentimento/loop/machine.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// A loop's state machine, driven by hand.
namespace pentimento::test {

/// Drives a machine without a coroutine: keeps the clock, the events, and the calls in progress.
class Driver {
 public:
  explicit Driver(LoopMachine m) : machine{std::move(m)} {}

  /// Records an event, and all that the machine makes of it.
  void record(EventBody first) {
    std::deque<EventBody> bodies{std::move(first)};
    while (!bodies.empty()) {
      REQUIRE(!finished);
      Event event{events.size(), now, std::move(bodies.front())};
      bodies.pop_front();
      const Result<std::vector<Command>> commands = machine.step(event);
      REQUIRE_MESSAGE(commands.has_value(), (commands ? std::string{} : commands.error().message()));
      events.push_back(std::move(event));
      taken.push_back(*commands);
      for (const Command& command : *commands) {
        if (const auto* to_record = std::get_if<command::Record>(&command)) bodies.push_back(to_record->body);
        if (const auto* to_make = std::get_if<command::MakeCall>(&command)) {
          calls.push_back(to_make->call);
          requests.push_back(to_make->request);
        }
        if (std::holds_alternative<command::CancelCalls>(command)) cancelled = calls;
        if (std::holds_alternative<command::Finish>(command)) finished = true;
      }
    }
  }

  void start(Brief brief, RunSettings settings) { record(event::RunStarted{std::move(brief), std::move(settings)}); }

  /// Records what the machine answers to an interruption.
  void interrupt(std::vector<Command> commands) {
    for (Command& command : commands) record(std::get<command::Record>(std::move(command)).body);
  }

  /// Ends a call in progress.
  void end(const Call& call, CallResult result) {
    REQUIRE_MESSAGE(std::erase(calls, call) == 1, to_string(call));
    record(machine.conclude(call, std::move(result)));
  }
  /// Claims the brief's own requirements, and plans these.
  void plan(const std::vector<Requirement>& planned = {}) {
    Plan plan;
    for (Requirement own : transcript().brief().requirements()) plan.add(std::move(own.owner("critic")));
    for (const Requirement& requirement : planned) plan.add(requirement);
    end(Call{CallKind::plan}, std::move(plan));
  }
  void generate(CandidateId id, std::vector<Image> images = {picture(1)}, Charge charge = {}) {
    Generation generation{std::move(images)};
    generation.charge(charge);
    end(Call{CallKind::generate, id}, std::move(generation));
  }
  void critique(CandidateId id, std::string_view letters) { end(Call{CallKind::critique, id}, verdicts(letters)); }
  void compare(CandidateId id, bool swapped, Preference preference) {
    end(Call{CallKind::compare, id, swapped}, Comparison{preference});
  }
  void revise(Action action = Action::reprompt) {
    Revision revision{action, GenerationRequest{"again"}};
    revision.author("reviser").why("because");
    end(Call{CallKind::revise}, std::move(revision));
  }
  void fail(const Call& call, errc code = errc::backend_failed) { end(call, Error{code, "it broke"}); }

  /// The calls in progress, in the order in which they began.
  std::string in_progress() const {
    std::string text;
    for (const Call& call : calls) text += (text.empty() ? "" : ", ") + to_string(call);
    return text;
  }
  const Transcript& transcript() const { return machine.transcript(); }
  const StopReason& reason() const { return *machine.transcript().stop_reason(); }
  DecisionReason decision(CandidateId id) const { return transcript().find(id)->decision()->reason(); }

  LoopMachine machine;
  TimePoint now{std::chrono::hours{24}};
  std::vector<Event> events;
  std::vector<std::vector<Command>> taken;  // for each event, what the machine made of it
  std::vector<Call> calls;
  std::vector<CallRequest> requests;  // of all calls, also of those that ended
  std::vector<Call> cancelled;
  bool finished = false;
};

/// Roles that can do everything but compare, and are free.
inline RoleFacts any_roles() {
  RoleFacts roles;
  roles.capabilities = Capabilities{"any"}.seed(true).negative_prompt(true).image_to_image(true);
  return roles;
}

inline Driver driver(AnyStopPolicy policy, RoleFacts roles = any_roles()) {
  return Driver{LoopMachine{std::move(policy), IncumbentOrder{}, std::move(roles)}};
}

inline const Call plan_call{CallKind::plan};
inline const Call revise_call{CallKind::revise};
inline Call generate_call(int round, int draft) { return Call{CallKind::generate, CandidateId{round, draft}}; }
inline Call critique_call(int round, int draft, int image = 0) {
  return Call{CallKind::critique, CandidateId{round, draft, image}};
}

}  // namespace pentimento::test
