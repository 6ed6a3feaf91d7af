// A reviser of the caller's own.

#include "setup.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pentimento::test;

namespace {

constexpr std::string_view two_rounds = R"j(, "reviser": "house", "until": "rounds(2)")j";

/// A setup whose critic passes nothing, with a reviser "house".
struct Revising : Setup {
  explicit Revising(Backend::Finish revises = Backend::Finish::at_once,
                    std::string_view description = R"({"name": "house"})")
      : reviser{revises} {
    critic.verdict = "fail";
    REQUIRE(reviser.add_reviser(engine.get(), description) == PTM_OK);
  }
  ~Revising() {
    engine.reset();
    CHECK(reviser.destroyed == 1);
  }
  /// The first call to the reviser.
  ptm_call* asked() {
    REQUIRE(reviser.wait_started(1));
    return reviser.open().front();
  }

  Backend reviser;
};

ptm_status finish(ptm_call* call, std::string_view result, const ptm_image* image = nullptr) {
  return ptm_call_finish(call, view(result), &image, image == nullptr ? 0 : 1, nullptr);
}

}  // namespace

TEST_SUITE_BEGIN("C ABI: reviser");

TEST_CASE("writes the next request") {
  Revising setup;
  const RunHandle run = setup.refine(two_rounds);
  const std::vector<std::string> events = events_of(run);
  const std::string revised = event_of(events, "revision_finished");
  CHECK_MESSAGE(holds(revised, R"("prompt":"revised")"), revised);
  CHECK_MESSAGE(holds(revised, R"("author":"house")"), revised);
  CHECK(setup.reviser.started == 1);
  CHECK(setup.generator.started == 2);
  CHECK(holds(outcome_of(run), R"("kind":"rounds")"));
}

TEST_CASE("sees the transcript, its images and the capabilities") {
  Revising setup{Backend::Finish::never};
  const RunHandle run = setup.refine(two_rounds);
  ptm_call* const call = setup.asked();
  Text text;
  REQUIRE(ptm_call_request(call, &text, nullptr) == PTM_OK);
  const std::string asked = string(text);
  CHECK(asked.starts_with(R"({"kind":"revise","request":{"transcript":{)"));
  CHECK(holds(asked, R"("id":"0a")"));
  CHECK(holds(asked, R"("capabilities":{"name":"mine")"));
  Picture image;
  CHECK(ptm_call_image(call, view(hash_in(asked)), &image, nullptr) == PTM_OK);
  CHECK(hash_in(record_of(image.get())) == hash_in(asked));
  CHECK(finish(call, R"({"action": "reseed", "request": {"prompt": "a mug"}, "why": "try again"})") == PTM_OK);
  CHECK(holds(event_of(events_of(run), "revision_finished"), R"("why":"try again")"));
}

TEST_CASE("costs its estimate") {
  Revising setup{Backend::Finish::at_once, R"({"name": "house", "estimate_micros": 3000})"};
  const RunHandle run = setup.refine(two_rounds);
  const std::vector<std::string> events = events_of(run);
  CHECK(holds(event_of(events, "revision_started"), R"("estimate_micros":3000)"));
  CHECK(holds(event_of(events, "revision_finished"), R"("charge":{"billing":"estimated","micros":3000})"));
}

TEST_CASE("stops without a request") {
  Revising setup{Backend::Finish::never};
  const RunHandle run = setup.refine(two_rounds);
  CHECK(finish(setup.asked(), R"({"action": "stop", "why": "good enough"})") == PTM_OK);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  CHECK(holds(outcome_of(run), R"("kind":"reviser")"));
}

TEST_CASE("edits an image of the run or one of its own") {
  const Picture own = picture(4711);
  for (const bool brings_image : {false, true}) {
    CAPTURE(brings_image);
    Revising setup{Backend::Finish::never};
    Backend editor;
    REQUIRE(editor.add_generator(setup.engine.get(), R"({"name": "editor", "image_to_image": true})") == PTM_OK);
    RunHandle run;
    const std::string json =
        R"j({"brief": "a mug", "generator": "editor", "critic": "judge", "reviser": "house", "until": "rounds(2)"})j";
    REQUIRE(ptm_refine(setup.engine.get(), view(json), nullptr, &run, nullptr) == PTM_OK);
    ptm_call* const call = setup.asked();
    Text text;
    REQUIRE(ptm_call_request(call, &text, nullptr) == PTM_OK);
    const std::string asked = string(text);
    Picture made;
    REQUIRE(ptm_call_image(call, view(hash_in(asked)), &made, nullptr) == PTM_OK);
    const Picture& start = brings_image ? own : made;
    const std::string revision = R"({"action": "edit", "request": {"prompt": "a red mug", "init_image": )" +
                                 record_of(start.get()) + R"(}, "parent": "0a"})";
    if (brings_image) CHECK(finish(call, revision) == PTM_E_INVALID_ARGUMENT);  // its bytes are missing
    REQUIRE(finish(call, revision, brings_image ? own.get() : nullptr) == PTM_OK);
    REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
    CHECK(editor.started == 2);
    Picture again;
    CHECK(ptm_run_image(run.get(), view(hash_in(record_of(start.get()))), &again, nullptr) == PTM_OK);
    setup.engine.reset();
  }
}

TEST_CASE("an invalid revision leaves the call open") {
  Revising setup{Backend::Finish::never};
  const RunHandle run = setup.refine(two_rounds);
  ptm_call* const call = setup.asked();
  CHECK(finish(call, R"({"action": "paint", "request": {"prompt": "a mug"}})") == PTM_E_PARSE_FAILED);
  CHECK(finish(call, R"({"action": "reprompt"})") == PTM_E_PARSE_FAILED);
  CHECK(finish(call, "[]") == PTM_E_PARSE_FAILED);
  CHECK(finish(call, R"({"action": "reprompt", "request": {"prompt": " "}})") == PTM_OK);  // read, but of no use
  CHECK(holds(event_of(events_of(run), "call_failed"), "unusable_reply"));
}

TEST_CASE("a failure ends the run") {
  Revising setup{Backend::Finish::never};
  const RunHandle run = setup.refine(two_rounds);
  REQUIRE(ptm_call_fail(setup.asked(), PTM_STR(R"({"code": "backend_failed", "message": "no idea"})"), nullptr) ==
          PTM_OK);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  CHECK(holds(outcome_of(run), R"("kind":"failed")"));
  CHECK(holds(outcome_of(run), "no idea"));
}

TEST_CASE("cancelled with its run") {
  Revising setup{Backend::Finish::never};
  const RunHandle run = setup.refine(two_rounds);
  ptm_call* const call = setup.asked();
  REQUIRE(ptm_run_cancel(run.get(), nullptr) == PTM_OK);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  CHECK(setup.reviser.wait_cancelled(1));
  CHECK(finish(call, R"({"action": "stop"})") == PTM_OK);
  CHECK(finish(call, R"({"action": "stop"})") == PTM_E_HANDLE);
}

TEST_CASE("proposes to a person") {
  Revising setup;
  const RunHandle run = setup.refine(R"j(, "reviser": {"name": "ask", "proposer": "house"}, "until": "rounds(2)")j");
  std::string proposed;
  Text event;
  while (ptm_run_next(run.get(), patience, &event, nullptr) == PTM_OK) {
    if (type_of(string(event)) != "revision_proposed") continue;
    proposed = string(event);
    REQUIRE(ptm_run_answer(run.get(), 1, PTM_STR(""), nullptr) == PTM_OK);
  }
  CHECK_MESSAGE(holds(proposed, R"("prompt":"revised")"), proposed);
}

TEST_CASE("added and replaced") {
  Revising setup;
  Text json;
  REQUIRE(ptm_engine_backends(setup.engine.get(), &json, nullptr) == PTM_OK);
  const std::string list = string(json);
  CHECK(holds(list.substr(list.find("\"revisers\"")), R"({"name":"house")"));
  Backend other;
  CHECK(other.add_reviser(setup.engine.get(), R"({"name": "ask"})") == PTM_E_PARSE_FAILED);
  CHECK(other.add_reviser(setup.engine.get(), R"({"name": "house", "estimate": 1})") == PTM_E_PARSE_FAILED);
  CHECK(other.add_reviser(setup.engine.get(), R"({"name": "house", "estimate_micros": -1})") == PTM_E_PARSE_FAILED);
  CHECK(other.destroyed == 0);
  REQUIRE(other.add_reviser(setup.engine.get(), R"({"name": "house"})") == PTM_OK);
  CHECK(setup.reviser.destroyed == 1);
  const RunHandle run = setup.refine(two_rounds);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  CHECK(other.started == 1);
  setup.engine.reset();
  CHECK(other.destroyed == 1);
}

TEST_SUITE_END();
