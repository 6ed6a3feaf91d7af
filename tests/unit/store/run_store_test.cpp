#include "recorded_runs.hpp"
#include <pentimento/store/run_store.hpp>

#include <chrono>
#include <thread>

namespace pentimento::test {
namespace {

void run_in(const std::shared_ptr<RunFolder>& folder, const Brief& brief = paid_brief()) {
  Loop loop = paid_loop(paid_roles());
  loop.record(folder);
  static_cast<void>(run(loop, brief));
}

std::vector<std::string> names_in(const RunStore& store) {
  std::vector<std::string> names;
  for (const RunSummary& run : store.list().value()) names.push_back(run.folder().filename().string());
  return names;
}

template <class T>
std::string message_of(const Result<T>& result) {
  REQUIRE(result.has_error());
  return result.error().message();
}

}  // namespace

TEST_SUITE("RunStore") {
  TEST_CASE("lists runs, the newest first") {
    const TemporaryFolder folder{memory()};
    const RunStore store{folder / "runs"};
    CHECK(store.list().value().empty());
    const auto first = store.create().value();
    const std::string first_id = first->record().facts().id();
    run_in(first);
    run_killed(folder / "runs" / "interrupted", folder / "calls", 5, When::after);
    const auto second = store.create(RunFolderOptions{}.parent(first_id + "@1b")).value();
    for (int time = 0; time < 2; ++time) {  // the second time from the index
      const std::vector<RunSummary> runs = store.list().value();
      REQUIRE(runs.size() == 3);
      CHECK(runs[0].state() == RunState::running);
      CHECK(runs[0].facts().parent() == first_id + "@1b");
      CHECK(runs[1].state() == RunState::interrupted);
      CHECK(runs[1].goal() == "three red mugs");
      CHECK(runs[1].maybe_billed() == Money::from_micros(80'000));
      CHECK(runs[2].state() == RunState::stopped);
      CHECK(runs[2].facts().id() == first_id);
      CHECK(runs[2].folder().filename() == first_id);
      CHECK(runs[2].rounds() == 3);
      CHECK(runs[2].percent() == 50);
      CHECK(runs[2].spent() == Money::from_micros(180'000));
      CHECK(runs[2].reason().find("rounds") != std::string::npos);
    }
  }

  TEST_CASE("rebuilds a missing or damaged index") {
    const TemporaryFolder folder{memory()};
    const RunStore store{folder.path()};
    for (int i = 0; i < 3; ++i) run_in(store.create().value());
    const std::vector<std::string> names = names_in(store);
    CHECK(names.size() == 3);
    const fs::path index = folder / "index.sqlite";
    REQUIRE(fs::exists(index));
    for (const std::string& bytes : {std::string{}, std::string(5000, 'x'), bytes_of(index).substr(0, 3000)}) {
      write_bytes(index, bytes);
      CHECK(names_in(store) == names);
      CHECK(names_in(store) == names);
    }
    fs::remove(index);
    CHECK(names_in(store) == names);
    fs::remove_all(folder.path() / names[1]);
    CHECK(names_in(store).size() == 2);
    CHECK(names_in(store).size() == 2);
  }

  TEST_CASE("lists a run that cannot be read") {
    const TemporaryFolder folder{memory()};
    const RunStore store{folder.path()};
    fs::create_directories(folder / "broken");
    write_bytes(folder / "broken" / "run.sqlite", std::string(5000, 'x'));
    fs::create_directories(folder / "something else");
    const std::vector<RunSummary> runs = store.list().value();
    REQUIRE(runs.size() == 1);
    CHECK(runs.front().error().has_value());
  }

  TEST_CASE("finds a run by a part of its id") {
    const TemporaryFolder folder{memory()};
    const RunStore store{folder.path()};
    CHECK(message_of(store.find("last")).find("there is none") != std::string::npos);
    for (const char* id : {"abcd2345", "abef2345", "xyzw2345"}) {
      run_in(store.create(RunFolderOptions{}.id(id)).value());
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    CHECK(store.find("x").value().filename() == "xyzw2345");
    CHECK(store.find("abe").value().filename() == "abef2345");
    CHECK(store.find("last").value().filename() == "xyzw2345");
    CHECK(store.find((folder / "abcd2345").string()).value() == folder / "abcd2345");
    CHECK(message_of(store.find("ab")).find("abcd2345, abef2345") == std::string::npos);  // the newest first
    CHECK(message_of(store.find("ab")).find("abef2345, abcd2345") != std::string::npos);
    CHECK(message_of(store.find("abcd2354")).find("abcd2345") != std::string::npos);
    CHECK(store.find("").has_error());
  }

  TEST_CASE("gives a key to one process") {
    const TemporaryFolder folder{memory()};
    const RunStore store{folder.path()};
    const RunSettings settings = paid_loop(paid_roles()).settings();
    const std::string key = run_key(paid_brief(), settings);
    CHECK(key == run_key(paid_brief(), settings));
    CHECK(key != run_key(paid_brief(), RunSettings{settings}.seed(8)));
    CHECK(store.find_or_claim("not a key").error().code() == errc::invalid_argument);

    // Many at once, and one of them gets it.
    std::vector<Result<RunClaim>> claims;
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        Result<RunClaim> claim = store.find_or_claim(key);
        const std::lock_guard lock{mutex};
        claims.push_back(std::move(claim));
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::shared_ptr<RunFolder> mine;
    for (Result<RunClaim>& claim : claims) {
      if (claim) {
        CHECK(mine == nullptr);
        mine = claim->folder();
      } else {
        CHECK(claim.error().message().find("held by process") != std::string::npos);
      }
    }
    claims.clear();
    REQUIRE(mine != nullptr);
    // It was let go before anything was recorded; then it ran.
    mine.reset();
    RunClaim again = store.find_or_claim(key).value();
    REQUIRE(again.folder() != nullptr);
    CHECK(again.folder()->record().events().empty());
    run_in(again.folder());
    CHECK(store.find_or_claim(key).value().folder() == nullptr);
    CHECK(store.list().value().front().facts().key() == key);
    // A damaged run is not run again.
    write_bytes(store.find("last").value() / "run.sqlite", std::string(5000, 'x'));
    CHECK(store.find_or_claim(key).error().code() == errc::parse_failed);
  }

  TEST_CASE("removes a run that nobody holds") {
    const TemporaryFolder folder{memory()};
    const RunStore store{folder / "runs"};
    auto held = store.create(RunFolderOptions{}.id("abcd2345")).value();
    CHECK(message_of(store.remove("abcd")).find("held by process") != std::string::npos);
    held.reset();
    CHECK(store.remove("abcd").has_value());
    CHECK(store.list().value().empty());
    CHECK_FALSE(fs::exists(folder / "runs" / "abcd2345"));
    // A run elsewhere stays, with what is beside it.
    RunFolder::create(folder / "mine").value().reset();
    CHECK(store.remove((folder / "mine").string()).has_error());
    CHECK(RunFolder::is_run(folder / "mine"));
  }

  TEST_CASE("branches from a candidate") {
    const TemporaryFolder folder{memory()};
    run_in(RunFolder::create(folder / "run").value());
    const RunRecord record = RunFolder::read(folder / "run").value();
    const Brief brief = branch(record, CandidateId{1, 1}, "three blue mugs").value();
    CHECK(brief.goal() == "three blue mugs");
    CHECK(brief.requirements() == paid_brief().requirements());
    CHECK(*brief.init_image() == record.transcript().find({1, 1})->image());
    CHECK(branch(record, CandidateId{1, 1}).value().goal() == "three red mugs");
    CHECK(branch(record, CandidateId{7, 0}).error().code() == errc::invalid_argument);
    const auto branched =
        RunFolder::create(folder / "branch", RunFolderOptions{}.parent(record.facts().id() + "@1b")).value();
    run_in(branched, brief);
    const RunRecord other = RunFolder::read(folder / "branch").value();
    CHECK(other.facts().parent() == record.facts().id() + "@1b");
    CHECK(other.transcript().rounds().front().candidates().front().image() == *brief.init_image());
  }
}

}  // namespace pentimento::test
