#pragma once

#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

namespace pentimento {

/**
 * How well an image meets a checklist, computed by the library from the verdicts; a model's own total is never used.
 *
 * `unknown` counts as not passed.
 */
class Score {
 public:
  Score() = default;
  Score(const Checklist& checklist, const Critique& critique) {
    double passed_weight = 0;
    double weight = 0;
    for (const Requirement& requirement : checklist) {
      const bool passes = critique.verdict(requirement.id()) == Verdict::pass;
      ++items_;
      weight += requirement.weight();
      if (requirement.is_must()) ++musts_;
      if (!passes) continue;
      ++passed_;
      passed_weight += requirement.weight();
      if (requirement.is_must()) ++musts_passed_;
    }
    if (weight > 0) fraction_ = passed_weight / weight;
  }

  /// The share of the weight that passed, from 0 to 1; 0 for an empty checklist.
  double fraction() const noexcept { return fraction_; }
  /// The same in whole per cent; 100 only when everything passed.
  int percent() const noexcept {
    return passed_ == items_ && items_ > 0 ? 100 : std::min(99, static_cast<int>(std::floor(fraction_ * 100.0 + 1e-9)));
  }
  int passed() const noexcept { return passed_; }
  int items() const noexcept { return items_; }
  int musts_passed() const noexcept { return musts_passed_; }
  int musts() const noexcept { return musts_; }
  /// True if every `must` passes or, if there is none, every `should`. False for an empty checklist.
  bool satisfied() const noexcept { return musts_ > 0 ? musts_passed_ == musts_ : items_ > 0 && passed_ == items_; }

 private:
  double fraction_ = 0;
  int passed_ = 0;
  int items_ = 0;
  int musts_passed_ = 0;
  int musts_ = 0;
};

static_assert(!std::is_aggregate_v<Score>);

/// Returns what nobody judged: the unjudged parts of the checklist, then the texts of the items without a verdict of pass
/// or fail. An item without an owner that was judged all the same is omitted.
inline std::vector<std::string> unjudged(const Checklist& checklist, const Critique& critique) {
  std::vector<std::string> parts = checklist.unjudged();
  for (const Requirement& requirement : checklist) {
    if (requirement.owner().empty()) std::erase(parts, requirement.text());
  }
  for (const Requirement& requirement : checklist) {
    if (critique.verdict(requirement.id()) == Verdict::unknown) parts.push_back(requirement.text());
  }
  return parts;
}

}  // namespace pentimento
