#include "store/run_database.hpp"

#include "store/file_system.hpp"
#include "store/process_identity.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

#include <array>
#include <span>
#include <thread>
#include <utility>

namespace pentimento::store {
namespace {

/// "PtmR": so that tools such as file(1) know the file.
constexpr std::int64_t application_id = 0x50746d52;

/// What brings a database from each version to the next. A new version adds one; none is ever changed.
constexpr std::array migrations{
    // 0 to 1. Times are microseconds of UTC, beats those of the holder's steady clock. The facts of the run are JSON. Its head is
    // the hash of the last event.
    "CREATE TABLE run (only INTEGER PRIMARY KEY CHECK (only = 1), facts TEXT NOT NULL, events INTEGER NOT NULL, "
    "  head TEXT NOT NULL) STRICT;"
    "CREATE TABLE leases (epoch INTEGER PRIMARY KEY, host TEXT NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL, "
    "  started INTEGER NOT NULL, taken INTEGER NOT NULL, beat INTEGER NOT NULL, released INTEGER) STRICT;"
    "CREATE TABLE events (sequence INTEGER PRIMARY KEY, epoch INTEGER NOT NULL REFERENCES leases (epoch), "
    "  json TEXT NOT NULL, hash TEXT NOT NULL) STRICT;"};
constexpr auto schema_version = static_cast<std::int64_t>(migrations.size());

[[noreturn]] void fail(errc code, std::string message) { throw Failure{Error{code, std::move(message)}}; }

std::string hash_of(std::string_view text) { return sha256(std::as_bytes(std::span{text})); }

/// The hash of an event covers all before it.
std::string hash_of(std::string_view before, std::int64_t sequence, std::int64_t epoch, std::string_view json) {
  std::string text{before};
  text += ' ' + std::to_string(sequence) + ' ' + std::to_string(epoch) + ' ';
  text += json;
  return hash_of(text);
}

TimePoint calendar_now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }
std::int64_t micros(TimePoint time) { return time.time_since_epoch().count(); }

/// The steady clock, which all processes of a machine share.
std::int64_t beat_now() {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int flags_of(RunDatabase::Access access) {
  if (access == RunDatabase::Access::read) return SQLITE_OPEN_READONLY;
  return SQLITE_OPEN_READWRITE | (access == RunDatabase::Access::create ? SQLITE_OPEN_CREATE : 0);
}

}  // namespace

struct RunDatabase::Lease {
  RunHolder holder() const { return {process.host(), process.pid(), taken, static_cast<std::uint64_t>(epoch)}; }

  std::int64_t epoch;
  ProcessIdentity process;
  TimePoint taken;
  std::int64_t beat;
  bool is_released;
};

RunDatabase::RunDatabase(const std::filesystem::path& file, Access access, const RunFolderOptions& options)
    : database_{file, flags_of(access)} {
  const bool is_new = database_.integer("PRAGMA schema_version") == 0;
  if (access == Access::create) {
    if (!is_new) fail_as_taken();
    use(options.journal());
    create(options);
  } else if (is_new) {
    fail(errc::invalid_argument, file.string() + " is empty: the run was not created to its end; create it again");
  }
  if (database_.integer("PRAGMA application_id") != application_id)
    fail(errc::invalid_argument, file.string() + " is not the record of a run; name the folder of a run");
  const std::int64_t version = database_.integer("PRAGMA user_version");
  if (version > schema_version) {
    fail(errc::unsupported, file.string() + " was written by a newer version of Pentimento (schema " +
                                std::to_string(version) + "; this one reads up to " + std::to_string(schema_version) +
                                "): update Pentimento to open it");
  }
  if (version < 1) fail(errc::parse_failed, file.string() + " is damaged: it has no schema version");
  read_head();
}

void RunDatabase::fail_as_taken() const {
  fail(errc::invalid_argument, std::filesystem::path{database_.path()}.parent_path().string() +
                                   " holds a run already; resume it, or name another folder");
}

void RunDatabase::create(const RunFolderOptions& options) {
  Transaction transaction{database_};
  // Another process may have been faster.
  if (database_.integer("PRAGMA user_version") != 0) fail_as_taken();
  migrate();
  boost::json::object facts{{"id", options.id().empty() ? RunFolder::new_id() : options.id()},
                            {"created", to_json(calendar_now())}};
  if (!options.parent().empty()) facts["parent"] = options.parent();
  if (!options.key().empty()) facts["key"] = options.key();
  const std::string text = to_text(boost::json::value(std::move(facts)));
  database_.prepare("INSERT INTO run VALUES (1, ?, 0, ?)")
      .bind(std::string_view{text}, std::string_view{hash_of(text)})
      .step();
  database_.execute("PRAGMA application_id = " + std::to_string(application_id));
  transaction.commit();
}

void RunDatabase::use(JournalMode journal) {
  const bool wants_log =
      journal == JournalMode::wal || (journal == JournalMode::automatic && is_on_local_disk(database_.path()));
  has_log_ = database_.text(wants_log ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE") == "wal";
}

/// Whether what is committed next survives a power failure. With a rollback journal everything does: there, less would endanger what
/// was committed before.
void RunDatabase::synchronize(bool is_durable) const {
  // EXTRA is FULL and, with a rollback journal, the folder as well.
  database_.execute(is_durable || !has_log_ ? "PRAGMA synchronous = EXTRA" : "PRAGMA synchronous = NORMAL");
}

/// Brings the schema to this version, within a transaction.
void RunDatabase::migrate() {
  std::int64_t version = database_.integer("PRAGMA user_version");
  if (version == schema_version) return;
  for (; version < schema_version; ++version) database_.execute(migrations[static_cast<std::size_t>(version)]);
  database_.execute("PRAGMA user_version = " + std::to_string(schema_version));
}

void RunDatabase::read_head() {
  Statement run = database_.prepare("SELECT facts, events, head FROM run WHERE only = 1");
  const auto damaged = [&](const std::string& what) {
    fail(errc::parse_failed, database_.path() + " is damaged: " + what);
  };
  if (!run.step()) damaged("it does not say which run it is");
  const std::string facts = run.text(0);
  events_ = run.integer(1);
  head_ = run.text(2);
  if (events_ == 0 && head_ != hash_of(facts)) damaged("the hash of its first line is another");
  const Result<boost::json::value> json = parse_json(facts);
  const auto* const object = json ? json->if_object() : nullptr;
  const auto member = [&](std::string_view name) -> std::string {
    const auto* const value = object == nullptr ? nullptr : object->if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
  };
  const Result<TimePoint> created = from_json<TimePoint>(boost::json::value(member("created")));
  if (member("id").empty() || !created) damaged("it does not say which run it is, or when it was created");
  facts_ = RunFacts{member("id"), *created, member("parent"), member("key")};
}

std::vector<std::string> RunDatabase::events() const {
  std::vector<std::string> events;
  Statement run = database_.prepare("SELECT facts, events, head FROM run WHERE only = 1");
  run.step();
  std::string head = hash_of(run.text(0));
  Statement rows = database_.prepare("SELECT sequence, epoch, json, hash FROM events ORDER BY sequence");
  const auto damaged = [&](const std::string& what) {
    fail(errc::parse_failed, database_.path() + " is damaged: " + what + "; the images beside it can still be opened");
  };
  while (rows.step()) {
    const auto sequence = static_cast<std::int64_t>(events.size());
    std::string json = rows.text(2);
    head = hash_of(head, sequence, rows.integer(1), json);
    if (rows.integer(0) != sequence || rows.text(3) != head)
      damaged("the hash of event " + std::to_string(sequence) + " is another");
    events.push_back(std::move(json));
  }
  if (run.integer(1) != static_cast<std::int64_t>(events.size()) || run.text(2) != head)
    damaged("of " + std::to_string(run.integer(1)) + " events it has " + std::to_string(events.size()));
  return events;
}

std::optional<RunDatabase::Lease> RunDatabase::last_lease() const {
  Statement row = database_.prepare(
      "SELECT epoch, host, boot, pid, started, taken, beat, released FROM leases ORDER BY epoch DESC LIMIT 1");
  if (!row.step()) return std::nullopt;
  return Lease{row.integer(0), ProcessIdentity{row.text(1), row.text(2), row.integer(3), row.integer(4)},
               TimePoint{Duration{row.integer(5)}}, row.integer(6), !row.is_null(7)};
}

std::optional<RunHolder> RunDatabase::holder() const {
  const std::optional<Lease> lease = last_lease();
  if (!lease || lease->is_released || life_of(lease->process) == Life::dead) return std::nullopt;
  return lease->holder();
}

namespace {

Error held(const std::string& path, const RunHolder& holder, const std::string& what_to_do) {
  return {errc::io_failed, path + " is held by process " + std::to_string(holder.pid()) + " on " + holder.host() +
                               " since " + std::string{to_json(holder.since()).as_string()} + "; " + what_to_do};
}

}  // namespace

void RunDatabase::take_lease(std::chrono::milliseconds lease_time, JournalMode journal) {
  const auto longest = std::chrono::duration_cast<Duration>(lease_time).count();
  // Clocks of two machines are never compared: only whether the beat changes while this one watches.
  std::optional<Lease> seen = last_lease();
  const auto is_of_another_machine = [](const std::optional<Lease>& lease) {
    return lease && !lease->is_released && life_of(lease->process) == Life::unknown;
  };
  for (const std::int64_t begin = beat_now(); is_of_another_machine(seen) && beat_now() - begin <= longest;) {
    std::this_thread::sleep_for(lease_time / 16);
    std::optional<Lease> now = last_lease();
    if (!now || now->epoch != seen->epoch || now->beat != seen->beat)
      throw Failure{held(database_.path(), now ? now->holder() : seen->holder(), "wait until its run has ended")};
  }
  Transaction transaction{database_};
  const std::optional<Lease> last = last_lease();
  if (last && !last->is_released) {
    const Life life = life_of(last->process);
    const bool is_silent = life == Life::alive ? beat_now() - last->beat > longest
                                               : seen && seen->epoch == last->epoch && seen->beat == last->beat;
    if (life != Life::dead && !is_silent)
      throw Failure{held(database_.path(), last->holder(), "wait until its run has ended, or end that process")};
  }
  migrate();
  const ProcessIdentity own = ProcessIdentity::own();
  const std::int64_t epoch = last ? last->epoch + 1 : 1;
  database_.prepare("INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, NULL)")
      .bind(epoch, std::string_view{own.host()}, std::string_view{own.boot()}, own.pid(), own.started(),
            micros(calendar_now()), beat_now())
      .step();
  transaction.commit();
  epoch_ = epoch;
  use(journal);
  read_head();
}

void RunDatabase::check_lease() const {
  const std::optional<Lease> lease = last_lease();
  if (lease && lease->epoch == epoch_ && !lease->is_released) return;
  if (!lease) fail(errc::io_failed, database_.path() + " was replaced; nothing more is recorded in it");
  throw Failure{held(database_.path(), lease->holder(), "this process was silent for too long and has lost its lease")};
}

void RunDatabase::append(std::uint64_t sequence, std::string_view json, bool is_durable, bool is_last) {
  synchronize(is_durable);
  Transaction transaction{database_};
  check_lease();
  if (sequence != static_cast<std::uint64_t>(events_)) {
    fail(errc::invalid_argument, database_.path() + " holds " + std::to_string(events_) + " events; event " +
                                     std::to_string(sequence) +
                                     " cannot follow. Resume the run, or name another folder");
  }
  const std::string hash = hash_of(head_, events_, epoch_, json);
  database_.prepare("INSERT INTO events VALUES (?, ?, ?, ?)")
      .bind(events_, epoch_, json, std::string_view{hash})
      .step();
  database_.prepare("UPDATE run SET events = ?, head = ?").bind(events_ + 1, std::string_view{hash}).step();
  if (is_last) {
    database_.prepare("UPDATE leases SET beat = ?, released = ? WHERE epoch = ?")
        .bind(beat_now(), micros(calendar_now()), epoch_)
        .step();
  } else {
    database_.prepare("UPDATE leases SET beat = ? WHERE epoch = ?").bind(beat_now(), epoch_).step();
  }
  transaction.commit();
  ++events_;
  head_ = hash;
  if (is_last) epoch_ = 0;
}

void RunDatabase::beat() {
  if (epoch_ == 0) return;
  synchronize(false);
  Transaction transaction{database_};
  check_lease();
  database_.prepare("UPDATE leases SET beat = ? WHERE epoch = ?").bind(beat_now(), epoch_).step();
  transaction.commit();
}

void RunDatabase::release() {
  if (epoch_ == 0) return;
  const std::int64_t epoch = std::exchange(epoch_, 0);
  synchronize(true);
  database_.prepare("UPDATE leases SET released = ? WHERE epoch = ? AND released IS NULL")
      .bind(micros(calendar_now()), epoch)
      .step();
}

void RunDatabase::settle() { database_.execute("PRAGMA journal_mode = DELETE"); }

void RunDatabase::check_integrity() const {
  if (const std::string found = database_.text("PRAGMA integrity_check(1)"); found != "ok")
    fail(errc::parse_failed, database_.path() + " is damaged: " + found + "; the images beside it can still be opened");
  if (database_.prepare("PRAGMA foreign_key_check").step())
    fail(errc::parse_failed, database_.path() + " is damaged: an event belongs to no lease");
}

}  // namespace pentimento::store
