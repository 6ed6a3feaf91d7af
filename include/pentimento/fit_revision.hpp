#pragma once

#include <pentimento/capabilities.hpp>
#include <pentimento/first_revision.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/transcript.hpp>

#include <algorithm>
#include <cstdint>
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
 *  - A prompt that is too long gives way to that of the parent, or else of the brief.
 *  - What is to be avoided goes into the prompt where no negative prompt is taken.
 *  - The size is the brief's, unless the revision has one or starts from a picture; one that is out of range becomes the
 *    nearest that is not. A strength outside of 0 to 1 becomes the nearer of the two.
 */
inline Revision fit_revision(Revision revision, const Transcript& run, const Capabilities& can) {
  if (revision.action() == Action::stop) return revision;
  GenerationRequest request = revision.request();
  const Candidate* parent = revision.parent() ? run.find(*revision.parent()) : nullptr;
  const auto note = [&](const std::string& why) {
    revision.why(revision.why() + (revision.why().empty() ? "" : "; ") + why);
  };
  const auto downgrade = [&](Action action, const std::string& why) {
    revision.downgraded_from(revision.action()).action(action);
    note(why);
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
  if (request.mask() && !can.mask()) {
    request.mask(std::nullopt);
    note(can.name() + " takes no mask");
  }
  if (!can.negative_prompt()) request = without_negative_prompt(std::move(request));
  if (request.prompt().size() > can.max_prompt_bytes()) {
    const std::string limit = std::to_string(can.max_prompt_bytes());
    note("the prompt of " + std::to_string(request.prompt().size()) + " bytes is too long: " + can.name() + " takes " +
         limit);
    const bool fits = parent != nullptr && parent->request().prompt().size() <= can.max_prompt_bytes();
    request.prompt(fits ? parent->request().prompt() : request_for(run.brief()).prompt());
  }
  if (!(request.strength() >= 0.0)) request.strength(0.0);  // also what is no number
  if (request.strength() > 1.0) request.strength(1.0);
  if (!request.size() && !request.base()) request.size(size_for(run.brief()));
  if (request.size()) {
    const auto fitted = [&](std::uint32_t side) { return std::clamp(side, can.min_side(), can.max_side()); };
    const PixelSize size{fitted(request.size()->width()), fitted(request.size()->height())};
    if (size != *request.size()) note("the size " + to_string(*request.size()) + " is out of range");
    request.size(size);
  }
  revision.request(std::move(request));
  return revision;
}

}  // namespace pentimento
