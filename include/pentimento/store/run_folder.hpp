#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/candidate.hpp>
#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/time.hpp>
#include <pentimento/transcript.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// How SQLite keeps the record of a run safe against a power failure.
enum class JournalMode {
  automatic,  ///< `wal` on a local file system, otherwise `rollback`.
  wal,        ///< A write-ahead log: faster, and others can read while the run goes on. Needs a local file system.
  rollback,   ///< A rollback journal, under a lock that keeps readers out until the run ends.
};

/// Options for writing to a run folder.
class RunFolderOptions {
 public:
  JournalMode journal() const noexcept { return journal_; }
  RunFolderOptions& journal(JournalMode mode) noexcept { return journal_ = mode, *this; }

  /// How long a lease lasts without renewal; default 30 s. Its holder renews it four times as often. The lease of a process
  /// of this machine that has ended is free at once.
  std::chrono::milliseconds lease_time() const noexcept { return lease_time_; }
  RunFolderOptions& lease_time(std::chrono::milliseconds time) noexcept { return lease_time_ = time, *this; }

  /// What `create` records of the run: its id (eight random letters and digits if empty), the run and candidate that it was branched
  /// from ("k7f2mq3a@1b"), and its key (see `run_key`).
  const std::string& id() const noexcept { return id_; }
  RunFolderOptions& id(std::string id) { return id_ = std::move(id), *this; }
  const std::string& parent() const noexcept { return parent_; }
  RunFolderOptions& parent(std::string parent) { return parent_ = std::move(parent), *this; }
  const std::string& key() const noexcept { return key_; }
  RunFolderOptions& key(std::string key) { return key_ = std::move(key), *this; }

 private:
  JournalMode journal_ = JournalMode::automatic;
  std::chrono::milliseconds lease_time_{30'000};
  std::string id_;
  std::string parent_;
  std::string key_;
};

static_assert(!std::is_aggregate_v<RunFolderOptions>);

/// The process that holds a run.
class RunHolder {
 public:
  RunHolder(std::string host, std::int64_t pid, TimePoint since, std::uint64_t epoch)
      : host_{std::move(host)}, pid_{pid}, since_{since}, epoch_{epoch} {}

  const std::string& host() const noexcept { return host_; }
  std::int64_t pid() const noexcept { return pid_; }
  TimePoint since() const noexcept { return since_; }
  /// The number of its lease: how often the run was held, this time included.
  std::uint64_t epoch() const noexcept { return epoch_; }

 private:
  std::string host_;
  std::int64_t pid_;
  TimePoint since_;
  std::uint64_t epoch_;
};

static_assert(!std::is_aggregate_v<RunHolder>);

enum class RunState {
  empty,        ///< Created, and nothing was recorded.
  running,      ///< A process holds it.
  interrupted,  ///< It has not stopped, and nobody holds it.
  stopped,      ///< It has ended and has a stop reason.
};

constexpr std::string_view to_string(RunState state) noexcept {
  switch (state) {
    case RunState::empty: return "empty";
    case RunState::running: return "running";
    case RunState::interrupted: return "interrupted";
    case RunState::stopped: return "stopped";
  }
  return "unknown";
}

/// What is said of a run besides its events.
class RunFacts {
 public:
  RunFacts(std::string id, TimePoint created, std::string parent = {}, std::string key = {})
      : id_{std::move(id)}, created_{created}, parent_{std::move(parent)}, key_{std::move(key)} {}

  const std::string& id() const noexcept { return id_; }
  TimePoint created() const noexcept { return created_; }
  /// The run and candidate that it was branched from; empty if it was not.
  const std::string& parent() const noexcept { return parent_; }
  /// What it was started for: see `run_key`; may be empty.
  const std::string& key() const noexcept { return key_; }

 private:
  std::string id_;
  TimePoint created_;
  std::string parent_;
  std::string key_;
};

static_assert(!std::is_aggregate_v<RunFacts>);

/// The content of a run folder at the time of reading.
class RunRecord {
 public:
  RunRecord(RunFacts facts, std::vector<Event> events, Transcript transcript, std::optional<RunHolder> holder)
      : facts_{std::move(facts)},
        events_{std::move(events)},
        transcript_{std::move(transcript)},
        holder_{std::move(holder)} {}

  const RunFacts& facts() const noexcept { return facts_; }
  const std::vector<Event>& events() const noexcept { return events_; }
  /// The fold of the events.
  const Transcript& transcript() const noexcept { return transcript_; }
  /// The process that held the run at the time of reading, if any.
  const std::optional<RunHolder>& holder() const noexcept { return holder_; }
  RunState state() const noexcept;

  /// Returns the calls that were announced and have not ended, each with its worst-case cost. If the run was interrupted,
  /// their outcome is unknown, and each may have been billed.
  std::vector<Ledger::Entry> open_calls() const;

 private:
  RunFacts facts_;
  std::vector<Event> events_;
  Transcript transcript_;
  std::optional<RunHolder> holder_;
};

static_assert(!std::is_aggregate_v<RunRecord>);

/**
 * Returns the brief of a run that starts from a candidate of another: the same requirements, with the candidate's image as the init
 * image. It competes in round 0.
 *
 *     RunFolder::create(folder, RunFolderOptions{}.parent(record.facts().id() + "@1b"))
 *
 * **Parameters**: `goal` overrides the goal of the brief unless it is empty.
 * **Errors**: `invalid_argument` if there is no such candidate, or its image was read without bytes.
 */
Result<Brief> branch(const RunRecord& record, CandidateId from, std::string goal = {});

/**
 * The record of one run on disk: a folder with `run.sqlite` (the events) and `images/<sha256>.<type>` (the bytes as received).
 *
 *     loop.record(RunFolder::create("runs/saree").value());
 *
 * As an event sink it returns once the event is recorded. Every event survives the end of the program, however it ends. What
 * costs money or time survives a power failure as well: an event that announces a paid call before the call is made, an image
 * before the event that names it. Two events that both survive have all events between them.
 *
 * One process at a time holds a run, by a lease. Every write checks the lease in its own transaction: a process that was stopped
 * for longer than its lease, and wakes up after another has taken it, can record nothing, so it makes no more calls. The lease
 * ends with the run, or with this object.
 *
 * **Errors**: `invalid_argument` for a folder that cannot be used in this way: it holds a run already, or none; `parse_failed` for
 * a damaged record; `unreadable_image` for a missing or damaged image; `unsupported` for a record of a newer version; `io_failed`
 * for a run that another process holds, and for what the system reports.
 * **Executor**: as a sink it works on the worker threads of the process. `create`, `open` and `read` block.
 * **Cancellation**: as a sink, of every type: ends the wait at once. The event may be recorded all the same.
 * **Thread safety**: thread-safe, one event at a time.
 */
class RunFolder final : public EventSink {
 public:
  /// `with_bytes`: `read` loads and checks the bytes of the images.
  enum class Images { with_bytes, without_bytes };

  /// Creates a run folder. It may exist if it holds no run; other files in it are left alone.
  static Result<std::shared_ptr<RunFolder>> create(const std::filesystem::path& folder, RunFolderOptions options = {});

  /// Opens a run to go on with it: takes its lease, and checks the whole record and all images. A run that a process of another
  /// machine holds is observed for as long as its lease lasts.
  static Result<std::shared_ptr<RunFolder>> open(const std::filesystem::path& folder, RunFolderOptions options = {});

  /// Reads a run, also while it goes on. Changes nothing. The hash of every event and image that is read is checked.
  static Result<RunRecord> read(const std::filesystem::path& folder, Images images = Images::with_bytes);

  /// Returns an id for a new run: eight random letters and digits.
  static std::string new_id();

  /// True if a folder holds a run, readable or not.
  static bool is_run(const std::filesystem::path& folder);

  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  ~RunFolder() override;

  const std::filesystem::path& path() const noexcept;
  /// The run as it was when it was opened; empty after `create`.
  const RunRecord& record() const noexcept;

 private:
  class State;

  explicit RunFolder(std::shared_ptr<State> state) noexcept;
  boost::asio::awaitable<Result<void>> do_on_event(Event event) override;

  std::shared_ptr<State> state_;
};

}  // namespace pentimento
