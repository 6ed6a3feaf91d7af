#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/score.hpp>

#include <concepts>
#include <string>
#include <utility>
#include <vector>

namespace pentimento {

/**
 * Decides whether a judged candidate replaces the judged incumbent.
 *
 * A decision with the reason `tie` or `within_dead_band` is open: where the critic can compare pictures, the loop asks
 * it in both orders and turns the decision into `preferred` or `not_preferred`.
 */
template <class A>
concept Acceptance = std::copy_constructible<A> && requires(const A& accept, const Checklist& checklist,
                                                            const Candidate& challenger, const Candidate& incumbent) {
  { accept(checklist, challenger, incumbent) } -> std::same_as<Decision>;
};

/**
 * The order of acceptance: a candidate replaces the incumbent when it loses no `must` that passed and passes more; where
 * the musts are equal, when its weighted items are better by more than a dead band. A tie does not replace.
 *
 * Scores of judges are noisy (a judge that says 0.80 and 0.83 has said the same twice), hence the dead band.
 */
class IncumbentOrder {
 public:
  IncumbentOrder() = default;
  /// The dead band is a share of the whole weight, from 0 to 1.
  explicit IncumbentOrder(double dead_band) : dead_band_{dead_band} {}

  double dead_band() const noexcept { return dead_band_; }

  Decision operator()(const Checklist& checklist, const Candidate& challenger, const Candidate& incumbent) const {
    std::vector<std::string> gained;
    std::vector<std::string> lost;
    bool lost_must = false;
    for (const Requirement& requirement : checklist) {
      const bool now = challenger.critique()->verdict(requirement.id()) == Verdict::pass;
      const bool before = incumbent.critique()->verdict(requirement.id()) == Verdict::pass;
      if (now && !before) gained.push_back(requirement.id());
      if (before && !now) {
        lost.push_back(requirement.id());
        lost_must = lost_must || requirement.is_must();
      }
    }
    const Score mine{checklist, *challenger.critique()};
    const Score theirs{checklist, *incumbent.critique()};
    Decision decision{reason(lost_must, mine, theirs)};
    decision.against(incumbent.id()).gained(std::move(gained)).lost(std::move(lost));
    return decision;
  }

 private:
  DecisionReason reason(bool lost_must, const Score& mine, const Score& theirs) const {
    if (lost_must) return DecisionReason::lost_must;
    if (mine.musts_passed() > theirs.musts_passed()) return DecisionReason::more_musts;
    constexpr double rounding = 1e-9;
    const double better = mine.fraction() - theirs.fraction();
    if (better > dead_band_ + rounding) return DecisionReason::better_score;
    if (better < -dead_band_ - rounding) return DecisionReason::worse_score;
    return better > rounding || better < -rounding ? DecisionReason::within_dead_band : DecisionReason::tie;
  }

  double dead_band_ = 0.05;
};

}  // namespace pentimento
