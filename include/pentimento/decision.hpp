#pragma once

#include <pentimento/candidate_id.hpp>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// Why a candidate did or did not replace the incumbent. The first four are acceptances.
enum class DecisionReason {
  first,             ///< There was no incumbent.
  more_musts,        ///< It lost no `must` and passes more of them.
  better_score,      ///< The musts are equal; its weighted items are better by more than the dead band.
  preferred,         ///< A comparison preferred it in both orders.
  lost_must,         ///< A `must` that the incumbent passes does not pass here.
  worse_score,       ///< The musts are equal; its weighted items are worse by more than the dead band.
  within_dead_band,  ///< The weighted items differ by no more than the dead band.
  tie,               ///< Nothing tells them apart; a tie does not replace.
  not_preferred,     ///< A comparison did not prefer it in both orders.
  unjudged,          ///< It has no critique: an error is no verdict.
};

constexpr std::string_view to_string(DecisionReason reason) noexcept {
  switch (reason) {
    case DecisionReason::first: return "first";
    case DecisionReason::more_musts: return "more_musts";
    case DecisionReason::better_score: return "better_score";
    case DecisionReason::preferred: return "preferred";
    case DecisionReason::lost_must: return "lost_must";
    case DecisionReason::worse_score: return "worse_score";
    case DecisionReason::within_dead_band: return "within_dead_band";
    case DecisionReason::tie: return "tie";
    case DecisionReason::not_preferred: return "not_preferred";
    case DecisionReason::unjudged: return "unjudged";
  }
  return "unknown";
}

/// Whether a candidate replaced the incumbent, and why.
class Decision {
 public:
  explicit Decision(DecisionReason reason) noexcept : reason_{reason} {}

  DecisionReason reason() const noexcept { return reason_; }
  Decision& reason(DecisionReason reason) noexcept { return reason_ = reason, *this; }
  bool accepted() const noexcept { return reason_ <= DecisionReason::preferred; }

  /// The incumbent that it was held against; none for the first.
  const std::optional<CandidateId>& against() const noexcept { return against_; }
  Decision& against(std::optional<CandidateId> incumbent) { return against_ = incumbent, *this; }

  /// Ids of the requirements that pass here and did not pass in the incumbent.
  const std::vector<std::string>& gained() const noexcept { return gained_; }
  Decision& gained(std::vector<std::string> ids) { return gained_ = std::move(ids), *this; }

  /// Ids of the requirements that passed in the incumbent and do not pass here.
  const std::vector<std::string>& lost() const noexcept { return lost_; }
  Decision& lost(std::vector<std::string> ids) { return lost_ = std::move(ids), *this; }

  friend bool operator==(const Decision&, const Decision&) = default;

 private:
  DecisionReason reason_;
  std::optional<CandidateId> against_;
  std::vector<std::string> gained_;
  std::vector<std::string> lost_;
};

static_assert(!std::is_aggregate_v<Decision>);

/// One line for people: `kept: gained "count-mug", lost nothing`, `rejected: lost "colour-mug"`.
inline std::ostream& operator<<(std::ostream& out, const Decision& decision) {
  const auto list = [&](const std::vector<std::string>& ids) -> std::ostream& {
    if (ids.empty()) return out << "nothing";
    const char* separator = "";
    for (const std::string& id : ids) out << std::exchange(separator, ", ") << '"' << id << '"';
    return out;
  };
  switch (decision.reason()) {
    case DecisionReason::first: return out << "kept: the first";
    case DecisionReason::more_musts: out << "kept: gained "; break;
    case DecisionReason::better_score: out << "kept: a better score, gained "; break;
    case DecisionReason::preferred: return out << "kept: preferred in both orders";
    case DecisionReason::lost_must: return out << "rejected: lost ", list(decision.lost());
    case DecisionReason::worse_score: return out << "rejected: a worse score, lost ", list(decision.lost());
    case DecisionReason::within_dead_band: return out << "rejected: no clear gain, the scores differ too little";
    case DecisionReason::tie: return out << "rejected: a tie";
    case DecisionReason::not_preferred: return out << "rejected: not preferred in both orders";
    case DecisionReason::unjudged: return out << "rejected: not judged";
  }
  list(decision.gained());
  out << ", lost ";
  return list(decision.lost());
}

}  // namespace pentimento
