#pragma once

#include <pentimento/revise/rules.hpp>
#include <pentimento/reviser.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace pentimento {

/**
 * Takes the prompt that the critic suggests for the incumbent, as it stands. Where the critic suggests nothing that the
 * generator takes, or what was asked already in this run, or where the provider declined to draw what was asked last, the
 * incumbent's words are tried with other seeds (`after_refusal`).
 */
class SuggestedPrompt final : public Reviser {
 private:
  std::string do_name() const override { return "suggested"; }

  boost::asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override {
    const Transcript& run = request.transcript();
    if (ends_in_refusal(run)) co_return after_refusal(run);
    const Candidate* incumbent = run.incumbent();
    if (incumbent == nullptr) {
      Revision restart{Action::restart, request_for(run.brief())};
      restart.why("there is nothing to build on");
      co_return restart;
    }
    GenerationRequest next = incumbent->request();
    const std::string& suggestion = incumbent->critique() ? incumbent->critique()->suggested_prompt() : std::string{};
    const bool usable = suggestion.find_first_not_of(" \t\r\n") != std::string::npos &&
                        suggestion.size() <= request.capabilities().max_prompt_bytes();
    next.init_image(std::nullopt);
    GenerationRequest suggested = next;
    suggested.prompt(suggestion);
    // What is recorded of a round is what its revision was fitted to.
    const Revision fitted = fit_revision(Revision{Action::reprompt, suggested}, run, request.capabilities());
    const bool fresh = usable && std::ranges::none_of(run.rounds(), [&](const Round& round) {
                         return round.revision().request().prompt() == fitted.request().prompt();
                       });
    if (fresh) next = std::move(suggested);
    if (!fresh) next.seed(std::nullopt);
    Revision revision{fresh ? Action::reprompt : Action::reseed, std::move(next)};
    revision.parent(incumbent->id()).why(fresh ? "the critic's own suggestion" : "the critic suggests nothing new");
    if (incumbent->critique()) {
      std::vector<std::string> targets;
      for (const Finding& finding : incumbent->critique()->findings()) {
        if (finding.verdict() == Verdict::fail) targets.push_back(finding.requirement());
      }
      revision.targets(std::move(targets));
    }
    co_return revision;
  }
};

}  // namespace pentimento
