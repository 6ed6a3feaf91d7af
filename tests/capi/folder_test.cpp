// Runs that are recorded in a folder, resumed and read.

#include "setup.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace pentimento::test;

namespace {

namespace fs = std::filesystem;

constexpr std::string_view paid_terms = R"({"name": "mine", "estimate_micros": 40000})";

/// A folder for runs, removed at the end.
class Folder {
 public:
  Folder() : root_{fs::temp_directory_path() / ("pentimento-capi-" + std::to_string(std::random_device{}()))} {}
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(root_); }

  std::string run() const { return (root_ / "run").string(); }
  const fs::path& root() const { return root_; }

 private:
  fs::path root_;
};

ptm_run_options recorded_in(const std::string& folder) {
  ptm_run_options options{};
  options.struct_size = sizeof options;
  options.folder = view(folder);
  return options;
}

/// Resumes a run with the test's own backends.
ptm_status resume(const EngineHandle& engine, const std::string& folder, RunHandle& run, Error& error,
                  std::string_view more = "") {
  const ptm_run_options options = recorded_in(folder);
  const std::string request = R"({"generator": "mine", "critic": "judge")" + std::string{more} + '}';
  return ptm_resume(engine.get(), view(request), &options, &run, &error);
}

/// Reads a run. Returns its events.
std::vector<std::string> read(const std::string& folder, RunHandle& run) {
  Error error;
  REQUIRE_MESSAGE(ptm_read_run(view(folder), &run, &error) == PTM_OK, message(error));
  return events_of(run);
}

std::string transcript_of(const RunHandle& run) {
  Text text;
  REQUIRE(ptm_run_transcript(run.get(), &text, nullptr) == PTM_OK);
  return string(text);
}

std::int32_t go_on(void*, ptm_str, char*, std::size_t) { return PTM_GO_ON; }

/// Records a run in a folder by another process, which is killed as its first image is generated.
void record_killed(const std::string& folder, const char* kind) {
  const std::string program = fs::read_symlink("/proc/self/exe").string();
  const std::string command = "KILLED_RUN='" + folder + "' KILLED_KIND=" + kind + " '" + program +
                              "' --no-skip --test-case='killed by other tests' >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) != 0);
}

}  // namespace

TEST_SUITE_BEGIN("C ABI: run folder");

TEST_CASE("records a run beside its sink") {
  const Folder folder;
  const std::string path = folder.run();
  Setup setup;
  Backend sink;
  const ptm_backend functions = sink.functions();
  ptm_run_options options = recorded_in(path);
  options.sink = &functions;
  std::vector<std::string> events;
  std::string transcript;
  std::string outcome;
  Text page;
  {
    const RunHandle run = setup.refine("", &options);
    events = events_of(run);
    transcript = transcript_of(run);
    outcome = outcome_of(run);
    REQUIRE(ptm_run_report_html(run.get(), &page, nullptr) == PTM_OK);
  }
  CHECK(sink.started == static_cast<int>(events.size()));

  RunHandle recorded;
  CHECK(read(path, recorded) == events);
  CHECK(transcript_of(recorded) == transcript);
  CHECK(outcome_of(recorded) == outcome);
  Text same;
  REQUIRE(ptm_run_report_html(recorded.get(), &same, nullptr) == PTM_OK);
  CHECK(string(same) == string(page));
  Picture best;
  CHECK(ptm_run_best(recorded.get(), &best, nullptr) == PTM_OK);
  Picture image;
  REQUIRE(ptm_run_image(recorded.get(), view(hash_in(event_of(events, "generation_finished"))), &image, nullptr) ==
          PTM_OK);
  ptm_image_info info{};
  info.struct_size = sizeof info;
  REQUIRE(ptm_image_get(image.get(), &info, nullptr) == PTM_OK);
  CHECK(info.data != nullptr);
  CHECK(ptm_run_wait(recorded.get(), 0, nullptr) == PTM_OK);
  CHECK(ptm_run_cancel(recorded.get(), nullptr) == PTM_OK);
  setup.engine.reset();
  CHECK(transcript_of(recorded) == transcript);  // it has no engine
}

TEST_CASE("killed by other tests" * doctest::skip()) {
  const char* const folder = std::getenv("KILLED_RUN");
  REQUIRE(folder != nullptr);
  const std::string_view kind = std::getenv("KILLED_KIND");
  Setup setup;
  setup.generator.on_start = [](Backend&, ptm_call*) { std::raise(SIGKILL); };
  if (kind == "paid") setup.generator.add_generator(setup.engine.get(), paid_terms);
  const std::string path = folder;
  ptm_run_options options = recorded_in(path);
  if (kind == "stop") options.stop = go_on;
  const RunHandle run = setup.refine(kind == "stop" ? R"~(, "until": "satisfied || rounds(4)")~" : "", &options);
  ptm_run_wait(run.get(), patience, nullptr);
}

TEST_CASE("resumes a run that was killed") {
  const Folder folder;
  const std::string path = folder.run();
  record_killed(path, "free");
  RunHandle interrupted;
  std::vector<std::string> before = read(path, interrupted);
  CHECK(type_of(before.back()) == "generation_started");
  Text none;
  CHECK(ptm_run_outcome(interrupted.get(), &none, nullptr) == PTM_E_STATE);
  Setup setup;
  RunHandle run;
  Error error;
  REQUIRE_MESSAGE(resume(setup.engine, path, run, error) == PTM_OK, message(error));
  const std::vector<std::string> after = events_of(run);
  CHECK(type_of(after.front()) == "generation_finished");
  CHECK(type_of(after.back()) == "run_stopped");
  CHECK(setup.generator.started == 1);
  CHECK(holds(outcome_of(run), R"("kind":"satisfied")"));
  before.insert(before.end(), after.begin(), after.end());
  Text folded;
  REQUIRE(ptm_fold(view(lines_of(before)), &folded, nullptr) == PTM_OK);
  CHECK(transcript_of(run) == string(folded));
  RunHandle recorded;
  CHECK(read(path, recorded) == before);
}

TEST_CASE("a call that may have been billed needs consent") {
  const Folder folder;
  const std::string path = folder.run();
  record_killed(path, "paid");
  Setup setup;
  REQUIRE(setup.generator.add_generator(setup.engine.get(), paid_terms) == PTM_OK);
  setup.generator.destroyed = 0;  // that of the free one, which it replaced
  RunHandle run;
  Error error;
  REQUIRE_MESSAGE(resume(setup.engine, path, run, error) == PTM_OK, message(error));
  CHECK(events_of(run).empty());
  CHECK(holds(outcome_of(run), R"("code":"outcome_unknown")"));
  CHECK(setup.generator.started == 0);
  SUBCASE("to repeat it") {
    REQUIRE_MESSAGE(resume(setup.engine, path, run, error, R"(, "unknown_outcome": "repeat")") == PTM_OK,
                    message(error));
    events_of(run);
    CHECK(setup.generator.started == 1);
    CHECK(holds(outcome_of(run), R"("kind":"satisfied")"));
  }
  SUBCASE("to abandon it") {
    REQUIRE_MESSAGE(resume(setup.engine, path, run, error, R"(, "unknown_outcome": "abandon")") == PTM_OK,
                    message(error));
    const std::vector<std::string> events = events_of(run);
    CHECK(type_of(events.front()) == "call_failed");
    CHECK(holds(events.front(), "maybe_billed"));
  }
  SUBCASE("in words that are known") {
    CHECK(resume(setup.engine, path, run, error, R"(, "unknown_outcome": "retry")") == PTM_E_PARSE_FAILED);
    CHECK(holds(message(error), "repeat"));
  }
}

TEST_CASE("a run that has stopped has its outcome") {
  const Folder folder;
  const std::string path = folder.run();
  Setup setup;
  const ptm_run_options options = recorded_in(path);
  RunHandle run = setup.refine(R"~(, "until": "rounds(1)")~", &options);
  events_of(run);
  const std::string outcome = outcome_of(run);
  Error error;
  REQUIRE_MESSAGE(resume(setup.engine, path, run, error) == PTM_OK, message(error));
  CHECK(events_of(run).empty());
  CHECK(outcome_of(run) == outcome);
  CHECK(setup.generator.started == 1);
}

TEST_CASE("what cannot be resumed") {
  const Folder folder;
  const std::string path = folder.run();
  Setup setup{Backend::Finish::never};
  const ptm_run_options options = recorded_in(path);
  const RunHandle held = setup.refine("", &options);
  REQUIRE(setup.generator.wait_started(1));
  RunHandle run;
  Error error;
  SUBCASE("a run that is held") {
    CHECK(resume(setup.engine, path, run, error) == PTM_E_IO_FAILED);
    CHECK(holds(message(error), "held"));
    CHECK(ptm_refine(setup.engine.get(), view(request()), &options, &run, &error) == PTM_E_INVALID_ARGUMENT);
    RunHandle recorded;
    CHECK(read(path, recorded).size() > 3);  // it can be read
  }
  SUBCASE("a folder without a run") {
    const std::string other = (folder.root() / "other").string();
    fs::create_directories(other);
    CHECK(resume(setup.engine, other, run, error) == PTM_E_INVALID_ARGUMENT);
    CHECK(holds(message(error), "holds no run"));
    CHECK(ptm_read_run(view(other), &run, &error) == PTM_E_INVALID_ARGUMENT);
    CHECK(fs::is_empty(other));
  }
  SUBCASE("no folder") {
    CHECK(ptm_resume(setup.engine.get(), PTM_STR("{}"), nullptr, &run, &error) == PTM_E_INVALID_ARGUMENT);
    CHECK(holds(message(error), "options->folder is empty"));
    CHECK(resume(setup.engine, std::string{"a\0b", 3}, run, error) == PTM_E_INVALID_ARGUMENT);
  }
  SUBCASE("with a brief") {
    CHECK(resume(setup.engine, path, run, error, R"(, "brief": "a mug")") == PTM_E_PARSE_FAILED);
  }
}

TEST_CASE("another policy than that of the record") {
  const Folder folder;
  const std::string path = folder.run();
  record_killed(path, "free");
  Setup setup;
  RunHandle run;
  Error error;
  REQUIRE(resume(setup.engine, path, run, error, R"~(, "until": "rounds(9)")~") == PTM_OK);
  CHECK(events_of(run).empty());
  CHECK(holds(outcome_of(run), R"("code":"invalid_argument")"));
  CHECK(holds(outcome_of(run), "stop policy"));
}

TEST_CASE("a stop policy of the caller is given again") {
  const Folder folder;
  const std::string path = folder.run();
  record_killed(path, "stop");
  Setup setup;
  RunHandle run;
  Error error;
  CHECK(resume(setup.engine, path, run, error) == PTM_E_INVALID_ARGUMENT);
  CHECK(holds(message(error), "options->stop"));
  ptm_run_options options = recorded_in(path);
  options.stop = go_on;
  REQUIRE_MESSAGE(ptm_resume(setup.engine.get(), PTM_STR(R"({"generator": "mine", "critic": "judge"})"), &options, &run,
                             &error) == PTM_OK,
                  message(error));
  events_of(run);
  CHECK(holds(outcome_of(run), R"("kind":"satisfied")"));
}

TEST_CASE("an invalid request creates no folder") {
  const Folder folder;
  const std::string path = folder.run();
  const Setup setup;
  const ptm_run_options options = recorded_in(path);
  RunHandle run;
  CHECK(ptm_refine(setup.engine.get(), PTM_STR(R"({"brief": "a mug", "generator": "nobody"})"), &options, &run,
                   nullptr) == PTM_E_INVALID_ARGUMENT);
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("options of a program that knows sinks and no folders") {
  Setup setup;
  Backend sink;
  const ptm_backend functions = sink.functions();
  const std::size_t size = offsetof(ptm_run_options, folder);
  const auto memory = std::make_unique<std::byte[]>(size);  // a sanitizer sees a read beyond it
  std::memset(memory.get(), 0, size);
  auto* const options = reinterpret_cast<ptm_run_options*>(memory.get());
  options->struct_size = size;
  options->sink = &functions;
  const RunHandle run = setup.refine("", options);
  CHECK(static_cast<int>(events_of(run).size()) == sink.started);
  setup.engine.reset();
}

TEST_CASE("replays a record under another policy") {
  Setup setup;
  setup.critic.verdict = "fail";
  const RunHandle run = setup.refine(R"~(, "until": "rounds(3)")~");
  const std::string lines = lines_of(events_of(run));
  Text same;
  REQUIRE(ptm_replay(view(lines), PTM_STR(""), &same, nullptr) == PTM_OK);
  CHECK(holds(string(same), "\"transcript\":" + transcript_of(run)));
  CHECK(holds(string(same), R"("ended":true,"saved_micros":0)"));
  Text shorter;
  REQUIRE(ptm_replay(view(lines), PTM_STR("rounds(2)"), &shorter, nullptr) == PTM_OK);
  CHECK(holds(string(shorter), R"("ended":true)"));
  CHECK(holds(string(shorter), R"("images_requested":2)"));
  Text longer;
  REQUIRE(ptm_replay(view(lines), PTM_STR("rounds(4)"), &longer, nullptr) == PTM_OK);
  CHECK(holds(string(longer), R"("ended":false,"saved_micros":0)"));
  Text none;
  CHECK(ptm_replay(view(lines), PTM_STR("rounds("), &none, nullptr) == PTM_E_PARSE_FAILED);
  CHECK(ptm_replay(PTM_STR("{}"), PTM_STR(""), &none, nullptr) == PTM_E_PARSE_FAILED);
}

TEST_SUITE_END();
