#include "support/scripted.hpp"
#include "support/wait_for.hpp"
#include <pentimento/critic.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace pentimento;
using test::Step;

namespace {

/// A chain: `hat` needs nothing, `red` needs `hat`, `bright` needs `red`, `lost` needs what is not in the checklist.
Checklist chain() {
  std::vector<Requirement> items;
  items.push_back(Requirement{"bright", "the red is bright"}.depends_on({"red"}));
  items.push_back(Requirement{"red", "the hat is red"}.depends_on({"hat"}));
  items.emplace_back("hat", "there is a hat");
  items.push_back(Requirement{"lost", "lost"}.depends_on({"nobody"}));
  return Checklist{std::move(items)};
}

CritiqueRequest request() {
  return CritiqueRequest{Brief{"a hat"}, chain(), Candidate{{0, 0}, GenerationRequest{"a hat"}, test::picture(1)}};
}

Result<Critique> judge(const Critique& critique) {
  test::ScriptedCritic critic;
  critic.script = [&](int, const CritiqueRequest&) { return Step<Critique>{critique}; };
  return test::wait_for(critic.critique(request()));
}

Result<Plan> plan(Plan plan) {
  test::ScriptedCritic critic;
  critic.planning = [&](const Brief&) { return Step<Plan>{plan}; };
  return test::wait_for(critic.plan(Brief{"a hat"}));
}

}  // namespace

TEST_SUITE_BEGIN("Critic");

TEST_CASE("keeps findings whose premises pass") {
  Critique critique;
  critique.add({"hat", Verdict::pass}).add({"red", Verdict::pass}).add({"bright", Verdict::fail});
  const Result<Critique> judged = judge(critique);
  REQUIRE(judged.has_value());
  CHECK(*judged == critique);
}

TEST_CASE("clears what depends on a failed item") {
  for (Verdict premise : {Verdict::fail, Verdict::unknown}) {
    Critique critique;
    critique.add(Finding{"bright", Verdict::pass}.observed("very").local(true))
        .add({"red", Verdict::fail})
        .add({"hat", premise});
    critique.suggested_prompt("a hat").remark("hm").judged(test::picture(2)).charge(Charge::paid(usd(0.01)));
    const Result<Critique> judged = judge(critique);
    REQUIRE(judged.has_value());
    // Everything but the findings stays, and so does their order.
    Critique expected = critique;
    expected.findings(
        {Finding{"bright", Verdict::unknown}.observed("very").reason("it depends on \"red\", which does not pass"),
         Finding{"red", Verdict::unknown}.reason("it depends on \"hat\", which does not pass"),
         {"hat", premise}});
    CHECK(*judged == expected);
  }
}

TEST_CASE("clears what depends on a missing item") {
  Critique critique;
  critique.add({"red", Verdict::pass}).add({"lost", Verdict::fail});
  const Result<Critique> judged = judge(critique);
  REQUIRE(judged.has_value());
  CHECK(judged->verdict("red") == Verdict::unknown);
  CHECK(judged->verdict("lost") == Verdict::unknown);
  CHECK(judged->verdict("hat") == Verdict::unknown);
}

TEST_CASE("clears items that depend on each other") {
  test::ScriptedCritic critic;
  critic.script = [&](int, const CritiqueRequest&) {
    Critique critique;
    critique.add({"a", Verdict::pass}).add({"b", Verdict::fail});
    return Step<Critique>{critique};
  };
  const Checklist circle{
      std::vector<Requirement>{Requirement{"a", "a"}.depends_on({"b"}), Requirement{"b", "b"}.depends_on({"a"})}};
  const Result<Critique> judged = test::wait_for(critic.critique(
      CritiqueRequest{Brief{"x"}, circle, Candidate{{0, 0}, GenerationRequest{"x"}, test::picture(1)}}));
  REQUIRE(judged.has_value());
  CHECK(judged->verdict("a") == Verdict::unknown);
  CHECK(judged->verdict("b") == Verdict::unknown);
}

TEST_CASE("rejects findings that do not fit the checklist") {
  for (bool twice : {true, false}) {
    Critique critique;
    critique.add({"hat", Verdict::pass}).add({twice ? "hat" : "shoe", Verdict::pass}).charge(Charge::paid(usd(0.01)));
    const Result<Critique> judged = judge(critique);
    REQUIRE(!judged.has_value());
    CHECK(judged.error().code() == errc::unusable_reply);
    CHECK(judged.error().message() ==
          (twice ? "scripted judged \"hat\" twice" : "scripted judged \"shoe\", which is not in the checklist"));
    CHECK(judged.error().charge() == Charge::paid(usd(0.01)));
  }
}

TEST_CASE("owns the planned items without an owner") {
  Plan offered{{Requirement{"a", "a"}, Requirement{"b", "b"}.owner("another")}};
  offered.unjudged({"a floral pattern"}).charge(Charge::paid(usd(0.01)));
  const Result<Plan> made = plan(offered);
  REQUIRE(made.has_value());
  Plan expected{{Requirement{"a", "a"}.owner("scripted"), Requirement{"b", "b"}.owner("another")}};
  expected.unjudged({"a floral pattern"}).charge(Charge::paid(usd(0.01)));
  CHECK(*made == expected);
}

TEST_CASE("claims the brief's requirements by default") {
  class Plain final : public Critic {
    std::string do_name() const override { return "plain"; }
    boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest) override { co_return Critique{}; }
  };
  Brief brief{"a hat"};
  brief.must("it is red").add(Requirement{"size", "it is small", Importance::should}.depends_on({"user-1"}));
  Plain critic;
  const Result<Plan> made = test::wait_for(critic.plan(brief));
  REQUIRE(made.has_value());
  CHECK(*made == Plan{{Requirement{"user-1", "it is red"}.owner("plain"),
                       Requirement{"size", "it is small", Importance::should}.depends_on({"user-1"}).owner("plain")}});
}

TEST_CASE("rejects repeated ids and weights out of range") {
  CHECK(plan(Plan{{Requirement{"a", "a"}, Requirement{"b", "b"}.weight(0.5)}}).has_value());
  const auto refused = [](std::vector<Requirement> items) {
    const Result<Plan> result = plan(Plan{std::move(items)});
    REQUIRE(!result.has_value());
    CHECK(result.error().code() == errc::unusable_reply);
  };
  refused({Requirement{"a", "a"}, Requirement{"a", "b"}});
  refused({Requirement{"a", "a"}.weight(0)});
  refused({Requirement{"a", "a"}.weight(-1)});
  refused({Requirement{"a", "a"}.weight(std::numeric_limits<double>::quiet_NaN())});
  refused({Requirement{"a", "a"}.weight(std::numeric_limits<double>::infinity())});
  refused({Requirement{"a", "a"}.weight(std::numeric_limits<double>::max()),
           Requirement{"b", "b"}.weight(std::numeric_limits<double>::max())});
}

TEST_CASE("compares only if it can") {
  test::ScriptedCritic critic;
  const auto brief = std::make_shared<const Brief>("x");
  const auto checklist = std::make_shared<const Checklist>();
  const Candidate candidate{{0, 0}, GenerationRequest{"x"}, test::picture(1)};
  const ComparisonRequest pair{brief, checklist, candidate, candidate};
  const Result<Comparison> refused = test::wait_for(critic.compare(pair));
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code() == errc::unsupported);
  critic.comparison = [](int, const ComparisonRequest&) { return Step<Comparison>{Comparison{Preference::second}}; };
  CHECK(test::wait_for(critic.compare(pair))->preference() == Preference::second);
}

TEST_CASE("exceptions become errors") {
  test::ScriptedCritic critic;
  critic.critique_price = usd(0.03);
  critic.script = [](int, const CritiqueRequest&) { return Step<Critique>::raise("boom"); };
  const Result<Critique> judged = test::wait_for(critic.critique(request()));
  REQUIRE(!judged.has_value());
  CHECK(judged.error().message() == "the critic failed: boom");
  CHECK(judged.error().charge() == Charge::maybe_billed(usd(0.03)));
}

TEST_SUITE_END();
