#include "derived_files.hpp"

#include <pentimento/image_file.hpp>
#include <pentimento/json.hpp>
#include <pentimento/offline/contact_sheet.hpp>
#include <pentimento/report.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace pentimento::cli {

namespace fs = std::filesystem;

Transcript transcript_of(const RunRecord& record) {
  Transcript run = record.transcript();
  if (record.state() != RunState::interrupted) return run;
  while (!run.ledger().reservations().empty()) {
    // A generation first: what is reserved for the critiques of its images is released with it.
    const std::vector<Ledger::Entry>& open = run.ledger().reservations();
    const auto generation = std::ranges::find_if(
        open, [](const Ledger::Entry& entry) { return entry.call().kind() == CallKind::generate; });
    const Ledger::Entry entry = generation == open.end() ? open.front() : *generation;
    Error error{errc::outcome_unknown, "the program ended during this call"};
    if (!entry.charge().amount().is_zero()) error.charge(Charge::maybe_billed(entry.charge().amount()));
    const Event event{run.events(), run.updated(), event::CallFailed{entry.call(), std::move(error)}};
    if (!run.apply(event)) break;
  }
  return run;
}

std::optional<fs::path> best_file(const Transcript& run, const fs::path& folder) {
  const Candidate* const best = run.incumbent();
  if (best == nullptr) return std::nullopt;
  return folder / ("best." + std::string{file_extension(best->image().media_type())});
}

std::vector<Error> write_derived_files(const Transcript& run, const fs::path& folder) {
  std::vector<Error> errors;
  const auto note = [&](const Result<void>& written) {
    if (!written) errors.push_back(written.error());
  };
  const auto write_text = [&](const char* name, const std::string& text) {
    note(detail::write_file(folder / name, std::as_bytes(std::span{text})));
  };
  if (const std::optional<fs::path> best = best_file(run, folder)) note(save(run.incumbent()->image(), *best));
  write_text("transcript.json", to_text(run, JsonLayout::indented) + '\n');
  if (!run.rounds().empty()) {
    const Result<Image> sheet = offline::contact_sheet(run);
    note(sheet ? save(*sheet, folder / "contact-sheet.png") : Result<void>{sheet.error()});
  }
  write_text("report.html", report_html(run));
  return errors;
}

}  // namespace pentimento::cli
