#include "html.hpp"
#include "report_parts.hpp"
#include "run_folder.hpp"
#include "suggest.hpp"
#include "word_diff.hpp"
#include "wording.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace pentimento::cli {

namespace {

constexpr std::string_view round_template =
#include "report/round.html"
    ;
constexpr std::string_view candidate_template =
#include "report/candidate.html"
    ;

std::string link_to(CandidateId id) { return "<a href=\"#c-" + to_string(id) + "\">" + to_string(id) + "</a>"; }

/// What fails first, then what is not known, then what passes.
std::string items_html(const Checklist& checklist, const Critique& critique) {
  std::string html = "<ul class=\"items\">";
  for (const Verdict verdict : {Verdict::fail, Verdict::unknown, Verdict::pass}) {
    for (const Requirement& requirement : checklist) {
      if (critique.verdict(requirement.id()) != verdict) continue;
      const Finding* finding = critique.find(requirement.id());
      html += "<li class=\"" + std::string{to_string(verdict)} + "\">" + verdict_sign(verdict) + "<span dir=\"auto\">" +
              escaped(requirement.text()) + "</span>";
      if (!requirement.is_must()) html += " <span class=\"should\">should</span>";
      const std::string why = finding == nullptr ? "not judged" : words_of(*finding);
      if (!why.empty()) html += "<span class=\"why\" dir=\"auto\">" + escaped(why) + "</span>";
      html += "</li>";
    }
  }
  return html + "</ul>";
}

std::string score_html(const Score& score) {
  return "<span class=\"score\">" + std::to_string(score.percent()) + " %</span>";
}

std::string meter(const Score& score) {
  return "<svg class=\"meter\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect "
         "class=\"track\" width=\"100\" height=\"4\"/>"
         "<rect class=\"fill\" width=\"" +
         std::to_string(score.percent()) + "\" height=\"4\"/></svg>";
}

/// The copy that the critic made of a picture to look at, if it made one.
const Image* judged_copy(const Candidate& candidate) {
  const bool has = candidate.critique() && candidate.critique()->judged();
  return has ? &*candidate.critique()->judged() : nullptr;
}

std::string meta_html(const Transcript& run, const Round& round, const Candidate& candidate) {
  std::string html;
  if (candidate.parent()) html += pair("From", link_to(*candidate.parent()));
  const auto& seed = candidate.seed() ? candidate.seed() : candidate.request().seed();
  if (seed) html += pair("Seed", std::to_string(*seed));
  if (candidate.request().init_image())
    html +=
        pair("Edit", "of a picture, " + std::to_string(std::lround(100 * candidate.request().strength())) + " % anew");
  html += pair("Picture", to_string(candidate.image().size()) + ' ' +
                              std::string{to_string(candidate.image().media_type()).substr(6)});
  for (const Draft& draft : round.drafts()) {
    if (draft.id() == candidate.id().generation() && draft.ended())
      html += pair("Made in", words_of(*draft.ended() - draft.started()));
  }
  html += pair("Cost", to_string(cost_of(run.ledger(), candidate.id())));
  const std::string file = picture_file_of(candidate.id(), candidate.image().media_type());
  html += pair("File", "<a href=\"" + file + "\">" + file + "</a>");
  if (const Image* copy = judged_copy(candidate)) {
    const std::string judged = judged_file_of(candidate.id(), copy->media_type());
    html += pair("As judged", "<a href=\"" + judged + "\">" + judged + "</a>");
  }
  if (!candidate.request_id().empty()) html += pair("Request", "<code>" + escaped(candidate.request_id()) + "</code>");
  if (!candidate.revised_prompt().empty())
    html += pair("Prompt as revised by the provider",
                 "<span dir=\"auto\">" + escaped(candidate.revised_prompt()) + "</span>");
  return html;
}

std::string error_html(const Error& error) {
  std::string html = "<p class=\"error\">" + escaped(error.message());
  if (!error.provider_message().empty()) html += " <q>" + escaped(error.provider_message()) + "</q>";
  return html + "</p>";
}

/// The picture as it was judged: a verdict is to be held against what was looked at.
std::string picture_html(const Transcript& run, const Candidate& candidate) {
  const Image* copy = judged_copy(candidate);
  const Image& shown = copy != nullptr && copy->has_bytes() ? *copy : candidate.image();
  if (!shown.has_bytes()) return "<p>The picture's bytes are kept elsewhere.</p>";
  std::string html = "<img src=\"" + data_url(shown) + "\" alt=\"" + escaped(alt_text(run, candidate)) + "\" width=\"" +
                     std::to_string(shown.size().width()) + "\" height=\"" + std::to_string(shown.size().height()) +
                     "\" loading=\"lazy\">";
  if (&shown == copy) {
    html += "<figcaption>As it was judged: a copy of " + to_string(copy->size()) + ", made from " +
            to_string(candidate.image().size()) + "</figcaption>";
  }
  return html;
}

std::string candidate_html(const Transcript& run, const Round& round, const Candidate& candidate) {
  const bool best = run.incumbent_id() == candidate.id();
  const bool kept = candidate.decision() && candidate.decision()->accepted();
  Fields fields;
  fields["id"] = to_string(candidate.id());
  fields["classes"] = std::string{kept ? "kept" : "rejected"} + (best ? " best" : "");
  fields["picture"] = picture_html(run, candidate);
  if (candidate.critique()) {
    const Score score = run.score(candidate);
    fields["score"] = score_html(score) + (best ? "<span class=\"badge\">the best</span>" : "");
    fields["items"] = meter(score) + items_html(run.checklist(), *candidate.critique());
    if (!candidate.critique()->remark().empty())
      fields["remark"] = "<p class=\"remark\" dir=\"auto\">" + escaped(candidate.critique()->remark()) + "</p>";
  } else {
    fields["score"] = "<span class=\"score\">not judged</span>";
  }
  const bool failed = candidate.error() && candidate.error()->code() != errc::cancelled;
  if (failed) fields["items"] += error_html(*candidate.error());
  fields["decision"] = candidate.decision() ? escaped(words_of(*candidate.decision(), run.checklist()))
                                            : "not decided: the run ended before";
  fields["meta"] = meta_html(run, round, candidate);
  return filled(candidate_template, fields);
}

/// A draft that brought no picture.
std::string draft_html(const Draft& draft) {
  Fields fields;
  fields["id"] = to_string(draft.id());
  fields["classes"] = "failed";
  const bool cancelled = draft.error() && draft.error()->code() == errc::cancelled;
  fields["score"] = std::string{"<span class=\"score\">"} +
                    (cancelled       ? "cancelled"
                     : draft.ended() ? "failed"
                                     : "not finished") +
                    "</span>";
  if (draft.error() && !cancelled) fields["items"] = error_html(*draft.error());
  fields["decision"] = cancelled ? "It was no longer needed, or the run was to end." : "It brought no picture.";
  if (draft.request().seed()) fields["meta"] = pair("Seed", std::to_string(*draft.request().seed()));
  return filled(candidate_template, fields);
}

std::string prompt_html(const Transcript& run, const Round& round) {
  const Revision& revision = round.revision();
  const Candidate* parent = revision.parent() ? run.find(*revision.parent()) : nullptr;
  const std::string& prompt = revision.request().prompt();
  std::string by = "The prompt";
  std::string words = escaped(prompt);
  if (parent != nullptr && parent->request().prompt() == prompt) {
    by = "The prompt, the same as that of " + link_to(parent->id());
  } else if (parent != nullptr) {
    by = "The prompt, and how it differs from that of " + link_to(parent->id());
    words = difference(parent->request().prompt(), prompt);
  }
  if (!revision.author().empty() && round.index() > 0)
    by += revision.author() == "person" ? ", in your words" : ", written by " + escaped(revision.author());
  std::string html = "<p class=\"prompt\" dir=\"auto\"><span class=\"by\">" + by + "</span>" + words;
  if (!revision.request().negative_prompt().empty())
    html += "<span class=\"by\">Not to be shown: " + escaped(revision.request().negative_prompt()) + "</span>";
  return html + "</p>";
}

std::string round_facts(const Transcript& run, const Round& round) {
  std::vector<std::string> facts{counted(round.candidates().size(), "picture")};
  if (round.finished()) facts.push_back(words_of(*round.finished() - round.started()));
  facts.push_back(to_string(cost_of(run.ledger(), round.index())));
  return joined(facts, " · ");
}

std::string round_html(const Transcript& run, const Round& round) {
  std::vector<std::pair<CandidateId, std::string>> cards;
  for (const Candidate* candidate : candidates_of(round))
    cards.emplace_back(candidate->id(), candidate_html(run, round, *candidate));
  for (const Draft& draft : round.drafts()) {
    const auto made = [&](const Candidate& candidate) { return candidate.id().generation() == draft.id(); };
    if (std::ranges::none_of(round.candidates(), made)) cards.emplace_back(draft.id(), draft_html(draft));
  }
  std::ranges::sort(cards, {}, [](const auto& card) { return card.first; });
  Fields fields;
  fields["index"] = std::to_string(round.index());
  fields["action"] = escaped(words_of(round.revision()));
  std::vector<std::string> targets;
  for (const std::string& id : round.revision().targets()) {
    const Requirement* requirement = run.checklist().find(id);
    targets.push_back(requirement != nullptr ? requirement->text() : id);
  }
  if (!targets.empty()) fields["action"] += ", to mend " + escaped(joined(targets, "; "));
  fields["facts"] = round_facts(run, round);
  fields["prompt"] = prompt_html(run, round);
  for (const auto& [id, html] : cards) fields["candidates"] += html;
  return filled(round_template, fields);
}

}  // namespace

std::string verdict_sign(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "<span class=\"mark\" aria-hidden=\"true\">✓</span><span class=\"vh\">passes: </span>";
    case Verdict::fail: return "<span class=\"mark\" aria-hidden=\"true\">✗</span><span class=\"vh\">fails: </span>";
    case Verdict::unknown: break;
  }
  return "<span class=\"mark\" aria-hidden=\"true\">?</span><span class=\"vh\">unknown: </span>";
}

std::vector<const Candidate*> candidates_of(const Round& round) {
  std::vector<const Candidate*> candidates;
  for (const Candidate& candidate : round.candidates()) candidates.push_back(&candidate);
  std::ranges::sort(candidates, {}, [](const Candidate* candidate) { return candidate->id(); });
  return candidates;
}

const Candidate* best_after(const Transcript& run, int round) {
  for (auto each = run.rounds().rbegin(); each != run.rounds().rend(); ++each) {
    if (each->index() <= round && each->accepted()) return run.find(*each->accepted());
  }
  return nullptr;
}

std::string alt_text(const Transcript& run, const Candidate& candidate) {
  std::string text = "Picture " + to_string(candidate.id()) + ": ";
  if (candidate.critique()) {
    const Score score = run.score(candidate);
    text += std::to_string(score.percent()) + " %, " + std::to_string(score.passed()) + " of " +
            counted(static_cast<std::size_t>(score.items()), "item") + " pass";
  } else {
    text += "not judged";
  }
  if (run.incumbent_id() == candidate.id()) return text + "; the best.";
  if (candidate.decision()) text += candidate.decision()->accepted() ? "; kept" : "; rejected";
  return text + '.';
}

std::string difference(const std::string& before, const std::string& after) {
  std::string html;
  for (const WordChange& change : word_diff(before, after)) {
    // The space after a mark of change stands outside it, so that no underline hangs over.
    const std::size_t end = change.text.find_last_not_of(' ') + 1;
    const std::string words = escaped(std::string_view{change.text}.substr(0, end));
    const std::string spaces = change.text.substr(end);
    switch (change.kind) {
      case WordChange::Kind::same: html += words + spaces; break;
      case WordChange::Kind::removed: html += "<del>" + words + "</del>" + (spaces.empty() ? " " : spaces); break;
      case WordChange::Kind::added: html += "<ins>" + words + "</ins>" + spaces; break;
    }
  }
  return html;
}

std::string rounds_html(const Transcript& run) {
  std::string html;
  for (const Round& round : run.rounds()) html += round_html(run, round);
  return html.empty() ? "<p>The run ended before its first round.</p>" : html;
}

}  // namespace pentimento::cli
