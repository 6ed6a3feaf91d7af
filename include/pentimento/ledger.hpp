#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/money.hpp>

#include <algorithm>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pentimento {

/// The kinds of calls that a run makes to its roles.
enum class CallKind { plan, generate, critique, compare, revise };

constexpr std::string_view to_string(CallKind kind) noexcept {
  switch (kind) {
    case CallKind::plan: return "plan";
    case CallKind::generate: return "generate";
    case CallKind::critique: return "critique";
    case CallKind::compare: return "compare";
    case CallKind::revise: return "revise";
  }
  return "unknown";
}

/// Identifies one call of a run: its kind and the candidate that it is about.
class Call {
 public:
  /// `plan` and `revise` have no candidate. `swapped`: the second comparison of a pair, in the other order.
  explicit constexpr Call(CallKind kind, std::optional<CandidateId> candidate = std::nullopt,
                          bool swapped = false) noexcept
      : kind_{kind}, candidate_{candidate}, swapped_{swapped} {}

  constexpr CallKind kind() const noexcept { return kind_; }
  constexpr const std::optional<CandidateId>& candidate() const noexcept { return candidate_; }
  constexpr bool swapped() const noexcept { return swapped_; }

  friend constexpr auto operator<=>(const Call&, const Call&) noexcept = default;

 private:
  CallKind kind_;
  std::optional<CandidateId> candidate_;
  bool swapped_;
};

static_assert(!std::is_aggregate_v<Call>);

/// `generate 0a`, `plan`, `compare 2a swapped`.
inline std::string to_string(const Call& call) {
  std::string text{to_string(call.kind())};
  if (call.candidate()) text += ' ' + to_string(*call.candidate());
  if (call.swapped()) text += " swapped";
  return text;
}

/**
 * The costs of a run: a charge for each call that has ended, and a reservation for each call in progress.
 *
 * Before a call its worst-case cost is reserved. When the call ends, the charge replaces the reservation.
 */
class Ledger {
 public:
  class Entry {
   public:
    constexpr Entry(Call call, Charge charge) noexcept : call_{call}, charge_{charge} {}
    constexpr const Call& call() const noexcept { return call_; }
    constexpr const Charge& charge() const noexcept { return charge_; }
    friend bool operator==(const Entry&, const Entry&) = default;

   private:
    Call call_;
    Charge charge_;
  };

  Ledger() = default;

  /// Reserves the worst-case cost of a call.
  void reserve(const Call& call, Money worst_case) { reservations_.emplace_back(call, Charge::estimated(worst_case)); }

  /// Removes the reservation of a call that was not made.
  void release(const Call& call) {
    std::erase_if(reservations_, [&](const Entry& entry) { return entry.call() == call; });
  }

  /// Replaces the reservation of a call by its charge.
  void settle(const Call& call, Charge charge) {
    release(call);
    entries_.emplace_back(call, charge);
  }

  /// The calls that have ended, in the order in which they ended.
  const std::vector<Entry>& entries() const noexcept { return entries_; }
  /// The calls in progress, with what is reserved for each.
  const std::vector<Entry>& reservations() const noexcept { return reservations_; }

  /// Returns how many attempts of a call have ended. A `revise` call does not name its round: only the attempts since
  /// the last call of another kind count.
  int attempts(const Call& call) const noexcept {
    // Looks back no further than needed: runs may have thousands of rounds.
    const std::optional<Call> made =
        call.candidate() ? std::optional{Call{CallKind::generate, call.candidate()->generation()}} : std::nullopt;
    int count = 0;
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (entry->call() == call) {
        ++count;
      } else if (call.kind() == CallKind::revise || entry->call() == made) {
        break;
      }
    }
    return count;
  }

  /// Returns the sum of the charges of this kind.
  Money total(Billing billing) const noexcept {
    Money sum;
    for (const Entry& entry : entries_) {
      if (entry.charge().billing() == billing) sum += entry.charge().amount();
    }
    return sum;
  }
  /// Returns the sum of all charges: paid, estimated and maybe billed.
  Money spent() const noexcept { return sum_of(entries_); }
  /// Returns what is reserved for the calls in progress.
  Money reserved() const noexcept { return sum_of(reservations_); }
  /// Returns the worst-case cost of the run once the calls in progress have ended.
  Money committed() const noexcept { return spent() + reserved(); }

  friend bool operator==(const Ledger&, const Ledger&) = default;

 private:
  static Money sum_of(const std::vector<Entry>& entries) noexcept {
    Money sum;
    for (const Entry& entry : entries) {
      if (entry.charge().billing() != Billing::unpaid) sum += entry.charge().amount();
    }
    return sum;
  }

  std::vector<Entry> entries_;
  std::vector<Entry> reservations_;
};

static_assert(!std::is_aggregate_v<Ledger>);

}  // namespace pentimento
