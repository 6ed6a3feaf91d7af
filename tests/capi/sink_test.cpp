// A sink that the run waits for at every event.

#include "setup.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace pentimento::test;

namespace {

/// A sink that a test finishes itself, or that takes every event at once and keeps it.
class Sink : public Backend {
 public:
  explicit Sink(Finish how = Finish::at_once) : Backend{how} {
    context = this;
    on_start = [](Backend& self, ptm_call* call) {
      Text event;
      if (ptm_call_request(call, &event, nullptr) == PTM_OK)
        static_cast<Sink*>(self.context)->events.push_back(string(event));
    };
  }

  /// The options of a run that has this sink.
  ptm_run_options options() {
    functions_ = functions();
    ptm_run_options made{};
    made.struct_size = sizeof made;
    made.sink = &functions_;
    return made;
  }
  /// Waits for an event and returns its call.
  ptm_call* wait_for(std::string_view type) {
    for (int count = 1;; ++count) {
      REQUIRE(wait_started(count));
      ptm_call* const call = open().back();
      if (type_of(events.back()) == type) return call;
      REQUIRE(ptm_call_finish(call, PTM_STR("{}"), nullptr, 0, nullptr) == PTM_OK);
    }
  }
  /// Takes all events up to the end of a run.
  void take_the_rest(const RunHandle& run) {
    for (int count = started + 1; ptm_run_wait(run.get(), 0, nullptr) == PTM_TIMEOUT; ++count) {
      ptm_call_finish(open().back(), PTM_STR("{}"), nullptr, 0, nullptr);
      while (started < count && ptm_run_wait(run.get(), 1, nullptr) == PTM_TIMEOUT) {}
    }
  }

  /// Written on an engine thread while the run is at work.
  std::vector<std::string> events;

 private:
  ptm_backend functions_{};
};

}  // namespace

TEST_SUITE_BEGIN("C ABI: sink");

TEST_CASE("gets every event") {
  Sink sink;
  Setup setup;
  const ptm_run_options options = sink.options();
  RunHandle run = setup.refine("", &options);
  CHECK(events_of(run) == sink.events);
  Text folded;
  Text transcript;
  REQUIRE(ptm_fold(view(lines_of(sink.events)), &folded, nullptr) == PTM_OK);
  REQUIRE(ptm_run_transcript(run.get(), &transcript, nullptr) == PTM_OK);
  CHECK(string(folded) == string(transcript));
}

TEST_CASE("the run waits for it") {
  Sink sink{Backend::Finish::never};
  Setup setup;
  const ptm_run_options options = sink.options();
  const RunHandle run = setup.refine("", &options);
  REQUIRE(sink.wait_started(1));
  Text event;
  CHECK(ptm_run_next(run.get(), 20, &event, nullptr) == PTM_TIMEOUT);  // nobody has an event before its sink
  sink.wait_for("generation_started");
  while (ptm_run_next(run.get(), 20, &event, nullptr) == PTM_OK) CHECK(type_of(string(event)) != "generation_started");
  CHECK(setup.generator.started == 0);  // the call that may cost money
  sink.take_the_rest(run);
  CHECK(setup.generator.started == 1);
  CHECK(holds(outcome_of(run), R"("kind":"satisfied")"));
}

TEST_CASE("finds the images of an event") {
  Sink sink{Backend::Finish::never};
  Setup setup;
  const ptm_run_options options = sink.options();
  const RunHandle run = setup.refine("", &options);
  ptm_call* const call = sink.wait_for("generation_finished");
  Picture image;
  CHECK(ptm_call_image(call, view(hash_in(sink.events.back())), &image, nullptr) == PTM_OK);
  CHECK(ptm_call_image(call, PTM_STR("00"), &image, nullptr) == PTM_E_NOT_FOUND);
  sink.take_the_rest(run);
}

TEST_CASE("a failure ends the run") {
  Sink sink{Backend::Finish::never};
  Setup setup;
  const ptm_run_options options = sink.options();
  const RunHandle run = setup.refine("", &options);
  ptm_call* const call = sink.wait_for("generation_started");
  REQUIRE(ptm_call_fail(call, PTM_STR(R"({"code": "io_failed", "message": "the disk is full"})"), nullptr) == PTM_OK);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  const std::string outcome = outcome_of(run);
  CHECK(holds(outcome, R"("kind":"failed")"));
  CHECK(holds(outcome, R"("code":"observer_failed")"));
  CHECK(holds(outcome, "the disk is full"));
  CHECK(setup.generator.started == 0);
  CHECK(type_of(sink.events.back()) == "generation_started");  // it gets no more
}

TEST_CASE("an exception ends the run") {
  Sink sink{Backend::Finish::throws};
  Setup setup;
  const ptm_run_options options = sink.options();
  const RunHandle run = setup.refine("", &options);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  CHECK(holds(outcome_of(run), "the backend fell over"));
}

TEST_CASE("left behind when the run is cancelled") {
  Sink sink{Backend::Finish::never};
  Setup setup;
  const ptm_run_options options = sink.options();
  const RunHandle run = setup.refine("", &options);
  ptm_call* const call = sink.wait_for("plan_finished");
  REQUIRE(ptm_run_cancel(run.get(), nullptr) == PTM_OK);
  REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  CHECK(holds(outcome_of(run), R"("code":"observer_failed")"));
  CHECK(sink.wait_cancelled(1));
  CHECK(ptm_call_finish(call, PTM_STR("{}"), nullptr, 0, nullptr) == PTM_OK);  // nobody wants it
  CHECK(sink.started == 3);
}

TEST_CASE("an invalid result leaves the call open") {
  Sink sink{Backend::Finish::never};
  Setup setup;
  const ptm_run_options options = sink.options();
  const RunHandle run = setup.refine("", &options);
  ptm_call* const call = sink.wait_for("run_started");
  const Picture image = picture();
  const ptm_image* const images[] = {image.get()};
  CHECK(ptm_call_finish(call, PTM_STR(""), nullptr, 0, nullptr) == PTM_E_PARSE_FAILED);
  CHECK(ptm_call_finish(call, PTM_STR(R"({"stored": true})"), nullptr, 0, nullptr) == PTM_E_INVALID_ARGUMENT);
  CHECK(ptm_call_finish(call, PTM_STR("{}"), images, 1, nullptr) == PTM_E_INVALID_ARGUMENT);
  sink.take_the_rest(run);
  CHECK(holds(outcome_of(run), R"("kind":"satisfied")"));
}

TEST_CASE("destroyed once, before the options of its run") {
  struct Order {
    Sink sink;
    int sinks_destroyed = -1;
  } order;
  ptm_run_options options = order.sink.options();
  options.user = &order;
  options.destroy = [](void* user) {
    Order& self = *static_cast<Order*>(user);
    self.sinks_destroyed = self.sink.destroyed;
  };
  SUBCASE("with its run") {
    Setup setup;
    RunHandle run = setup.refine("", &options);
    REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
    run.reset();
    setup.engine.reset();
    CHECK(order.sink.destroyed == 1);
    CHECK(order.sinks_destroyed == 1);
  }
  SUBCASE("with its engine") {
    Setup setup{Backend::Finish::never};
    const RunHandle run = setup.refine("", &options);
    REQUIRE(setup.generator.wait_started(1));
    setup.engine.reset();
    CHECK(order.sink.destroyed == 1);
    CHECK(order.sinks_destroyed == 1);
    CHECK(type_of(order.sink.events.back()) == "run_stopped");
  }
  SUBCASE("with a run that was destroyed early") {
    Setup setup{Backend::Finish::never};
    RunHandle run = setup.refine("", &options);
    REQUIRE(setup.generator.wait_started(1));
    run.reset();
    setup.engine.reset();
    CHECK(order.sinks_destroyed == 1);
    CHECK(order.sink.destroyed == 1);
    CHECK(type_of(order.sink.events.back()) == "run_stopped");
  }
  SUBCASE("not if the run does not begin") {
    Setup setup;
    RunHandle run;
    CHECK(ptm_refine(setup.engine.get(), PTM_STR("{}"), &options, &run, nullptr) == PTM_E_PARSE_FAILED);
    setup.engine.reset();
    CHECK(order.sink.destroyed == 0);
    CHECK(order.sinks_destroyed == -1);
  }
}

TEST_CASE("options of a program that does not know sinks") {
  Setup setup;
  const std::size_t size = offsetof(ptm_run_options, sink);
  const auto memory = std::make_unique<std::byte[]>(size);  // a sanitizer sees a read beyond it
  std::memset(memory.get(), 0, size);
  auto* const options = reinterpret_cast<ptm_run_options*>(memory.get());
  options->struct_size = size;
  const RunHandle run = setup.refine("", options);
  CHECK(events_of(run).size() == 11);
  const auto more = std::make_unique<std::byte[]>(size + 4);  // it ends within a member, which then does not count
  std::memset(more.get(), 0, size);
  std::memset(more.get() + size, 1, 4);
  auto* const odd = reinterpret_cast<ptm_run_options*>(more.get());
  odd->struct_size = size + 4;
  CHECK(events_of(setup.refine("", odd)).size() == 11);
  options->struct_size = size - 8;
  RunHandle none;
  CHECK(ptm_refine(setup.engine.get(), view(request()), options, &none, nullptr) == PTM_E_VERSION);
}

TEST_CASE("an invalid sink is rejected") {
  Sink sink;
  Setup setup;
  ptm_run_options options = sink.options();
  ptm_backend functions = sink.functions();
  functions.start = nullptr;
  options.sink = &functions;
  RunHandle run;
  Error error;
  CHECK(ptm_refine(setup.engine.get(), view(request()), &options, &run, &error) == PTM_E_INVALID_ARGUMENT);
  CHECK(holds(message(error), "options->sink->start is NULL"));
  functions = sink.functions();
  functions.abi_version = 99;
  CHECK(ptm_refine(setup.engine.get(), view(request()), &options, &run, &error) == PTM_E_VERSION);
  CHECK(sink.destroyed == 0);
}

TEST_SUITE_END();
