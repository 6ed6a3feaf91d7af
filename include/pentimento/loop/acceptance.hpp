#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>

#include <concepts>
#include <functional>

namespace pentimento {

/**
 * Decides whether a judged candidate replaces the judged incumbent.
 *
 * A decision with the reason `tie` or `within_dead_band` is open: if the critic can compare images, the loop asks it in
 * both orders and replaces the reason by `preferred` or `not_preferred`. `preferred` accepts the candidate.
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
 * The default acceptance: a candidate replaces the incumbent if it passes every `must` that the incumbent passes, and
 * then passes more of them or has a score that is higher by more than a dead band.
 *
 * The dead band is needed because scores are noisy: 0.80 and 0.83 may be the same image, judged twice.
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
