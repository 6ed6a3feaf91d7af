#include "commands.hpp"
#include "derived_files.hpp"
#include "findings_view.hpp"
#include "run_place.hpp"
#include "terminal.hpp"
#include "wording.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/json.hpp>

#include <boost/json/object.hpp>

#include <cstdio>
#include <filesystem>
#include <string>

namespace pentimento::cli {

namespace fs = std::filesystem;

namespace {

void print_candidate(Terminal& terminal, const Transcript& run, const Candidate& candidate) {
  if (candidate.critique()) {
    terminal.print(score_line(terminal, to_string(candidate.id()), run.score(candidate)));
  } else {
    terminal.print({label("  " + to_string(candidate.id())), {"not judged", Style::doubt}});
  }
  const std::string file =
      "images/" + content_hash(candidate.image()) + '.' + std::string{file_extension(candidate.image().media_type())};
  std::string facts = to_string(cost_of(run.ledger(), candidate.id()));
  if (candidate.decision())
    facts += ' ' + std::string{terminal.signs().dot} + ' ' + words_of(*candidate.decision(), run.checklist());
  terminal.print_wrapped({{facts, Style::faint}}, margin, 3);
  if (candidate.critique()) print_findings(terminal, run.checklist(), *candidate.critique());
  terminal.print({label(""), {file, Style::accent}});
}

}  // namespace

ExitCode run_show(const ShowOptions& options) {
  const Result<fs::path> folder = find_run(options.run);
  // What it looks like is enough: a damaged image is named when it is used.
  const Result<RunRecord> record =
      folder ? RunFolder::read(*folder, RunFolder::Images::without_bytes) : Result<RunRecord>{folder.error()};
  if (!record) {
    print_error(record.error().message());
    return exit_code(record.error());
  }
  const Transcript run = transcript_of(*record);
  const std::string state{to_string(record->state())};
  if (options.json) {
    boost::json::object object{{"id", record->facts().id()}, {"folder", folder->string()}, {"state", state}};
    if (!record->facts().parent().empty()) object["parent"] = record->facts().parent();
    object["transcript"] = to_json(run);
    std::printf("%s\n", to_text(object, JsonLayout::indented).c_str());
    return ExitCode::satisfied;
  }
  Terminal terminal{stdout};
  const std::string separator = ' ' + std::string{terminal.signs().dot} + ' ';
  terminal.print_hanging(label("brief"), {{printable(run.brief().goal()), Style::strong}}, 6);
  terminal.print_wrapped({{printable(run.settings().generator() + " + " + run.settings().critic() + separator +
                                     run.settings().reviser() + separator + "until " + run.settings().policy()),
                           Style::faint}},
                         margin, 3);
  if (!record->facts().parent().empty())
    terminal.print({label("parent"), {printable(record->facts().parent()), Style::accent}});
  print_checklist(terminal, run.checklist());
  for (const Round& round : run.rounds()) {
    terminal.print({label("round " + std::to_string(round.index())), {words_of(round.revision())}});
    terminal.print_wrapped({{printable(round.revision().request().prompt()), Style::faint}}, margin, 6);
    for (const Candidate& candidate : round.candidates()) print_candidate(terminal, run, candidate);
  }
  const std::string ended = run.stop_reason() ? words_of(*run.stop_reason()) : "";
  terminal.print_hanging(label(state), {{ended.empty() ? "" : ended + separator}, {words_of(run.ledger())}}, 4);
  if (const auto& holder = record->holder()) {
    terminal.print_wrapped({{"held by process " + std::to_string(holder->pid()) + " on " + printable(holder->host())}},
                           margin, 2);
  }
  terminal.print({label(""), {printable(folder->string()), Style::accent}});
  return ExitCode::satisfied;
}

}  // namespace pentimento::cli
