#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/error.hpp>
#include <pentimento/money.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/store/run_folder.hpp>
#include <pentimento/time.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// What a list of runs says of each. A run that cannot be read has an error and no more than its folder.
class RunSummary {
 public:
  explicit RunSummary(std::filesystem::path folder) : folder_{std::move(folder)} {}

  const std::filesystem::path& folder() const noexcept { return folder_; }

  const RunFacts& facts() const noexcept { return facts_; }
  RunSummary& facts(RunFacts facts) { return facts_ = std::move(facts), *this; }

  RunState state() const noexcept { return state_; }
  RunSummary& state(RunState state) noexcept { return state_ = state, *this; }

  const std::string& goal() const noexcept { return goal_; }
  RunSummary& goal(std::string goal) { return goal_ = std::move(goal), *this; }

  /// Why the run ended, as `StopReason` is printed; empty before.
  const std::string& reason() const noexcept { return reason_; }
  RunSummary& reason(std::string reason) { return reason_ = std::move(reason), *this; }

  int rounds() const noexcept { return rounds_; }
  RunSummary& rounds(int rounds) noexcept { return rounds_ = rounds, *this; }

  /// The score of the incumbent in percent; -1 if there is none.
  int percent() const noexcept { return percent_; }
  RunSummary& percent(int percent) noexcept { return percent_ = percent, *this; }

  /// What was spent for certain or by estimate, and what may have been billed besides. The latter includes calls whose end is
  /// unknown.
  Money spent() const noexcept { return spent_; }
  RunSummary& spent(Money money) noexcept { return spent_ = money, *this; }
  Money maybe_billed() const noexcept { return maybe_billed_; }
  RunSummary& maybe_billed(Money money) noexcept { return maybe_billed_ = money, *this; }

  /// Why the run cannot be read, if it cannot.
  const std::optional<Error>& error() const noexcept { return error_; }
  RunSummary& error(std::optional<Error> error) { return error_ = std::move(error), *this; }

 private:
  std::filesystem::path folder_;
  RunFacts facts_{{}, {}};
  RunState state_ = RunState::empty;
  std::string goal_;
  std::string reason_;
  int rounds_ = 0;
  int percent_ = -1;
  Money spent_;
  Money maybe_billed_;
  std::optional<Error> error_;
};

static_assert(!std::is_aggregate_v<RunSummary>);

/// Returns the key of a run: the SHA-256 of its brief and settings, which name the stop policy, the backends and the seed. Equal keys
/// mean the same run, wherever it is started.
std::string run_key(const Brief& brief, const RunSettings& settings);

/// A run that was claimed by its key.
class RunClaim {
 public:
  RunClaim(std::filesystem::path path, std::shared_ptr<RunFolder> folder)
      : path_{std::move(path)}, folder_{std::move(folder)} {}

  const std::filesystem::path& path() const noexcept { return path_; }
  /// The folder, with its lease: empty for a new run, otherwise of one that was interrupted. Null if the run has stopped already.
  const std::shared_ptr<RunFolder>& folder() const noexcept { return folder_; }

 private:
  std::filesystem::path path_;
  std::shared_ptr<RunFolder> folder_;
};

static_assert(!std::is_aggregate_v<RunClaim>);

/**
 * A folder of run folders. Runs share nothing but the list of them: `index.sqlite`, which holds what was read of runs that have
 * stopped. It is derived: missing, stale or damaged entries are read anew from the runs.
 *
 * **Executor**: all functions block.
 * **Thread safety**: thread-safe, also between processes.
 */
class RunStore {
 public:
  /// **Parameters**: the folder, which is created with the first run.
  explicit RunStore(std::filesystem::path root) : root_{std::move(root)} {}

  const std::filesystem::path& root() const noexcept { return root_; }

  /// Creates a run in a folder that is called as its id. **Errors**: as for `RunFolder::create`.
  Result<std::shared_ptr<RunFolder>> create(RunFolderOptions options = {}) const;

  /// Returns all runs, the newest first. **Errors**: `io_failed` if the folder cannot be read; those of a single run are in its summary.
  Result<std::vector<RunSummary>> list() const;

  /// Returns the folder of a run.
  /// **Parameters**: its id, a beginning of it that no other has, the path of a run folder, or `last` for the newest run.
  /// **Errors**: `invalid_argument`, with the ids that come close.
  Result<std::filesystem::path> find(std::string_view name) const;

  /// Returns the run with a key, created if there is none. Of many processes that claim a key at the same time, one gets the run.
  /// **Parameters**: see `run_key`.
  /// **Errors**: `io_failed` if another process holds the run; as for `RunFolder::open`.
  Result<RunClaim> find_or_claim(const std::string& key, RunFolderOptions options = {}) const;

  /// Removes a run with its images. **Errors**: `invalid_argument` as for `find`; `io_failed` if a process holds it.
  Result<void> remove(std::string_view name) const;

 private:
  std::filesystem::path root_;
};

}  // namespace pentimento
