// Runs: their events in each of the three modes, their end, cancellation, questions, a caller's stop policy.

#include "setup.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace pentimento::test;

namespace {

/// What the callbacks of a run saw.
struct Seen {
  ptm_run_options options(ptm_events mode) {
    ptm_run_options made{};
    made.struct_size = sizeof made;
    made.events = mode;
    made.user = this;
    made.on_event = [](void* user, ptm_run* run, ptm_str event) {
      Seen& self = *static_cast<Seen*>(user);
      const std::lock_guard lock{self.mutex};
      self.events.push_back(string(event));
      self.named = run;
      if (self.throws) throw std::runtime_error{"no more of this"};
    };
    made.on_end = [](void* user, ptm_run*) {
      Seen& self = *static_cast<Seen*>(user);
      {
        const std::lock_guard lock{self.mutex};
        ++self.ends;
      }
      self.changed.notify_all();
    };
    made.destroy = [](void* user) {
      Seen& self = *static_cast<Seen*>(user);
      const std::lock_guard lock{self.mutex};
      ++self.destroyed;
    };
    return made;
  }
  bool wait_end() {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, std::chrono::milliseconds{patience}, [&] { return ends > 0; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> events;
  ptm_run* named = nullptr;
  int ends = 0;
  int destroyed = 0;
  bool throws = false;
};

const std::vector<std::string> satisfied_at_once{"run_started",      "plan_started",       "plan_finished",
                                                 "round_started",    "generation_started", "generation_finished",
                                                 "critique_started", "critique_finished",  "candidate_decided",
                                                 "round_finished",   "run_stopped"};

}  // namespace

TEST_SUITE_BEGIN("C ABI: runs");

TEST_CASE("pulled events") {
  Setup setup;
  const RunHandle run = setup.refine();
  std::vector<std::string> events;
  Text event;
  Error error;
  ptm_status status = PTM_OK;
  while ((status = ptm_run_next(run.get(), patience, &event, &error)) == PTM_OK) events.push_back(string(event));
  CHECK(status == PTM_END);
  CHECK(types_of(events) == satisfied_at_once);
  CHECK(ptm_run_next(run.get(), 0, &event, &error) == PTM_END);
  CHECK(event.get() == nullptr);

  std::string lines;
  for (const std::string& each : events) lines += each + '\n';
  Text folded;
  Text transcript;
  CHECK(ptm_fold(view(lines), &folded, &error) == PTM_OK);
  CHECK(ptm_run_transcript(run.get(), &transcript, &error) == PTM_OK);
  CHECK(string(folded) == string(transcript));
  CHECK(holds(outcome_of(run), string(transcript)));
}

TEST_CASE("events pulled by several threads") {
  Setup setup;
  setup.critic.verdict = "fail";
  const RunHandle run = setup.refine(R"j(, "until": "rounds(20)")j");
  std::mutex mutex;
  std::vector<std::string> events;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Text event;
      while (ptm_run_next(run.get(), patience, &event, nullptr) == PTM_OK) {
        const std::lock_guard lock{mutex};
        events.push_back(string(event));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string outcome = outcome_of(run);
  for (std::size_t number = 0; number < events.size(); ++number) {
    const std::string start = R"({"sequence":)" + std::to_string(number) + ',';
    CHECK(std::ranges::count_if(events, [&](const std::string& event) { return event.starts_with(start); }) == 1);
  }
  CHECK(events.size() > 100);
}

TEST_CASE("polled events") {
  Seen seen;
  Setup setup;
  const ptm_run_options options = seen.options(PTM_EVENTS_POLLED);
  RunHandle run = setup.refine("", &options);
  std::size_t total = 0;
  std::size_t called = 0;
  ptm_status status = PTM_OK;
  while ((status = ptm_run_poll(run.get(), patience, &called, nullptr)) == PTM_OK) total += called;
  total += called;
  CHECK(status == PTM_END);
  CHECK(types_of(seen.events) == satisfied_at_once);
  CHECK(seen.ends == 1);
  CHECK(total == satisfied_at_once.size() + 1);
  CHECK(ptm_run_poll(run.get(), 0, &called, nullptr) == PTM_END);
  CHECK(called == 0);
  CHECK(seen.named == run.get());
  run.reset();
  setup.engine.reset();
  CHECK(seen.destroyed == 1);
}

TEST_CASE("events on an engine thread") {
  Seen seen;
  Setup setup;
  const ptm_run_options options = seen.options(PTM_EVENTS_THREAD);
  RunHandle run = setup.refine("", &options);
  REQUIRE(seen.wait_end());
  CHECK(ptm_run_wait(run.get(), 0, nullptr) == PTM_OK);
  CHECK(types_of(seen.events) == satisfied_at_once);
  Text event;
  Error error;
  CHECK(ptm_run_next(run.get(), 0, &event, &error) == PTM_E_STATE);
  CHECK(ptm_run_poll(run.get(), 0, nullptr, &error) == PTM_E_STATE);
}

TEST_CASE("outcome and images") {
  Setup setup;
  const RunHandle run = setup.refine();
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  CHECK(holds(outcome_of(run), R"("kind":"satisfied")"));
  Picture best;
  REQUIRE(ptm_run_best(run.get(), &best, nullptr) == PTM_OK);
  ptm_image_info info{};
  info.struct_size = sizeof info;
  REQUIRE(ptm_image_get(best.get(), &info, nullptr) == PTM_OK);
  CHECK(info.width == 64);
  CHECK(std::string{info.media_type} == "image/png");
  CHECK(info.size == png().size());

  Text record;
  REQUIRE(ptm_image_record(best.get(), &record, nullptr) == PTM_OK);
  const std::string json = string(record);
  const std::string hash = json.substr(json.find("\"sha256\":\"") + 10, 64);
  Picture same;
  REQUIRE(ptm_run_image(run.get(), view(hash), &same, nullptr) == PTM_OK);
  ptm_image_info other{};
  other.struct_size = sizeof other;
  REQUIRE(ptm_image_get(same.get(), &other, nullptr) == PTM_OK);
  CHECK(other.data == info.data);  // shared, and not copied
  Error error;
  CHECK(ptm_run_image(run.get(), PTM_STR("ab"), &same, &error) == PTM_E_NOT_FOUND);
}

TEST_CASE("timeouts") {
  Setup setup{Backend::Finish::never};
  const RunHandle run = setup.refine();
  REQUIRE(setup.generator.wait_started(1));
  Text text;
  Picture image;
  Error error;
  CHECK(ptm_run_outcome(run.get(), &text, &error) == PTM_E_STATE);
  CHECK(ptm_run_best(run.get(), &image, &error) == PTM_E_STATE);
  CHECK(ptm_run_wait(run.get(), 20, &error) == PTM_TIMEOUT);
  CHECK(ptm_run_transcript(run.get(), &text, &error) == PTM_OK);
  ptm_status status = PTM_OK;
  while ((status = ptm_run_next(run.get(), 20, &text, &error)) == PTM_OK) {}
  CHECK(status == PTM_TIMEOUT);
}

TEST_CASE("a cancelled run has an outcome") {
  Setup setup{Backend::Finish::never};
  const RunHandle run = setup.refine();
  REQUIRE(setup.generator.wait_started(1));
  CHECK(ptm_run_cancel(run.get(), nullptr) == PTM_OK);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  CHECK(holds(outcome_of(run), R"("kind":"cancelled")"));
  REQUIRE(setup.generator.wait_cancelled(1));
  CHECK(setup.generator.cancelled == 1);
  ptm_call* const call = setup.generator.open().front();
  CHECK(Backend::answer(call) == PTM_OK);
  CHECK(Backend::answer(call) == PTM_E_HANDLE);
  CHECK(ptm_run_cancel(run.get(), nullptr) == PTM_OK);
  Picture image;
  Error error;
  CHECK(ptm_run_best(run.get(), &image, &error) == PTM_E_NOT_FOUND);
}

TEST_CASE("answers to proposals") {
  const struct {
    const char* answer;
    const char* wanted;
  } answers[] = {{"", R"("author":"checklist")"},
                 {R"("a blue mug, seen from above")", R"("prompt":"a blue mug, seen from above")"},
                 {R"({"request": {"prompt": "a green mug"}})", R"("prompt":"a green mug")"},
                 {R"({"action": "stop"})", R"("action":"stop")"}};
  for (const auto& [answer, wanted] : answers) {
    CAPTURE(answer);
    Setup setup;
    setup.critic.verdict = "fail";
    const RunHandle run = setup.refine(R"j(, "reviser": "ask", "until": "rounds(2)")j");
    Text event;
    std::string revised;
    bool asked = false;
    while (ptm_run_next(run.get(), patience, &event, nullptr) == PTM_OK) {
      const std::string json = string(event);
      if (type_of(json) == "revision_finished") revised = json;
      if (type_of(json) != "revision_proposed") continue;
      CHECK_FALSE(asked);
      asked = true;
      CHECK(holds(json, R"("question":1,)"));
      Error error;
      CHECK(ptm_run_answer(run.get(), 2, view(answer), &error) == PTM_E_STATE);
      CHECK(ptm_run_answer(run.get(), 1, PTM_STR("{"), &error) == PTM_E_PARSE_FAILED);
      CHECK(ptm_run_answer(run.get(), 1, PTM_STR("7"), &error) == PTM_E_PARSE_FAILED);
      CHECK(ptm_run_answer(run.get(), 1, PTM_STR(R"(" ")"), &error) == PTM_E_PARSE_FAILED);
      CHECK(ptm_run_answer(run.get(), 1, PTM_STR(R"({"acton": "stop"})"), &error) == PTM_E_PARSE_FAILED);
      REQUIRE(ptm_run_answer(run.get(), 1, view(answer), &error) == PTM_OK);
      CHECK(ptm_run_answer(run.get(), 1, view(answer), &error) == PTM_E_STATE);
    }
    CHECK(asked);
    CHECK_MESSAGE(holds(revised, wanted), revised);
  }
}

TEST_CASE("an unanswered question ends with the run") {
  Setup setup;
  setup.critic.verdict = "fail";
  const RunHandle run = setup.refine(R"(, "reviser": {"name": "ask", "proposer": "suggested"})");
  Text event;
  do {
    REQUIRE(ptm_run_next(run.get(), patience, &event, nullptr) == PTM_OK);
  } while (type_of(string(event)) != "revision_proposed");
  CHECK(ptm_run_wait(run.get(), 20, nullptr) == PTM_TIMEOUT);
  CHECK(ptm_run_cancel(run.get(), nullptr) == PTM_OK);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  Error error;
  CHECK(ptm_run_answer(run.get(), 1, PTM_STR(""), &error) == PTM_E_STATE);
}

TEST_CASE("a caller's stop policy") {
  Seen seen;
  Setup setup;
  setup.critic.verdict = "fail";
  ptm_run_options options = seen.options(PTM_EVENTS_PULL);
  options.stop = [](void*, ptm_str transcript, char* why, size_t capacity) -> int32_t {
    const std::string json = string(transcript);
    if (!holds(json, R"("round":1)") && !holds(json, R"("id":"1a")")) return PTM_GO_ON;
    std::strncpy(why, "two rounds are enough", capacity);
    return PTM_STOP;
  };
  const RunHandle run = setup.refine(R"(, "until": "never")", &options);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  const std::string outcome = outcome_of(run);
  CHECK_MESSAGE(holds(outcome, R"("kind":"custom")"), outcome.substr(0, 200));
  CHECK_MESSAGE(holds(outcome, "two rounds are enough"), outcome.substr(0, 200));
}

TEST_CASE("callbacks that fail") {
  Seen seen;
  {
    Setup setup;
    SUBCASE("on_event throws on an engine thread") {
      seen.throws = true;
      const ptm_run_options options = seen.options(PTM_EVENTS_THREAD);
      const RunHandle run = setup.refine("", &options);
      REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
      CHECK(holds(outcome_of(run), R"("code":"observer_failed")"));
      Text transcript;
      REQUIRE(ptm_run_transcript(run.get(), &transcript, nullptr) == PTM_OK);
      CHECK(holds(outcome_of(run), string(transcript)));
      CHECK(holds(outcome_of(run), "no more of this"));
    }
    SUBCASE("on_event throws within a poll") {
      seen.throws = true;
      const ptm_run_options options = seen.options(PTM_EVENTS_POLLED);
      const RunHandle run = setup.refine("", &options);
      Error error;
      CHECK(ptm_run_poll(run.get(), patience, nullptr, &error) == PTM_E_OBSERVER_FAILED);
      CHECK_MESSAGE(holds(message(error), "no more of this"), message(error));
      REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
      const std::string kind = outcome_of(run).substr(0, 40);
      CHECK_MESSAGE((holds(kind, R"("kind":"cancelled")") || holds(kind, R"("kind":"satisfied")")), kind);
    }
    SUBCASE("a stop policy returns an unknown value") {
      ptm_run_options options = seen.options(PTM_EVENTS_PULL);
      options.stop = [](void*, ptm_str, char*, size_t) -> int32_t { return 7; };
      const RunHandle run = setup.refine("", &options);
      REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
      CHECK(holds(outcome_of(run), "returned 7"));
    }
    SUBCASE("a stop policy throws") {
      ptm_run_options options = seen.options(PTM_EVENTS_PULL);
      options.stop = [](void*, ptm_str, char*, size_t) -> int32_t { throw std::runtime_error{"cannot say"}; };
      const RunHandle run = setup.refine("", &options);
      REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
      CHECK(holds(outcome_of(run), "cannot say"));
    }
    SUBCASE("a generator that throws") {
      Backend broken{Backend::Finish::throws};
      REQUIRE(broken.add_generator(setup.engine.get(), R"({"name": "broken", "estimate_micros": 4000})") == PTM_OK);
      RunHandle run;
      REQUIRE(
          ptm_refine(setup.engine.get(),
                     PTM_STR(R"-({"brief": "a mug", "generator": "broken", "critic": "judge", "until": "rounds(1)"})-"),
                     nullptr, &run, nullptr) == PTM_OK);
      REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
      CHECK(holds(outcome_of(run), "the backend fell over"));
      CHECK(holds(outcome_of(run), "maybe_billed"));  // nobody knows what it cost
      setup.engine.reset();
      CHECK(broken.destroyed == 1);
    }
    // Whatever happened, the engine works. That of the last case is gone.
    if (setup.engine.get() != nullptr) {
      const RunHandle next = setup.refine();
      REQUIRE(ptm_run_wait(next.get(), patience, nullptr) == PTM_OK);
      CHECK(holds(outcome_of(next), R"("kind":"satisfied")"));
    }
  }
}

TEST_CASE("calls within callbacks") {
  struct Within {
    Seen seen;
    ptm_engine* engine = nullptr;
    ptm_status wait = 0;
    ptm_status wait_zero = 0;
    ptm_status refine = 0;
    ptm_status outcome = 0;
    RunHandle other;
  } within;
  {
    Setup setup;
    within.engine = setup.engine.get();
    ptm_run_options options = within.seen.options(PTM_EVENTS_THREAD);
    options.user = &within;
    options.on_event = [](void* user, ptm_run* run, ptm_str event) {
      Within& self = *static_cast<Within*>(user);
      if (type_of(string(event)) != "round_started") return;
      Text text;
      self.wait = ptm_run_wait(run, patience, nullptr);
      self.wait_zero = ptm_run_wait(run, 0, nullptr);
      self.outcome = ptm_run_outcome(run, &text, nullptr);
      const std::string json = request();
      self.refine = ptm_refine(self.engine, view(json), nullptr, &self.other, nullptr);
    };
    options.on_end = nullptr;
    options.destroy = nullptr;
    const RunHandle run = setup.refine("", &options);
    REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
    CHECK(within.wait == PTM_E_BUSY);
    CHECK(within.wait_zero == PTM_TIMEOUT);
    CHECK(within.outcome == PTM_E_STATE);
    REQUIRE(within.refine == PTM_OK);
    REQUIRE(ptm_run_wait(within.other.get(), patience, nullptr) == PTM_OK);
    within.other.reset();
  }
}

TEST_CASE("a poll within a poll is busy") {
  Seen seen;
  Setup setup;
  static std::atomic<int> within{0};
  ptm_run_options options = seen.options(PTM_EVENTS_POLLED);
  options.user = nullptr;
  options.on_event = [](void*, ptm_run* run, ptm_str) { within = ptm_run_poll(run, 0, nullptr, nullptr); };
  options.on_end = nullptr;
  options.destroy = nullptr;
  const RunHandle run = setup.refine("", &options);
  while (ptm_run_poll(run.get(), patience, nullptr, nullptr) == PTM_OK) {}
  CHECK(within == PTM_E_BUSY);
}

TEST_CASE("a callback that blocks") {
  struct Blocking {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_in = false;
    bool may_go = false;
  } blocking;
  Setup setup;
  setup.engine = new_engine(2);
  setup.generator.add_generator(setup.engine.get());
  setup.critic.add_critic(setup.engine.get());
  setup.generator.destroyed = 0;  // those of the engine before
  setup.critic.destroyed = 0;
  ptm_run_options options{};
  options.struct_size = sizeof options;
  options.events = PTM_EVENTS_THREAD;
  options.user = &blocking;
  options.on_event = [](void* user, ptm_run*, ptm_str) {
    Blocking& self = *static_cast<Blocking*>(user);
    std::unique_lock lock{self.mutex};
    self.is_in = true;
    self.changed.notify_all();
    self.changed.wait(lock, [&] { return self.may_go; });
  };
  const RunHandle run = setup.refine("", &options);
  {
    std::unique_lock lock{blocking.mutex};
    blocking.changed.wait(lock, [&] { return blocking.is_in; });
  }
  Text text;
  CHECK(ptm_run_transcript(run.get(), &text, nullptr) == PTM_OK);
  CHECK(ptm_run_cancel(run.get(), nullptr) == PTM_OK);
  CHECK(ptm_run_wait(run.get(), 0, nullptr) == PTM_TIMEOUT);
  CHECK(ptm_engine_backends(setup.engine.get(), &text, nullptr) == PTM_OK);
  const RunHandle other = setup.refine();
  CHECK(ptm_run_wait(other.get(), patience, nullptr) == PTM_OK);
  {
    const std::lock_guard lock{blocking.mutex};
    blocking.may_go = true;
  }
  blocking.changed.notify_all();
  CHECK(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
}

TEST_CASE("many runs on one thread") {
  Setup setup;
  std::vector<RunHandle> runs;
  for (int i = 0; i < 50; ++i) runs.push_back(setup.refine());
  for (const RunHandle& run : runs) {
    REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
    CHECK(holds(outcome_of(run), R"("kind":"satisfied")"));
  }
}

TEST_SUITE_END();
