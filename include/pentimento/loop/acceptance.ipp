#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/error.hpp>
#include <pentimento/loop/acceptance.hpp>
#include <pentimento/score.hpp>

#include <string>
#include <utility>
#include <vector>

namespace pentimento {

PENTIMENTO_INLINE IncumbentOrder::IncumbentOrder(double dead_band) : dead_band_{dead_band} {
  if (!(dead_band >= 0.0 && dead_band <= 1.0)) {
    throw Failure{Error{errc::invalid_argument,
                        "a dead band of " + std::to_string(dead_band) + " is out of range; 0 to 1 are accepted"}};
  }
}

PENTIMENTO_INLINE Decision IncumbentOrder::operator()(const Checklist& checklist, const Candidate& challenger,
                                                      const Candidate& incumbent) const {
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
  constexpr double rounding = 1e-9;
  const double better = mine.fraction() - theirs.fraction();
  const auto reason = [&] {
    if (lost_must) return DecisionReason::lost_must;
    if (mine.musts_passed() > theirs.musts_passed()) return DecisionReason::more_musts;
    if (better > dead_band_ + rounding) return DecisionReason::better_score;
    if (better < -dead_band_ - rounding) return DecisionReason::worse_score;
    return better > rounding || better < -rounding ? DecisionReason::within_dead_band : DecisionReason::tie;
  };
  Decision decision{reason()};
  return decision.against(incumbent.id()).gained(std::move(gained)).lost(std::move(lost));
}

}  // namespace pentimento
