#pragma once

#include "commands.hpp"
#include <pentimento/error.hpp>
#include <pentimento/store/run_folder.hpp>
#include <pentimento/store/run_store.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace pentimento::cli {

/// Returns the store of the user's runs: `$XDG_DATA_HOME/pentimento/runs`, or else `~/.local/share/pentimento/runs`.
/// **Errors**: `invalid_argument` if neither variable holds an absolute path.
Result<RunStore> user_store();

/// Returns the folder of a run. **Parameters**: an id, a unique beginning of one, the path of a folder, or `last`.
/// **Errors**: `invalid_argument`, with the ids that come close.
Result<std::filesystem::path> find_run(const std::string& name);

/// A candidate of a recorded run.
struct FoundCandidate {
  RunRecord record;
  CandidateId id;
};

/// Returns the candidate with a name such as "last@1a". **Errors**: `invalid_argument`, with the names that come close; those of
/// `RunFolder::read`.
Result<FoundCandidate> find_candidate(const std::string& name, RunFolder::Images images);

/// The name of a folder for a brief: `three-red-mugs` for "Three red mugs on a plain white table".
std::string folder_name_of(std::string_view goal);

/// A run that begins.
struct NewRun {
  std::filesystem::path path;  ///< as the user wrote it, if they named one
  std::shared_ptr<RunFolder> folder;
  bool made_path;  ///< the folder did not exist before

  /// Removes the record, and the folder if it was made for the run.
  void discard();
};

/// Creates the run folder `--out`, or a numbered one named after the brief in the user's store. Asks before a folder that is not empty
/// is used. **Parameters**: `parent` is the candidate that the run starts from, as in "three-red-mugs@1b". **Errors**: `invalid_argument` if that is not agreed to; those of `RunFolder::create`.
Result<NewRun> create_run(const RefineOptions& options, const std::string& parent = {});

}  // namespace pentimento::cli
