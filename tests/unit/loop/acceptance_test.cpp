#include "support/events.hpp"
#include "support/images.hpp"
#include <pentimento/loop/acceptance.hpp>

#include <doctest/doctest.h>

#include <sstream>

using namespace pentimento;

namespace {

Candidate judged(int round, std::string_view letters) {
  Candidate candidate{{round, 0}, GenerationRequest{"x"}, test::picture(1)};
  return candidate.critique(test::verdicts(letters));
}

/// `user-1` and so on: m is a must, s a should; by default all of the same weight.
Checklist checklist(std::string_view importances, std::vector<double> weights = {}) {
  std::vector<Requirement> items;
  for (std::size_t i = 0; i < importances.size(); ++i) {
    Requirement item{"user-" + std::to_string(i + 1), "text",
                     importances[i] == 'm' ? Importance::must : Importance::should};
    items.push_back(item.weight(weights.empty() ? 1 : weights[i]));
  }
  return Checklist{std::move(items)};
}

Decision decide(const Checklist& list, std::string_view challenger, std::string_view incumbent,
                double dead_band = 0.05) {
  return IncumbentOrder{dead_band}(list, judged(1, challenger), judged(0, incumbent));
}

}  // namespace

TEST_SUITE_BEGIN("IncumbentOrder");

TEST_CASE("rejects a challenger that loses a must") {
  const Checklist list = checklist("mmms");
  const Decision decision = decide(list, "fppp", "pfff");
  CHECK(decision.reason() == DecisionReason::lost_must);
  CHECK(!decision.accepted());
  CHECK(decision.lost() == std::vector<std::string>{"user-1"});
  CHECK(decision.gained() == std::vector<std::string>{"user-2", "user-3", "user-4"});
  CHECK(decision.against() == CandidateId{0, 0});
}

TEST_CASE("more musts outweigh lost shoulds") {
  const Decision decision = decide(checklist("mmss", {1, 1, 9, 9}), "ppff", "pfpp");
  CHECK(decision.reason() == DecisionReason::more_musts);
  CHECK(decision.accepted());
  CHECK(decision.gained() == std::vector<std::string>{"user-2"});
  CHECK(decision.lost() == std::vector<std::string>{"user-3", "user-4"});
}

TEST_CASE("weights decide beyond the dead band") {
  const Checklist list = checklist("mss", {1, 1, 2});
  CHECK(decide(list, "pfp", "ppf").reason() == DecisionReason::better_score);
  CHECK(decide(list, "ppf", "pfp").reason() == DecisionReason::worse_score);
  CHECK(decide(list, "ppf", "ppf").reason() == DecisionReason::tie);
  // Other items of the same weight: a tie as well.
  CHECK(decide(checklist("mss"), "ppf", "pfp").reason() == DecisionReason::tie);
}

TEST_CASE("edges of the dead band") {
  // One of 20 items: exactly 0.05.
  std::string must(20, 's');
  const Checklist list = checklist(must);
  const std::string all(20, 'p');
  std::string less = all;
  less[0] = 'f';
  CHECK(decide(list, all, less).reason() == DecisionReason::within_dead_band);
  CHECK(decide(list, less, all).reason() == DecisionReason::within_dead_band);
  CHECK(decide(list, all, less, 0.049).reason() == DecisionReason::better_score);
  CHECK(decide(list, less, all, 0.049).reason() == DecisionReason::worse_score);
  CHECK(decide(list, all, less, 0.0).reason() == DecisionReason::better_score);
  CHECK(decide(list, all, all, 0.0).reason() == DecisionReason::tie);
  std::string far = less;
  far[1] = 'f';
  CHECK(decide(list, all, far).reason() == DecisionReason::better_score);
  CHECK(decide(list, all, far, 1.0).reason() == DecisionReason::within_dead_band);
  CHECK(IncumbentOrder{}.dead_band() == doctest::Approx(0.05));
}

TEST_CASE("unknown counts as not passed") {
  const Checklist list = checklist("mm");
  for (std::string_view nothing : {"p?", "p-", "pf"}) {
    CHECK(decide(list, "pp", nothing).reason() == DecisionReason::more_musts);
    CHECK(decide(list, nothing, "pp").reason() == DecisionReason::lost_must);
    CHECK(decide(list, "pf", nothing).reason() == DecisionReason::tie);
  }
}

TEST_CASE("an empty checklist ties") { CHECK(decide(Checklist{}, "", "").reason() == DecisionReason::tie); }

TEST_CASE("a decision as text") {
  const auto text = [](Decision decision) {
    std::ostringstream out;
    out << decision;
    return out.str();
  };
  CHECK(text(Decision{DecisionReason::first}) == "kept: the first");
  CHECK(text(Decision{DecisionReason::more_musts}.gained({"count-mug"})) == "kept: gained \"count-mug\", lost nothing");
  CHECK(text(Decision{DecisionReason::lost_must}.lost({"colour-mug", "b"})) == "rejected: lost \"colour-mug\", \"b\"");
  CHECK(text(Decision{DecisionReason::better_score}.gained({"a"}).lost({"b"})) ==
        "kept: a better score, gained \"a\", lost \"b\"");
  CHECK(text(Decision{DecisionReason::tie}) == "rejected: a tie");
  for (DecisionReason reason :
       {DecisionReason::first, DecisionReason::more_musts, DecisionReason::better_score, DecisionReason::preferred}) {
    CHECK(Decision{reason}.accepted());
  }
  for (DecisionReason reason :
       {DecisionReason::lost_must, DecisionReason::worse_score, DecisionReason::within_dead_band, DecisionReason::tie,
        DecisionReason::not_preferred, DecisionReason::unjudged}) {
    CHECK(!Decision{reason}.accepted());
  }
}

TEST_SUITE_END();
