#include "support/events.hpp"
#include <pentimento/revise/rules.hpp>

#include <doctest/doctest.h>

using namespace pentimento;
using test::Story;
using test::verdicts;

namespace {

const Capabilities prompts_only{"words"};
const Capabilities can_edit = Capabilities{"editor"}.image_to_image(true);

/// A first round with a fault, then so many rounds without gain that pass nothing the first did not.
Story missed(int misses, const Brief& brief = test::brief_with(2)) {
  Story story{brief};
  story.round("first", "pf", DecisionReason::first);
  for (int i = 0; i < misses; ++i) story.round("miss", "ff", DecisionReason::lost_must);
  return story;
}

Critique local_fault() {
  Critique critique;
  critique.add({"user-1", Verdict::pass}).add(Finding{"user-2", Verdict::fail}.local(true));
  return critique;
}

}  // namespace

TEST_SUITE("choose_action") {
  TEST_CASE("restarts if there is no incumbent") {
    const ActionChoice choice = choose_action(Story{test::brief_with(1)}.run, can_edit);
    CHECK(choice.action() == Action::restart);
    CHECK(!choice.from());
    CHECK(choice.why() == "there is nothing to build on");
  }

  TEST_CASE("reseeds if nothing fails") {
    Story story{test::brief_with(2)};
    story.round("first", "p?", DecisionReason::first);
    CHECK(choose_action(story.run, can_edit).action() == Action::reseed);
    CHECK(choose_action(story.run, can_edit).from() == CandidateId{0, 0});
  }

  TEST_CASE("goes through the actions in turn") {
    const auto action = [](int misses) { return choose_action(missed(misses).run, can_edit).action(); };
    CHECK(action(0) == Action::reprompt);
    CHECK(action(1) == Action::reprompt);
    CHECK(action(2) == Action::reseed);
    // No other candidate got right what the incumbent got wrong.
    CHECK(action(3) == Action::restart);
    CHECK(action(4) == Action::restart);
    CHECK(action(5) == Action::reprompt);
    CHECK(action(7) == Action::reseed);
    CHECK(missed(3).run.rounds_without_gain() == 3);
    CHECK(choose_action(missed(1).run, prompts_only).why() == "another prompt after 1 round without gain");
    CHECK(choose_action(missed(2).run, prompts_only).why() == "new seeds after 2 rounds without gain");
  }

  TEST_CASE("backtracks to the best alternative") {
    Story story{test::brief_with(3)};
    story.round("first", "pff", DecisionReason::first);
    story.round("miss", "fpf", DecisionReason::lost_must);
    story.round("miss", "fpp", DecisionReason::lost_must);
    story.round("miss", "pff", DecisionReason::tie);
    const ActionChoice choice = choose_action(story.run, prompts_only);
    CHECK(choice.action() == Action::backtrack);
    CHECK(choice.from() == CandidateId{2, 0});
  }

  TEST_CASE("edits local faults up to the depth") {
    Story story{test::brief_with(2), RunSettings{}.max_edit_depth(2)};
    story.round(Revision{Action::restart, GenerationRequest{"first"}}, local_fault(), DecisionReason::first);
    CHECK(choose_action(story.run, can_edit).action() == Action::edit);
    CHECK(choose_action(story.run, can_edit).from() == CandidateId{0, 0});
    CHECK(choose_action(story.run, prompts_only).action() == Action::reprompt);
    for (int round = 1; round <= 2; ++round) {
      CHECK(choose_action(story.run, can_edit).action() == Action::edit);
      const GenerationRequest request = GenerationRequest{"edit"}.init_image(story.run.incumbent()->image());
      story.round(Revision{Action::edit, request}.parent(story.run.incumbent_id()), local_fault(),
                  DecisionReason::better_score);
    }
    CHECK(edit_depth(story.run, story.run.incumbent()) == 2);
    CHECK(choose_action(story.run, can_edit).action() == Action::reprompt);
  }

  TEST_CASE("a draft from its parent's init image is as deep as its parent") {
    Brief brief = test::brief_with(1);
    Story story{brief.init_image(test::picture(9))};
    story.tell(event::RoundStarted{0, first_revision(story.run.brief())});
    story.tell(event::ImageGiven{{0, 0}, GenerationRequest{"first"}, test::picture(9)});
    story.tell(event::CritiqueStarted{{0, 0}, {}});
    story.tell(event::CritiqueFinished{{0, 0}, verdicts("f")});
    story.tell(event::CandidateDecided{{0, 0}, Decision{DecisionReason::first}});
    story.tell(event::RoundFinished{0});
    const GenerationRequest from_given = GenerationRequest{"edit"}.init_image(test::picture(9));
    story.round(Revision{Action::edit, from_given}.parent(CandidateId{0, 0}), verdicts("f"), DecisionReason::tie);
    story.round(Revision{Action::reseed, from_given}.parent(CandidateId{1, 0}), verdicts("f"), DecisionReason::tie);
    CHECK(edit_depth(story.run, story.run.find({0, 0})) == 0);
    CHECK(edit_depth(story.run, story.run.find({1, 0})) == 1);
    CHECK(edit_depth(story.run, story.run.find({2, 0})) == 1);
  }

  TEST_CASE("edits other faults of an init image only") {
    Critique mixed;
    mixed.add(Finding{"user-1", Verdict::fail}.local(true)).add({"user-2", Verdict::fail});
    Story story{test::brief_with(2)};
    story.round(Revision{Action::restart, GenerationRequest{"first"}}, mixed, DecisionReason::first);
    CHECK(choose_action(story.run, can_edit).action() == Action::reprompt);

    Brief brief = test::brief_with(2);
    brief.init_image(test::picture(9));
    CHECK(choose_action(missed(0, brief).run, can_edit).action() == Action::edit);
    CHECK(choose_action(missed(0, brief).run, prompts_only).action() == Action::reprompt);
  }
}
