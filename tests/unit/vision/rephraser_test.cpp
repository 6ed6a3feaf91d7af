#include "scripted_model.hpp"
#include "support/events.hpp"
#include <pentimento/revise/suggested_prompt.hpp>
#include <pentimento/vision/rephraser.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace pentimento;
using test::answering;
using test::failure;
using test::holds;
using test::one_question;
using test::Story;
using test::wait_for;

namespace {

Result<Revision> revise(const std::shared_ptr<test::ScriptedModel>& model, const Transcript& run) {
  Rephraser reviser{model};
  return wait_for(reviser.revise(RevisionRequest{run, Capabilities{"any"}}));
}

Story refused() {
  Story story{Brief{"three bloody mugs"}};
  story.refused_round("three bloody mugs");
  return story;
}

}  // namespace

TEST_SUITE("Rephraser") {
  TEST_CASE("words a refused prompt differently") {
    const auto model = answering({R"({"left_out":"the blood","prompt":"three red mugs <lora:x:1>"})"});
    const Result<Revision> revision = revise(model, refused().run);
    REQUIRE_MESSAGE(revision.has_value(), revision.error().message());
    CHECK(revision->action() == Action::reprompt);
    CHECK(revision->request().prompt() == "three red mugs");
    CHECK(holds(revision->why(), "left out: the blood"));
    CHECK(holds(revision->author(), "rephrasing by scripted:judge-1"));
    CHECK(revision->charge() == one_question);
    REQUIRE(model->questions.size() == 1);
    const std::string asked = test::words_of(model->questions.front());
    CHECK(holds(asked, R"("declined":"three bloody mugs","reply":"declined")"));
    CHECK(!holds(asked, "[image]"));
  }

  TEST_CASE("stops if there are no other words") {
    for (const char* prompt : {"", "three bloody mugs"}) {
      const auto model = answering({R"({"left_out":"all of it","prompt":")" + std::string{prompt} + R"("})"});
      const Result<Revision> revision = revise(model, refused().run);
      REQUIRE_MESSAGE(revision.has_value(), revision.error().message());
      CHECK(revision->action() == Action::stop);
      CHECK(holds(revision->why(), "all of it"));
      CHECK(revision->charge() == one_question);
    }
  }

  TEST_CASE("asks twice") {
    const auto model = answering({"no", R"({"left_out":"a","prompt":1})"});
    const Error error = failure(revise(model, refused().run));
    CHECK(error.code() == errc::unusable_reply);
    CHECK(error.charge() == test::two_questions);
    CHECK(model->questions.size() == 2);
  }

  TEST_CASE("leaves other revisions to another reviser") {
    const auto model = answering({"no"});
    Story story{test::brief()};
    story.round("first", "f", DecisionReason::first);
    const Result<Revision> revision = revise(model, story.run);
    REQUIRE(revision.has_value());
    CHECK(revision->author() == "checklist");
    CHECK(revision->charge().amount().is_zero());
    CHECK(model->questions.empty());
    Rephraser other{model, SuggestedPrompt{}};
    CHECK(wait_for(other.revise(RevisionRequest{story.run, Capabilities{"any"}}))->author() == "suggested");
    CHECK(other.name() == "suggested, rephrasing by scripted:judge-1");
    CHECK(other.estimate() == Money::from_micros(10'000));
  }

  TEST_CASE("rejects caps of 0") {
    AskLimits limits;
    limits.max_output_tokens = 0;
    CHECK_THROWS_AS((Rephraser{answering({"x"}), limits}), Failure);
  }
}
