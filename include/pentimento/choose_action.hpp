#pragma once

#include <pentimento/capabilities.hpp>
#include <pentimento/fit_revision.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/score.hpp>
#include <pentimento/transcript.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// What to do next, what to go on from, and why.
class ActionChoice {
 public:
  ActionChoice(Action action, std::optional<CandidateId> from, std::string why)
      : action_{action}, from_{from}, why_{std::move(why)} {}
  Action action() const noexcept { return action_; }
  const std::optional<CandidateId>& from() const noexcept { return from_; }
  const std::string& why() const noexcept { return why_; }

 private:
  Action action_;
  std::optional<CandidateId> from_;
  std::string why_;
};

static_assert(!std::is_aggregate_v<ActionChoice>);

/// The rounds that were decided since the incumbent last changed.
inline int rounds_without_gain(const Transcript& run) {
  int idle = 0;
  for (auto round = run.rounds().rbegin(); round != run.rounds().rend() && !round->accepted(); ++round)
    idle += round->finished() ? 1 : 0;
  return idle;
}

namespace detail {

/// The judged candidate, other than the incumbent, with the best score whose faults are not all the incumbent's own.
inline const Candidate* other_way(const Transcript& run, const Candidate& incumbent) {
  const Candidate* best = nullptr;
  for (const Round& round : run.rounds()) {
    for (const Candidate& candidate : round.candidates()) {
      if (candidate.id() == incumbent.id() || !candidate.critique()) continue;
      const bool different = std::ranges::any_of(run.checklist(), [&](const Requirement& requirement) {
        return candidate.critique()->verdict(requirement.id()) == Verdict::pass &&
               incumbent.critique()->verdict(requirement.id()) != Verdict::pass;
      });
      if (different && (best == nullptr || run.score(candidate).fraction() > run.score(*best).fraction()))
        best = &candidate;
    }
  }
  return best;
}

}  // namespace detail

/**
 * Chooses what to do about the incumbent's faults, by what kind of faults they are and by what was tried without gain:
 *
 *  - at first, an edit of the incumbent where every fault lies in one part of the picture, or where the user began with a
 *    picture, and the generator can edit; else other words;
 *  - then other words; then the same words with other seeds; then back to a candidate that got right what the incumbent
 *    got wrong; then afresh from the brief; and round again.
 *
 * One change of kind at a time, cheapest first: two misses under two different fixes say more about the fix than about
 * the luck.
 */
inline ActionChoice choose_action(const Transcript& run, const Capabilities& can) {
  const Candidate* incumbent = run.incumbent();
  if (incumbent == nullptr || !incumbent->critique())
    return {Action::restart, std::nullopt, "there is nothing to build on"};

  std::vector<const Finding*> faults;
  for (const Finding& finding : incumbent->critique()->findings()) {
    if (finding.verdict() == Verdict::fail) faults.push_back(&finding);
  }
  if (faults.empty()) return {Action::reseed, incumbent->id(), "nothing fails that could be put into words"};

  const int misses = rounds_without_gain(run);
  const bool local = std::ranges::all_of(faults, [](const Finding* fault) { return fault->is_local(); });
  const bool may_edit = can.image_to_image() && edit_depth(run, incumbent) < run.settings().max_edit_depth();
  const std::string after =
      misses == 0 ? "" : " after " + std::to_string(misses) + (misses == 1 ? " round" : " rounds") + " without gain";
  switch (misses % 5) {
    case 0:
      if (may_edit && (local || run.brief().start())) {
        return {Action::edit, incumbent->id(),
                (local ? "the faults lie in one part of the picture" : "the user's picture is to be kept") + after};
      }
      return {Action::reprompt, incumbent->id(), "the faults are named first" + after};
    case 1: return {Action::reprompt, incumbent->id(), "other words" + after};
    case 2: return {Action::reseed, incumbent->id(), "other seeds" + after};
    case 3:
      if (const Candidate* other = detail::other_way(run, *incumbent)) {
        return {Action::backtrack, other->id(),
                to_string(other->id()) + " got right what " + to_string(incumbent->id()) + " does not" + after};
      }
      [[fallthrough]];
    default: return {Action::restart, std::nullopt, "afresh from the brief" + after};
  }
}

}  // namespace pentimento
