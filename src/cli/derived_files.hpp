#pragma once

#include <pentimento/error.hpp>
#include <pentimento/store/run_folder.hpp>
#include <pentimento/transcript.hpp>

#include <filesystem>
#include <optional>
#include <vector>

namespace pentimento::cli {

/// Returns the transcript of a recorded run. If the run was interrupted, the calls that were in progress have failed in it, and may
/// have been billed.
Transcript transcript_of(const RunRecord& record);

/// The file of the best image in a run folder; empty if the run has none.
std::optional<std::filesystem::path> best_file(const Transcript& run, const std::filesystem::path& folder);

/// Writes what is derived from the record of a run beside it: the best image, transcript.json, contact-sheet.png and
/// report.html, each in one step and through no symbolic link. Goes on after an error; returns all errors.
std::vector<Error> write_derived_files(const Transcript& run, const std::filesystem::path& folder);

}  // namespace pentimento::cli
