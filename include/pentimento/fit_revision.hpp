#pragma once

#include <pentimento/capabilities.hpp>
#include <pentimento/first_revision.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/transcript.hpp>

#include <string>
#include <utility>

namespace pentimento {

/// How many edits lie between a candidate and the last picture on its line that was made from text.
inline int edit_depth(const Transcript& run, const Candidate* candidate) {
  int depth = 0;
  while (candidate != nullptr && candidate->request().base()) {
    ++depth;
    candidate = candidate->parent() ? run.find(*candidate->parent()) : nullptr;
  }
  return depth;
}

/**
 * Fits a revision to what the generator can do and to the run: an action that cannot be done becomes one that can, and
 * the revision says what was wanted and why not. Never fails.
 *
 *  - An edit becomes a re-prompt where the generator cannot start from a picture, where edits of edits have gone too deep
 *    (`RunSettings::max_edit_depth`), or where there is no picture to edit. A mask is dropped where it is not taken.
 *  - Going back to a candidate that is not there becomes a restart.
 *  - The size is the brief's, unless the revision has one.
 */
inline Revision fit_revision(Revision revision, const Transcript& run, const Capabilities& can) {
  if (revision.action() == Action::stop) return revision;
  GenerationRequest request = revision.request();
  const Candidate* parent = revision.parent() ? run.find(*revision.parent()) : nullptr;
  const auto downgrade = [&](Action action, const std::string& why) {
    revision.downgraded_from(revision.action())
        .action(action)
        .why(revision.why() + (revision.why().empty() ? "" : "; ") + why);
  };
  if (parent == nullptr) {
    revision.parent(std::nullopt);
    if (revision.action() == Action::backtrack) downgrade(Action::restart, "there is no such candidate to go back to");
  }
  if (revision.action() == Action::edit) {
    if (!request.base() && parent != nullptr) request.base(parent->image());
    if (!request.base()) {
      downgrade(Action::reprompt, "there is no picture to edit");
    } else if (!can.image_to_image()) {
      downgrade(Action::reprompt, can.name() + " cannot start from a picture");
    } else if (edit_depth(run, parent) >= run.settings().max_edit_depth()) {
      downgrade(Action::reprompt, "edits of edits have gone deep enough");
    }
  }
  if (revision.action() != Action::edit) request.base(std::nullopt).mask(std::nullopt);
  if (!can.mask()) request.mask(std::nullopt);
  if (!request.size() && !request.base()) request.size(size_for(run.brief()));
  revision.request(std::move(request));
  return revision;
}

}  // namespace pentimento
