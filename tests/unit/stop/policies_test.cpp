#include "support/events.hpp"
#include <pentimento/stop/policies.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <string>

using namespace pentimento;
using namespace std::chrono_literals;
using test::Story;

namespace {

Story story() { return Story{test::brief_with(2, 2)}; }

/// What a policy says of a run, as `clause: detail`; empty when it says nothing.
template <StopPolicy P>
std::string ask(const P& policy, const Transcript& run, TimePoint now = {}) {
  const std::optional<StopReason> reason = policy(Prospect{run, now});
  return reason ? test::text_of(*reason) : "";
}

Revision aimed(Action action, std::string prompt, std::vector<std::string> targets) {
  return Revision{action, GenerationRequest{std::move(prompt)}}.targets(std::move(targets));
}

}  // namespace

TEST_SUITE_BEGIN("Stop policies");

TEST_CASE("satisfied") {
  Story run = story();
  CHECK(ask(Satisfied{}, run.run).empty());
  run.round("x", "pfpp", DecisionReason::first);
  CHECK(ask(Satisfied{}, run.run).empty());
  run.round("x", "p?pp", DecisionReason::tie);
  CHECK(ask(Satisfied{}, run.run).empty());
  // It passes, but did not become the incumbent.
  run.round("x", "ppff", DecisionReason::worse_score);
  CHECK(ask(Satisfied{}, run.run).empty());
  run.round("x", "ppff", DecisionReason::more_musts);
  CHECK(ask(Satisfied{}, run.run) == "satisfied: 2 of 2 after round 3");
  Story wishes{test::brief_with(0, 2)};
  wishes.round("x", "pp", DecisionReason::first);
  CHECK(ask(Satisfied{}, wishes.run) == "satisfied: 2 of 2 after round 0");
}

TEST_CASE("satisfied says what nobody judged") {
  Story run = story();
  run.round("x", "pp?p", DecisionReason::first);
  CHECK(ask(Satisfied{}, run.run) == "satisfied: 2 of 2 judged; not judged: should 1");

  Story other{test::brief_with(3), {}, {"floral pattern"}};
  other.round("x", "ppp", DecisionReason::first);
  CHECK(ask(Satisfied{}, other.run) == "satisfied: 3 of 3 judged; not judged: floral pattern");
}

TEST_CASE("score") {
  Story run = story();
  CHECK(ask(ScoreAtLeast{0}, run.run).empty());
  run.round("x", "pppf", DecisionReason::first);
  CHECK(ask(ScoreAtLeast{75}, run.run) == "score(75): 75 %");
  CHECK(ask(ScoreAtLeast{75.1}, run.run).empty());
  CHECK(ask(ScoreAtLeast{0}, run.run) == "score(0): 75 %");
}

TEST_CASE("rounds") {
  Story run = story();
  CHECK(ask(MaxRounds{0}, run.run) == "rounds(0): after 0 rounds");
  CHECK(ask(MaxRounds{1}, run.run).empty());
  run.round("x", "pf", DecisionReason::first);
  CHECK(ask(MaxRounds{1}, run.run) == "rounds(1): after 1 round");
  CHECK(ask(MaxRounds{2}, run.run).empty());
  // One that goes on does not count.
  run.tell(event::RoundStarted{1, Revision{Action::reprompt, GenerationRequest{"x"}}});
  CHECK(ask(MaxRounds{2}, run.run).empty());
}

TEST_CASE("images count those in progress") {
  Story run = story();
  CHECK(ask(MaxImages{1}, run.run).empty());
  run.tell(event::RoundStarted{0, Revision{Action::restart, GenerationRequest{"x"}}});
  run.tell(event::GenerationStarted{{0, 0}, GenerationRequest{"x"}, {}, {}});
  CHECK(ask(MaxImages{1}, run.run) == "images(1): after 1 image");
  CHECK(ask(MaxImages{2}, run.run).empty());
  run.tell(event::GenerationStarted{{0, 1}, GenerationRequest{"x"}, {}, {}});
  run.tell(event::CallFailed{Call{CallKind::generate, CandidateId{0, 1}}, Error{errc::refused, "no"}});
  CHECK(ask(MaxImages{2}, run.run) == "images(2): after 2 images");
  run.tell(
      event::GenerationFinished{{0, 0}, Generation{std::vector{test::picture(1), test::picture(2), test::picture(3)}}});
  CHECK(ask(MaxImages{4}, run.run) == "images(4): after 4 images");
  CHECK(ask(MaxImages{5}, run.run).empty());
}

TEST_CASE("money counts what is reserved") {
  Story run = story();
  CHECK(ask(Budget{Money{}}, run.run).empty());
  run.tell(event::RoundStarted{0, Revision{Action::restart, GenerationRequest{"x"}}});
  run.tell(event::GenerationStarted{{0, 0}, GenerationRequest{"x"}, usd(0.10), usd(0.05)});
  CHECK(ask(Budget{usd(0.15)}, run.run).empty());
  CHECK(ask(Budget{usd(0.14)}, run.run) == "usd(0.14): the next call could bring the cost from $0.00 to $0.15");
  Generation generation{test::picture(1)};
  run.tell(event::GenerationFinished{{0, 0}, generation.charge(Charge::paid(usd(0.02)))});
  CHECK(ask(Budget{usd(0.07)}, run.run).empty());
  CHECK(ask(Budget{usd(0.06)}, run.run) == "usd(0.06): the next call could bring the cost from $0.02 to $0.07");
}

TEST_CASE("money: a call without a bound") {
  Story run = story();
  run.tell(event::RoundStarted{0, Revision{Action::restart, GenerationRequest{"x"}}});
  run.tell(event::GenerationStarted{{0, 0}, GenerationRequest{"x"}, Money::unbounded(), {}});
  CHECK(ask(Budget{usd(1e6)}, run.run) == "usd(1000000.00): the cost of the next call has no known bound");
}

TEST_CASE("time") {
  Transcript run;
  const TimePoint start{24h};
  REQUIRE(run.apply(Event{0, start, event::RunStarted{Brief{"x"}, {}}}).has_value());
  CHECK(ask(Deadline{1min}, run, start + 1min - 1us).empty());
  CHECK(ask(Deadline{1min}, run, start + 1min) == "minutes(1): the time is up");
  CHECK(ask(Deadline{0s}, run, start) == "seconds(0): the time is up");
  CHECK(describe(Deadline{90s}) == "seconds(90)");
  CHECK(describe(Deadline{2h}) == "minutes(120)");
  CHECK(describe(Deadline{1500ms}) == "seconds(1.5)");
}

TEST_CASE("plateau") {
  Story run = story();
  CHECK(ask(Plateau{1}, run.run).empty());
  run.round("x", "ff", DecisionReason::first);
  CHECK(ask(Plateau{1}, run.run).empty());
  run.round("x", "ff", DecisionReason::tie);
  CHECK(ask(Plateau{1}, run.run) == "plateau(1): nothing better in 1 round");
  CHECK(ask(Plateau{2}, run.run).empty());
  run.round("x", "ff", DecisionReason::worse_score);
  CHECK(ask(Plateau{2}, run.run) == "plateau(2): nothing better in 2 rounds");
  // One that goes on neither counts nor breaks the row.
  run.tell(event::RoundStarted{3, Revision{Action::reprompt, GenerationRequest{"x"}}});
  CHECK(ask(Plateau{2}, run.run) == "plateau(2): nothing better in 2 rounds");
  CHECK(ask(Plateau{3}, run.run).empty());
  Story gain = story();
  gain.round("x", "ff", DecisionReason::first)
      .round("x", "ff", DecisionReason::tie)
      .round("x", "pf", DecisionReason::more_musts);
  CHECK(ask(Plateau{1}, gain.run).empty());
}

TEST_CASE("repeats: the same prompt") {
  Story run = story();
  CHECK(ask(Repeats{1}, run.run).empty());
  run.round("a", "????", DecisionReason::first)
      .round("b", "????", DecisionReason::tie)
      .round("a", "????", DecisionReason::tie);
  CHECK(ask(Repeats{2}, run.run) == "repeats(2): the same prompt 2 times");
  CHECK(ask(Repeats{3}, run.run).empty());
  // Meant as the same prompt with other seeds.
  run.round(aimed(Action::reseed, "a", {}), test::verdicts("????"), DecisionReason::tie);
  CHECK(ask(Repeats{3}, run.run).empty());
  run.round("c", "????", DecisionReason::tie);
  CHECK(ask(Repeats{2}, run.run).empty());
}

TEST_CASE("repeats: the same failed item") {
  Story run = story();
  run.round("a", "pf", DecisionReason::first);
  run.round(aimed(Action::reprompt, "b", {"user-2"}), test::verdicts("pf"), DecisionReason::tie);
  CHECK(ask(Repeats{2}, run.run).empty());
  // The same fix again is no other fix, and a fix of something else is none.
  run.round(aimed(Action::reseed, "b", {"user-2"}), test::verdicts("pf"), DecisionReason::tie);
  run.round(aimed(Action::reprompt, "c", {"user-1"}), test::verdicts("pf"), DecisionReason::tie);
  CHECK(ask(Repeats{2}, run.run).empty());
  run.round(aimed(Action::reprompt, "d", {"user-2"}), test::verdicts("pf"), DecisionReason::tie);
  CHECK(ask(Repeats{2}, run.run) == "repeats(2): \"user-2\" still fails after 2 different fixes");
  // Mended: nothing fails any more.
  run.round(aimed(Action::reprompt, "e", {"user-2"}), test::verdicts("pp"), DecisionReason::more_musts);
  CHECK(ask(Repeats{2}, run.run).empty());
}

TEST_CASE("never") {
  Story run = story();
  run.round("x", "pppp", DecisionReason::first);
  CHECK(ask(Never{}, run.run, TimePoint::max()).empty());
}

TEST_CASE("ScoreAtLeast rejects a percentage out of range") {
  for (const double percent : {1e300, -3.0, 100.1, std::nan("")}) CHECK_THROWS_AS(ScoreAtLeast{percent}, Failure);
}

TEST_CASE("describe writes small numbers whole") {
  CHECK(describe(ScoreAtLeast{1e-39}) == "score(0." + std::string(38, '0') + "1)");
  CHECK(describe(ScoreAtLeast{5e-324}) == "score(0." + std::string(323, '0') + "5)");
}

TEST_SUITE_END();
