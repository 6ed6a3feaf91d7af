#pragma once

#include <pentimento/first_revision.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/round.hpp>
#include <pentimento/transcript.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pentimento {

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
  request.seed(std::nullopt).base(std::nullopt).mask(std::nullopt);
  Revision again{Action::reseed, std::move(request)};
  return again.parent(incumbent->id())
      .why("what was asked last was declined; the words of " + to_string(incumbent->id()) + " got through");
}

}  // namespace pentimento
