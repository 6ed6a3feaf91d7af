#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/detail/request_limits.hpp>
#include <pentimento/revise/rules.hpp>
#include <pentimento/revise/suggested_prompt.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace pentimento {

PENTIMENTO_INLINE std::string SuggestedPrompt::do_name() const { return "suggested"; }

PENTIMENTO_INLINE boost::asio::awaitable<Result<Revision>> SuggestedPrompt::do_revise(RevisionRequest request) {
  const Transcript& run = request.transcript();
  const Capabilities& can = request.capabilities();
  if (ends_in_refusal(run)) co_return after_refusal(run);
  const Candidate* incumbent = run.incumbent();
  if (incumbent == nullptr) {
    Revision restart{Action::restart, request_for(run.brief(), can)};
    restart.why("there is nothing to build on");
    co_return restart;
  }
  GenerationRequest next = incumbent->request();
  const std::string& suggestion = incumbent->critique() ? incumbent->critique()->suggested_prompt() : std::string{};
  next.init_image(std::nullopt);
  GenerationRequest suggested = next;
  suggested.prompt(suggestion).negative_prompt(request_for(run.brief()).negative_prompt());
  if (!can.negative_prompt()) suggested = without_negative_prompt(std::move(suggested));
  const bool usable =
      suggestion.find_first_not_of(" \t\r\n") != std::string::npos && detail::accepts_prompt(suggested.prompt(), can);
  const bool fresh = usable && std::ranges::none_of(run.rounds(), [&](const Round& round) {
                       return round.revision().request().prompt() == suggested.prompt();
                     });
  if (fresh) next = std::move(suggested);
  if (!fresh) next.seed(std::nullopt);
  Revision revision{fresh ? Action::reprompt : Action::reseed, std::move(next)};
  revision.parent(incumbent->id()).why(fresh ? "the critic's suggestion" : "the critic suggests nothing new");
  if (incumbent->critique()) {
    std::vector<std::string> targets;
    for (const Finding& finding : incumbent->critique()->findings()) {
      if (finding.verdict() == Verdict::fail) targets.push_back(finding.requirement());
    }
    revision.targets(std::move(targets));
  }
  co_return revision;
}

}  // namespace pentimento
