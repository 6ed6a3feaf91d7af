#include "recorded_runs.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <thread>

namespace pentimento::test {
namespace {

using namespace std::chrono_literals;

/// A run that was recorded to its end.
struct Recorded {
  Recorded()
      : run{[this] {
          Loop loop = paid_loop(paid_roles());
          loop.record(RunFolder::create(folder / "run").value());
          return Run{std::move(loop), paid_brief()};
        }()} {
    run.start().finish();
  }

  TemporaryFolder folder;
  Run run;
};

/// The error of a result that must be one.
template <class T>
Error error_of(const Result<T>& result) {
  REQUIRE(result.has_error());
  return result.error();
}

bool says(const Error& error, std::string_view words) {
  INFO(error.message());
  return error.message().find(words) != std::string::npos;
}

}  // namespace

TEST_SUITE("RunFolder") {
  TEST_CASE("reads back what was recorded") {
    const Recorded recorded;
    const RunRecord record = RunFolder::read(recorded.folder / "run").value();
    CHECK(record.state() == RunState::stopped);
    CHECK(record.facts().id().size() == 8);
    CHECK(record.facts().parent().empty());
    CHECK_FALSE(record.holder().has_value());
    CHECK(record.open_calls().empty());
    REQUIRE(record.events().size() == recorded.run.events.size());
    for (std::size_t i = 0; i < record.events().size(); ++i) {
      CHECK(to_text(record.events()[i]) == to_text(recorded.run.events[i]));
      CHECK(record.events()[i] == recorded.run.events[i]);  // the bytes of all images included
    }
    CHECK(record.transcript() == recorded.run.outcome->transcript());
    // The images of six drafts, three that were judged in their place, and the brief's.
    std::map<std::string, std::string> files = files_of(recorded.folder / "run");
    CHECK(files.size() == 1 + 6 + 3 + 1);
    CHECK(files.contains("run.sqlite"));
    CHECK(files.contains("images/" + content_hash(picture(800)) + ".png"));
  }

  TEST_CASE("reads without bytes") {
    const Recorded recorded;
    fs::remove_all(recorded.folder / "run" / "images");
    const RunRecord record = RunFolder::read(recorded.folder / "run", RunFolder::Images::without_bytes).value();
    CHECK(record.events().size() == recorded.run.events.size());
    CHECK_FALSE(record.transcript().incumbent()->image().has_bytes());
  }

  TEST_CASE("has recorded an event before its call is made") {
    const TemporaryFolder folder;
    const Roles roles = paid_roles();
    const auto script = roles.generator->script;
    int calls = 0;
    roles.generator->script = [&](int call, const GenerationRequest& request) {
      const RunRecord record = RunFolder::read(folder / "run").value();
      CHECK(record.state() == RunState::running);
      const std::vector<Ledger::Entry> open = record.open_calls();
      REQUIRE(!open.empty());
      CHECK(open.back().call().kind() == CallKind::generate);
      CHECK(open.back().charge().amount() == Money::from_micros(40'000));
      ++calls;
      return script(call, request);
    };
    Loop loop = paid_loop(roles);
    loop.record(RunFolder::create(folder / "run").value());
    Run{loop, paid_brief()}.start().finish();
    CHECK(calls == 6);
  }

  TEST_CASE("changes nothing when it is read") {
    const Recorded recorded;
    const auto before = files_of(recorded.folder.path());
    CHECK(RunFolder::read(recorded.folder / "run").has_value());
    CHECK(files_of(recorded.folder.path()) == before);

    const TemporaryFolder interrupted;
    run_killed(interrupted / "run", interrupted / "paid", 12, When::after);
    const auto left = files_of(interrupted.path());
    CHECK(left.contains("run/run.sqlite-wal"));
    CHECK(RunFolder::read(interrupted / "run").has_value());
    CHECK(files_of(interrupted.path()) == left);
  }

  TEST_CASE("loses nothing when its process is killed") {
    const Recorded whole;
    const std::vector<std::string> bodies = bodies_of(whole.run.events);
    const TemporaryFolder folder{memory()};
    for (std::uint64_t at = 0; at < bodies.size(); ++at) {
      for (const When when : {When::before, When::after}) {
        CAPTURE(at);
        const fs::path killed = folder / (std::to_string(at) + (when == When::before ? "b" : "a")).c_str();
        run_killed(killed, folder / "paid", at, when);
        const RunRecord record = RunFolder::read(killed).value();
        const std::vector<std::string> kept = bodies_of(record.events());
        CHECK(kept ==
              std::vector<std::string>(bodies.begin(), bodies.begin() + static_cast<std::ptrdiff_t>(kept.size())));
        CHECK(kept.size() == at + (when == When::after ? 1 : 0));
        const RunState left = kept.empty() ? RunState::empty : RunState::interrupted;
        CHECK(record.state() == (kept.size() == bodies.size() ? RunState::stopped : left));
      }
    }
  }

  TEST_CASE("says who holds a run") {
    const TemporaryFolder folder;
    const pid_t child = run_hanging(folder / "run", folder / "paid");
    const RunRecord record = RunFolder::read(folder / "run").value();
    CHECK(record.state() == RunState::running);
    REQUIRE(record.holder().has_value());
    CHECK(record.holder()->pid() == child);
    const Error held = error_of(RunFolder::open(folder / "run"));
    CHECK(held.code() == errc::io_failed);
    CHECK(says(held, "held by process " + std::to_string(child)));
    CHECK(says(held, record.holder()->host()));
    kill_and_wait(child);
    CHECK(RunFolder::read(folder / "run").value().state() == RunState::interrupted);
    const auto taken = RunFolder::open(folder / "run");
    REQUIRE(taken.has_value());
    CHECK((*taken)->record().events().size() == record.events().size());
    // Within one process as well.
    CHECK(says(error_of(RunFolder::open(folder / "run")), "held by process " + std::to_string(::getpid())));
  }

  TEST_CASE("gives the lease back") {
    const TemporaryFolder folder;
    RunFolder::create(folder / "run").value().reset();
    CHECK(RunFolder::read(folder / "run").value().state() == RunState::empty);
    CHECK(RunFolder::open(folder / "run").has_value());
  }

  TEST_CASE("keeps its lease while it waits") {
    const TemporaryFolder folder;
    const auto held = RunFolder::create(folder / "run", RunFolderOptions{}.lease_time(200ms)).value();
    std::this_thread::sleep_for(600ms);
    CHECK(RunFolder::open(folder / "run", RunFolderOptions{}.lease_time(200ms)).has_error());
  }

  TEST_CASE("records nothing after its lease was taken") {
    const TemporaryFolder folder;
    const Roles roles = paid_roles();
    const auto script = roles.generator->script;
    std::shared_ptr<RunFolder> taken;
    roles.generator->script = [&](int call, const GenerationRequest& request) {
      if (call == 2) {
        std::this_thread::sleep_for(20ms);  // this holder gives no sign of life for minutes
        taken = RunFolder::open(folder / "run", RunFolderOptions{}.lease_time(5ms)).value();
      }
      return script(call, request);
    };
    Loop loop = paid_loop(roles);
    loop.record(RunFolder::create(folder / "run", RunFolderOptions{}.lease_time(10min)).value());
    Run run{loop, paid_brief()};
    const Outcome& outcome = run.start().finish();
    REQUIRE(outcome.error().has_value());
    CHECK(outcome.error()->code() == errc::observer_failed);
    CHECK(says(*outcome.error(), "lost its lease"));
    CHECK(roles.generator->requests.size() == 3);  // the intent of a further call was rejected
    REQUIRE(taken != nullptr);
    CHECK(RunFolder::read(folder / "run").value().events() == taken->record().events());
  }

  TEST_CASE("detects a flipped bit in its database") {
    const Recorded recorded;
    const fs::path file = recorded.folder / "run" / "run.sqlite";
    const std::string bytes = bytes_of(file);
    int detected = 0;
    for (std::size_t bit = 3; bit < bytes.size() * 8; bit += 509) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      write_bytes(file, flipped);
      const Result<RunRecord> record = RunFolder::read(recorded.folder / "run");
      CAPTURE(bit);
      if (record.has_value()) {
        CHECK(record->events() == recorded.run.events);
      } else {
        ++detected;
        CHECK(record.error().message().find("run.sqlite") != std::string::npos);
      }
    }
    CHECK(detected > 100);
  }

  TEST_CASE("detects a damaged image") {
    const Recorded recorded;
    const fs::path file = recorded.folder / "run" / "images" / (content_hash(picture(800)) + ".png");
    const std::string bytes = bytes_of(file);
    for (const std::size_t bit : {std::size_t{300}, bytes.size() * 8 - 1}) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      write_bytes(file, flipped);
      const Error error = error_of(RunFolder::read(recorded.folder / "run"));
      CHECK(error.code() == errc::unreadable_image);
      CHECK(says(error, file.filename().string()));
    }
    write_bytes(file, bytes + "more");
    CHECK(error_of(RunFolder::read(recorded.folder / "run")).code() == errc::unreadable_image);
    fs::remove(file);
    CHECK(error_of(RunFolder::open(recorded.folder / "run")).code() == errc::unreadable_image);
  }

  TEST_CASE("rejects a newer schema") {
    const Recorded recorded;
    const fs::path file = recorded.folder / "run" / "run.sqlite";
    std::string bytes = bytes_of(file);
    bytes[63] = 2;  // the last byte of the user version
    write_bytes(file, bytes);
    for (const Error& error :
         {error_of(RunFolder::read(recorded.folder / "run")), error_of(RunFolder::open(recorded.folder / "run"))}) {
      CHECK(error.code() == errc::unsupported);
      CHECK(says(error, "newer version"));
    }
    CHECK(bytes_of(file) == bytes);
  }

  TEST_CASE("rejects what is no run") {
    const TemporaryFolder folder;
    const auto rejects = [&](const char* name, std::string_view words) {
      CAPTURE(name);
      const Error read = error_of(RunFolder::read(folder / name));
      CHECK(says(read, words));
      CHECK(says(error_of(RunFolder::open(folder / name)), words));
    };
    rejects("missing", "name the folder of a run");
    fs::create_directories(folder / "empty");
    rejects("empty", "holds no run");
    fs::create_directories(folder / "text");
    write_bytes(folder / "text" / "run.sqlite",
                "not a database, but long enough to be taken for one: " + std::string(600, '.'));
    rejects("text", "damaged");
    fs::create_directories(folder / "unfinished");
    write_bytes(folder / "unfinished" / "run.sqlite", "");
    rejects("unfinished", "create it again");
    fs::create_directories(folder / "pipe");
    REQUIRE(::mkfifo((folder / "pipe" / "run.sqlite").c_str(), 0600) == 0);
    rejects("pipe", "not a regular file");
    const Recorded recorded;
    fs::create_directories(folder / "link");
    fs::create_symlink(recorded.folder / "run" / "run.sqlite", folder / "link" / "run.sqlite");
    rejects("link", "not a regular file");
  }

  TEST_CASE("creates no run over another") {
    const Recorded recorded;
    const auto before = files_of(recorded.folder.path());
    const Error error = error_of(RunFolder::create(recorded.folder / "run"));
    CHECK(error.code() == errc::invalid_argument);
    CHECK(says(error, "holds a run already"));
    CHECK(files_of(recorded.folder.path()) == before);
    // A folder whose creation was interrupted holds none.
    const TemporaryFolder folder;
    write_bytes(folder / "run.sqlite", "");
    CHECK(RunFolder::create(folder.path()).has_value());
  }

  TEST_CASE("rejects a second run in the same folder") {
    const Recorded recorded;
    Loop loop = paid_loop(paid_roles());
    loop.record(RunFolder::open(recorded.folder / "run").value());
    Run run{loop, paid_brief()};
    const Outcome& outcome = run.start().finish();
    REQUIRE(outcome.error().has_value());
    CHECK(says(*outcome.error(), "cannot follow"));
    CHECK(RunFolder::read(recorded.folder / "run").value().events() == recorded.run.events);
  }

  TEST_CASE("reads a folder that cannot be written") {
    if (::geteuid() != 0) return;  // only root can become another user
    const Recorded recorded;
    const TemporaryFolder interrupted;
    run_killed(interrupted / "run", interrupted / "paid", 12, When::after);
    for (const fs::path& folder : {recorded.folder.path(), interrupted.path()}) {
      fs::permissions(folder, fs::perms{0755});
      check_read_only(folder / "run");
    }
  }

  TEST_CASE("keeps what it has when the disk is full") {
    const TemporaryFolder folder;
    Roles roles = paid_roles();
    Loop loop = paid_loop(roles);
    loop.record(RunFolder::create(folder / "run").value());
    Run run{loop, paid_brief()};
    struct sigaction before {};
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGXFSZ, &ignore, &before);
    rlimit unlimited{};
    ::getrlimit(RLIMIT_FSIZE, &unlimited);
    const rlimit limit{100'000, unlimited.rlim_max};  // the log grows over it
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Outcome& outcome = run.start().finish();
    ::setrlimit(RLIMIT_FSIZE, &unlimited);
    ::sigaction(SIGXFSZ, &before, nullptr);
    REQUIRE(outcome.error().has_value());
    CHECK(outcome.error()->code() == errc::observer_failed);
    // What was paid for is in the outcome; what was recorded is valid.
    const RunRecord record = RunFolder::read(folder / "run").value();
    CHECK(record.events().size() > 3);
    CHECK(record.events().size() < run.events.size());
    for (std::size_t i = 0; i < record.events().size(); ++i) CHECK(record.events()[i] == run.events[i]);
  }

  TEST_CASE("records with a rollback journal") {
    const TemporaryFolder folder;
    Loop loop = paid_loop(paid_roles());
    loop.record(RunFolder::create(folder / "run", RunFolderOptions{}.journal(JournalMode::rollback)).value());
    Run run{loop, paid_brief()};
    run.on_event = [&](const Event& event) {
      CHECK_FALSE(fs::exists(folder / "run" / "run.sqlite-wal"));
      CHECK(RunFolder::read(folder / "run").value().events().size() == event.sequence() + 1);
    };
    run.start().finish();
    CHECK(RunFolder::read(folder / "run").value().events() == run.events);
  }

  TEST_CASE("records a run of fifty rounds") {
    const TemporaryFolder folder;
    Roles roles;
    Loop loop = roles.loop(MaxRounds{50});
    loop.record(RunFolder::create(folder / "run").value());
    Run run{loop, brief_with(2)};
    run.start().finish();
    const RunRecord record = RunFolder::read(folder / "run").value();
    CHECK(record.transcript().rounds().size() == 50);
    CHECK(record.events() == run.events);
  }
}

}  // namespace pentimento::test
