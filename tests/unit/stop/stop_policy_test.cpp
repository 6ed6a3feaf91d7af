#include <pentimento/stop/policies.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <sstream>
#include <string>

using namespace pentimento;
using namespace std::chrono_literals;

namespace {

struct Fires {
  StopKind kind = StopKind::custom;
  std::string clause = "fires";
  std::string detail;
  std::optional<StopReason> operator()(const Transcript&, TimePoint) const { return StopReason{kind, clause, detail}; }
};
struct Silent {
  std::optional<StopReason> operator()(const Transcript&, TimePoint) const { return std::nullopt; }
};

template <StopPolicy P>
std::optional<StopReason> ask(const P& policy) {
  return detail::ask(policy, Prospect{Transcript{}, TimePoint{}});
}

const TimePoint start{std::chrono::seconds{1'000'000'000}};

}  // namespace

TEST_SUITE_BEGIN("StopPolicy");

TEST_CASE("truth tables of the combinators") {
  CHECK(ask(Fires{} || Fires{}));
  CHECK(ask(Fires{} || Silent{}));
  CHECK(ask(Silent{} || Fires{}));
  CHECK(!ask(Silent{} || Silent{}));
  CHECK(ask(Fires{} && Fires{}));
  CHECK(!ask(Fires{} && Silent{}));
  CHECK(!ask(Silent{} && Fires{}));
  CHECK(!ask(Silent{} && Silent{}));
  CHECK(!ask(!Fires{}));
  CHECK(ask(!Silent{}));
  CHECK(ask(!!Fires{}));
  // As in C++: && binds more strongly than ||.
  CHECK(ask(Fires{} || (Silent{} && Silent{})));
  CHECK(!ask((Fires{} || Silent{}) && Silent{}));
}

TEST_CASE("the reason names the clause that fired") {
  const Fires rounds{StopKind::rounds, "rounds(3)", "after 3 rounds"};
  const Fires money{StopKind::money, "usd(1.00)", "too much"};
  CHECK(*ask(rounds || money) == StopReason{StopKind::rounds, "rounds(3)", "after 3 rounds"});
  CHECK(*ask(Silent{} || money) == StopReason{StopKind::money, "usd(1.00)", "too much"});
  CHECK(*ask(rounds && money) == StopReason{StopKind::custom, "rounds(3) && usd(1.00)", "after 3 rounds; too much"});
  CHECK(*ask(rounds && rounds) ==
        StopReason{StopKind::rounds, "rounds(3) && rounds(3)", "after 3 rounds; after 3 rounds"});
  CHECK(ask(rounds && Fires{})->detail() == "after 3 rounds");
  CHECK(*ask(!Never{}) == StopReason{StopKind::custom, "!never"});
  std::ostringstream line;
  line << *ask(rounds) << " / " << *ask(!Never{});
  CHECK(line.str() == "rounds(3): after 3 rounds / !never");
}

TEST_CASE("deadlines of combinations") {
  const TimePoint one = start + 60s;
  const TimePoint two = start + 120s;
  CHECK(deadline(Deadline{1min}, start) == one);
  CHECK(!deadline(Satisfied{}, start));
  CHECK(!deadline(Silent{}, start));
  CHECK(deadline(Satisfied{} || Deadline{1min}, start) == one);
  CHECK(deadline(Deadline{1min} || Satisfied{}, start) == one);
  CHECK(deadline(Deadline{2min} || Deadline{1min}, start) == one);
  CHECK(!deadline(Satisfied{} || Never{}, start));
  // Both must fire, so the later one counts, and one that need not fire keeps the other from it.
  CHECK(deadline(Deadline{2min} && Deadline{1min}, start) == two);
  CHECK(!deadline(Satisfied{} && Deadline{1min}, start));
  CHECK(!deadline(!Deadline{1min}, start));
  CHECK(deadline(Deadline{2min} || (Deadline{1min} && Deadline{1s}), start) == one);
  CHECK(deadline(AnyStopPolicy{Satisfied{} || Deadline{1min}}, start) == one);
  CHECK(!deadline(AnyStopPolicy{Silent{}}, start));
}

TEST_CASE("the longest deadline") {
  const Deadline longest{std::chrono::hours::max()};
  CHECK(*deadline(longest, start) > start + std::chrono::hours{24 * 365});
  CHECK(!longest(Prospect{Transcript{}, TimePoint{} + std::chrono::hours{24}}));
  const Deadline shortest{std::chrono::hours::min()};
  CHECK(*deadline(shortest, start) <= start);
  const Deadline fraction{std::chrono::duration<double>{0.25}};
  CHECK(describe(fraction) == "seconds(0.25)");
  CHECK(*deadline(Deadline{std::chrono::duration<double>{std::numeric_limits<double>::infinity()}}, start) > start);
}

TEST_CASE("parentheses only where needed") {
  CHECK(describe(Satisfied{} || MaxRounds{6} || Plateau{2}) == "satisfied || rounds(6) || plateau(2)");
  CHECK(describe(Satisfied{} || (MaxRounds{6} || Plateau{2})) == "satisfied || (rounds(6) || plateau(2))");
  CHECK(describe((Satisfied{} && MaxRounds{6}) || Plateau{2}) == "satisfied && rounds(6) || plateau(2)");
  CHECK(describe(Satisfied{} && (MaxRounds{6} || Plateau{2})) == "satisfied && (rounds(6) || plateau(2))");
  CHECK(describe((Satisfied{} || MaxRounds{6}) && Plateau{2}) == "(satisfied || rounds(6)) && plateau(2)");
  CHECK(describe(!(Satisfied{} && Never{})) == "!(satisfied && never)");
  CHECK(describe(!Satisfied{} && !!Never{}) == "!satisfied && !!never");
  CHECK(describe(Satisfied{} && (Never{} && Never{})) == "satisfied && (never && never)");
  CHECK(describe(Silent{}) == "custom");
  CHECK(describe(Silent{} || Never{}) == "custom || never");
}

TEST_CASE("text of a policy chosen at run time") {
  const AnyStopPolicy any{Satisfied{} || MaxRounds{6}};
  const AnyStopPolicy all{Satisfied{} && MaxRounds{6}};
  CHECK(describe(any) == "satisfied || rounds(6)");
  CHECK(describe(any && Never{}) == "(satisfied || rounds(6)) && never");
  CHECK(describe(Never{} && any) == "never && (satisfied || rounds(6))");
  CHECK(describe(any || Never{}) == "satisfied || rounds(6) || never");
  CHECK(describe(Never{} || any) == "never || (satisfied || rounds(6))");
  CHECK(describe(!any) == "!(satisfied || rounds(6))");
  CHECK(describe(!all) == "!(satisfied && rounds(6))");
  CHECK(describe(all || any) == "satisfied && rounds(6) || (satisfied || rounds(6))");
  CHECK(describe(AnyStopPolicy{any && all}) == "(satisfied || rounds(6)) && (satisfied && rounds(6))");
}

TEST_SUITE_END();
