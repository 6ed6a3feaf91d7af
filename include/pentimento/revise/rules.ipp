#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/detail/request_limits.hpp>
#include <pentimento/revise/rules.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace pentimento {

PENTIMENTO_INLINE std::optional<PixelSize> size_for(const Brief& brief) {
  if (brief.size() || !brief.aspect_ratio()) return brief.size();
  const double shape = static_cast<double>(brief.aspect_ratio()->width()) / brief.aspect_ratio()->height();
  const auto side = [](double pixels) {
    return static_cast<std::uint32_t>(std::clamp(std::round(pixels / 64.0), 1.0, 64.0)) * 64;
  };
  return PixelSize{side(1024.0 * std::sqrt(shape)), side(1024.0 / std::sqrt(shape))};
}

PENTIMENTO_INLINE GenerationRequest request_for(const Brief& brief) {
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

PENTIMENTO_INLINE GenerationRequest without_negative_prompt(GenerationRequest request) {
  if (request.negative_prompt().empty()) return request;
  const std::string words = "without " + request.negative_prompt();
  if (request.prompt().find(words) == std::string::npos) request.prompt(request.prompt() + ", " + words);
  return request.negative_prompt({}), request;
}

PENTIMENTO_INLINE GenerationRequest request_for(const Brief& brief, const Capabilities& can) {
  return can.negative_prompt() ? request_for(brief) : without_negative_prompt(request_for(brief));
}

PENTIMENTO_INLINE Revision first_revision(const Brief& brief) {
  Revision revision{Action::restart, request_for(brief)};
  return revision.author("brief").why(brief.init_image() ? "the image to start from" : "the brief as it is");
}

PENTIMENTO_INLINE int edit_depth(const Transcript& run, const Candidate* candidate) {
  const auto parent_of = [&](const Candidate* child) { return child->parent() ? run.find(*child->parent()) : nullptr; };
  int depth = 0;
  while (candidate != nullptr && candidate->request().init_image()) {
    ++depth;
    // It may start from its parent's init image. If the source is not a candidate, the parent is used.
    const Candidate* source = parent_of(candidate);
    while (source != nullptr && source->image() != *candidate->request().init_image()) source = parent_of(source);
    candidate = source != nullptr ? source : parent_of(candidate);
  }
  return depth;
}

namespace detail {

/// True if the drafts of this run have to start from the brief's init image, or from an image made from it. Nothing is
/// generated in round 0, whose candidate is the init image itself.
PENTIMENTO_INLINE bool keeps_init_image(const Transcript& run, const Capabilities& can) {
  return run.brief().init_image() && run.settings().keep_init_image() == KeepInitImage::always &&
         can.image_to_image() && !run.rounds().empty();
}

/// The init image for a draft that is no edit: that of its parent, or else that of the brief.
PENTIMENTO_INLINE const std::optional<Image>& kept_init_image(const Transcript& run, const Candidate* parent) {
  const bool is_made_from_image = parent != nullptr && parent->request().init_image();
  return is_made_from_image ? parent->request().init_image() : run.brief().init_image();
}

}  // namespace detail

PENTIMENTO_INLINE Revision fit_revision(Revision revision, const Transcript& run, const Capabilities& can) {
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
    if (revision.action() == Action::backtrack)
      downgrade(Action::restart, "the candidate to go back to does not exist");
  }
  if (revision.action() == Action::edit) {
    if (!request.init_image() && parent != nullptr) request.init_image(parent->image());
    if (!request.init_image()) {
      downgrade(Action::reprompt, "there is no image to edit");
    } else if (!can.image_to_image()) {
      downgrade(Action::reprompt, can.name() + " cannot start from an image");
    } else if (const std::optional<Error> error = detail::validate_init_image(*request.init_image(), can)) {
      downgrade(Action::reprompt, error->message());
    } else if (edit_depth(run, parent) >= run.settings().max_edit_depth()) {
      downgrade(Action::reprompt, "max_edit_depth is reached");
    }
  }
  if (revision.action() != Action::edit) {
    request.mask(std::nullopt);
    // A person can drop the init image.
    const bool lets_go = revision.author() == "person" && !request.init_image();
    const bool keeps = detail::keeps_init_image(run, can) && !lets_go;
    request.init_image(keeps ? detail::kept_init_image(run, parent) : std::nullopt);
  }
  if (request.mask() && !can.mask()) {
    request.mask(std::nullopt);
    note(can.name() + " does not support masks");
  }
  if (!can.negative_prompt()) request = without_negative_prompt(std::move(request));
  if (!detail::accepts_prompt(request.prompt(), can)) {
    note("the prompt of " + std::to_string(detail::count_characters(request.prompt())) + " characters is too long; " +
         can.name() + " accepts " + std::to_string(can.max_prompt_characters()));
    const bool fits = parent != nullptr && detail::accepts_prompt(parent->request().prompt(), can);
    request.prompt(fits ? parent->request().prompt() : request_for(run.brief(), can).prompt());
  }
  if (!(request.strength() >= 0.0)) request.strength(0.0);  // also NaN
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

PENTIMENTO_INLINE bool was_refused(const Transcript& run, std::string_view prompt) {
  return std::ranges::any_of(run.rounds(), [&](const Round& round) {
    return round.refusal() != nullptr && round.revision().request().prompt() == prompt;
  });
}

PENTIMENTO_INLINE bool ends_in_refusal(const Transcript& run) {
  return !run.rounds().empty() && run.rounds().back().refusal() != nullptr;
}

PENTIMENTO_INLINE Revision after_refusal(const Transcript& run) {
  const Candidate* incumbent = run.incumbent();
  const auto nothing = [&](std::string why) {
    return Revision{Action::stop, request_for(run.brief())}.why(std::move(why));
  };
  if (incumbent == nullptr) return nothing("the brief's prompt was refused; another wording is needed to go on");
  // An init image was not generated from a prompt.
  const bool was_drawn = !run.rounds().at(static_cast<std::size_t>(incumbent->id().round())).drafts().empty();
  if (!was_drawn || was_refused(run, incumbent->request().prompt()))
    return nothing("every prompt there is was refused; another wording is needed to go on");
  GenerationRequest request = incumbent->request();
  request.seed(std::nullopt).init_image(std::nullopt).mask(std::nullopt);
  Revision again{Action::reseed, std::move(request)};
  return again.parent(incumbent->id())
      .why("the last prompt was refused; that of " + to_string(incumbent->id()) + " was not");
}

namespace detail {

/// The judged candidate with the best score that passes a requirement that the incumbent does not; null if there is
/// none.
PENTIMENTO_INLINE const Candidate* best_alternative(const Transcript& run, const Candidate& incumbent) {
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

PENTIMENTO_INLINE ActionChoice choose_action(const Transcript& run, const Capabilities& can) {
  const Candidate* incumbent = run.incumbent();
  if (incumbent == nullptr || !incumbent->critique())
    return {Action::restart, std::nullopt, "there is nothing to build on"};

  std::vector<const Finding*> faults;
  for (const Finding& finding : incumbent->critique()->findings()) {
    if (finding.verdict() == Verdict::fail) faults.push_back(&finding);
  }
  if (faults.empty()) return {Action::reseed, incumbent->id(), "no requirement fails; new seeds"};

  const int misses = run.rounds_without_gain();
  const bool local = std::ranges::all_of(faults, [](const Finding* fault) { return fault->is_local(); });
  const bool may_edit = can.image_to_image() && edit_depth(run, incumbent) < run.settings().max_edit_depth();
  const std::string after =
      misses == 0 ? "" : " after " + std::to_string(misses) + (misses == 1 ? " round" : " rounds") + " without gain";
  switch (misses % 5) {
    case 0:
      if (may_edit && (local || run.brief().init_image())) {
        return {Action::edit, incumbent->id(), (local ? "the faults are local" : "the init image is kept") + after};
      }
      return {Action::reprompt, incumbent->id(), "the faults are named first" + after};
    case 1: return {Action::reprompt, incumbent->id(), "another prompt" + after};
    case 2: return {Action::reseed, incumbent->id(), "new seeds" + after};
    case 3:
      if (const Candidate* other = detail::best_alternative(run, *incumbent)) {
        return {Action::backtrack, other->id(),
                to_string(other->id()) + " passes what " + to_string(incumbent->id()) + " does not" + after};
      }
      [[fallthrough]];
    default: return {Action::restart, std::nullopt, "from the brief again" + after};
  }
}

}  // namespace pentimento
