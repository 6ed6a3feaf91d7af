#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/pixel_size.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/round.hpp>
#include <pentimento/score.hpp>
#include <pentimento/transcript.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// The size to ask for: the brief's own, or about one megapixel of its shape in multiples of 64; none if it says neither.
inline std::optional<PixelSize> size_for(const Brief& brief) {
  if (brief.size() || !brief.aspect_ratio()) return brief.size();
  const double shape = static_cast<double>(brief.aspect_ratio()->width()) / brief.aspect_ratio()->height();
  const auto side = [](double pixels) {
    return static_cast<std::uint32_t>(std::clamp(std::round(pixels / 64.0), 1.0, 64.0)) * 64;
  };
  return PixelSize{side(1024.0 * std::sqrt(shape)), side(1024.0 / std::sqrt(shape))};
}

/// The request that says just what the brief says.
inline GenerationRequest request_for(const Brief& brief) {
  std::string prompt = brief.goal();
  for (const char* separator = ". "; const Requirement& requirement : brief.requirements()) {
    prompt += separator + requirement.text();
    separator = "; ";
  }
  std::string negative;
  for (const std::string& thing : brief.avoid()) negative += (negative.empty() ? "" : ", ") + thing;
  GenerationRequest request{std::move(prompt)};
  request.negative_prompt(std::move(negative)).size(size_for(brief));
  return request;
}

/// The request for a generator that takes no negative prompt: what is to be avoided goes into the prompt, in words. Unless
/// the prompt has these words already, as when it was written on the ground of one that had been through here.
inline GenerationRequest without_negative_prompt(GenerationRequest request) {
  if (request.negative_prompt().empty()) return request;
  const std::string words = "without " + request.negative_prompt();
  if (request.prompt().find(words) == std::string::npos) request.prompt(request.prompt() + ", " + words);
  return request.negative_prompt({}), request;
}

/// What round 0 asks for: the brief in its own words, or nothing where the brief begins with a picture.
inline Revision first_revision(const Brief& brief) {
  Revision revision{Action::restart, request_for(brief)};
  return revision.author("brief").why(brief.init_image() ? "the picture that was given" : "the brief as it stands");
}

/// How many edits lie between a candidate and the last picture on its line that was made from text.
inline int edit_depth(const Transcript& run, const Candidate* candidate) {
  int depth = 0;
  while (candidate != nullptr && candidate->request().init_image()) {
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
    if (!request.init_image() && parent != nullptr) request.init_image(parent->image());
    if (!request.init_image()) {
      downgrade(Action::reprompt, "there is no picture to edit");
    } else if (!can.image_to_image()) {
      downgrade(Action::reprompt, can.name() + " cannot start from a picture");
    } else if (edit_depth(run, parent) >= run.settings().max_edit_depth()) {
      downgrade(Action::reprompt, "edits of edits have gone deep enough");
    }
  }
  if (revision.action() != Action::edit) request.init_image(std::nullopt).mask(std::nullopt);
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
  if (!request.size() && !request.init_image()) request.size(size_for(run.brief()));
  if (request.size()) {
    const auto fitted = [&](std::uint32_t side) { return std::clamp(side, can.min_side(), can.max_side()); };
    const PixelSize size{fitted(request.size()->width()), fitted(request.size()->height())};
    if (size != *request.size()) note("the size " + to_string(*request.size()) + " is out of range");
    request.size(size);
  }
  revision.request(std::move(request));
  return revision;
}

/// Whether a round brought nothing because the provider declined to draw this prompt.
inline bool was_refused(const Transcript& run, std::string_view prompt) {
  return std::ranges::any_of(run.rounds(), [&](const Round& round) {
    return round.refusal() != nullptr && round.revision().request().prompt() == prompt;
  });
}

/// Whether the last round is such a one.
inline bool ends_in_refusal(const Transcript& run) {
  return !run.rounds().empty() && run.rounds().back().refusal() != nullptr;
}

/// What can be asked after a refusal without new words: those of the incumbent, with other seeds, if they were drawn and
/// never declined. Else there is nothing left to say but `Action::stop`.
inline Revision after_refusal(const Transcript& run) {
  const Candidate* incumbent = run.incumbent();
  const auto nothing = [&](std::string why) {
    return Revision{Action::stop, request_for(run.brief())}.why(std::move(why));
  };
  if (incumbent == nullptr) return nothing("the brief's own words were declined, and it takes other words to go on");
  // The picture that a user begins with was drawn by no words.
  const bool was_drawn = !run.rounds().at(static_cast<std::size_t>(incumbent->id().round())).drafts().empty();
  if (!was_drawn || was_refused(run, incumbent->request().prompt()))
    return nothing("what there was to ask was declined, and it takes other words to go on");
  GenerationRequest request = incumbent->request();
  request.seed(std::nullopt).init_image(std::nullopt).mask(std::nullopt);
  Revision again{Action::reseed, std::move(request)};
  return again.parent(incumbent->id())
      .why("what was asked last was declined; the words of " + to_string(incumbent->id()) + " got through");
}

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
      if (may_edit && (local || run.brief().init_image())) {
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
