#include "report.hpp"

#include "html.hpp"
#include "report_parts.hpp"
#include "suggest.hpp"
#include "version.hpp"
#include "wording.hpp"
#include <pentimento/revise/rules.hpp>

#include <algorithm>
#include <string_view>

namespace pentimento::cli {

namespace {

constexpr std::string_view page =
#include "report/page.html"
    ;
constexpr std::string_view style =
#include "report/style.css"
    ;
constexpr std::string_view script =
#include "report/script.js"
    ;

std::string fact(std::string_view term, const std::string& html) { return "<div>" + pair(term, html) + "</div>"; }

std::string percent(const Score& score) { return std::to_string(score.percent()) + " %"; }

/// Where the run began: the picture that round 0 left as the best, else the first that there was.
const Candidate* beginning(const Transcript& run) {
  if (run.rounds().empty()) return nullptr;
  if (const Candidate* best = best_after(run, 0)) return best;
  const std::vector<const Candidate*> candidates = candidates_of(run.rounds().front());
  return candidates.empty() ? nullptr : candidates.front();
}

Fields verdict_fields(const Transcript& run) {
  const Candidate* best = run.incumbent();
  const bool satisfied = best != nullptr && run.score(*best).satisfied();
  const StopKind kind = run.stop_reason() ? run.stop_reason()->kind() : StopKind::failed;
  Fields fields;
  if (!run.stop_reason()) {
    fields["verdict"] = "Not ended";
    fields["reason"] = "the record of the run breaks off here";
  } else {
    fields["verdict"] = kind == StopKind::failed      ? "Failed"
                        : kind == StopKind::cancelled ? "Cancelled"
                        : satisfied                   ? "Satisfied"
                                                      : "Not satisfied";
    fields["reason"] = escaped(words_of(*run.stop_reason()));
  }
  fields["verdict_class"] = kind == StopKind::failed ? "bad" : satisfied ? "good" : "doubt";
  if (run.error()) fields["error"] = "<p class=\"error\">" + escaped(run.error()->message()) + "</p>";
  return fields;
}

std::string facts(const Transcript& run) {
  const Candidate* first = beginning(run);
  const Candidate* best = run.incumbent();
  std::size_t pictures = 0;
  for (const Round& round : run.rounds()) pictures += round.candidates().size();
  std::string html;
  if (best != nullptr && first != nullptr) {
    const std::string from = percent(run.score(*first));
    const std::string to = percent(run.score(*best));
    html += fact("Score",
                 from == to ? to : from + " <span aria-hidden=\"true\">→</span><span class=\"vh\"> to </span> " + to);
  }
  html += fact("Rounds", std::to_string(run.rounds().size())) + fact("Pictures", std::to_string(pictures));
  html += fact("Time", words_of(run.updated() - run.started())) + fact("Cost", words_of(run.ledger()));
  return html;
}

std::string frame(const Transcript& run, const Candidate& candidate, std::string_view name, std::string_view css) {
  const std::string id = to_string(candidate.id());
  std::string html = "<figure class=\"" + std::string{css} + "\">";
  if (candidate.image().has_bytes()) {
    html += "<img src=\"" + data_url(candidate.image()) + "\" alt=\"" + escaped(alt_text(run, candidate)) +
            "\" width=\"" + std::to_string(candidate.image().size().width()) + "\" height=\"" +
            std::to_string(candidate.image().size().height()) + "\">";
  }
  return html + "<figcaption><strong>" + std::string{name} + "</strong>, <a href=\"#c-" + id + "\">" + id + "</a>, " +
         percent(run.score(candidate)) + "</figcaption></figure>";
}

/// Round 0 against the best: what was won, what was lost, and both pictures.
std::string gain(const Transcript& run) {
  const Candidate* first = beginning(run);
  const Candidate* best = run.incumbent();
  if (first == nullptr) return "<p class=\"lead\">There is no picture to show.</p>";
  if (best == nullptr || best == first) {
    const std::string why = best == nullptr ? "No picture could be judged; this is the first."
                                            : "The first pictures held the best one already; nothing later was better.";
    return "<p class=\"lead\">" + why + "</p><div class=\"compare one\">" +
           frame(run, *first, best == nullptr ? "The first" : "The best", "") + "</div>";
  }
  std::vector<std::string> gained;
  std::vector<std::string> lost;
  for (const Requirement& requirement : run.checklist()) {
    const bool before = first->critique() && first->critique()->verdict(requirement.id()) == Verdict::pass;
    const bool after = best->critique() && best->critique()->verdict(requirement.id()) == Verdict::pass;
    if (after && !before) gained.push_back("<b>" + escaped(requirement.text()) + "</b>");
    if (before && !after) lost.push_back("<b>" + escaped(requirement.text()) + "</b>");
  }
  const auto list = [](const std::vector<std::string>& items) {
    return items.empty() ? std::string{"nothing"} : joined(items, " · ");
  };
  return "<p class=\"gained\">Gained: " + list(gained) + ". Lost: " + list(lost) +
         ".</p><p><button type=\"button\" id=\"compare-toggle\" hidden>Compare with a slider</button></p>"
         "<div class=\"compare pair\"><div class=\"frames\">" +
         frame(run, *first, "Round 0", "before") + frame(run, *best, "The best", "after") +
         "</div><div class=\"slide\"><p class=\"ends\"><span>left of the line: round 0</span><span>right of it: the "
         "best</span></p><input type=\"range\" min=\"0\" max=\"100\" value=\"50\" aria-label=\"Where the line between "
         "round 0 and the best stands\"></div></div>";
}

/// Whether a `must` can never pass: no critic has claimed it, and none has judged it all the same.
bool is_never_judged(const Transcript& run, const Requirement& requirement) {
  if (!requirement.is_must() || !requirement.owner().empty()) return false;
  for (const Round& round : run.rounds()) {
    for (const Candidate& candidate : round.candidates()) {
      if (candidate.critique() && candidate.critique()->verdict(requirement.id()) != Verdict::unknown) return false;
    }
  }
  return true;
}

std::string checklist_html(const Transcript& run) {
  if (run.checklist().empty()) return "<p>The checklist is empty: there was nothing that the critic could judge.</p>";
  std::string html =
      "<table><thead><tr><th scope=\"col\">Item</th><th scope=\"col\">Kind</th><th scope=\"col\">Judged by</th>";
  for (const Round& round : run.rounds()) {
    const std::string index = std::to_string(round.index());
    html +=
        "<th scope=\"col\" class=\"verdict\"><span class=\"vh\">After round </span><span "
        "aria-hidden=\"true\">R</span>" +
        index + "</th>";
  }
  html += "</tr></thead><tbody>";
  for (const Requirement& requirement : run.checklist()) {
    const bool never = is_never_judged(run, requirement);
    html += "<tr><th scope=\"row\"><span dir=\"auto\">" + escaped(requirement.text()) + "</span>" +
            (never ? "<span class=\"never\">nobody judges it: with this must the run cannot be satisfied</span>" : "") +
            "</th><td class=\"" + std::string{to_string(requirement.importance())} + "\">" +
            std::string{to_string(requirement.importance())} + "</td><td class=\"must\">" +
            (never                         ? std::string{"nobody"}
             : requirement.owner().empty() ? std::string{"–"}
                                           : escaped(requirement.owner())) +
            "</td>";
    for (const Round& round : run.rounds()) {
      const Candidate* best = best_after(run, round.index());
      const Verdict verdict =
          best != nullptr && best->critique() ? best->critique()->verdict(requirement.id()) : Verdict::unknown;
      html += "<td class=\"verdict " + std::string{to_string(verdict)} + "\">" + verdict_sign(verdict) + "</td>";
    }
    html += "</tr>";
  }
  return html + "</tbody></table>";
}

std::string settings_html(const Transcript& run) {
  const RunSettings& settings = run.settings();
  std::string html;
  if (!run.brief().avoid().empty()) {
    std::vector<std::string> avoid;
    for (const std::string& thing : run.brief().avoid()) avoid.push_back(escaped(thing));
    html += pair("To be avoided", joined(avoid));
  }
  if (const std::optional<PixelSize> size = size_for(run.brief())) html += pair("Size", to_string(*size) + " pixels");
  if (run.brief().init_image())
    html += pair("Began with", "a picture of " + to_string(run.brief().init_image()->size()) + " pixels");
  html += pair("Generator", escaped(settings.generator())) + pair("Critic", escaped(settings.critic())) +
          pair("Reviser", escaped(settings.reviser()));
  html += pair("Until", "<code>" + escaped(settings.policy()) + "</code>");
  html += pair("Drafts a round", std::to_string(settings.drafts())) + pair("Seed", std::to_string(settings.seed()));
  return html;
}

std::string failures_html(const Transcript& run) {
  if (run.failures().empty()) return {};
  std::string html = "<section aria-labelledby=\"failures-title\"><h2 id=\"failures-title\">What failed</h2><ul>";
  for (const event::CallFailed& failure : run.failures()) {
    html += "<li>" + escaped(to_string(failure.call)) + ": " + escaped(failure.error.message());
    if (!failure.error.provider_message().empty()) html += " <q>" + escaped(failure.error.provider_message()) + "</q>";
    html += "</li>";
  }
  return html + "</ul></section>";
}

}  // namespace

std::string report_of(const Transcript& run) {
  Fields fields = verdict_fields(run);
  const std::string goal = escaped(run.brief().goal());
  fields["title"] = goal + " · Pentimento";
  fields["goal"] = goal;
  fields["goal_class"] = run.brief().goal().size() > 90 ? "long" : "";
  fields["style"] = style;
  fields["script"] = script;
  fields["style_hash"] = csp_hash(style);
  fields["script_hash"] = csp_hash(script);
  fields["facts"] = facts(run);
  fields["gain"] = gain(run);
  fields["chart"] = chart_svg(run);
  fields["chart_table"] = chart_table(run);
  fields["checklist"] = checklist_html(run);
  fields["settings"] = settings_html(run);
  fields["tree"] = tree_svg(run);
  fields["rounds"] = rounds_html(run);
  fields["failures"] = failures_html(run);
  fields["version"] = program_version;
  return filled(page, fields);
}

}  // namespace pentimento::cli
