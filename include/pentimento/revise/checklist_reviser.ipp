#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/detail/request_limits.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/revise/rules.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace pentimento {

namespace detail {

PENTIMENTO_INLINE int tries(const Transcript& run, const std::string& requirement) {
  return static_cast<int>(std::ranges::count_if(run.rounds(), [&](const Round& round) {
    return std::ranges::find(round.revision().targets(), requirement) != round.revision().targets().end();
  }));
}

PENTIMENTO_INLINE std::string joined(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + ' ' + b;
}

PENTIMENTO_INLINE std::string sentence(std::string text, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : "; ") + items[i];
  return text + '.';
}

PENTIMENTO_INLINE std::string prompt(const Transcript& run, const Candidate& from,
                                     const std::vector<const Requirement*>& faults, const Capabilities& can) {
  std::vector<std::string> important;
  std::vector<std::string> leading;
  for (const Requirement* fault : faults) {
    important.push_back(fault->text());
    if (tries(run, fault->id()) > 0) leading.push_back(fault->text());
  }
  std::vector<std::string> keep;
  for (const Requirement& requirement : run.checklist()) {
    if (from.critique() && from.critique()->verdict(requirement.id()) == Verdict::pass)
      keep.push_back(requirement.text());
  }
  const std::string brief = request_for(run.brief(), can).prompt();
  std::string wish = brief;
  if (!wish.ends_with('.') && !wish.ends_with('!') && !wish.ends_with('?')) wish += '.';
  const std::string text = joined(joined(sentence("", leading), wish), sentence("Important: ", important));
  // If the prompt is too long, what passes is dropped first.
  std::string whole = joined(text, sentence("Keep: ", keep));
  if (accepts_prompt(whole, can)) return whole;
  return accepts_prompt(text, can) ? text : brief;
}

/// The number of rounds that targeted a requirement.

PENTIMENTO_INLINE std::vector<const Requirement*> failed_requirements(const Transcript& run,
                                                                      const Candidate& candidate) {
  std::vector<const Requirement*> faults;
  for (const Requirement& requirement : run.checklist()) {
    if (candidate.critique() && candidate.critique()->verdict(requirement.id()) == Verdict::fail)
      faults.push_back(&requirement);
  }
  std::ranges::stable_sort(faults, [&](const Requirement* a, const Requirement* b) {
    if (a->is_must() != b->is_must()) return a->is_must();
    return tries(run, a->id()) < tries(run, b->id());
  });
  return faults;
}

/// What fails: first the musts, then what was targeted least, so that a fault that no prompt repairs does not block
/// others.

PENTIMENTO_INLINE Revision revision(const Transcript& run, const Capabilities& can) {
  const ActionChoice choice = choose_action(run, can);
  const Candidate* from = choice.from() ? run.find(*choice.from()) : nullptr;
  if (from == nullptr) {
    Revision restart{Action::restart, request_for(run.brief(), can)};
    return restart.why(choice.why());
  }
  GenerationRequest next = request_for(run.brief(), can);
  next.size(from->request().size());
  std::vector<const Requirement*> faults = failed_requirements(run, *from);
  const std::size_t at_once = run.rounds_without_gain() >= 2 ? 1 : 3;
  if (faults.size() > at_once) faults.resize(at_once);
  if (choice.action() == Action::reseed) {
    next.prompt(from->request().prompt());
  } else {
    next.prompt(prompt(run, *from, faults, can));
    // The first draft keeps the seed, so that only the prompt makes a difference.
    if (next.prompt() != from->request().prompt()) next.seed(from->request().seed());
  }
  if (choice.action() == Action::edit) next.init_image(from->image());
  Revision revision{choice.action(), std::move(next)};
  std::vector<std::string> targets;
  for (const Requirement* fault : faults) targets.push_back(fault->id());
  return revision.parent(from->id()).why(choice.why()).targets(std::move(targets));
}

}  // namespace detail

PENTIMENTO_INLINE std::string ChecklistReviser::do_name() const { return "checklist"; }

PENTIMENTO_INLINE boost::asio::awaitable<Result<Revision>> ChecklistReviser::do_revise(RevisionRequest request) {
  const Transcript& run = request.transcript();
  if (ends_in_refusal(run)) co_return after_refusal(run);
  Revision next = detail::revision(run, request.capabilities());
  if (was_refused(run, next.request().prompt())) co_return after_refusal(run);
  co_return next;
}

}  // namespace pentimento
