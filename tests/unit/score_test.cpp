#include <pentimento/score.hpp>

#include <doctest/doctest.h>

using namespace pentimento;

namespace {

Critique critique(std::string_view letters) {
  Critique result;
  for (int i = 0; char letter : letters) {
    result.add(Finding{std::to_string(i++), letter == 'p'   ? Verdict::pass
                                            : letter == 'f' ? Verdict::fail
                                                            : Verdict::unknown});
  }
  return result;
}

Checklist checklist(std::vector<double> weights, std::string_view importances) {
  std::vector<Requirement> requirements;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    Requirement requirement{std::to_string(i), "text", importances[i] == 'm' ? Importance::must : Importance::should};
    requirements.push_back(requirement.weight(weights[i]));
  }
  return Checklist{std::move(requirements)};
}

}  // namespace

TEST_SUITE_BEGIN("Score");

TEST_CASE("the share of the weight that passed") {
  const Checklist list = checklist({1, 1, 2}, "mms");
  const Score score{list, critique("pf?")};
  CHECK(score.fraction() == doctest::Approx(0.25));
  CHECK(score.percent() == 25);
  CHECK(score.passed() == 1);
  CHECK(score.items() == 3);
  CHECK(score.musts() == 2);
  CHECK(score.musts_passed() == 1);
  CHECK(!score.satisfied());
  CHECK(Score{list, critique("pp?")}.satisfied());
  CHECK(!Score{list, critique("p?p")}.satisfied());
  CHECK(Score{list, critique("pp?")}.percent() == 50);
  CHECK(Score{list, critique("ppp")}.percent() == 100);
  // What there is no finding on is unknown as well.
  CHECK(Score{list, critique("p")}.percent() == 25);
  CHECK(Score{list, Critique{}}.percent() == 0);
}

TEST_CASE("an empty checklist satisfies nothing") {
  CHECK(!Score{}.satisfied());
  CHECK(Score{Checklist{}, Critique{}}.percent() == 0);
  const Checklist wishes = checklist({1, 1}, "ss");
  CHECK(!Score{wishes, critique("p?")}.satisfied());
}

TEST_CASE("without a must every should counts") {
  const Checklist wishes = checklist({1, 1}, "ss");
  CHECK(Score{wishes, critique("pp")}.satisfied());
  CHECK(Score{wishes, critique("pp")}.percent() == 100);
  CHECK(!Score{wishes, critique("pf")}.satisfied());
  CHECK(Score{checklist({1, 1}, "ms"), critique("pf")}.satisfied());
}

TEST_CASE("what nobody judged") {
  Checklist list = checklist({1, 1, 1}, "mms");
  CHECK(unjudged(list, critique("pfp")).empty());
  list.unjudged({"a floral pattern"});
  CHECK(unjudged(list, critique("pf")) == std::vector<std::string>{"a floral pattern", "text"});
  CHECK(unjudged(list, critique("p??")).size() == 3);
}

TEST_CASE("unclaimed items") {
  Checklist list{{Requirement{"0", "three mugs"}, Requirement{"1", "soft light"}}};
  list.unjudged({"floral pattern", "three mugs", "soft light"});
  CHECK(unjudged(list, critique("p?")) == std::vector<std::string>{"floral pattern", "soft light"});
}

TEST_CASE("100 % only if everything passed") {
  CHECK(Score{checklist({1, 1, 1}, "sss"), critique("ppf")}.percent() == 66);
  CHECK(Score{checklist({999, 1}, "ss"), critique("pf")}.percent() == 99);
  CHECK(Score{checklist({1e6, 1e-9}, "ss"), critique("pf")}.percent() == 99);
  CHECK(Score{checklist({0.1, 0.2, 0.7}, "sss"), critique("ppp")}.percent() == 100);
}

TEST_SUITE_END();
