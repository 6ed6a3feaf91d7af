#include "vision/answers.hpp"

#include "vision/answer_text.hpp"
#include "vision/judge_words.hpp"
#include "vision/model_text.hpp"
#include "vision/questions.hpp"
#include <pentimento/vision/prompt_guard.hpp>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <string_view>

namespace pentimento {
namespace {

namespace json = boost::json;

/// Thrown for an invalid answer, with what is wrong.
struct Wrong {
  std::string what;
};

std::string in_quotes(std::string_view text) { return '"' + shortened_text(one_line(text), 40) + '"'; }

const json::value& field(const json::value& json, std::string_view key) {
  if (!json.is_object()) throw Wrong{"an object is missing"};
  const json::value* found = json.get_object().if_contains(key);
  if (found == nullptr) throw Wrong{in_quotes(key) + " is missing"};
  return *found;
}

std::string_view text_field(const json::value& json, std::string_view key) {
  const json::value& value = field(json, key);
  if (!value.is_string()) throw Wrong{in_quotes(key) + " is not a text"};
  return {value.get_string().data(), value.get_string().size()};
}

std::string line_field(const json::value& json, std::string_view key, std::size_t limit) {
  return shortened_text(one_line(text_field(json, key)), limit);
}

const json::array& list_field(const json::value& json, std::string_view key) {
  const json::value& value = field(json, key);
  if (!value.is_array()) throw Wrong{in_quotes(key) + " is not a list"};
  if (value.get_array().size() > max_list) throw Wrong{in_quotes(key) + " is far too long"};
  return value.get_array();
}

std::vector<std::string> texts_field(const json::value& json, std::string_view key) {
  std::vector<std::string> texts;
  for (const json::value& item : list_field(json, key)) {
    if (!item.is_string()) throw Wrong{in_quotes(key) + " has an item that is not a text"};
    texts.push_back(one_line({item.get_string().data(), item.get_string().size()}));
  }
  return texts;
}

/// Returns the index of the name in this field.
std::size_t name_field(const json::value& json, std::string_view key, std::initializer_list<std::string_view> names) {
  // Some models write a truth value where "yes" or "no" is asked for.
  const json::value& value = field(json, key);
  const std::string text = value.is_bool() ? (value.get_bool() ? "yes" : "no") : line_field(json, key, 60);
  const auto found = std::ranges::find_if(names, [&](std::string_view name) { return same_letters(name, text); });
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string known;
  for (const std::string_view name : names) known += (known.empty() ? "\"" : ", \"") + std::string{name} + '"';
  throw Wrong{in_quotes(key) + " is " + in_quotes(text) + "; one of these is needed: " + known};
}

/// Finds the JSON of an answer and runs a reader on it. What the reader throws becomes an error.
template <class Read>
auto read_json(const Reply& reply, Read read) -> Result<decltype(read(json::value{}))> {
  const Result<json::value> answer = find_answer(reply);
  if (!answer) return answer.error();
  try {
    return read(*answer);
  } catch (const Wrong& wrong) {
    return Error{errc::parse_failed, wrong.what};
  }
}

std::string suspicion(const std::string& words) {
  return "Text in the image addresses the judge (\"" + shortened_text(words, 80) + "\")";
}

/// Returns a suggestion that is fit for a generator, and a note on what was changed.
std::pair<std::string, std::string> safe_suggestion(std::string_view written, const Brief& brief) {
  GuardedPrompt guarded =
      with_required_words(shortened_text(without_control_tags(std::string{written}), max_suggestion), brief);
  std::string note;
  const std::size_t shown = std::min<std::size_t>(guarded.lost().size(), 8);
  for (std::size_t i = 0; i < shown; ++i) note += (i == 0 ? "\"" : ", \"") + one_line(guarded.lost()[i]) + '"';
  if (shown < guarded.lost().size()) note += " and more";
  if (!note.empty()) note = "The suggested prompt had left out " + note + ": the brief's own words were added to it.";
  return {guarded.prompt(), std::move(note)};
}

/// Appends a sentence; the text before it ends with a full stop.
void add_sentence(std::string& text, std::string_view sentence) {
  if (sentence.empty()) return;
  if (!text.empty()) text += std::string_view{".!?"}.find(text.back()) == std::string_view::npos ? ". " : " ";
  text += sentence;
}

/// Returns our id for the model's name of a requirement: "vision_" and at most 40 letters, digits and underscores.
std::string own_id(std::string_view name) {
  std::string id;
  for (const char c : name) {
    if (is_ascii_letter(c) || is_ascii_digit(c)) {
      id += ascii_lower(c);
    } else if (!id.empty() && id.back() != '_') {
      id += '_';
    }
    if (id.size() == 40) break;
  }
  while (!id.empty() && id.back() == '_') id.pop_back();
  return "vision_" + (id.empty() ? "item" : id);
}

/// Returns the id, with a number if it is taken.
std::string unique_id(std::string id, const std::vector<std::string>& taken) {
  const auto is_taken = [&](const std::string& name) { return std::ranges::find(taken, name) != taken.end(); };
  if (!is_taken(id)) return id;
  for (int number = 2;; ++number) {
    std::string other = id + '_' + std::to_string(number);
    if (!is_taken(other)) return other;
  }
}

}  // namespace

Result<std::vector<Requirement>> PlanReader::read(const Reply& reply) const {
  return read_json(reply, [&](const json::value& json) {
    std::vector<Requirement> planned;
    std::vector<std::string> taken;  // ids, and the texts that go with them
    std::vector<std::string> texts;
    std::map<std::string, std::string, std::less<>> ids;  // of ours, by the model's
    for (std::size_t i = 0; i < brief_.requirements().size(); ++i) {
      const Requirement& mine = brief_.requirements()[i];
      taken.push_back(mine.id());
      texts.push_back(plain_words(mine.text()));
      ids.emplace(user_id(i), mine.id());
    }
    for (const json::value& item : list_field(json, "items")) {
      const std::string name = line_field(item, "id", 200);
      std::string text =
          shortened_text(without_control_tags(std::string{text_field(item, "text")}), max_requirement_text);
      const bool must = name_field(item, "importance", {"must", "should"}) == 0;
      const std::vector<std::string> needs = texts_field(item, "depends_on");
      while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
      std::string words = plain_words(text);
      if (const auto same = std::ranges::find(texts, words); same != texts.end()) {
        ids.emplace(name, taken[static_cast<std::size_t>(same - texts.begin())]);
        continue;
      }
      if (words.empty() || planned.size() == room_) continue;
      std::string id = unique_id(own_id(name), taken);
      Requirement requirement{id, std::move(text), must ? Importance::must : Importance::should};
      std::vector<std::string> depends_on;
      for (const std::string& need : needs) {
        const auto found = ids.find(need);
        // An item further down is not known yet, so there are no circles.
        if (found != ids.end() && std::ranges::find(depends_on, found->second) == depends_on.end())
          depends_on.push_back(found->second);
      }
      planned.push_back(requirement.depends_on(std::move(depends_on)));
      ids.emplace(name, id);
      taken.push_back(std::move(id));
      texts.push_back(std::move(words));
    }
    if (planned.empty() && brief_.requirements().empty()) throw Wrong{"it has no statement to check"};
    return planned;
  });
}

Result<Seen<Critique>> CritiqueReader::read(const Reply& reply) const {
  return read_json(reply, [&](const json::value& json) {
    const bool sees = name_field(json, "sees_picture", {"yes", "no"}) == 0;
    const std::string to_judge = words_to_judge(texts_field(json, "visible_text"), brief_);
    std::vector<std::optional<Finding>> findings(asked_.size());
    for (const json::value& item : list_field(json, "answers")) {
      const std::string id = line_field(item, "id", 60);
      std::string evidence = line_field(item, "evidence", max_evidence);
      const std::size_t answer = name_field(item, "answer", {"yes", "no", "unclear"});
      std::size_t index = 0;
      while (index < asked_.size() && !same_letters(question_id(index), id)) ++index;
      if (index == asked_.size()) continue;  // not asked
      if (findings[index]) throw Wrong{in_quotes(id) + " is answered twice"};
      const Verdict verdict = answer == 0 ? Verdict::pass : answer == 1 ? Verdict::fail : Verdict::unknown;
      Finding finding{asked_[index].id(), verdict};
      finding.observed(std::move(evidence));
      if (verdict == Verdict::unknown) finding.reason("the critic cannot tell from the image");
      if (verdict == Verdict::pass && !to_judge.empty()) {
        Finding unknown{finding.requirement(), Verdict::unknown};
        finding = unknown.observed(finding.observed())
                      .reason("text in the image addresses the judge, so a pass does not count");
      }
      findings[index] = std::move(finding);
    }
    if (!asked_.empty() && std::ranges::none_of(findings, [](const auto& f) { return f.has_value(); }))
      throw Wrong{"none of the questions is answered"};
    Critique critique;
    for (std::optional<Finding>& finding : findings) {
      if (finding) critique.add(std::move(*finding));
    }
    std::string remark = line_field(json, "worst_problem", max_problem);
    auto [prompt, note] = safe_suggestion(text_field(json, "suggested_prompt"), brief_);
    if (to_judge.empty()) {
      add_sentence(remark, note);
      critique.suggested_prompt(std::move(prompt));
    } else {
      add_sentence(remark, suspicion(to_judge) + ": passes count as unknown, and the suggested prompt is dropped.");
    }
    return Seen<Critique>{std::move(critique.remark(std::move(remark))), sees};
  });
}

Result<Seen<Comparison>> ComparisonReader::read(const Reply& reply) const {
  return read_json(reply, [&](const json::value& json) {
    const bool sees = name_field(json, "sees_pictures", {"yes", "no"}) == 0;
    const std::string to_judge = words_to_judge(texts_field(json, "visible_text"), brief_);
    std::string remark = line_field(json, "difference", max_problem);
    const std::size_t better = name_field(json, "better", {"first", "second", "tie"});
    Preference preference = better == 0 ? Preference::first : better == 1 ? Preference::second : Preference::neither;
    if (!to_judge.empty()) {
      preference = Preference::neither;
      add_sentence(remark, suspicion(to_judge) + ": the comparison counts as a draw.");
    }
    Comparison comparison{preference};
    return Seen<Comparison>{comparison.remark(std::move(remark)), sees};
  });
}

Result<Rephrasing> RephrasingReader::read(const Reply& reply) const {
  return read_json(reply, [&](const json::value& json) {
    std::string left_out = line_field(json, "left_out", max_problem);
    std::string prompt = without_control_tags(line_field(json, "prompt", max_suggestion));
    Rephrasing rephrasing{std::move(prompt), std::move(left_out)};
    return rephrasing;
  });
}

Result<Critique> ProseReader::read(const Reply& reply) const {
  const Result<std::string> prose = find_prose(reply);
  if (!prose) return prose.error();
  auto [prompt, note] = safe_suggestion(*prose, brief_);
  std::string remark = shortened_text(*prose, max_prose);
  if (!note.empty()) remark += "\n\n" + note;
  Critique critique;
  critique.suggested_prompt(std::move(prompt)).remark(std::move(remark));
  return critique;
}

}  // namespace pentimento
