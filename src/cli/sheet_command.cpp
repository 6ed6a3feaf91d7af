#include "commands.hpp"
#include "derived_files.hpp"
#include "findings_view.hpp"
#include "run_place.hpp"
#include <pentimento/image_file.hpp>
#include <pentimento/offline/contact_sheet.hpp>

#include <filesystem>

namespace pentimento::cli {

ExitCode run_sheet(const SheetOptions& options) {
  const auto reject = [](const Error& error) {
    print_error(error.message());
    return exit_code(error);
  };
  const Result<std::filesystem::path> folder = find_run(options.run);
  if (!folder) return reject(folder.error());
  const Result<RunRecord> record = RunFolder::read(*folder);
  if (!record) return reject(record.error());
  const Result<Image> sheet = offline::contact_sheet(transcript_of(*record));
  if (!sheet) return reject(sheet.error());
  const std::filesystem::path file =
      options.out.empty() ? *folder / "contact-sheet.png" : std::filesystem::path{options.out};
  if (const Result<void> saved = save(*sheet, file); !saved) return reject(saved.error());
  print_path(file);
  return ExitCode::satisfied;
}

}  // namespace pentimento::cli
