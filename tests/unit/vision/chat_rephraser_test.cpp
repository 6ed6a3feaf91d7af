#include "chat_critic.hpp"
#include "support/events.hpp"
#include <pentimento/revise/suggested_prompt.hpp>
#include <pentimento/vision/chat_rephraser.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace pentimento;
using test::completion;
using test::critic_at;
using test::holds;
using test::one_call;
using test::ScriptedServer;
using test::Story;
using test::wait_for;

namespace {

Result<Revision> revise(const ScriptedServer& server, const Transcript& run) {
  ChatRephraser reviser{critic_at(server)};
  return wait_for(reviser.revise(RevisionRequest{run, Capabilities{"any"}}));
}

Story refused() {
  Story story{Brief{"three bloody mugs"}};
  story.refused_round("three bloody mugs");
  return story;
}

}  // namespace

TEST_CASE("a declined prompt is put in other words by the model, which sees text alone") {
  ScriptedServer server{completion(R"({"left_out":"the blood","prompt":"three red mugs <lora:x:1>"})")};
  const Result<Revision> revision = revise(server, refused().run);
  REQUIRE_MESSAGE(revision.has_value(), revision.error().message());
  CHECK(revision->action() == Action::reprompt);
  CHECK(revision->request().prompt() == "three red mugs");
  CHECK(revision->why() == "what was declined, in other words; left out: the blood");
  CHECK(revision->author() == "failed-items, rephrasing by openai:judge-1");
  CHECK(revision->charge() == one_call);
  REQUIRE(server.requests().size() == 1);
  const std::string asked = server.requests().front().body;
  CHECK(holds(asked, R"(A picture generator declined this prompt:\nthree bloody mugs\n\nIt said: declined)"));
  CHECK(holds(asked, R"(The wish: three bloody mugs)"));
  CHECK(!holds(asked, "image_url"));
}

TEST_CASE("where the model has no other words, or the same again, the run stops with its reason") {
  for (const char* prompt : {"", "three bloody mugs"}) {
    ScriptedServer server{completion(R"({"left_out":"all of it","prompt":")" + std::string{prompt} + R"("})")};
    const Result<Revision> revision = revise(server, refused().run);
    REQUIRE_MESSAGE(revision.has_value(), revision.error().message());
    CHECK(revision->action() == Action::stop);
    CHECK(revision->why() == "the model finds no other words for what was declined: all of it");
    CHECK(revision->charge() == one_call);
  }
}

TEST_CASE("an answer that does not fit is asked for once more, and then an error with what both cost") {
  ScriptedServer server{completion("no"), completion(R"({"left_out":"a","prompt":1})")};
  const Result<Revision> revision = revise(server, refused().run);
  REQUIRE(!revision.has_value());
  CHECK(revision.error().code() == errc::unusable_reply);
  CHECK(revision.error().charge() == test::two_calls);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("all other revisions are another reviser's") {
  ScriptedServer server{};
  Story story{test::brief()};
  story.round("first", "f", DecisionReason::first);
  const Result<Revision> revision = revise(server, story.run);
  REQUIRE(revision.has_value());
  CHECK(revision->author() == "checklist");
  CHECK(revision->charge().amount().is_zero());
  CHECK(server.requests().empty());
  ChatRephraser other{critic_at(server), SuggestedPrompt{}};
  CHECK(wait_for(other.revise(RevisionRequest{story.run, Capabilities{"any"}}))->author() == "suggested");
  CHECK(other.name() == "suggested, rephrasing by openai:judge-1");
  CHECK(other.estimate() == critic_at(server).estimate(CallKind::plan));  // text alone
  CHECK(!other.estimate().is_zero());
}
