// run.sqlite: the events of a run, who holds it, and the schema of both.
#pragma once

#include "store/database.hpp"
#include <pentimento/store/run_folder.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::store {

/**
 * The database of one run.
 *
 * Every event has a hash over it and the one before, and the last hash stands beside their number: a flipped bit, a missing or an
 * additional event is noticed. (SQLite itself has check sums in its write-ahead log only.)
 *
 * All functions throw `Failure`. Used by one thread at a time.
 */
class RunDatabase {
 public:
  enum class Access { create, write, read };

  /// Opens a database, or creates one.
  RunDatabase(const std::filesystem::path& file, Access access, const RunFolderOptions& options = {});

  const RunFacts& facts() const noexcept { return facts_; }

  /// The JSON of all events, checked.
  std::vector<std::string> events() const;

  /// The process that holds the run, unless it has ended.
  std::optional<RunHolder> holder() const;

  /// Takes the lease, then brings the schema to this version and the journal to this mode. Blocks for `lease_time` if a process of
  /// another machine may hold it. **Errors**: `io_failed` if another process holds it.
  void take_lease(std::chrono::milliseconds lease_time, JournalMode journal);
  /// Records one event. **Errors**: `io_failed` if the lease was lost.
  void append(std::uint64_t sequence, std::string_view json, bool is_durable, bool is_last);
  /// Gives a sign of life.
  void beat();
  /// Gives the lease back, if it is still held.
  void release();
  /// Leaves one file behind, without a log beside it. Does nothing if somebody reads.
  void settle();

  /// Checks the structure of the whole file.
  void check_integrity() const;

 private:
  struct Lease;

  std::optional<Lease> last_lease() const;
  void check_lease() const;
  void create(const RunFolderOptions& options);
  [[noreturn]] void fail_as_taken() const;
  void read_head();
  void use(JournalMode journal);
  void synchronize(bool is_durable) const;
  void migrate();

  Database database_;
  bool has_log_ = false;  // a write-ahead log
  RunFacts facts_{{}, {}};
  std::int64_t epoch_ = 0;  // of the lease; 0 if none is held
  std::int64_t events_ = 0;
  std::string head_;  // the hash of the last event, or of the facts
};

}  // namespace pentimento::store
