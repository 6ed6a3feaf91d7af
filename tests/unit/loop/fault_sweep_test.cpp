// What can go wrong at every point at which a run waits for somebody else: each call and each event that a sink stores.
#include "support/runs.hpp"
#include <pentimento/refinement_loop.hpp>

#include <doctest/doctest.h>

using namespace pentimento;
using test::picture;
using test::Step;

namespace {

enum class Fault { none, error, exception, cancel, deaf_cancel };

/// Counts the points that a run passes, and injects one fault at one of them.
class Points {
 public:
  Points(Fault fault, int at) : fault_{fault}, at_{at} {}

  std::function<void()> cancel;
  int passed() const { return passed_; }
  test::Gate& gate() { return gate_; }

  /// What happens here in place of the step.
  template <class T>
  Step<T> pass(Step<T> step) {
    if (passed_++ != at_) return step.after_a_turn();
    switch (fault_) {
      case Fault::none: return step;
      case Fault::error: return Step<T>{Error{errc::backend_failed, "it broke"}}.after_a_turn();
      case Fault::exception: return Step<T>::raise("it exploded").after_a_turn();
      case Fault::cancel: cancel(); return step.after(test::Gate{});
      case Fault::deaf_cancel: cancel(); return step.after(gate_).deaf();
    }
    return step;
  }

 private:
  Fault fault_;
  int at_;
  int passed_ = 0;
  test::Gate gate_;
};

/// One run of two drafts a round, with a sink, a comparison and an unhappy critic. Gives how many points it passed.
int run_with(Fault fault, int at, OnError on_error) {
  CAPTURE(static_cast<int>(fault));
  CAPTURE(at);
  Points points{fault, at};
  const auto generator = std::make_shared<test::ScriptedGenerator>();
  const auto critic = std::make_shared<test::ScriptedCritic>();
  const auto reviser = std::make_shared<test::ScriptedReviser>();
  generator->price = usd(0.10);
  std::uint32_t images = 0;
  generator->script = [&](int, const GenerationRequest&) {
    Generation generation{picture(++images)};
    return points.pass(Step<Generation>{generation.charge(Charge::paid(usd(0.10)))});
  };
  critic->planning = [&](const Brief&) { return points.pass(Step<Plan>{Plan{}}); };
  critic->script = [&](int call, const CritiqueRequest&) {
    return points.pass(Step<Critique>{test::verdicts(call % 2 == 1 ? "pf" : "ff")});
  };
  critic->comparison = [&](int, const ComparisonRequest&) {
    return points.pass(Step<Comparison>{Comparison{Preference::first}});
  };
  reviser->script = [&](int, const RevisionRequest&) {
    return points.pass(Step<Revision>{Revision{Action::reprompt, GenerationRequest{"again"}}});
  };
  const auto sink = std::make_shared<test::RecordingSink>([&](const Event&) {
    // A sink is always waited for: it cannot be cancelled, only fail.
    const bool fails = fault == Fault::error || fault == Fault::exception;
    if (!fails && points.passed() == at && points.cancel) points.cancel();
    return fails ? points.pass(Step<bool>{true})
                 : (static_cast<void>(points.pass(Step<bool>{true})), Step<bool>{true}.after_a_turn());
  });

  RefinementLoop loop{generator, critic, MaxRounds{2}};
  loop.settings(RunSettings{}.drafts(2).on_error(on_error)).reviser(reviser).record(sink);
  test::TestRun run{loop, test::brief_with(2)};
  points.cancel = [&] { run.cancel(); };
  if (fault == Fault::none) points.cancel = nullptr;
  const Outcome& outcome = run.start().finish();  // checks what holds for every run

  CHECK(outcome.reason().kind() != StopKind::custom);
  if (fault == Fault::none) {
    CHECK(outcome.reason().kind() == StopKind::rounds);
    CHECK(sink->events == run.events);
  }
  // Every image that was paid for and received is there.
  std::size_t kept = 0;
  for (const Round& round : outcome.transcript().rounds()) kept += round.candidates().size();
  std::size_t came = 0;
  for (const Event& event : run.events) came += event.as<event::GenerationFinished>() ? 1 : 0;
  CHECK(kept == came);
  CHECK(outcome.has_best() == (kept > 0));
  // No request without its entry in the ledger.
  std::size_t entries = 0;
  for (const Ledger::Entry& entry : outcome.transcript().ledger().entries())
    entries += entry.call().kind() == CallKind::generate ? 1 : 0;
  CHECK(entries >= generator->requests.size());
  CHECK(outcome.transcript().ledger().spent() >= Money::from_micros(static_cast<std::int64_t>(kept) * 100'000));
  // The incumbent is judged, and better than nothing it was held against.
  if (const Candidate* incumbent = outcome.transcript().incumbent()) CHECK(incumbent->critique().has_value());
  // What was left behind comes back to nobody.
  points.gate().open();
  run.settle();
  return points.passed();
}

}  // namespace

TEST_SUITE_BEGIN("Run faults");

TEST_CASE("a failure at every point") {
  const int points = run_with(Fault::none, -1, OnError::go_on);
  // A plan, 4 images, 4 critiques, a revision, a comparison in both orders; and 34 events for the sink.
  CHECK(points == 46);
  for (OnError on_error : {OnError::go_on, OnError::stop}) {
    for (Fault fault : {Fault::error, Fault::exception, Fault::cancel}) {
      for (int at = 0; at < points; ++at) run_with(fault, at, on_error);
    }
  }
}

TEST_CASE("a call that ignores its cancellation") {
  const int points = run_with(Fault::none, -1, OnError::go_on);
  for (int at = 0; at < points; ++at) run_with(Fault::deaf_cancel, at, OnError::go_on);
}

TEST_SUITE_END();
