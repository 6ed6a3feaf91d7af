#include "progress_view.hpp"

#include "findings_view.hpp"
#include "wording.hpp"
#include <pentimento/loop/machine.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>
#include <variant>
#include <vector>

namespace pentimento::cli {

namespace {

std::set<std::string> words_in(const std::string& text) {
  std::istringstream in{text};
  return {std::istream_iterator<std::string>{in}, {}};
}

}  // namespace

void ProgressView::show(const Event& event) {
  now_ = event.time();
  static_cast<void>(run_.apply(event));
  std::visit([this](const auto& body) { on(body); }, event.body());
  tick();
}

void ProgressView::show(const http::RetryWait& wait) {
  if (wait.duration() < std::chrono::seconds{1}) return;
  if (!terminal_.is_live())
    return terminal_.print_wrapped({{words_of(wait) + ": " + printable(wait.why())}}, margin, 3);
  waits_.push_back({wait, Clock::now()});
  tick();
}

void ProgressView::tick() {
  if (suspended_ || !terminal_.is_live()) return;
  const auto& frames = terminal_.signs().spinner;
  const std::string frame{frames[frame_++ % frames.size()]};
  const Clock::time_point now = Clock::now();
  const auto since = [now](Clock::time_point instant) { return std::chrono::duration_cast<Duration>(now - instant); };
  std::erase_if(waits_, [now](const Waiting& waiting) { return waiting.end() <= now; });
  // A call waits once at a time.
  const bool all_wait = !waits_.empty() && waits_.size() >= activities_.size();
  std::vector<Line> lines;
  for (const auto& [name, activity] : activities_) {
    std::string phase = activity.phase;
    if (now < activity.due) {
      phase = "waiting " + words_of(-since(activity.due)) + " before " + phase;
    } else if (all_wait) {
      phase = "waiting for the server";
    }
    Line line{label("  " + name),
              {frame + ' ', Style::accent},
              {std::move(phase)},
              {"   " + words_of(since(activity.started)), Style::faint}};
    if (!activity.cost.is_zero()) line.push_back({", up to " + to_string(activity.cost), Style::faint});
    lines.push_back(std::move(line));
  }
  for (const Waiting& waiting : waits_) {
    lines.push_back({label(""), {words_of(waiting.wait, since(waiting.began)), Style::doubt}});
    lines.push_back({label(""), {printable(waiting.wait.why()), Style::doubt}});
  }
  if (!note_.empty()) lines.push_back({label(""), {note_, Style::doubt}});
  terminal_.show_live(std::move(lines));
}

void ProgressView::note(std::string text) {
  note_ = std::move(text);
  if (terminal_.is_live()) return tick();
  if (!note_.empty()) terminal_.print({label(""), {note_}});
}

void ProgressView::suspend() {
  suspended_ = true;
  terminal_.clear_live();
}

void ProgressView::resume() {
  suspended_ = false;
  tick();
}

void ProgressView::begin(const std::string& name, std::string phase, Money cost, const Call& call) {
  const auto found = activities_.find(name);
  const Clock::time_point now = Clock::now();
  const Clock::time_point started = found == activities_.end() ? now : found->second.started;
  const Duration wait = retry_wait(run_.ledger().attempts(call));
  if (wait > Duration::zero()) {
    phase += " again";
    if (!terminal_.is_live()) terminal_.print({label("  " + name), {"waiting " + words_of(wait) + " before " + phase}});
  }
  activities_.insert_or_assign(name, Activity{std::move(phase), cost, started, now + wait});
}

void ProgressView::on(const event::RunStarted& e) {
  const std::string separator = ' ' + std::string{terminal_.signs().dot} + ' ';
  terminal_.print_hanging(label("brief"), {{printable(e.brief.goal()), Style::strong}}, 6);
  terminal_.print_wrapped({{e.settings.generator() + " + " + e.settings.critic() + separator + e.settings.reviser() +
                                separator + "until " + e.settings.policy(),
                            Style::faint}},
                          margin, 3);
  if (!folder_.empty())
    terminal_.print({label(""), {std::string{terminal_.signs().arrow} + ' ' + folder_, Style::faint}});
}

void ProgressView::on(const event::PlanStarted&) { begin("checklist", "planning", {}, Call{CallKind::plan}); }

void ProgressView::on(const event::PlanFinished& e) {
  end("checklist");
  print_checklist(terminal_, e.checklist);
  print_unjudged(terminal_, e.checklist.unjudged());
  // A must without an owner never passes: the user should know before the first round.
  std::string musts;
  for (const Requirement& requirement : e.checklist) {
    if (!requirement.is_must() || !requirement.owner().empty()) continue;
    musts += (musts.empty() ? "" : ", ") + std::string{terminal_.signs().open_quote} + printable(requirement.text()) +
             std::string{terminal_.signs().close_quote};
  }
  if (musts.empty()) return;
  terminal_.print_hanging(label("warning"),
                          {{"the run cannot be satisfied: nobody judges the must " + musts, Style::doubt}}, 4);
}

void ProgressView::print_warning(CandidateId id) {
  const Candidate* candidate = run_.find(id);
  if (candidate == nullptr || candidate->warning().empty()) return;
  terminal_.print_wrapped({{to_string(id) + ' ', Style::strong}, {printable(candidate->warning()), Style::doubt}},
                          margin, 4);
}

void ProgressView::on(const event::RoundStarted& e) {
  terminal_.print_hanging(label("round " + std::to_string(e.round)), {{words_of(e.revision), Style::accent}}, 3);
  print_prompt(e.revision);
}

void ProgressView::print_prompt(const Revision& revision) {
  if (revision.action() == Action::reseed || run_.rounds().size() < 2) return;
  const Candidate* parent = revision.parent() ? run_.find(*revision.parent()) : nullptr;
  const std::string before = parent != nullptr ? printable(parent->request().prompt()) : std::string{};
  const std::string after = printable(revision.request().prompt());
  if (before == after) return;
  const std::set<std::string> old_words = words_in(before);
  Line words{{std::string{terminal_.signs().open_quote}, Style::faint}};
  std::istringstream text{after};
  for (std::string word; text >> word;) {
    const bool is_new = parent != nullptr && !old_words.contains(word);
    words.push_back({(words.size() > 1 ? " " : "") + word, is_new ? Style::plain : Style::faint});
  }
  words.push_back({std::string{terminal_.signs().close_quote}, Style::faint});
  terminal_.print_wrapped(words, margin, 8);
}

void ProgressView::on(const event::ImageGiven& e) {
  started_[e.id] = now_;
  print_warning(e.id);
}

void ProgressView::on(const event::GenerationStarted& e) {
  started_[e.id] = now_;
  begin(to_string(e.id), "generating", e.estimate + e.critique_estimate, Call{CallKind::generate, e.id});
}

void ProgressView::on(const event::GenerationFinished& e) {
  end(to_string(e.id));
  const int images = static_cast<int>(e.generation.images().size());
  for (int i = 0; i < images; ++i) print_warning(CandidateId{e.id.round(), e.id.draft(), i});
}

void ProgressView::on(const event::CritiqueStarted& e) {
  begin(to_string(e.id), "judging", cost_of(run_.ledger(), e.id.generation()) + e.estimate,
        Call{CallKind::critique, e.id});
}

void ProgressView::on(const event::CritiqueFinished& e) {
  end(to_string(e.id));
  terminal_.print(score_line(terminal_, to_string(e.id), Score{run_.checklist(), e.critique}), time_and_cost(e.id));
  print_findings(terminal_, run_.checklist(), e.critique);
}

Span ProgressView::time_and_cost(CandidateId id) const {
  const auto started = started_.find(id.generation());
  std::string text = started == started_.end() ? std::string{} : words_of(now_ - started->second);
  const Money cost = cost_of(run_.ledger(), id);
  if (!cost.is_zero()) text += ' ' + std::string{terminal_.signs().dot} + ' ' + to_string(cost);
  return {text, Style::faint};
}

void ProgressView::on(const event::ComparisonStarted& e) {
  begin(to_string(e.challenger), "comparing with " + to_string(e.incumbent), e.estimate,
        Call{CallKind::compare, e.challenger, e.swapped});
}

void ProgressView::on(const event::ComparisonFinished& e) { end(to_string(e.challenger)); }

void ProgressView::on(const event::CandidateDecided& e) {
  if (e.decision.reason() == DecisionReason::unjudged) return;  // the error was printed
  const bool kept = e.decision.accepted();
  terminal_.print_wrapped({{to_string(e.id) + ' ', Style::strong},
                           {words_of(e.decision, run_.checklist()), kept ? Style::good : Style::faint}},
                          margin, 4);
}

void ProgressView::on(const event::RevisionStarted&) { begin("next", "revising", {}, Call{CallKind::revise}); }

void ProgressView::on(const event::RevisionFinished&) { end("next"); }

void ProgressView::on(const event::CallFailed& e) {
  end(e.call.kind() == CallKind::plan     ? "checklist"
      : e.call.kind() == CallKind::revise ? "next"
                                          : to_string(*e.call.candidate()));
  const std::string name = e.call.candidate() ? "  " + to_string(*e.call.candidate()) : std::string{};
  if (e.error.code() == errc::cancelled) {
    terminal_.print({label(name), {std::string{to_string(e.call.kind())} + " cancelled", Style::faint}});
    return;
  }
  terminal_.print_wrapped(
      {{(name.empty() ? "" : name.substr(2) + ' ') + std::string{to_string(e.call.kind())} + " failed: ", Style::bad},
       {printable(e.error.message())}},
      margin, 4);
  const std::string words = printable(e.error.provider_message());
  if (!words.empty() && words.find(' ') == std::string::npos) {
    terminal_.print({{words, Style::faint}});  // an address: whole, so that it can be copied
  } else if (!words.empty()) {
    terminal_.print_wrapped(
        {{std::string{terminal_.signs().open_quote} + words + std::string{terminal_.signs().close_quote},
          Style::faint}},
        margin, 4);
  }
  if (!e.error.request_id().empty())
    terminal_.print({label(""), {"request " + printable(e.error.request_id()), Style::faint}});
}

void ProgressView::on(const event::StopRequested& e) { note_ = "ending: " + words_of(e.reason); }

void ProgressView::on(const event::RunStopped&) {
  activities_.clear();
  waits_.clear();
  note_.clear();
}

void print_end(Terminal& terminal, const Outcome& outcome) {
  const Transcript& run = outcome.transcript();
  const std::string separator = ' ' + std::string{terminal.signs().dot} + ' ';
  const bool satisfied = outcome.score().satisfied();
  const bool failed = outcome.reason().kind() == StopKind::failed;
  const Style style = failed ? Style::bad : satisfied ? Style::good : Style::doubt;
  terminal.print_hanging(label("stopped"), {{words_of(outcome.reason()), style}}, 6);
  if (outcome.error()) terminal.print_wrapped({{printable(outcome.error()->message()), Style::bad}}, margin, 4);
  // The reason "satisfied" says it itself.
  if (outcome.reason().kind() != StopKind::satisfied) print_unjudged(terminal, outcome.unjudged());
  std::size_t images = 0;
  for (const Round& round : run.rounds()) images += round.candidates().size();
  std::string figures;
  if (outcome.has_best()) {
    const Candidate& best = outcome.best();
    figures = "best " + to_string(best.id()) +
              (!best.critique()               ? " (not judged)"
               : outcome.score().items() == 0 ? " (nothing to judge it by)"
                                              : " with " + std::to_string(outcome.score().percent()) + " %") +
              separator;
  }
  figures += counted(images, "image") + separator + words_of(run.ledger()) + separator +
             words_of(run.updated() - run.started());
  terminal.print_wrapped({{figures}}, margin, 2);
}

}  // namespace pentimento::cli
