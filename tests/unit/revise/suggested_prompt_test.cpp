#include "support/scripted.hpp"
#include "support/wait_for.hpp"
#include <pentimento/revise/suggested_prompt.hpp>

#include <doctest/doctest.h>

using namespace pentimento;
using test::Story;

namespace {

Revision suggest(const Transcript& run, const Capabilities& can = Capabilities{"any"}) {
  SuggestedPrompt reviser;
  const Result<Revision> revision = test::wait_for(reviser.revise(RevisionRequest{run, can}));
  REQUIRE_MESSAGE(revision.has_value(), (revision ? std::string{} : revision.error().message()));
  CHECK(revision->author() == "suggested");
  return *revision;
}

Critique suggesting(std::string prompt, std::string_view letters = "pf") {
  Critique critique = test::verdicts(letters);
  critique.suggested_prompt(std::move(prompt));
  return critique;
}

Revision asked(std::string prompt) { return Revision{Action::reprompt, GenerationRequest{std::move(prompt)}.seed(7)}; }

}  // namespace

TEST_SUITE("SuggestedPrompt") {
  TEST_CASE("takes the critic's suggestion") {
    Story story{test::brief_with(2)};
    story.round(asked("first"), suggesting("second"), DecisionReason::first);
    const Revision revision = suggest(story.run);
    CHECK(revision.action() == Action::reprompt);
    CHECK(revision.request().prompt() == "second");
    CHECK(revision.request().seed() == 7U);
    CHECK(revision.parent() == CandidateId{0, 0});
    CHECK(revision.targets() == std::vector<std::string>{"user-2"});
  }

  TEST_CASE("does not repeat a refused prompt") {
    Story story{test::brief_with(2)};
    story.round(asked("first"), suggesting("second"), DecisionReason::first).refused_round("second");
    const Revision revision = suggest(story.run);
    CHECK(revision.action() == Action::reseed);
    CHECK(revision.request().prompt() == "first");
    CHECK(!revision.request().seed());
    CHECK(revision.parent() == CandidateId{0, 0});
    CHECK(revision.why().find("refused; that of 0a was not") != std::string::npos);

    Story nothing{test::brief_with(2)};
    nothing.refused_round("first");
    CHECK(suggest(nothing.run).action() == Action::stop);
  }

  TEST_CASE("reseeds without a new suggestion") {
    const auto check = [](const Transcript& run) {
      const Revision revision = suggest(run);
      CHECK(revision.action() == Action::reseed);
      CHECK(revision.request().prompt() == "first");
      CHECK(!revision.request().seed());
    };
    for (const char* nothing : {"", "  \n", "first"}) {
      Story story{test::brief_with(2)};
      story.round(asked("first"), suggesting(nothing), DecisionReason::first);
      check(story.run);
    }
    // It was tried in the round before and brought nothing: to ask the same again would bring the same again.
    Story story{test::brief_with(2)};
    story.round(asked("first"), suggesting("second"), DecisionReason::first);
    story.round(asked("second"), suggesting("third", "ff"), DecisionReason::lost_must);
    check(story.run);
  }

  TEST_CASE("ignores a suggestion that is too long") {
    Story story{test::brief_with(2)};
    story.round(asked("first"), suggesting(std::string(101, 'x')), DecisionReason::first);
    CHECK(suggest(story.run, Capabilities{"any"}.max_prompt_characters(101)).action() == Action::reprompt);
    CHECK(suggest(story.run, Capabilities{"any"}.max_prompt_characters(100)).action() == Action::reseed);
  }

  TEST_CASE("keeps what the brief avoids") {
    Brief brief = test::brief_with(2);
    brief.avoid("cats");
    Story story{brief};
    story.round(asked("first"), suggesting("second"), DecisionReason::first);
    CHECK(suggest(story.run).request().prompt() == "second, without cats");
    const GenerationRequest request = suggest(story.run, Capabilities{"any"}.negative_prompt(true)).request();
    CHECK(request.prompt() == "second");
    CHECK(request.negative_prompt() == "cats");
  }

  TEST_CASE("generates from text") {
    Story story{test::brief_with(2)};
    Revision edit{Action::edit, GenerationRequest{"first"}.init_image(test::picture(9))};
    story.round(edit, suggesting("second"), DecisionReason::first);
    CHECK(!suggest(story.run).request().init_image());
    CHECK(revise(Story{test::brief_with(2)}.run).action() == Action::restart);
  }
}
