#include "commands.hpp"
#include "findings_view.hpp"
#include "run_folder.hpp"

#include <filesystem>

namespace pentimento::cli {

ExitCode run_report(const std::string& folder) {
  const Result<Transcript> run = read_run(folder);
  if (!run) {
    print_error(run.error().message());
    return ExitCode::usage;
  }
  const std::vector<Error> errors = write_summaries(*run, folder);
  for (const Error& error : errors) print_error(error.message());
  if (!errors.empty()) return exit_code(errors.front());
  print_path(std::filesystem::path{folder} / "report.html");
  return ExitCode::satisfied;
}

}  // namespace pentimento::cli
