#include "store/database.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/json.hpp>
#include <pentimento/store/run_store.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <sstream>
#include <system_error>
#include <thread>

namespace pentimento {

namespace fs = std::filesystem;

namespace {

std::int64_t micros(TimePoint time) { return time.time_since_epoch().count(); }

/// Changes when a record does; empty if there is none.
std::string stamp_of(const fs::path& folder) {
  struct stat about {};
  if (::stat((folder / "run.sqlite").c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return {};
  return std::to_string(about.st_mtim.tv_sec) + '.' + std::to_string(about.st_mtim.tv_nsec) + ' ' +
         std::to_string(about.st_size);
}

RunSummary summary_of(const fs::path& folder) {
  RunSummary summary{folder};
  const Result<RunRecord> record = RunFolder::read(folder, RunFolder::Images::without_bytes);
  if (!record) return summary.error(record.error());
  const Transcript& run = record->transcript();
  summary.facts(record->facts()).state(record->state()).goal(run.brief().goal());
  summary.rounds(static_cast<int>(run.rounds().size()));
  if (run.stop_reason()) {
    std::ostringstream reason;
    reason << *run.stop_reason();
    summary.reason(reason.str());
  }
  if (const Candidate* const best = run.incumbent()) summary.percent(run.score(*best).percent());
  Money maybe = run.ledger().total(Billing::maybe_billed);
  for (const Ledger::Entry& call : record->open_calls()) maybe += call.charge().amount();
  Money spent = run.ledger().total(Billing::paid);
  return summary.spent(spent += run.ledger().total(Billing::estimated)).maybe_billed(maybe);
}

/// The summaries of stopped runs, which do not change. Every failure only costs time: what is missing is read from the runs.
class Index {
 public:
  explicit Index(const fs::path& root) : file_{root / "index.sqlite"} {
    for (int attempt = 0; attempt < 2 && !database_; ++attempt) {
      try {
        database_.emplace(file_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        // It may be lost at any time.
        database_->execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY");
        if (database_->integer("PRAGMA user_version") != version)
          throw Failure{Error{errc::unsupported, "another version"}};
      } catch (const Failure&) {
        database_.reset();
        if (attempt == 0) create();
      }
    }
  }

  /// All entries by the name of the folder, each with its stamp.
  std::map<std::string, std::pair<std::string, RunSummary>> read(const fs::path& root) {
    std::map<std::string, std::pair<std::string, RunSummary>> entries;
    attempt([&] {
      store::Statement rows = database_->prepare(
          "SELECT name, stamp, id, created, parent, key, goal, reason, rounds, percent, spent, maybe_billed FROM runs");
      while (rows.step()) {
        RunSummary summary{root / rows.text(0)};
        summary.facts(RunFacts{rows.text(2), TimePoint{Duration{rows.integer(3)}}, rows.text(4), rows.text(5)});
        summary.state(RunState::stopped).goal(rows.text(6)).reason(rows.text(7));
        summary.rounds(static_cast<int>(rows.integer(8))).percent(static_cast<int>(rows.integer(9)));
        summary.spent(Money::from_micros(rows.integer(10))).maybe_billed(Money::from_micros(rows.integer(11)));
        entries.try_emplace(rows.text(0), rows.text(1), std::move(summary));
      }
    });
    return entries;
  }

  /// Adds these, and removes those.
  void update(const std::vector<std::pair<std::string, const RunSummary*>>& added,
              const std::vector<std::string>& gone) {
    if (added.empty() && gone.empty()) return;
    attempt([&] {
      store::Transaction transaction{*database_};
      store::Statement put = database_->prepare("REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      for (const auto& [stamp, run] : added) {
        const std::string name = run->folder().filename().string();
        const auto view = [](const std::string& text) { return std::string_view{text}; };
        put.bind(view(name), view(stamp), view(run->facts().id()), micros(run->facts().created()),
                 view(run->facts().parent()), view(run->facts().key()), view(run->goal()), view(run->reason()),
                 std::int64_t{run->rounds()}, std::int64_t{run->percent()}, run->spent().micros(),
                 run->maybe_billed().micros());
        put.step();
      }
      store::Statement drop = database_->prepare("DELETE FROM runs WHERE name = ?");
      for (const std::string& name : gone) drop.bind(std::string_view{name}).step();
      transaction.commit();
    });
  }

 private:
  static constexpr std::int64_t version = 1;

  /// Replaces what is no index of this version. Not in place: another process may read it.
  void create() const {
    fs::path fresh = file_;
    fresh += '.' + std::to_string(std::random_device{}()) + ".part";
    std::error_code ignored;
    try {
      store::Database database{fresh, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};
      database.execute(
          "PRAGMA journal_mode = MEMORY; CREATE TABLE runs (name TEXT PRIMARY KEY, stamp TEXT NOT NULL, id TEXT NOT "
          "NULL, "
          "created INTEGER NOT NULL, parent TEXT NOT NULL, key TEXT NOT NULL, goal TEXT NOT NULL, reason TEXT NOT "
          "NULL, "
          "rounds INTEGER NOT NULL, percent INTEGER NOT NULL, spent INTEGER NOT NULL, maybe_billed INTEGER NOT NULL) "
          "STRICT, WITHOUT ROWID; PRAGMA user_version = " +
          std::to_string(version));
      fs::rename(fresh, file_, ignored);
    } catch (const Failure&) {
      // As in a folder that is read-only.
    }
    fs::remove(fresh, ignored);
  }

  template <class F>
  void attempt(F function) {
    if (!database_) return;
    try {
      function();
    } catch (const Failure&) {
      database_.reset();
    }
  }

  fs::path file_;
  std::optional<store::Database> database_;
};

}  // namespace

std::string run_key(const Brief& brief, const RunSettings& settings) {
  const std::string text = to_text(brief) + '\n' + to_text(settings);
  return sha256(std::as_bytes(std::span{text}));
}

Result<std::shared_ptr<RunFolder>> RunStore::create(RunFolderOptions options) const {
  if (options.id().empty()) options.id(RunFolder::new_id());
  return RunFolder::create(root_ / options.id(), options);
}

Result<std::vector<RunSummary>> RunStore::list() const {
  try {
    std::vector<RunSummary> runs;
    std::error_code error;
    if (!fs::exists(root_, error)) return runs;
    const fs::path root = fs::canonical(root_);
    Index index{root};
    std::map<std::string, std::pair<std::string, RunSummary>> known = index.read(root);
    std::vector<std::pair<std::string, std::size_t>> read;  // stamps, and where the summaries are
    for (const fs::directory_entry& entry : fs::directory_iterator{root}) {
      const std::string stamp = stamp_of(entry.path());
      if (stamp.empty()) continue;
      const auto found = known.find(entry.path().filename().string());
      if (found != known.end() && found->second.first == stamp) {
        runs.push_back(std::move(found->second.second));
        known.erase(found);
        continue;
      }
      RunSummary summary = summary_of(entry.path());
      const bool is_final = !summary.error() && summary.state() == RunState::stopped;
      if (is_final && found != known.end()) known.erase(found);  // it is replaced
      if (is_final) read.emplace_back(stamp, runs.size());
      runs.push_back(std::move(summary));
    }
    std::vector<std::pair<std::string, const RunSummary*>> added;
    for (const auto& [stamp, place] : read) added.emplace_back(stamp, &runs[place]);
    std::vector<std::string> gone;
    for (const auto& [name, entry] : known) gone.push_back(name);
    index.update(added, gone);
    std::ranges::sort(runs, [](const RunSummary& a, const RunSummary& b) {
      if (a.facts().created() != b.facts().created()) return a.facts().created() > b.facts().created();
      return a.folder().native() < b.folder().native();
    });
    return runs;
  } catch (const fs::filesystem_error& failed) {
    return Error{errc::io_failed, "cannot read " + root_.string() + ": " + failed.code().message()};
  } catch (...) {
    return error_from_current_exception("listing the runs in " + root_.string());
  }
}

Result<fs::path> RunStore::find(std::string_view name) const {
  if (name.find('/') != std::string_view::npos || RunFolder::is_run(fs::path{name})) return fs::path{name};
  const Result<std::vector<RunSummary>> runs = list();
  if (!runs) return runs.error();
  const auto failed = [&](const std::string& why) {
    return Error{errc::invalid_argument, "\"" + std::string{name} + "\" " + why};
  };
  if (runs->empty()) return failed("is no run: there is none in " + root_.string());
  if (name == "last") return runs->front().folder();
  std::vector<std::string> ids;
  std::vector<const RunSummary*> found;
  for (const RunSummary& run : *runs) {
    ids.push_back(run.folder().filename().string());
    if (ids.back() == name) return run.folder();
    if (!name.empty() && ids.back().starts_with(name)) found.push_back(&run);
  }
  if (found.size() == 1) return found.front()->folder();
  std::string near;
  if (found.size() > 1) {
    for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 5); ++i)
      near += (i == 0 ? "" : ", ") + found[i]->folder().filename().string();
    return failed("is the beginning of " + std::to_string(found.size()) + " runs: " + near + "; give more of it");
  }
  std::vector<std::pair<std::size_t, std::string>> distances;
  for (const std::string& id : ids) distances.emplace_back(detail::edit_distance(name, id), id);
  std::ranges::stable_sort(distances, {}, [](const auto& each) { return each.first; });
  for (std::size_t i = 0; i < std::min<std::size_t>(distances.size(), 3); ++i)
    near += (i == 0 ? "" : ", ") + distances[i].second;
  return failed("is no run in " + root_.string() + "; the nearest ids are " + near);
}

Result<RunClaim> RunStore::find_or_claim(const std::string& key, RunFolderOptions options) const {
  constexpr std::size_t id_length = 16;
  if (key.size() != 64 || key.find_first_not_of("0123456789abcdef") != std::string::npos)
    return Error{errc::invalid_argument, "the key of a run is a SHA-256, 64 hexadecimal digits: see run_key"};
  options.id(key.substr(0, id_length)).key(key);
  const fs::path path = root_ / options.id();
  constexpr int attempts = 100;
  for (int attempt = 1;; ++attempt) {
    if (RunFolder::is_run(path)) {
      const Result<RunRecord> record = RunFolder::read(path, RunFolder::Images::without_bytes);
      if (record && record->facts().key() != key)
        return Error{errc::invalid_argument, path.string() + " holds a run with another key; name another root folder"};
      if (record && record->state() == RunState::stopped) return RunClaim{path, nullptr};
      if (record) {
        Result<std::shared_ptr<RunFolder>> opened = RunFolder::open(path, options);
        if (!opened) return opened.error();
        return RunClaim{path, std::move(*opened)};
      }
      if (record.error().code() == errc::parse_failed || record.error().code() == errc::unsupported)
        return record.error();
    }
    Result<std::shared_ptr<RunFolder>> created = RunFolder::create(path, options);
    if (created) return RunClaim{path, std::move(*created)};
    if (attempt == attempts) return created.error();
    // Another process is about to create it.
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

Result<void> RunStore::remove(std::string_view name) const {
  const Result<fs::path> path = find(name);
  if (!path) return path.error();
  // Elsewhere there may be other files beside it.
  std::error_code error;
  if (!RunFolder::is_run(*path) || !fs::equivalent(path->parent_path(), root_, error)) {
    return Error{errc::invalid_argument, path->string() + " is no run in " + root_.string() +
                                             ", so nothing was removed; remove the folder yourself"};
  }
  const Result<RunRecord> record = RunFolder::read(*path, RunFolder::Images::without_bytes);
  // A run that cannot be read can be removed all the same.
  if (record && record->holder()) {
    return Error{errc::io_failed, path->string() + " is held by process " + std::to_string(record->holder()->pid()) +
                                      " on " + record->holder()->host() +
                                      "; wait until its run has ended, or end that process"};
  }
  fs::remove_all(*path, error);
  if (error) return Error{errc::io_failed, "cannot remove " + path->string() + ": " + error.message()};
  return {};
}

}  // namespace pentimento
