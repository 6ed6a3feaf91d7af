#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>

#include <concepts>
#include <functional>

namespace pentimento {

/**
 * Decides whether a judged candidate replaces the judged incumbent.
 *
 * A decision with the reason `tie` or `within_dead_band` is open: if the critic can compare images, the loop asks it in both
 * orders and turns the decision into `preferred` or `not_preferred`.
 */
template <class A>
concept Acceptance = std::copy_constructible<A> && requires(const A& accept, const Checklist& checklist,
                                                            const Candidate& challenger, const Candidate& incumbent) {
  { accept(checklist, challenger, incumbent) } -> std::same_as<Decision>;
};

/// Any acceptance, chosen at run time.
using AnyAcceptance =
    std::function<Decision(const Checklist& checklist, const Candidate& challenger, const Candidate& incumbent)>;

/**
 * The order of acceptance: a candidate replaces the incumbent when it loses no `must` that passed and passes more; if the
 * musts are equal, when its weighted items are better by more than a dead band. A tie does not replace.
 *
 * Scores of judges are noisy (a judge that says 0.80 and 0.83 has said the same twice), hence the dead band.
 */
class IncumbentOrder {
 public:
  IncumbentOrder() = default;
  /// **Parameters**: the dead band is a share of the whole weight, from 0 to 1; 0.05 by default. **Throws** `Failure` with
  /// `invalid_argument` for any other.
  explicit IncumbentOrder(double dead_band);

  double dead_band() const noexcept { return dead_band_; }

  Decision operator()(const Checklist& checklist, const Candidate& challenger, const Candidate& incumbent) const;

 private:
  double dead_band_ = 0.05;
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/loop/acceptance.ipp>
#endif
