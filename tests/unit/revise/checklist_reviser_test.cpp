#include "support/scripted.hpp"
#include "support/wait_for.hpp"
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/revise/rules.hpp>

#include <doctest/doctest.h>

using namespace pentimento;
using test::Story;

namespace {

Revision revise(const Transcript& run, const Capabilities& can = Capabilities{"any"}) {
  ChecklistReviser reviser;
  const Result<Revision> revision = test::wait_for(reviser.revise(RevisionRequest{run, can}));
  REQUIRE(revision.has_value());
  CHECK(revision->author() == "checklist");
  return *revision;
}

Brief brief() {
  Brief brief{"three mugs"};
  brief.must("exactly three").must("they are red").should("a white table").should("bright").must("a sunny day");
  return brief;
}

const std::string whole = "three mugs. exactly three; they are red; a white table; bright; a sunny day.";

Revision aimed(std::string prompt, std::vector<std::string> targets) {
  return Revision{Action::reprompt, GenerationRequest{std::move(prompt)}}.targets(std::move(targets));
}

}  // namespace

TEST_SUITE("ChecklistReviser") {
  TEST_CASE("names faults and what to keep") {
    Story story{brief()};
    story.round("first", "pff?p", DecisionReason::first);
    const Revision revision = revise(story.run);
    CHECK(revision.action() == Action::reprompt);
    CHECK(revision.request().prompt() ==
          whole + " Important: they are red; a white table. Keep: exactly three; a sunny day.");
    CHECK(revision.targets() == std::vector<std::string>{"user-2", "user-3"});
    CHECK(revision.parent() == CandidateId{0, 0});
  }

  TEST_CASE("returns to the accepted prompt after a refusal") {
    Story story{brief()};
    story.round("first", "pff?p", DecisionReason::first);
    const std::string refused = revise(story.run).request().prompt();
    story.refused_round(refused);
    const Revision back = revise(story.run);
    CHECK(back.action() == Action::reseed);
    CHECK(back.request().prompt() == "first");
    CHECK(back.parent() == CandidateId{0, 0});
    CHECK(back.why().find("refused; that of 0a was not") != std::string::npos);
    // Nor later, when the checklist would lead to the same words again.
    story.round("first", "pff?p", DecisionReason::tie);
    CHECK(revise(story.run).request().prompt() != refused);
  }

  TEST_CASE("compares refused prompts with the negative prompt in words") {
    Brief wish = brief();
    wish.avoid("cats");
    Capabilities words_only{"any"};
    words_only.negative_prompt(false);
    Story story{wish};
    story.round("first", "pff?p", DecisionReason::first);
    const Revision asked = revise(story.run, words_only);
    CHECK(asked.request().prompt().find("without cats") != std::string::npos);
    CHECK(fit_revision(asked, story.run, words_only).request() == asked.request());
    story.refused_round(asked.request().prompt());
    story.round("first", "pff?p", DecisionReason::tie);
    CHECK(!was_refused(story.run, revise(story.run, words_only).request().prompt()));
  }

  TEST_CASE("never repeats a refused prompt") {
    Story story{brief()};
    story.round("first", "pff?p", DecisionReason::first).refused_round("first");
    const Revision revision = revise(story.run);
    CHECK(revision.action() == Action::stop);
    CHECK(revision.why().find("every prompt there is was refused") != std::string::npos);
  }

  TEST_CASE("stops if the brief's prompt is refused") {
    Story story{brief()};
    const std::string words = "three mugs. exactly three; they are red; a white table; bright; a sunny day";
    story.refused_round(words);
    const Revision revision = revise(story.run);
    CHECK(revision.action() == Action::stop);
    CHECK(revision.request().prompt() == words);
    CHECK(revision.why().find("the brief's prompt was refused") != std::string::npos);
  }

  TEST_CASE("puts repeated faults first") {
    Story story{brief()};
    story.round("first", "pffpp", DecisionReason::first);
    story.round(aimed("second", {"user-2"}), test::verdicts("pffpp"), DecisionReason::tie);
    const Revision revision = revise(story.run);
    // user-3 is a should, so user-2 comes first all the same.
    CHECK(revision.request().prompt() ==
          "they are red. " + whole +
              " Important: they are red; a white table. Keep: exactly three; bright; a sunny day.");
  }

  TEST_CASE("targets musts first, then the least tried") {
    Story story{brief()};
    story.round("first", "fffff", DecisionReason::first);
    CHECK(revise(story.run).targets() == std::vector<std::string>{"user-1", "user-2", "user-5"});
    story.round(aimed("second", {"user-1"}), test::verdicts("fffff"), DecisionReason::tie);
    CHECK(revise(story.run).targets() == std::vector<std::string>{"user-2", "user-5", "user-1"});
    story.round(aimed("third", {"user-2"}), test::verdicts("fffff"), DecisionReason::tie);
    // Two misses: the same words with other seeds.
    CHECK(revise(story.run).action() == Action::reseed);
    CHECK(revise(story.run).request().prompt() == "first");
    CHECK(!revise(story.run).request().seed());
    CHECK(revise(story.run).targets() == std::vector<std::string>{"user-5"});
  }

  TEST_CASE("a new prompt keeps the seed") {
    Story story{brief()};
    Revision first{Action::restart, GenerationRequest{"first"}.seed(7)};
    story.round(first, test::verdicts("fpppp"), DecisionReason::first);
    CHECK(revise(story.run).request().seed() == 7U);
  }

  TEST_CASE("shortens a long prompt") {
    Story story{brief()};
    story.round("first", "pfpp?", DecisionReason::first);
    const std::string faults = whole + " Important: they are red.";
    const std::string all = faults + " Keep: exactly three; a white table; bright.";
    const auto limited = [&](std::size_t bytes) {
      const Capabilities can = Capabilities{"short"}.max_prompt_characters(static_cast<std::uint32_t>(bytes));
      const std::string prompt = revise(story.run, can).request().prompt();
      CHECK(prompt.size() <= bytes);
      return prompt;
    };
    CHECK(limited(all.size() + 10) == all);
    CHECK(limited(all.size() - 1) == faults);
    CHECK(limited(faults.size()) == faults);
    CHECK(limited(faults.size() - 1) == request_for(brief()).prompt());
    CHECK(limited(all.size()) == all);
  }

  TEST_CASE("edits start from the image") {
    Critique local = test::verdicts("pppp");
    local.add(Finding{"user-5", Verdict::fail}.local(true));
    Story story{brief()};
    story.round(aimed("first", {}), local, DecisionReason::first);
    const Revision edit = revise(story.run, Capabilities{"editor"}.image_to_image(true));
    CHECK(edit.action() == Action::edit);
    CHECK(edit.request().init_image() == test::picture(1));

    const Revision restart = revise(Story{brief()}.run);
    CHECK(restart.action() == Action::restart);
    CHECK(restart.request() == request_for(brief()));
    CHECK(!restart.parent());
  }
}
