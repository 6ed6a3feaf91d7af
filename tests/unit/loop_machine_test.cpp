#include "support/events.hpp"
#include "support/pictures.hpp"
#include <pentimento/fit_revision.hpp>
#include <pentimento/loop_machine.hpp>
#include <pentimento/stop_policies.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace pentimento;
using test::picture;

namespace {

using Machine = LoopMachine<AnyStopPolicy, IncumbentOrder>;

bool same(const Command& a, const Command& b) {
  if (a.index() != b.index()) return false;
  if (const auto* record = std::get_if<command::Record>(&a)) return record->body == std::get<command::Record>(b).body;
  if (const auto* make = std::get_if<command::MakeCall>(&a)) return make->call == std::get<command::MakeCall>(b).call;
  return true;
}

bool same(const std::vector<Command>& a, const std::vector<Command>& b) {
  return std::ranges::equal(a, b, [](const Command& x, const Command& y) { return same(x, y); });
}

/// Drives a machine without a coroutine: keeps the clock, the events, and the calls that are under way.
template <class M = Machine>
class Driver {
 public:
  explicit Driver(M m) : machine{std::move(m)} {}

  /// Records an event, and all that the machine makes of it.
  void record(EventBody first) {
    std::deque<EventBody> bodies{std::move(first)};
    while (!bodies.empty()) {
      REQUIRE(!finished);
      Event event{events.size(), now, std::move(bodies.front())};
      bodies.pop_front();
      const Result<const std::vector<Command>*> commands = machine.step(event);
      REQUIRE_MESSAGE(commands.has_value(), (commands ? std::string{} : commands.error().message()));
      events.push_back(std::move(event));
      taken.push_back(**commands);
      for (const Command& command : **commands) {
        if (const auto* to_record = std::get_if<command::Record>(&command)) bodies.push_back(to_record->body);
        if (const auto* to_make = std::get_if<command::MakeCall>(&command)) calls.push_back(to_make->call);
        if (std::holds_alternative<command::CancelCalls>(command)) cancelled = calls;
        if (std::holds_alternative<command::Finish>(command)) finished = true;
      }
    }
  }

  void start(Brief brief, RunSettings settings) { record(event::RunStarted{std::move(brief), std::move(settings)}); }

  /// Ends a call that is under way.
  void end(const Call& call, EventBody body) {
    REQUIRE_MESSAGE(std::erase(calls, call) == 1, to_string(call));
    record(std::move(body));
  }
  void plan(std::vector<Requirement> planned = {}) {
    end(Call{CallKind::plan},
        event::PlanFinished{Checklist{machine.transcript().brief(), std::move(planned)}, Charge{}});
  }
  void generate(CandidateId id, std::vector<Image> images = {picture(1)}, Charge charge = {}) {
    Generation generation{std::move(images)};
    generation.charge(charge);
    end(Call{CallKind::generate, id}, event::GenerationFinished{id, std::move(generation)});
  }
  void critique(CandidateId id, std::string_view letters) {
    end(Call{CallKind::critique, id}, event::CritiqueFinished{id, test::verdicts(letters)});
  }
  void compare(CandidateId id, bool swapped, Preference preference) {
    end(Call{CallKind::compare, id, swapped}, event::ComparisonFinished{id, swapped, Comparison{preference}});
  }
  void revise(Action action = Action::reprompt) {
    Revision revision{action, GenerationRequest{"again"}};
    revision.author("reviser").why("because");
    end(Call{CallKind::revise}, event::RevisionFinished{std::move(revision)});
  }
  void fail(const Call& call, errc code = errc::backend_failed) {
    end(call, event::CallFailed{call, Error{code, "it broke"}});
  }

  /// The calls under way, in the order of their beginning.
  std::string under_way() const {
    std::string text;
    for (const Call& call : calls) text += (text.empty() ? "" : ", ") + to_string(call);
    return text;
  }
  const Transcript& transcript() const { return machine.transcript(); }
  const StopReason& reason() const { return *machine.transcript().stop_reason(); }
  DecisionReason decision(CandidateId id) const { return transcript().find(id)->decision()->reason(); }

  M machine;
  TimePoint now{std::chrono::hours{24}};
  std::vector<Event> events;
  std::vector<std::vector<Command>> taken;  // for each event, what the machine made of it
  std::vector<Call> calls;
  std::vector<Call> cancelled;
  bool finished = false;
};

Driver<> driver(AnyStopPolicy policy, LoopTerms terms = {}) {
  return Driver<>{Machine{std::move(policy), IncumbentOrder{}, std::move(terms)}};
}

const Call plan_call{CallKind::plan};
const Call revise_call{CallKind::revise};
Call generate_call(int round, int draft) { return Call{CallKind::generate, CandidateId{round, draft}}; }
Call critique_call(int round, int draft, int image = 0) {
  return Call{CallKind::critique, CandidateId{round, draft, image}};
}

}  // namespace

TEST_CASE("a run plans, generates, judges, decides and revises until the policy holds") {
  auto run = driver(Satisfied{} || MaxRounds{3});
  run.start(test::brief_with(2), {});
  CHECK(run.under_way() == "plan");
  run.plan();
  CHECK(run.under_way() == "generate 0a");
  run.generate({0, 0});
  CHECK(run.under_way() == "critique 0a");
  run.critique({0, 0}, "pf");
  CHECK(run.decision({0, 0}) == DecisionReason::first);
  CHECK(run.under_way() == "revise");
  run.revise();
  CHECK(run.under_way() == "generate 1a");
  run.generate({1, 0});
  run.critique({1, 0}, "pp");
  REQUIRE(run.finished);
  CHECK(run.decision({1, 0}) == DecisionReason::more_musts);
  CHECK(run.reason() == StopReason{StopKind::satisfied, "satisfied", "2 of 2 after round 1"});
  CHECK(run.transcript().incumbent_id() == CandidateId{1, 0});
  test::check_sound(run.events, run.transcript());
  CHECK(test::names_of(run.events) ==
        "run_started plan_started plan_finished round_started generation_started generation_finished critique_started "
        "critique_finished "
        "candidate_decided round_finished revision_started revision_finished round_started generation_started "
        "generation_finished "
        "critique_started critique_finished candidate_decided round_finished run_stopped");
}

TEST_CASE("drafts run at once, each is judged as it arrives, and the round is decided best first") {
  auto run = driver(MaxRounds{1});
  run.start(test::brief_with(2), RunSettings{}.drafts(3));
  run.plan();
  CHECK(run.under_way() == "generate 0a, generate 0b, generate 0c");
  run.generate({0, 2});
  CHECK(run.under_way() == "generate 0a, generate 0b, critique 0c");
  run.critique({0, 2}, "ff");
  CHECK(!run.transcript().incumbent());
  run.generate({0, 0});
  run.generate({0, 1});
  CHECK(run.under_way() == "critique 0a, critique 0b");
  run.critique({0, 1}, "pf");
  run.critique({0, 0}, "ff");
  CHECK(run.decision({0, 1}) == DecisionReason::first);
  CHECK(run.decision({0, 0}) == DecisionReason::lost_must);
  CHECK(run.decision({0, 2}) == DecisionReason::lost_must);
  CHECK(run.finished);
}

TEST_CASE("seeds follow from the run's, and a revision's seed goes to the first draft") {
  auto run = driver(MaxRounds{2}, [] {
    LoopTerms terms;
    terms.takes_seed = true;
    return terms;
  }());
  run.start(test::brief_with(1), RunSettings{}.drafts(2).seed(7));
  run.plan();
  const auto seed = [&](int round, int draft) {
    return run.transcript()
        .rounds()[static_cast<std::size_t>(round)]
        .drafts()[static_cast<std::size_t>(draft)]
        .request()
        .seed();
  };
  REQUIRE(seed(0, 0));
  REQUIRE(seed(0, 1));
  CHECK(*seed(0, 0) != *seed(0, 1));
  CHECK(*seed(0, 0) <= 0x7FFFFFFF);
  run.generate({0, 0});
  run.generate({0, 1});
  run.critique({0, 0}, "f");
  run.critique({0, 1}, "f");
  Revision revision{Action::reprompt, GenerationRequest{"again"}.seed(99)};
  run.end(revise_call, event::RevisionFinished{revision});
  CHECK(*seed(1, 0) == 99);
  CHECK(*seed(1, 1) != 99);

  LoopTerms blind;
  blind.takes_seed = false;
  auto other = driver(MaxRounds{2}, blind);
  other.start(test::brief_with(1), {});
  other.plan();
  CHECK(!other.transcript().rounds()[0].drafts()[0].request().seed());
}

TEST_CASE("when a draft passes every must the others are cancelled, or kept, as it was chosen") {
  for (OnSatisfied choice : {OnSatisfied::cancel, OnSatisfied::keep}) {
    auto run = driver(Satisfied{});
    run.start(test::brief_with(1), RunSettings{}.drafts(3).on_satisfied(choice));
    run.plan();
    run.generate({0, 0});
    run.generate({0, 1});
    run.critique({0, 0}, "p");
    CHECK(run.under_way() == "generate 0c, critique 0b");
    CHECK(run.cancelled.size() == (choice == OnSatisfied::cancel ? 2 : 0));
    if (choice == OnSatisfied::cancel) {
      run.fail(generate_call(0, 2), errc::cancelled);
      run.fail(critique_call(0, 1), errc::cancelled);
      CHECK(run.decision({0, 1}) == DecisionReason::unjudged);
    } else {
      run.generate({0, 2});
      run.critique({0, 1}, "f");
      run.critique({0, 2}, "p");
      CHECK(run.decision({0, 2}) == DecisionReason::tie);
    }
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::satisfied);
    CHECK(!run.transcript().error());
    test::check_sound(run.events, run.transcript());
  }
}

TEST_CASE(
    "a draft that arrives after it was not wanted any more is kept, and nothing stays set aside for its critique") {
  LoopTerms terms;
  terms.generate = [](const GenerationRequest&) { return usd(0.10); };
  terms.critique = usd(0.05);
  auto run = driver(Satisfied{} || Budget{usd(0.60)}, terms);
  run.start(test::brief_with(1), RunSettings{}.drafts(2));
  run.plan();
  run.generate({0, 0}, {picture(1)}, Charge::paid(usd(0.10)));
  run.critique({0, 0}, "p");
  run.generate({0, 1}, {picture(2)}, Charge::paid(usd(0.10)));
  REQUIRE(run.finished);
  CHECK(run.transcript().find({0, 1})->image() == picture(2));
  CHECK(run.decision({0, 1}) == DecisionReason::unjudged);
  CHECK(run.transcript().ledger().reserved() == Money{});
  CHECK(run.transcript().ledger().committed() == usd(0.20));
}

TEST_CASE("every image of a generation is a candidate, and its critique is paid from the budget") {
  LoopTerms terms;
  terms.generate = [](const GenerationRequest&) { return usd(0.10); };
  terms.critique = usd(0.10);
  auto run = driver(Budget{usd(0.35)}, terms);
  run.start(test::brief_with(1), {});
  run.plan();
  run.generate({0, 0}, {picture(1), picture(2), picture(3), picture(4)}, Charge::paid(usd(0.10)));
  // 0.10 is spent and two critiques of 0.10 are what the budget has left.
  CHECK(run.under_way() == "critique 0a, critique 0a.2");
  CHECK(run.transcript().ledger().committed() <= usd(0.35));
  CHECK(run.transcript().rounds()[0].candidates().size() == 4);
}

TEST_CASE("a comparison is asked in both orders, and only two equal answers replace") {
  LoopTerms terms;
  terms.can_compare = true;
  struct Row {
    Preference first;
    Preference second;
    DecisionReason reason;
  };
  for (const Row& row : {Row{Preference::first, Preference::second, DecisionReason::preferred},
                         Row{Preference::first, Preference::first, DecisionReason::not_preferred},
                         Row{Preference::first, Preference::neither, DecisionReason::not_preferred},
                         Row{Preference::second, Preference::second, DecisionReason::not_preferred},
                         Row{Preference::neither, Preference::second, DecisionReason::not_preferred}}) {
    auto run = driver(MaxRounds{2}, terms);
    run.start(test::brief_with(1), {});
    run.plan();
    run.generate({0, 0});
    run.critique({0, 0}, "f");
    run.revise();
    run.generate({1, 0});
    run.critique({1, 0}, "f");
    CHECK(run.under_way() == "compare 1a");
    run.compare({1, 0}, false, row.first);
    if (row.first == Preference::first) {
      CHECK(run.under_way() == "compare 1a swapped");
      run.compare({1, 0}, true, row.second);
    }
    REQUIRE(run.finished);
    CHECK(run.decision({1, 0}) == row.reason);
    CHECK(run.transcript().incumbent_id() == CandidateId{row.reason == DecisionReason::preferred ? 1 : 0, 0});
    test::check_sound(run.events, run.transcript());
  }
}

TEST_CASE("a comparison that fails leaves the incumbent, and ends the run only if errors do") {
  for (OnError choice : {OnError::go_on, OnError::stop}) {
    LoopTerms terms;
    terms.can_compare = true;
    auto run = driver(MaxRounds{3}, terms);
    run.start(test::brief_with(1), RunSettings{}.on_error(choice));
    run.plan();
    run.generate({0, 0});
    run.critique({0, 0}, "f");
    run.revise();
    run.generate({1, 0});
    run.critique({1, 0}, "f");
    run.fail(Call{CallKind::compare, CandidateId{1, 0}});
    CHECK(run.decision({1, 0}) == DecisionReason::tie);
    CHECK(run.transcript().incumbent_id() == CandidateId{0, 0});
    CHECK(run.finished == (choice == OnError::stop));
    CHECK(run.transcript().failures().size() == 1);
  }
}

TEST_CASE("errors of drafts are left out, or end the run, as it was chosen") {
  auto run = driver(MaxRounds{2});
  run.start(test::brief_with(1), RunSettings{}.drafts(2));
  run.plan();
  run.fail(generate_call(0, 0));
  run.generate({0, 1});
  run.critique({0, 1}, "f");
  CHECK(run.under_way() == "revise");
  run.revise();
  // A round that brings nothing ends the run, and what was there before stays.
  run.generate({1, 0});
  run.fail(critique_call(1, 0));
  run.fail(generate_call(1, 1));
  REQUIRE(run.finished);
  CHECK(run.reason().kind() == StopKind::failed);
  REQUIRE(run.transcript().error());
  CHECK(run.transcript().error()->message() == "it broke");
  CHECK(run.transcript().incumbent_id() == CandidateId{0, 1});
  test::check_sound(run.events, run.transcript());

  auto strict = driver(MaxRounds{2});
  strict.start(test::brief_with(1), RunSettings{}.drafts(2).on_error(OnError::stop));
  strict.plan();
  strict.fail(generate_call(0, 0));
  CHECK(strict.cancelled == std::vector<Call>{generate_call(0, 1)});
  strict.generate({0, 1});
  REQUIRE(strict.finished);
  CHECK(strict.reason().kind() == StopKind::failed);
  CHECK(strict.transcript().find({0, 1})->image() == picture(1));
  test::check_sound(strict.events, strict.transcript());
}

TEST_CASE("a plan or a revision that fails ends the run") {
  auto run = driver(MaxRounds{2});
  run.start(test::brief_with(1), {});
  run.fail(plan_call);
  REQUIRE(run.finished);
  CHECK(run.reason() == StopReason{StopKind::failed, "failed", "plan"});

  auto later = driver(MaxRounds{2});
  later.start(test::brief_with(1), {});
  later.plan();
  later.generate({0, 0});
  later.critique({0, 0}, "f");
  later.fail(revise_call);
  REQUIRE(later.finished);
  CHECK(later.reason() == StopReason{StopKind::failed, "failed", "revise"});
  CHECK(later.transcript().incumbent_id() == CandidateId{0, 0});
}

TEST_CASE("the reviser may stop the run") {
  auto run = driver(Never{});
  run.start(test::brief_with(1), {});
  run.plan();
  run.generate({0, 0});
  run.critique({0, 0}, "f");
  run.revise(Action::stop);
  REQUIRE(run.finished);
  CHECK(run.reason() == StopReason{StopKind::reviser, "stopped by reviser", "because"});
}

TEST_CASE("the user's picture is round 0: judged, free, and it may win") {
  LoopTerms terms;
  terms.generate = [](const GenerationRequest&) { return usd(1); };
  auto run = driver(Budget{usd(1)}, terms);
  Brief brief = test::brief_with(1);
  brief.start_from(picture(9));
  run.start(brief, RunSettings{}.drafts(3));
  run.plan();
  CHECK(run.under_way() == "critique 0a");
  CHECK(run.transcript().images_requested() == 0);
  run.critique({0, 0}, "p");
  CHECK(run.decision({0, 0}) == DecisionReason::first);
  CHECK(run.transcript().incumbent()->image() == picture(9));
  CHECK(run.transcript().ledger().committed() == Money{});
}

TEST_CASE("a budget counts what is in flight: a draft is begun only if its critique can be paid as well") {
  LoopTerms terms;
  terms.generate = [](const GenerationRequest&) { return usd(0.10); };
  terms.critique = usd(0.05);
  terms.plan = usd(0.01);
  auto run = driver(Budget{usd(0.40)}, terms);
  run.start(test::brief_with(1), RunSettings{}.drafts(5));
  CHECK(run.transcript().ledger().committed() == usd(0.01));
  run.end(plan_call, event::PlanFinished{Checklist{run.transcript().brief(), {}}, Charge::paid(usd(0.01))});
  CHECK(run.under_way() == "generate 0a, generate 0b");
  CHECK(run.transcript().ledger().committed() == usd(0.31));

  auto poor = driver(Budget{usd(0.005)}, terms);
  poor.start(test::brief_with(1), {});
  REQUIRE(poor.finished);
  CHECK(poor.reason().kind() == StopKind::money);
  CHECK(test::names_of(poor.events) == "run_started run_stopped");
}

TEST_CASE("as many pictures as are allowed are begun, the last round with fewer") {
  auto run = driver(MaxImages{3});
  run.start(test::brief_with(1), RunSettings{}.drafts(2));
  run.plan();
  run.generate({0, 0});
  run.generate({0, 1});
  run.critique({0, 0}, "f");
  run.critique({0, 1}, "f");
  run.revise();
  CHECK(run.under_way() == "generate 1a");
  run.generate({1, 0});
  run.critique({1, 0}, "f");
  REQUIRE(run.finished);
  CHECK(run.reason() == StopReason{StopKind::images, "images(3)", "after 3 pictures"});
}

TEST_CASE("a stop that is asked for ends what is under way, keeps and decides what was judged") {
  auto run = driver(Never{});
  run.start(test::brief_with(1), RunSettings{}.drafts(3));
  run.plan();
  run.generate({0, 0});
  run.critique({0, 0}, "f");
  run.generate({0, 1});
  run.record(event::StopRequested{StopReason{StopKind::cancelled, "cancelled"}, std::nullopt});
  CHECK(run.cancelled.size() == 2);
  CHECK(!run.finished);
  run.fail(critique_call(0, 1), errc::cancelled);
  run.generate({0, 2});
  REQUIRE(run.finished);
  CHECK(run.reason().kind() == StopKind::cancelled);
  CHECK(run.decision({0, 0}) == DecisionReason::first);
  CHECK(run.decision({0, 2}) == DecisionReason::unjudged);
  test::check_sound(run.events, run.transcript());
}

TEST_CASE("the first reason to stop is the reason") {
  auto run = driver(Never{});
  run.start(test::brief_with(1), {});
  run.record(event::StopRequested{StopReason{StopKind::time, "seconds(1)"}, std::nullopt});
  run.record(event::StopRequested{StopReason{StopKind::cancelled, "cancelled"}, std::nullopt});
  run.fail(plan_call, errc::cancelled);
  REQUIRE(run.finished);
  CHECK(run.reason().kind() == StopKind::time);
}

TEST_CASE("events that do not fit are refused and change nothing") {
  auto run = driver(Never{});
  run.start(test::brief_with(1), {});
  run.plan();
  const Transcript before = run.transcript();
  const auto refused = [&](std::uint64_t sequence, EventBody body) {
    const auto commands = run.machine.step(Event{sequence, run.now, std::move(body)});
    REQUIRE(!commands.has_value());
    CHECK(commands.error().code() == errc::invalid_argument);
    CHECK(run.transcript() == before);
  };
  const std::uint64_t next = run.events.size();
  refused(next + 1, event::RoundFinished{0});
  refused(next - 1, event::RoundFinished{0});
  refused(next, event::RunStarted{test::brief_with(1), {}});
  refused(next, event::RoundFinished{1});
  refused(next, event::RoundStarted{2, Revision{Action::restart, GenerationRequest{"x"}}});
  refused(next, event::GenerationFinished{{0, 1}, Generation{picture(1)}});
  refused(next, event::CritiqueFinished{{0, 0}, Critique{}});
  refused(next, event::CandidateDecided{{0, 0}, Decision{DecisionReason::first}});
  refused(next, event::CallFailed{generate_call(3, 0), Error{errc::cancelled, "x"}});
  refused(next, event::CallFailed{critique_call(0, 0), Error{errc::cancelled, "x"}});
  CHECK(!Transcript{}.apply(Event{0, run.now, event::RoundFinished{0}}).has_value());
}

// Policies that throw -------------------------------------------------------------------------------------------------

namespace {

/// Throws when it is asked for the n-th time, and ever after.
struct Throwing {
  std::shared_ptr<int> left;
  std::optional<StopReason> operator()(const Transcript&, TimePoint) const {
    if (--*left < 0) throw std::runtime_error{"no opinion"};
    return std::nullopt;
  }
};

struct ThrowingAcceptance {
  std::shared_ptr<int> left;
  Decision operator()(const Checklist&, const Candidate&, const Candidate&) const {
    if (--*left < 0) throw std::runtime_error{"no opinion"};
    return Decision{DecisionReason::tie};
  }
};

/// Ends the calls under way one by one, the first first, until the run is over.
template <class D>
void run_out(D& run) {
  for (int steps = 0; !run.finished && steps < 1000; ++steps) {
    REQUIRE(!run.calls.empty());
    const Call call = run.calls.front();
    switch (call.kind()) {
      case CallKind::plan: run.plan(); break;
      case CallKind::generate: run.generate(*call.candidate()); break;
      case CallKind::critique: run.critique(*call.candidate(), "f"); break;
      case CallKind::compare: run.compare(*call.candidate(), call.swapped(), Preference::neither); break;
      case CallKind::revise: run.revise(); break;
    }
  }
  REQUIRE(run.finished);
}

}  // namespace

TEST_CASE("a policy that throws ends the run, whenever it does, with what there is") {
  for (int n = 0; n < 30; ++n) {
    Driver run{
        LoopMachine<Throwing, IncumbentOrder>{Throwing{std::make_shared<int>(n)}, IncumbentOrder{}, LoopTerms{}}};
    run.start(test::brief_with(1), RunSettings{}.drafts(3));
    run_out(run);
    CHECK(run.reason().kind() == StopKind::failed);
    REQUIRE(run.transcript().error());
    CHECK(run.transcript().error()->message().find("no opinion") != std::string::npos);
    test::check_sound(run.events, run.transcript());
  }
}

TEST_CASE("an acceptance that throws ends the run, with what there is") {
  for (int n = 0; n < 8; ++n) {
    Driver run{
        LoopMachine<Never, ThrowingAcceptance>{Never{}, ThrowingAcceptance{std::make_shared<int>(n)}, LoopTerms{}}};
    run.start(test::brief_with(1), RunSettings{}.drafts(3));
    run_out(run);
    CHECK(run.reason().kind() == StopKind::failed);
    REQUIRE(run.transcript().error());
    CHECK(run.transcript().error()->message().find("no opinion") != std::string::npos);
    CHECK(run.transcript().incumbent_id() == CandidateId{0, 0});
    test::check_sound(run.events, run.transcript());
  }
}

// Properties over random runs -----------------------------------------------------------------------------------------

namespace {

class RandomRun {
 public:
  explicit RandomRun(unsigned seed) : random_{seed} {
    price_ = Money::from_micros(between(0, 3) * 10'000);
    terms_.generate = [price = price_](const GenerationRequest&) { return price; };
    terms_.plan = Money::from_micros(between(0, 2) * 5'000);
    terms_.critique = Money::from_micros(between(0, 2) * 7'000);
    terms_.compare = Money::from_micros(between(0, 2) * 3'000);
    terms_.revise = Money::from_micros(between(0, 2) * 2'000);
    terms_.can_compare = one_in(3);
    terms_.takes_seed = one_in(2);
    musts_ = between(0, 3);
    shoulds_ = between(0, 4);
    several_images_ = one_in(4);
    settings_.drafts(between(1, 4)).seed(random_());
    settings_.on_satisfied(one_in(2) ? OnSatisfied::cancel : OnSatisfied::keep)
        .on_error(one_in(4) ? OnError::stop : OnError::go_on);
    rounds_ = between(1, 6);
    images_ = several_images_ ? 1'000 : between(1, 12);
    money_ = Money::from_micros(between(0, 30) * 10'000);
    AnyStopPolicy policy =
        MaxRounds{rounds_} || MaxImages{images_} || Budget{money_} || Deadline{std::chrono::seconds{between(1, 200)}};
    if (one_in(2)) policy = policy || Satisfied{};
    if (one_in(3)) policy = policy || Plateau{between(1, 3)};
    if (one_in(3)) policy = policy || Repeats{between(1, 3)};
    if (one_in(4)) policy = policy || ScoreAtLeast{60};
    policy_ = policy;
    error_rate_ = between(0, 4) * 10;
    stop_rate_ = one_in(3) ? 3 : 0;
  }

  void check() {
    Driver run{Machine{policy_, IncumbentOrder{}, terms_}};
    Brief brief = test::brief_with(musts_, shoulds_);
    if (one_in(5)) brief.start_from(picture(77));
    run.start(brief, settings_);
    std::vector<std::string> kept;  // ids of the musts that the incumbent passes
    int steps = 0;
    while (!run.finished) {
      REQUIRE(++steps < 10'000);
      run.now += std::chrono::milliseconds{between(0, 3000)};
      if (between(0, 99) < stop_rate_) {
        run.record(event::StopRequested{StopReason{StopKind::cancelled, "cancelled"}, std::nullopt});
      } else {
        REQUIRE(!run.calls.empty());
        end_one(run);
      }
      const Ledger& ledger = run.transcript().ledger();
      CHECK(ledger.committed() <= std::max(money_, ledger.spent()));
      if (const Candidate* incumbent = run.transcript().incumbent()) {
        std::vector<std::string> passed;
        for (const Requirement& requirement : run.transcript().checklist()) {
          if (requirement.is_must() && incumbent->critique()->verdict(requirement.id()) == Verdict::pass)
            passed.push_back(requirement.id());
        }
        for (const std::string& id : kept) CHECK_MESSAGE(std::ranges::find(passed, id) != passed.end(), id);
        kept = passed;
      }
    }
    const Transcript& transcript = run.transcript();
    test::check_sound(run.events, transcript);
    CHECK(run.calls.empty());
    CHECK(transcript.finished_rounds() <= rounds_);
    CHECK(transcript.images_requested() <= images_);
    CHECK(transcript.ledger().spent() <= money_);

    if (!terms_.can_compare && transcript.incumbent() != nullptr) {
      // No judged picture of the run would replace the one it ends with.
      const IncumbentOrder order;
      for (const Round& round : transcript.rounds()) {
        for (const Candidate& candidate : round.candidates()) {
          if (!candidate.critique() || candidate.id() == *transcript.incumbent_id()) continue;
          CHECK_MESSAGE(!order(transcript.checklist(), candidate, *transcript.incumbent()).accepted(),
                        to_string(candidate.id()));
        }
      }
    }
    // What was judged was decided.
    for (const Round& round : transcript.rounds()) {
      for (const Candidate& candidate : round.candidates()) CHECK(candidate.decision().has_value());
    }

    // The recorded events lead another machine to the same commands and the same transcript.
    Machine replayed{policy_, IncumbentOrder{}, terms_};
    for (std::size_t i = 0; i < run.events.size(); ++i) {
      const auto commands = replayed.step(run.events[i]);
      REQUIRE(commands.has_value());
      CHECK_MESSAGE(same(**commands, run.taken[i]), i);
    }
    CHECK(replayed.transcript() == transcript);
  }

 private:
  int between(int least, int most) {
    return least + static_cast<int>(random_() % static_cast<unsigned>(most - least + 1));
  }
  bool one_in(int n) { return between(1, n) == 1; }

  /// A charge within the estimate.
  Charge charge(Money worst) {
    if (one_in(6)) return Charge{};
    const Money amount = Money::from_micros(worst.micros() * between(0, 4) / 4);
    return one_in(2) ? Charge::paid(amount) : Charge::estimated(amount);
  }

  template <class D>
  void end_one(D& run) {
    const Call call = run.calls[static_cast<std::size_t>(between(0, static_cast<int>(run.calls.size()) - 1))];
    const bool was_cancelled = std::ranges::find(run.cancelled, call) != run.cancelled.end();
    if (was_cancelled ? !one_in(4)
                      : between(0, 99) < error_rate_ &&
                            (call.kind() == CallKind::generate || call.kind() == CallKind::critique || one_in(5))) {
      Error error{was_cancelled ? errc::cancelled : errc::backend_failed, "it broke"};
      error.charge(one_in(2) ? Charge{} : Charge::maybe_billed(worst(call)));
      return run.end(call, event::CallFailed{call, error});
    }
    switch (call.kind()) {
      case CallKind::plan: {
        std::vector<Requirement> planned;
        if (one_in(2))
          planned.push_back(Requirement{"planned", "planned", one_in(2) ? Importance::must : Importance::should}.weight(
              between(1, 5)));
        return run.end(call, event::PlanFinished{Checklist{run.transcript().brief(), planned}, charge(terms_.plan)});
      }
      case CallKind::generate: {
        std::vector<Image> images;
        for (int n = several_images_ ? between(1, 3) : 1; n > 0; --n)
          images.push_back(picture(static_cast<std::uint32_t>(random_())));
        Generation generation{std::move(images)};
        generation.charge(charge(price_));
        return run.end(call, event::GenerationFinished{*call.candidate(), generation});
      }
      case CallKind::critique: {
        Critique critique;
        for (const Requirement& requirement : run.transcript().checklist()) {
          if (one_in(10)) continue;
          critique.add(Finding{requirement.id(), one_in(10)  ? Verdict::unknown
                                                 : one_in(2) ? Verdict::pass
                                                             : Verdict::fail});
        }
        critique.charge(charge(terms_.critique));
        return run.end(call, event::CritiqueFinished{*call.candidate(), critique});
      }
      case CallKind::compare: {
        Comparison comparison{one_in(3) ? Preference::neither : one_in(2) ? Preference::first : Preference::second};
        comparison.charge(charge(terms_.compare));
        return run.end(call, event::ComparisonFinished{*call.candidate(), call.swapped(), comparison});
      }
      case CallKind::revise: {
        Revision revision{one_in(20)  ? Action::stop
                          : one_in(3) ? Action::edit
                                      : Action::reprompt,
                          GenerationRequest{"try " + std::to_string(between(1, 4))}};
        if (const Candidate* incumbent = run.transcript().incumbent()) revision.parent(incumbent->id());
        revision.targets({"user-1"}).charge(charge(terms_.revise));
        return run.end(call, event::RevisionFinished{
                                 fit_revision(revision, run.transcript(), Capabilities{"any"}.image_to_image(true))});
      }
    }
  }

  Money worst(const Call& call) const {
    switch (call.kind()) {
      case CallKind::plan: return terms_.plan;
      case CallKind::generate: return price_;
      case CallKind::critique: return terms_.critique;
      case CallKind::compare: return terms_.compare;
      case CallKind::revise: return terms_.revise;
    }
    return {};
  }

  std::mt19937 random_;
  LoopTerms terms_;
  RunSettings settings_;
  AnyStopPolicy policy_ = Never{};
  Money price_;
  Money money_;
  int musts_ = 0;
  int shoulds_ = 0;
  int rounds_ = 0;
  int images_ = 0;
  int error_rate_ = 0;
  int stop_rate_ = 0;
  bool several_images_ = false;
};

}  // namespace

TEST_CASE("whatever happens in whatever order, the promises hold") {
  for (unsigned seed = 0; seed < 5'000; ++seed) {
    CAPTURE(seed);
    RandomRun{seed}.check();
  }
}

TEST_CASE("the error of a call that was cancelled because another draft is satisfied does not end the run") {
  auto run = driver(Satisfied{});
  run.start(test::brief_with(1), RunSettings{}.drafts(2).on_error(OnError::stop));
  run.plan();
  run.generate({0, 0});
  run.critique({0, 0}, "p");
  CHECK(run.cancelled == std::vector<Call>{generate_call(0, 1)});
  run.fail(generate_call(0, 1));  // it says that it broke, not that it was cancelled
  REQUIRE(run.finished);
  CHECK(run.reason().kind() == StopKind::satisfied);
}

TEST_CASE("drafts are cancelled for a satisfied one only if the run ends with it") {
  const auto cancels = [](AnyStopPolicy policy) {
    auto run = driver(std::move(policy));
    run.start(test::brief_with(1), RunSettings{}.drafts(3));
    run.plan();
    run.generate({0, 0});
    run.critique({0, 0}, "p");
    return !run.cancelled.empty();
  };
  CHECK(cancels(Satisfied{}));
  CHECK(cancels(Satisfied{} || MaxRounds{3}));
  CHECK(cancels(ScoreAtLeast{95}));
  CHECK(cancels(MaxRounds{1}));
  CHECK(!cancels(MaxRounds{3}));
  CHECK(!cancels(Never{}));
  CHECK(!cancels(Satisfied{} && MaxRounds{2}));
}

TEST_CASE("pictures that tie are compared, however many pictures or rounds are enough") {
  for (Money price : {Money{}, usd(0.01)}) {
    for (const AnyStopPolicy& policy :
         {AnyStopPolicy{MaxRounds{1}}, AnyStopPolicy{MaxImages{2}}, AnyStopPolicy{Satisfied{}}}) {
      CAPTURE(policy.describe());
      CAPTURE(price);
      LoopTerms terms;
      terms.can_compare = true;
      terms.compare = price;
      auto run = driver(policy, terms);
      run.start(test::brief_with(1), RunSettings{}.drafts(2).on_satisfied(OnSatisfied::keep));
      run.plan();
      run.generate({0, 0});
      run.generate({0, 1});
      run.critique({0, 0}, "p");
      run.critique({0, 1}, "p");
      run.compare({0, 1}, false, Preference::first);
      run.compare({0, 1}, true, Preference::second);
      REQUIRE(run.finished);
      CHECK(run.decision({0, 1}) == DecisionReason::preferred);
    }
  }
}

TEST_CASE("a budget holds for comparisons too, whatever else speaks for an end") {
  LoopTerms terms;
  terms.can_compare = true;
  terms.compare = usd(0.40);
  for (const AnyStopPolicy& policy :
       {AnyStopPolicy{MaxImages{2} || Budget{usd(0.5)}}, AnyStopPolicy{Budget{usd(0.5)} || MaxImages{2}},
        AnyStopPolicy{MaxImages{2} && Budget{usd(0.5)}},
        AnyStopPolicy{AnyStopPolicy{MaxImages{2}} || Budget{usd(0.5)}}}) {
    CAPTURE(policy.describe());
    auto run = driver(policy, terms);
    run.start(test::brief_with(1), RunSettings{}.drafts(2));
    run.plan();
    run.generate({0, 0});
    run.generate({0, 1});
    run.critique({0, 0}, "f");
    run.critique({0, 1}, "f");
    CHECK(run.decision({0, 1}) == DecisionReason::tie);
    CHECK(run.transcript().ledger().spent() == Money{});
  }
}

TEST_CASE("a comparison is begun only if both of its orders can be paid") {
  LoopTerms terms;
  terms.can_compare = true;
  terms.compare = usd(0.40);
  for (const double budget : {0.5, 1.0}) {
    CAPTURE(budget);
    auto run = driver(Budget{usd(budget)}, terms);
    run.start(test::brief_with(1), RunSettings{}.drafts(2));
    run.plan();
    run.generate({0, 0});
    run.generate({0, 1});
    run.critique({0, 0}, "f");
    run.critique({0, 1}, "f");
    CHECK(run.under_way() == (budget < 0.8 ? "revise" : "compare 0b"));
  }
}

TEST_CASE("every picture of a draft is judged, however many pictures are enough") {
  LoopTerms terms;
  terms.critique = usd(0.01);
  auto run = driver(MaxImages{1}, terms);
  run.start(test::brief_with(1), {});
  run.plan();
  run.generate({0, 0}, {picture(1), picture(2)});
  run.critique({0, 0, 0}, "f");
  run.critique({0, 0, 1}, "p");
  REQUIRE(run.finished);
  CHECK(run.transcript().incumbent_id() == CandidateId{0, 0, 1});
}

TEST_CASE("a checklist that cannot be judged ends the run before the first picture") {
  const auto reason = [](std::vector<Requirement> planned) {
    auto run = driver(MaxRounds{2});
    run.start(test::brief_with(1), {});
    run.plan(std::move(planned));
    REQUIRE(run.finished);
    CHECK(run.reason().kind() == StopKind::failed);
    CHECK(run.transcript().error()->code() == errc::invalid_argument);
    CHECK(run.transcript().images_requested() == 0);
    return run.transcript().error()->message();
  };
  CHECK(reason({Requirement{"red", "the mug is red"}.depends_on({"mugg"})}) ==
        "the checklist cannot be judged: \"red\" depends on \"mugg\", which is not in the checklist");
  CHECK(reason({Requirement{"a", "a"}.depends_on({"b"}), Requirement{"b", "b"}.depends_on({"a"})}) ==
        "the checklist cannot be judged: \"a\" depends in the end on itself");
}

TEST_CASE("what is to be avoided is said in words to a generator without negative prompts") {
  LoopTerms terms;
  terms.takes_negative_prompt = false;
  auto run = driver(MaxRounds{1}, terms);
  Brief brief{"a red mug"};
  brief.avoid("a shadow").avoid("text");
  run.start(brief, {});
  run.plan();
  const GenerationRequest& request = run.transcript().rounds()[0].drafts()[0].request();
  CHECK(request.prompt() == "a red mug, without a shadow, text");
  CHECK(request.negative_prompt().empty());
}
