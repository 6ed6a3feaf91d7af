#include "commands.hpp"
#include "derived_files.hpp"
#include "findings_view.hpp"
#include "run_place.hpp"

#include <filesystem>

namespace pentimento::cli {

ExitCode run_report(const std::string& name) {
  const Result<std::filesystem::path> folder = find_run(name);
  const Result<RunRecord> record = folder ? RunFolder::read(*folder) : Result<RunRecord>{folder.error()};
  if (!record) {
    print_error(record.error().message());
    return ExitCode::usage;
  }
  const std::vector<Error> errors = write_derived_files(transcript_of(*record), *folder);
  for (const Error& error : errors) print_error(error.message());
  if (!errors.empty()) return exit_code(errors.front());
  print_path(*folder / "report.html");
  return ExitCode::satisfied;
}

}  // namespace pentimento::cli
