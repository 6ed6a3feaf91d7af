#pragma once

#include <pentimento/money.hpp>

#include <algorithm>
#include <string_view>
#include <type_traits>

namespace pentimento {

/// How sure a charge is.
enum class Billing {
  unpaid,        ///< Nothing was charged.
  paid,          ///< The provider stated this amount, or it follows from the usage that the provider stated.
  estimated,     ///< The call succeeded; the amount is worked out from a price table.
  maybe_billed,  ///< The fate of the call is unknown; at most this amount may have been charged.
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

/// What one call cost. Less than nothing counts as nothing: it would lift the limits on money.
class Charge {
 public:
  /// Nothing.
  constexpr Charge() noexcept = default;
  constexpr Charge(Billing billing, Money amount) noexcept : billing_{billing}, amount_{std::max(amount, Money{})} {}

  static constexpr Charge paid(Money amount) noexcept { return {Billing::paid, amount}; }
  static constexpr Charge estimated(Money amount) noexcept { return {Billing::estimated, amount}; }
  static constexpr Charge maybe_billed(Money amount) noexcept { return {Billing::maybe_billed, amount}; }

  /// What a call counts as that was estimated at this much and does not say what it cost.
  static constexpr Charge if_unsaid(Money estimate) noexcept {
    return estimate.is_zero() ? Charge{} : Charge::estimated(estimate);
  }

  constexpr Billing billing() const noexcept { return billing_; }
  constexpr Money amount() const noexcept { return amount_; }

  /// Two charges as one: as sure as the less sure of them.
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
