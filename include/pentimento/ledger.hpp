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

/// What a run asks of its roles.
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

/// One call of a run to one of its roles, and what it is about.
class Call {
 public:
  /// `plan` and `revise` are about no candidate; the second comparison of a pair is the swapped one.
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
 * What a run has cost, call by call, and what is set aside for the calls that are under way.
 *
 * Before a call its worst case is reserved; when it ends the reservation gives way to the charge.
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

  /// Sets the worst case of a call aside.
  void reserve(const Call& call, Money worst_case) { reservations_.emplace_back(call, Charge::estimated(worst_case)); }

  /// Gives a reservation back: the call was not made.
  void release(const Call& call) {
    std::erase_if(reservations_, [&](const Entry& entry) { return entry.call() == call; });
  }

  /// Enters what a call cost in place of what was set aside for it.
  void settle(const Call& call, Charge charge) {
    release(call);
    entries_.emplace_back(call, charge);
  }

  /// The calls that ended, in the order of their ends.
  const std::vector<Entry>& entries() const noexcept { return entries_; }
  /// The calls under way, with what is reserved for each.
  const std::vector<Entry>& reservations() const noexcept { return reservations_; }

  /// How often a call was made and has ended. For a revision, which has no number: since the last call of another kind, that is,
  /// in its round.
  int attempts(const Call& call) const noexcept {
    const auto is_other = [&call](const Entry& entry) { return entry.call() != call; };
    const auto last = call.kind() == CallKind::revise
                          ? std::ranges::find_if(entries_.rbegin(), entries_.rend(), is_other)
                          : entries_.rend();
    return static_cast<int>(std::ranges::count(entries_.rbegin(), last, call, &Entry::call));
  }

  /// The sum of the entries of this kind.
  Money total(Billing billing) const noexcept {
    Money sum;
    for (const Entry& entry : entries_) {
      if (entry.charge().billing() == billing) sum += entry.charge().amount();
    }
    return sum;
  }
  /// What was or may have been spent: paid, estimated and maybe billed together.
  Money spent() const noexcept { return sum_of(entries_); }
  /// What is set aside for the calls under way.
  Money reserved() const noexcept { return sum_of(reservations_); }
  /// The most that the run can have cost once everything under way has ended.
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
