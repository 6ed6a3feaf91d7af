#pragma once

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

namespace pentimento {

/// An amount of US dollars in whole micro-dollars. Sums saturate.
class Money {
 public:
  constexpr Money() noexcept = default;
  static constexpr Money from_micros(std::int64_t micros) noexcept { return Money{micros}; }

  /// The worst case of a call without a known price.
  static constexpr Money unbounded() noexcept { return Money{std::numeric_limits<std::int64_t>::max()}; }

  constexpr std::int64_t micros() const noexcept { return micros_; }
  constexpr bool is_zero() const noexcept { return micros_ == 0; }

  friend constexpr auto operator<=>(Money, Money) noexcept = default;
  constexpr Money& operator+=(Money other) noexcept {
    if (__builtin_add_overflow(micros_, other.micros_, &micros_)) {
      micros_ = other.micros_ > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
    }
    return *this;
  }
  friend constexpr Money operator+(Money a, Money b) noexcept { return a += b; }

 private:
  constexpr explicit Money(std::int64_t micros) noexcept : micros_{micros} {}
  std::int64_t micros_ = 0;
};

/// An amount in dollars, rounded to the nearest micro-dollar: `usd(0.60)`. Saturates; NaN is 0.
inline Money usd(double dollars) noexcept {
  const double micros = std::round(dollars * 1e6);
  if (std::isnan(micros)) return {};
  if (micros >= 9.2e18) return Money::from_micros(std::numeric_limits<std::int64_t>::max());
  if (micros <= -9.2e18) return Money::from_micros(std::numeric_limits<std::int64_t>::min());
  return Money::from_micros(static_cast<std::int64_t>(micros));
}

/// `$0.60`, `$12.00`, `$0.0025`: at least two decimals.
inline std::string to_string(Money money) {
  const bool negative = money.micros() < 0;
  const std::uint64_t micros =
      negative ? ~static_cast<std::uint64_t>(money.micros()) + 1 : static_cast<std::uint64_t>(money.micros());
  std::string decimals = std::to_string(micros % 1'000'000);
  decimals.insert(0, 6 - decimals.size(), '0');
  while (decimals.size() > 2 && decimals.back() == '0') decimals.pop_back();
  return (negative ? "-$" : "$") + std::to_string(micros / 1'000'000) + '.' + decimals;
}

inline std::ostream& operator<<(std::ostream& out, Money money) { return out << to_string(money); }

/// How certain a charge is, from the most to the least certain.
enum class Billing {
  unpaid,        ///< Nothing was charged.
  paid,          ///< The amount was reported by the provider, or follows from the usage that it reported.
  estimated,     ///< The call succeeded; the amount is from a price table.
  maybe_billed,  ///< The outcome of the call is unknown; at most this amount may have been charged.
};

constexpr std::string_view to_string(Billing billing) noexcept {
  switch (billing) {
    case Billing::unpaid: return "unpaid";
    case Billing::paid: return "paid";
    case Billing::estimated: return "estimated";
    case Billing::maybe_billed: return "maybe_billed";
  }
  return "unknown";
}

/// What one call cost. A negative amount becomes 0, since it would raise the limits on money.
class Charge {
 public:
  /// Nothing.
  constexpr Charge() noexcept = default;
  constexpr Charge(Billing billing, Money amount) noexcept : billing_{billing}, amount_{std::max(amount, Money{})} {}

  static constexpr Charge paid(Money amount) noexcept { return {Billing::paid, amount}; }
  static constexpr Charge estimated(Money amount) noexcept { return {Billing::estimated, amount}; }
  static constexpr Charge maybe_billed(Money amount) noexcept { return {Billing::maybe_billed, amount}; }

  /// The charge of a call that reported no cost: its estimate.
  static constexpr Charge from_estimate(Money estimate) noexcept {
    return estimate.is_zero() ? Charge{} : Charge::estimated(estimate);
  }

  constexpr Billing billing() const noexcept { return billing_; }
  constexpr Money amount() const noexcept { return amount_; }

  /// The sum of two charges; as certain as the less certain one.
  friend constexpr Charge operator+(const Charge& a, const Charge& b) noexcept {
    return {std::max(a.billing(), b.billing()), a.amount() + b.amount()};
  }
  friend constexpr bool operator==(const Charge&, const Charge&) noexcept = default;

 private:
  Billing billing_ = Billing::unpaid;
  Money amount_;
};

static_assert(!std::is_aggregate_v<Charge>);

}  // namespace pentimento
