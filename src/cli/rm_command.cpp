#include "commands.hpp"
#include "confirm.hpp"
#include "findings_view.hpp"
#include "run_place.hpp"
#include "wording.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace pentimento::cli {

ExitCode run_rm(const RmOptions& options) {
  const auto reject = [](const Error& error) {
    print_error(error.message());
    return exit_code(error);
  };
  const Result<RunStore> store = user_store();
  if (!store) return reject(store.error());
  if (options.runs.empty()) return reject({errc::invalid_argument, "no run was given; usage: pentimento rm RUN..."});
  // All are found before any is removed: "last" is another one afterwards.
  std::vector<std::string> folders;
  for (const std::string& name : options.runs) {
    const Result<std::filesystem::path> folder = find_run(name);
    if (!folder) return reject(folder.error());
    // With a separator it is a path to the store, whatever its name.
    const std::string path = std::filesystem::absolute(*folder).lexically_normal().string();
    if (std::ranges::find(folders, path) == folders.end()) folders.push_back(path);
  }
  if (!options.yes && !confirm("Remove " + joined(folders) + " with all images?"))
    return reject({errc::invalid_argument, "nothing was removed; add --yes to remove " + joined(folders)});
  ExitCode code = ExitCode::satisfied;
  for (const std::string& folder : folders) {
    if (const Result<void> removed = store->remove(folder); !removed) code = reject(removed.error());
  }
  return code;
}

}  // namespace pentimento::cli
