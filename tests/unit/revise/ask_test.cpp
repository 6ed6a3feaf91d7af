#include "support/scripted.hpp"
#include "support/wait_for.hpp"
#include <pentimento/revise/ask.hpp>

#include <doctest/doctest.h>

using namespace pentimento;
using test::Step;

namespace {

Step<Revision> proposal() {
  Revision revision{Action::reprompt, GenerationRequest{"proposed"}};
  return Step<Revision>{revision.charge(Charge::paid(usd(0.02)))};
}

boost::asio::awaitable<Result<Revision>> answer(Result<Revision> result) { co_return result; }

Result<Revision> ask(const std::function<Result<Revision>(Revision)>& person, Step<Revision> proposed = proposal()) {
  const auto proposer = std::make_shared<test::ScriptedReviser>([=](int, const RevisionRequest&) { return proposed; });
  proposer->price = usd(0.05);
  const Ask::Callback callback = [&](Revision revision, RevisionRequest) {
    return answer(person(std::move(revision)));
  };
  Ask reviser{callback, proposer};
  CHECK(reviser.name() == "ask (scripted)");
  CHECK(reviser.estimate() == usd(0.05));
  test::Story story{test::brief_with(1)};
  story.round("first", "f", DecisionReason::first);
  return test::wait_for(reviser.revise(RevisionRequest{story.run, Capabilities{"any"}}));
}

}  // namespace

TEST_SUITE("Ask") {
  TEST_CASE("an accepted proposal stays the reviser's") {
    const Result<Revision> revision = ask([](Revision proposed) { return proposed; });
    REQUIRE(revision.has_value());
    CHECK(revision->request().prompt() == "proposed");
    CHECK(revision->author() == "scripted");
    CHECK(revision->charge() == Charge::paid(usd(0.02)));
  }

  TEST_CASE("a changed proposal is the person's") {
    const Result<Revision> revision = ask([](Revision) { return Revision{Action::edit, GenerationRequest{"mine"}}; });
    REQUIRE(revision.has_value());
    CHECK(revision->request().prompt() == "mine");
    CHECK(revision->action() == Action::edit);
    CHECK(revision->author() == "person");
    CHECK(revision->charge() == Charge::paid(usd(0.02)));
  }

  TEST_CASE("a proposal shows the init image that the run keeps") {
    const auto proposer = std::make_shared<test::ScriptedReviser>();
    std::optional<Image> seen;
    Ask reviser{[&](Revision revision, RevisionRequest) {
                  seen = revision.request().init_image();
                  return answer(std::move(revision));
                },
                proposer};
    test::Story story{test::brief_with(1).init_image(test::picture(9))};
    story.round("first", "f", DecisionReason::first);
    const Capabilities editor = Capabilities{"editor"}.image_to_image(true);
    const Result<Revision> revision = test::wait_for(reviser.revise(RevisionRequest{story.run, editor}));
    CHECK(seen == test::picture(9));
    CHECK(revision->author() == "scripted");
  }

  TEST_CASE("a person stops the run") {
    const Result<Revision> revision = ask([](Revision proposed) { return proposed.action(Action::stop); });
    REQUIRE(revision.has_value());
    CHECK(revision->action() == Action::stop);
    CHECK(revision->author() == "person");
  }

  TEST_CASE("an error of the callback carries the charge") {
    const Result<Revision> revision = ask([](Revision) -> Result<Revision> {
      return Error{errc::cancelled, "the window was closed"};
    });
    REQUIRE(!revision.has_value());
    CHECK(revision.error().code() == errc::cancelled);
    CHECK(revision.error().charge() == Charge::paid(usd(0.02)));

    const Result<Revision> thrown = ask([](Revision) -> Result<Revision> { throw std::runtime_error{"boom"}; });
    REQUIRE(!thrown.has_value());
    CHECK(thrown.error().code() == errc::backend_failed);
    CHECK(thrown.error().charge() == Charge::maybe_billed(usd(0.05)));
  }

  TEST_CASE("a failed proposal is not shown") {
    bool asked = false;
    const auto person = [&](Revision proposed) {
      asked = true;
      return proposed;
    };
    const Result<Revision> revision = ask(person, Step<Revision>{Error{errc::refused, "no"}});
    REQUIRE(!revision.has_value());
    CHECK(revision.error().code() == errc::refused);
    CHECK(!asked);
  }

  TEST_CASE("rejects an empty prompt") {
    const Result<Revision> empty = ask([](Revision) { return Revision{Action::reprompt, GenerationRequest{" "}}; });
    REQUIRE(!empty.has_value());
    CHECK(empty.error().code() == errc::unusable_reply);
    CHECK(empty.error().charge() == Charge::paid(usd(0.02)));
    CHECK(ask([](Revision) { return Revision{Action::stop, GenerationRequest{""}}; }).has_value());
  }
}
