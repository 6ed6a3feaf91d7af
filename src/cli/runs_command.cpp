#include "commands.hpp"
#include "findings_view.hpp"
#include "run_place.hpp"
#include "terminal.hpp"
#include "wording.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/json.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iomanip>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::cli {

namespace {

constexpr std::array<RunState, 4> states{RunState::running, RunState::interrupted, RunState::stopped, RunState::empty};

/// `2026-11-30 14:05`, in local time.
std::string date_of(TimePoint time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::ostringstream text;
  text << std::put_time(&local, "%Y-%m-%d %H:%M");
  return text.str();
}

/// The beginning of a day in local time, as of `2026-11-30`; empty if it is no date.
std::optional<TimePoint> day_of(const std::string& text) {
  std::tm day{};
  std::istringstream in{text};
  in >> std::get_time(&day, "%Y-%m-%d");
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  day.tm_isdst = -1;
  const std::time_t seconds = std::mktime(&day);
  return TimePoint{std::chrono::seconds{seconds}};
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return text;
}

std::string id_of(const RunSummary& run) { return run.folder().filename().string(); }

/// True if every word is in the id or the brief, in either case of letters.
bool has_words(const RunSummary& run, const std::vector<std::string>& words) {
  const std::string text = lower(id_of(run) + ' ' + run.goal());
  return std::ranges::all_of(words,
                             [&](const std::string& word) { return text.find(lower(word)) != std::string::npos; });
}

boost::json::object json_of(const RunSummary& run) {
  boost::json::object object{{"id", id_of(run)}, {"folder", run.folder().string()}};
  if (run.error()) {
    object["error"] = run.error()->message();
    return object;
  }
  object["state"] = to_string(run.state());
  object["created"] = to_json(run.facts().created());
  object["goal"] = run.goal();
  object["rounds"] = run.rounds();
  object["spent_micros"] = run.spent().micros();
  object["maybe_billed_micros"] = run.maybe_billed().micros();
  if (run.percent() >= 0) object["percent"] = run.percent();
  if (!run.reason().empty()) object["reason"] = run.reason();
  if (!run.facts().parent().empty()) object["parent"] = run.facts().parent();
  return object;
}

void print_table(Terminal& terminal, const std::vector<RunSummary>& runs) {
  std::vector<std::array<std::string, 6>> rows{{"ID", "STATE", "DATE", "BEST", "COST", "ROUNDS"}};
  for (const RunSummary& run : runs) {
    if (run.error()) {
      rows.push_back({printable(id_of(run)), "unreadable"});
      continue;
    }
    const bool is_sure = run.maybe_billed().is_zero();
    rows.push_back({printable(id_of(run)), std::string{to_string(run.state())}, date_of(run.facts().created()),
                    run.percent() < 0 ? "" : std::to_string(run.percent()) + " %",
                    to_string(run.spent()) + (is_sure ? "" : " + up to " + to_string(run.maybe_billed())),
                    std::to_string(run.rounds())});
  }
  std::array<int, 6> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], cells_of(row[i]));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Line line;
    for (std::size_t j = 0; j < rows[i].size(); ++j) {
      const auto padding = static_cast<std::size_t>(widths[j] - cells_of(rows[i][j]) + 2);
      line.push_back({rows[i][j] + std::string(padding, ' '), i == 0   ? Style::faint
                                                              : j == 0 ? Style::accent
                                                                       : Style::plain});
    }
    const RunSummary* const run = i == 0 ? nullptr : &runs[i - 1];
    line.push_back({run == nullptr ? "BRIEF" : printable(run->error() ? run->error()->message() : run->goal()),
                    i == 0 ? Style::faint : Style::plain});
    terminal.print(fitted(line, terminal.width() - 1, terminal.signs().ellipsis));
  }
}

}  // namespace

ExitCode run_runs(const RunsOptions& options) {
  const auto reject = [](const std::string& why) {
    print_error(why);
    return ExitCode::usage;
  };
  std::vector<std::string> names;
  for (const RunState state : states) names.emplace_back(to_string(state));
  if (!options.state.empty() && std::ranges::find(names, options.state) == names.end())
    return reject("--state: " + detail::unknown_name("state", options.state, names));
  const std::optional<TimePoint> since = day_of(options.since);
  if (!options.since.empty() && !since)
    return reject("--since takes a day such as 2026-11-30, not \"" + options.since + '"');
  const Result<RunStore> store = user_store();
  Result<std::vector<RunSummary>> runs = store ? store->list() : Result<std::vector<RunSummary>>{store.error()};
  if (!runs) {
    print_error(runs.error().message());
    return exit_code(runs.error());
  }
  const std::size_t all = runs->size();
  std::erase_if(*runs, [&](const RunSummary& run) {
    if (!has_words(run, options.words)) return true;
    if (!options.state.empty() && (run.error() || to_string(run.state()) != options.state)) return true;
    return since && (run.error() || run.facts().created() < *since);
  });
  if (options.json) {
    boost::json::array list;
    for (const RunSummary& run : *runs) list.push_back(json_of(run));
    std::printf("%s\n", to_text(list, JsonLayout::indented).c_str());
    return ExitCode::satisfied;
  }
  Terminal terminal{stdout};
  if (runs->empty()) {
    terminal.print({{all == 0 ? "There are no runs in " + printable(store->root().string())
                              : "None of " + counted(all, "run") + " matches"}});
  } else {
    print_table(terminal, *runs);
  }
  return ExitCode::satisfied;
}

}  // namespace pentimento::cli
