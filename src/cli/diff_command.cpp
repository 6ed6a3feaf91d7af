#include "commands.hpp"
#include "findings_view.hpp"
#include "run_place.hpp"
#include "terminal.hpp"
#include "wording.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::cli {

namespace {

/// A candidate of a run, and the run.
struct Compared {
  Transcript run;
  CandidateId id;

  const Candidate& candidate() const { return *run.find(id); }
  std::string verdict(const std::string& requirement) const {
    const auto& critique = candidate().critique();
    const bool is_asked = std::ranges::find(run.checklist(), requirement, &Requirement::id) != run.checklist().end();
    return !is_asked ? "not asked" : !critique ? "not judged" : std::string{to_string(critique->verdict(requirement))};
  }
};

Result<Compared> compared(const std::string& name) {
  Result<FoundCandidate> found = find_candidate(name, RunFolder::Images::without_bytes);
  if (!found) return found.error();
  return Compared{found->record.transcript(), found->id};
}

std::vector<std::string> words_in(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// The words of both texts in order: those of the first only are bad and marked `[-`, those of the second only good and `{+`.
Line word_diff(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  // The length of the longest common subsequence of what begins at each pair of words.
  std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  }
  Line line;
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    const std::string space = line.empty() ? "" : " ";
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      line.push_back({space + printable(a[i]), Style::faint});
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      line.push_back({space + "[-" + printable(a[i++]) + "-]", Style::bad});
    } else {
      line.push_back({space + "{+" + printable(b[j++]) + "+}", Style::good});
    }
  }
  return line;
}

}  // namespace

ExitCode run_diff(const DiffOptions& options) {
  const Result<Compared> before = compared(options.before);
  const Result<Compared> after = before ? compared(options.after) : before;
  if (!after) {
    print_error(after.error().message());
    return exit_code(after.error());
  }
  Terminal terminal{stdout};
  bool differs = before->candidate().request().prompt() != after->candidate().request().prompt();
  // The table of a longer prompt would be too large.
  constexpr std::size_t most_words = 4000;
  std::vector<std::string> a = words_in(before->candidate().request().prompt());
  std::vector<std::string> b = words_in(after->candidate().request().prompt());
  a.resize(std::min(a.size(), most_words));
  b.resize(std::min(b.size(), most_words));
  terminal.print_hanging(label("prompt"), word_diff(a, b), 200);
  std::vector<Requirement> items{before->run.checklist().begin(), before->run.checklist().end()};
  for (const Requirement& item : after->run.checklist()) {
    if (std::ranges::find(items, item.id(), &Requirement::id) == items.end()) items.push_back(item);
  }
  const std::string arrow = ' ' + std::string{terminal.signs().arrow} + ' ';
  for (std::string head = "verdicts"; const Requirement& item : items) {
    const std::string was = before->verdict(item.id());
    const std::string is = after->verdict(item.id());
    differs = differs || was != is;
    const Style style = was == is      ? Style::faint
                        : is == "pass" ? Style::good
                        : is == "fail" ? Style::bad
                                       : Style::doubt;
    terminal.print_hanging(label(std::exchange(head, "")),
                           {{printable(item.text()) + ": "}, {was == is ? is : was + arrow + is, style}}, 4);
  }
  return differs ? ExitCode::unsatisfied : ExitCode::satisfied;
}

}  // namespace pentimento::cli
