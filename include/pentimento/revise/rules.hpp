#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/pixel_size.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/round.hpp>
#include <pentimento/score.hpp>
#include <pentimento/transcript.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// The rules that revisers share: the request for a brief, fitting a revision to a generator, what may follow a
/// refusal, and the choice of the next action. All are pure functions of a transcript.
namespace pentimento {

// The request for a brief ---------------------------------------------------------------------------------------------

/// The size to request: that of the brief, or about one megapixel of its shape in multiples of 64; none if it has
/// neither.
std::optional<PixelSize> size_for(const Brief& brief);

/// The request that says exactly what the brief says.
GenerationRequest request_for(const Brief& brief);

/// The request for a generator that takes no negative prompt: it becomes a part of the prompt, `..., without text,
/// people`. A prompt that has these words already stays as it is.
GenerationRequest without_negative_prompt(GenerationRequest request);

/// The request for a brief that this generator accepts as it is.
GenerationRequest request_for(const Brief& brief, const Capabilities& can);

/// The revision of round 0: the brief as it is. Nothing is generated if the brief has an init image.
Revision first_revision(const Brief& brief);

// Fitting -------------------------------------------------------------------------------------------------------------

/// The number of edits between a candidate and the image that it goes back to: one that was made from text alone, or given.
int edit_depth(const Transcript& run, const Candidate* candidate);

/**
 * Fits a revision to the generator and the run. An action that is not possible is downgraded to one that is, and the
 * revision says what was wanted and why it was not possible. Never fails. The loop does this; a reviser need not.
 *
 *  - An edit becomes a re-prompt if the generator has no image-to-image, if `RunSettings::max_edit_depth` is reached,
 *    or if there is no image to edit. A mask is dropped if the generator does not support it.
 *  - While the run keeps the brief's init image (`KeepInitImage`), every draft starts from an image: a draft that is no
 *    edit starts from the init image of its parent, or else of the brief. A person's revision (`Ask`) without an init image
 *    lets it go. Other runs have an init image in edits only.
 *  - Going back to a missing candidate becomes a restart.
 *  - A prompt that is too long is replaced by that of the parent, or else of the brief.
 *  - A negative prompt becomes a part of the prompt if the generator does not support it.
 *  - The size is the brief's, unless the revision has one or starts from an image. Size and strength are clamped to
 *    their ranges.
 */
Revision fit_revision(Revision revision, const Transcript& run, const Capabilities& can);

// After a refusal -----------------------------------------------------------------------------------------------------

/// True if the provider refused this prompt in an earlier round.
bool was_refused(const Transcript& run, std::string_view prompt);

/// True if the provider refused the prompt of the last round.
bool ends_in_refusal(const Transcript& run);

/// What can follow a refusal without a new prompt: the incumbent's prompt with new seeds, if it was accepted and never
/// refused. Else `Action::stop`.
Revision after_refusal(const Transcript& run);

// The next action -----------------------------------------------------------------------------------------------------

/// What to do next, from which candidate, and why.
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

/**
 * Chooses the next action by the kind of the incumbent's faults and the number of rounds without gain, in turn:
 *
 *  1. an edit of the incumbent, if the generator supports it and every fault is local or the brief has an init image;
 *     else another prompt;
 *  2. another prompt;
 *  3. the same prompt with new seeds;
 *  4. back to the best candidate that passes what the incumbent does not, if there is one;
 *  5. a restart from the brief.
 *
 * The cheapest change comes first, and one kind of change is made at a time, so that a miss says something about it.
 */
ActionChoice choose_action(const Transcript& run, const Capabilities& can);

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/revise/rules.ipp>
#endif
