#include <pentimento/money.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace pentimento;

namespace {
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
}  // namespace

TEST_SUITE("Money") {
  TEST_CASE("is written with two or more decimals") {
    CHECK(to_string(Money{}) == "$0.00");
    CHECK(to_string(usd(0.6)) == "$0.60");
    CHECK(to_string(usd(12)) == "$12.00");
    CHECK(to_string(usd(0.0025)) == "$0.0025");
    CHECK(to_string(Money::from_micros(1)) == "$0.000001");
    CHECK(to_string(Money::from_micros(1'000'010)) == "$1.00001");
    CHECK(to_string(usd(-0.5)) == "-$0.50");
    CHECK(to_string(Money::from_micros(most)) == "$9223372036854.775807");
    CHECK(to_string(Money::from_micros(least)) == "-$9223372036854.775808");
  }

  TEST_CASE("rounds dollars and saturates") {
    CHECK(usd(0.1).micros() == 100'000);
    CHECK(usd(0.0000004).micros() == 0);
    CHECK(usd(0.0000006).micros() == 1);
    CHECK(usd(-0.0000006).micros() == -1);
    CHECK(usd(std::numeric_limits<double>::quiet_NaN()).micros() == 0);
    CHECK(usd(std::numeric_limits<double>::infinity()).micros() == most);
    CHECK(usd(-std::numeric_limits<double>::infinity()).micros() == least);
    CHECK(usd(1e300).micros() == most);
    CHECK(usd(-1e300).micros() == least);
  }

  TEST_CASE("sums saturate") {
    CHECK(usd(0.25) + usd(0.5) == usd(0.75));
    CHECK((Money::from_micros(most) + Money::from_micros(1)).micros() == most);
    CHECK((Money::from_micros(least) + Money::from_micros(-1)).micros() == least);
    CHECK((Money::from_micros(most) + Money::from_micros(least)).micros() == -1);
    CHECK(usd(1) > usd(0.99));
    CHECK(Money{}.is_zero());
  }

  TEST_CASE("a Charge is unpaid by default") {
    CHECK(Charge{}.billing() == Billing::unpaid);
    CHECK(Charge{}.amount() == Money{});
    CHECK(Charge::paid(usd(1)) == Charge{Billing::paid, usd(1)});
    CHECK(Charge::estimated(usd(1)) == Charge{Billing::estimated, usd(1)});
    CHECK(Charge::maybe_billed(usd(1)) == Charge{Billing::maybe_billed, usd(1)});
    CHECK(Charge::paid(usd(1)) != Charge::estimated(usd(1)));
    CHECK(to_string(Billing::unpaid) == "unpaid");
    CHECK(to_string(Billing::paid) == "paid");
    CHECK(to_string(Billing::estimated) == "estimated");
    CHECK(to_string(Billing::maybe_billed) == "maybe_billed");
  }
}
