// What holds for every run, over random settings, calls that end in random order, and errors.
#include "support/events.hpp"
#include "support/images.hpp"
#include "support/machine_driver.hpp"
#include <pentimento/loop/machine.hpp>
#include <pentimento/stop/policies.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace pentimento;
using test::Driver;
using test::picture;

namespace {

bool same(const Command& a, const Command& b) {
  if (a.index() != b.index()) return false;
  if (const auto* record = std::get_if<command::Record>(&a)) return record->body == std::get<command::Record>(b).body;
  if (const auto* make = std::get_if<command::MakeCall>(&a)) return make->call == std::get<command::MakeCall>(b).call;
  return true;
}

bool same(const std::vector<Command>& a, const std::vector<Command>& b) {
  return std::ranges::equal(a, b, [](const Command& x, const Command& y) { return same(x, y); });
}

class RandomRun {
 public:
  explicit RandomRun(unsigned seed) : random_{seed} {
    price_ = Money::from_micros(between(0, 3) * 10'000);
    roles_.generation_cost = [price = price_](const GenerationRequest&) { return price; };
    roles_.plan_cost = Money::from_micros(between(0, 2) * 5'000);
    roles_.critique_cost = Money::from_micros(between(0, 2) * 7'000);
    roles_.comparison_cost = Money::from_micros(between(0, 2) * 3'000);
    roles_.revision_cost = Money::from_micros(between(0, 2) * 2'000);
    roles_.can_compare = one_in(3);
    roles_.capabilities.seed(one_in(2));
    musts_ = between(0, 3);
    shoulds_ = between(0, 4);
    several_images_ = one_in(4);
    if (several_images_) roles_.capabilities.images_per_call(3);
    settings_.drafts(between(1, 4)).seed(random_()).critique_retries(between(0, 3));
    settings_.keep_init_image(one_in(3) ? KeepInitImage::optional : KeepInitImage::always);
    settings_.on_satisfied(one_in(2) ? OnSatisfied::cancel : OnSatisfied::keep)
        .on_error(one_in(4) ? OnError::stop : OnError::go_on);
    rounds_ = between(1, 6);
    images_ = between(1, 12);
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
    Driver run{LoopMachine{policy_, IncumbentOrder{}, roles_}};
    Brief brief = test::brief_with(musts_, shoulds_);
    if (one_in(5)) brief.init_image(picture(77));
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

    if (!roles_.can_compare && transcript.incumbent() != nullptr) {
      // No judged image of the run would replace the one it ends with.
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
      for (const Candidate& candidate : round.candidates()) {
        CHECK(candidate.decision().has_value());
        CHECK(!candidate.judged_late());
      }
    }
    check_critiques(transcript);
    check_init_images(transcript);

    // The recorded events lead another machine to the same commands and the same transcript.
    LoopMachine replayed{policy_, IncumbentOrder{}, roles_};
    for (std::size_t i = 0; i < run.events.size(); ++i) {
      const auto commands = replayed.step(run.events[i]);
      REQUIRE(commands.has_value());
      CHECK_MESSAGE(same(*commands, run.taken[i]), i);
    }
    CHECK(replayed.transcript() == transcript);
  }

 private:
  /// The critiques of an image cost no more than was estimated for it.
  void check_critiques(const Transcript& run) const {
    Money most = roles_.critique_cost;
    for (int i = 0; i < settings_.critique_retries(); ++i) most += roles_.critique_cost;
    std::map<Call, Money> costs;
    for (const Ledger::Entry& entry : run.ledger().entries()) {
      if (entry.call().kind() == CallKind::critique) costs[entry.call()] += entry.charge().amount();
    }
    for (const auto& [call, cost] : costs) CHECK_MESSAGE(cost <= most, to_string(call));
  }

  /// Every draft of a run that keeps its init image starts from it, or from an image that was made from it.
  static void check_init_images(const Transcript& run) {
    if (!run.brief().init_image() || run.settings().keep_init_image() != KeepInitImage::always) return;
    std::vector<Image> made{*run.brief().init_image()};
    for (const Round& round : run.rounds()) {
      for (const Draft& draft : round.drafts()) {
        REQUIRE(draft.request().init_image());
        CHECK(std::ranges::find(made, *draft.request().init_image()) != made.end());
      }
      for (const Candidate& candidate : round.candidates()) made.push_back(candidate.image());
    }
  }

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

  void end_one(Driver& run) {
    const Call call = run.calls[static_cast<std::size_t>(between(0, static_cast<int>(run.calls.size()) - 1))];
    const bool was_cancelled = std::ranges::find(run.cancelled, call) != run.cancelled.end();
    if (was_cancelled ? !one_in(4)
                      : between(0, 99) < error_rate_ &&
                            (call.kind() == CallKind::generate || call.kind() == CallKind::critique || one_in(5))) {
      Error error{was_cancelled ? errc::cancelled : errc::backend_failed, "it broke"};
      error.charge(one_in(2) ? Charge{} : Charge::maybe_billed(worst(call))).transient(one_in(2));
      return run.end(call, error);
    }
    switch (call.kind()) {
      case CallKind::plan: {
        std::vector<Requirement> planned;
        if (one_in(2))
          planned.push_back(Requirement{"planned", "planned", one_in(2) ? Importance::must : Importance::should}.weight(
              between(1, 5)));
        return run.end(call, Plan{planned}.charge(charge(roles_.plan_cost)));
      }
      case CallKind::generate: {
        std::vector<Image> images;
        for (int n = several_images_ ? between(1, 3) : 1; n > 0; --n)
          images.push_back(picture(static_cast<std::uint32_t>(random_())));
        Generation generation{std::move(images)};
        generation.charge(charge(price_));
        return run.end(call, generation);
      }
      case CallKind::critique: {
        Critique critique;
        for (const Requirement& requirement : run.transcript().checklist()) {
          if (one_in(10)) continue;
          critique.add(Finding{requirement.id(), one_in(10)  ? Verdict::unknown
                                                 : one_in(2) ? Verdict::pass
                                                             : Verdict::fail});
        }
        critique.charge(charge(roles_.critique_cost));
        return run.end(call, critique);
      }
      case CallKind::compare: {
        Comparison comparison{one_in(3) ? Preference::neither : one_in(2) ? Preference::first : Preference::second};
        comparison.charge(charge(roles_.comparison_cost));
        return run.end(call, comparison);
      }
      case CallKind::revise: {
        Revision revision{one_in(20)  ? Action::stop
                          : one_in(3) ? Action::edit
                                      : Action::reprompt,
                          GenerationRequest{"try " + std::to_string(between(1, 4))}};
        if (const Candidate* incumbent = run.transcript().incumbent()) revision.parent(incumbent->id());
        revision.targets({"user-1"}).charge(charge(roles_.revision_cost));
        return run.end(call, revision);
      }
    }
  }

  Money worst(const Call& call) const {
    switch (call.kind()) {
      case CallKind::plan: return roles_.plan_cost;
      case CallKind::generate: return price_;
      case CallKind::critique: return roles_.critique_cost;
      case CallKind::compare: return roles_.comparison_cost;
      case CallKind::revise: return roles_.revision_cost;
    }
    return {};
  }

  std::mt19937 random_;
  RoleFacts roles_ = test::any_roles();
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

TEST_SUITE_BEGIN("LoopMachine properties");

TEST_CASE("random event orders") {
  for (unsigned seed = 0; seed < 5'000; ++seed) {
    CAPTURE(seed);
    RandomRun{seed}.check();
  }
}

TEST_SUITE_END();
