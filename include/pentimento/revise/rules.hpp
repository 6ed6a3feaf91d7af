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

/// The rules that revisers share: the request for a brief, fitting a revision to a generator, the revision after a
/// refusal, and the choice of the next action. All are pure functions.
namespace pentimento {

// The request for a brief ---------------------------------------------------------------------------------------------

/// Returns the size to request: the brief's size, or about one megapixel of its aspect ratio in multiples of 64. Empty if
/// the brief has neither.
std::optional<PixelSize> size_for(const Brief& brief);

/// Returns the request of a brief: goal and requirements as the prompt, `avoid` as the negative prompt, and the size.
GenerationRequest request_for(const Brief& brief);

/// Returns a request without a negative prompt, which becomes a part of the prompt: `..., without text, people`. A prompt
/// that has these words already is not changed.
GenerationRequest without_negative_prompt(GenerationRequest request);

/// Returns the request of a brief for a generator, without a negative prompt if it supports none.
GenerationRequest request_for(const Brief& brief, const Capabilities& can);

/// Returns the revision of round 0: the request of the brief. A brief with an init image generates nothing in round 0.
Revision first_revision(const Brief& brief);

// Fitting -------------------------------------------------------------------------------------------------------------

/// Returns the number of edits since the last image that was given or made from text alone.
int edit_depth(const Transcript& run, const Candidate* candidate);

/**
 * Returns a revision that the generator and the run support. An unsupported action is replaced by a supported one; the
 * revision then has the original action and the reason. Never fails. The loop calls it; a reviser need not.
 *
 *  - `edit` becomes `reprompt` if the generator has no image-to-image, if `RunSettings::max_edit_depth` is reached, or if
 *    there is no image to edit. A mask is dropped if the generator does not support it.
 *  - With `KeepInitImage::always`, every draft starts from an image: a draft that is not an edit starts from the init image
 *    of its parent, or else of the brief. A person (`Ask`) can drop the init image. With `KeepInitImage::optional`, only
 *    edits have an init image.
 *  - `backtrack` to a missing candidate becomes `restart`.
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

/// Returns the revision after a refusal, without a new prompt: the incumbent's prompt with new seeds, if there is an
/// incumbent and its prompt was never refused. Otherwise `Action::stop`.
Revision after_refusal(const Transcript& run);

// The next action -----------------------------------------------------------------------------------------------------

/// The next action, the candidate that it starts from, and the reason.
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
 * Chooses the next action. The actions are tried in this order, one in each round without gain, then again from 1:
 *
 *  1. `edit` the incumbent, if the generator supports it and every fault is local or the brief has an init image;
 *     otherwise `reprompt`;
 *  2. `reprompt`;
 *  3. `reseed`: the same prompt with new seeds;
 *  4. `backtrack` to the best candidate that passes a requirement that the incumbent does not; if there is none, `restart`;
 *  5. `restart` from the brief.
 *
 * A new incumbent starts again from 1. Without a judged candidate: `restart`; if nothing fails: `reseed`.
 */
ActionChoice choose_action(const Transcript& run, const Capabilities& can);

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/revise/rules.ipp>
#endif
