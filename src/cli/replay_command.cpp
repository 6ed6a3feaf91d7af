#include "commands.hpp"
#include "derived_files.hpp"
#include "findings_view.hpp"
#include "run_place.hpp"
#include "terminal.hpp"
#include "wording.hpp"
#include <pentimento/json.hpp>
#include <pentimento/loop/replay.hpp>
#include <pentimento/stop/parse.hpp>

#include <boost/json/object.hpp>

#include <cstdio>
#include <string>

namespace pentimento::cli {

namespace {

std::string result_of(const Transcript& run) {
  std::string text = counted(run.rounds().size(), "round") + ", " + words_of(run.ledger());
  if (const Candidate* const best = run.incumbent())
    text += ", best " + to_string(best->id()) + " with " + std::to_string(run.score(*best).percent()) + " %";
  return text;
}

}  // namespace

ExitCode run_replay(const ReplayOptions& options) {
  const auto reject = [](const Error& error) {
    print_error(error.message());
    return exit_code(error);
  };
  const Result<std::filesystem::path> folder = find_run(options.run);
  if (!folder) return reject(folder.error());
  const Result<RunRecord> record = RunFolder::read(*folder);
  if (!record) return reject(record.error());
  const std::string until = options.until.empty() ? record->transcript().settings().policy() : options.until;
  const Result<AnyStopPolicy> policy = parse_stop_policy(until);
  if (!policy) return reject({policy.error().code(), "--until: " + policy.error().message()});
  const Result<Replay> replayed = replay(record->events(), *policy);
  if (!replayed) return reject(replayed.error());
  const Transcript& run = replayed->transcript();
  const bool is_same = run == record->transcript();
  if (options.json) {
    boost::json::object object{{"ended", replayed->has_ended()},
                               {"same", is_same},
                               {"saved_micros", replayed->saved().micros()},
                               {"transcript", to_json(run)}};
    std::printf("%s\n", to_text(object, JsonLayout::indented).c_str());
    return ExitCode::satisfied;
  }
  Terminal terminal{stdout};
  terminal.print_hanging(label("recorded"), {{result_of(record->transcript())}}, 4);
  if (is_same) {
    terminal.print_hanging(label("replayed"), {{"the same, to the last event", Style::good}}, 4);
    return ExitCode::satisfied;
  }
  terminal.print_hanging(label("replayed"), {{result_of(run)}}, 4);
  const std::string end = replayed->has_ended() ? words_of(*run.stop_reason()) : "goes on after the end of the record";
  terminal.print_hanging(label(""), {{end, replayed->has_ended() ? Style::plain : Style::doubt}}, 4);
  if (!replayed->saved().is_zero()) terminal.print({label(""), {"saves " + to_string(replayed->saved()), Style::good}});
  return ExitCode::satisfied;
}

}  // namespace pentimento::cli
