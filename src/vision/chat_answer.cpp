#include "vision/chat_answer.hpp"

#include "vision/chat_prompts.hpp"
#include "vision/model_text.hpp"
#include <pentimento/vision/prompt_guard.hpp>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <string_view>

namespace pentimento::chat {
namespace {

namespace json = boost::json;

// Fields of an answer
// -----------------------------------------------------------------------------------------------------

/// What is wrong with an answer, on its way to the reader's end.
struct Wrong {
  std::string what;
};

std::string in_quotes(std::string_view text) { return '"' + shortened_text(one_line(text), 40) + '"'; }

const json::value& field(const json::value& json, std::string_view key) {
  if (!json.is_object()) throw Wrong{"an object is missing where one has to stand"};
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
    if (!item.is_string()) throw Wrong{in_quotes(key) + " holds what is not a text"};
    texts.push_back(one_line({item.get_string().data(), item.get_string().size()}));
  }
  return texts;
}

/// Which of these names stands there: its index.
std::size_t name_field(const json::value& json, std::string_view key, std::initializer_list<std::string_view> names) {
  const std::string text = line_field(json, key, 60);
  const auto found = std::ranges::find_if(names, [&](std::string_view name) { return same_letters(name, text); });
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string known;
  for (const std::string_view name : names) known += (known.empty() ? "\"" : ", \"") + std::string{name} + '"';
  throw Wrong{in_quotes(key) + " is " + in_quotes(text) + " and not one of " + known};
}

/// Runs a reader, and makes an error of what it throws.
template <class Read>
auto checked(Read read) -> Result<decltype(read())> {
  try {
    return read();
  } catch (const Wrong& wrong) {
    return Error{errc::parse_failed, wrong.what};
  }
}

// Words to the judge
// --------------------------------------------------------------------------------------------------------

/// The words of a text in lower case; all else gone.
std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    const bool belongs = is_ascii_letter(c) || is_ascii_digit(c) || static_cast<unsigned char>(c) >= 0x80;
    if (belongs && !inside) words.emplace_back();
    if (belongs) words.back() += ascii_lower(c);
    inside = belongs || (inside && c == '\'');  // "don't" is "dont"
  }
  return words;
}

std::string joined(const std::vector<std::string>& words, std::size_t first, std::size_t end) {
  std::string text;
  for (std::size_t i = first; i < end; ++i) text += (i == first ? "" : " ") + words[i];
  return text;
}

std::string plain(std::string_view text) {
  const std::vector<std::string> words = plain_words(text);
  return joined(words, 0, words.size());
}

// What speaks to a judge: words in a row, "|" between those of which one stands there, "*" for up to three of any.
constexpr std::string_view phrases[] = {
    "ignore|disregard|override|bypass * "
    "instruction|instructions|prompt|prompts|rule|rules|question|questions|checklist|"
    "guidelines|criteria|above|previous",
    "forget * instruction|instructions|prompt|prompts|above|previous",
    "full|top|maximum|max|highest|perfect|best mark|marks|score|scores|rating|grade|points",
    "score|rate|grade|rank|mark|judge|evaluate|approve|accept|pass * image|picture|photo|photograph|artwork",
    "give|award|assign * image|picture|photo|photograph|artwork|marks|mark|points|score|rating|grade",
    "score|rating|grade of|is|as|equals * 10|100|ten|hundred|perfect|maximum",
    "score|rating|grade 10|100|ten|perfect",
    "10|ten out of 10|ten",
    "answer|reply|respond|say|output|return|print|write|set|mark * yes|pass|passed|true|satisfied|json",
    "choose|select|prefer|pick * first|second|image|picture",
    "all|every|each|everything * passed|met|satisfied|fulfilled",
    "requirements|checks|items|tests|questions|criteria|conditions * "
    "pass|passes|passed|met|satisfied|fulfilled|yes|true",
    "image|picture|photo * satisfies|meets|passes|fulfills|fulfils|deserves|scores",
    "this satisfies|fulfills|fulfils|deserves",
    "you are|must|should|will * judge|critic|evaluator|grader|assistant|ai|llm",
    "dear|attention|note|message|instruction|instructions * "
    "ai|judge|critic|evaluator|grader|llm|gpt|chatgpt|claude|gemini|"
    "assistant|vlm",
    "as an|a ai|llm|evaluator|grader",
    "language model",
    "system|developer|hidden|secret|initial|original prompt|prompts|instruction|instructions",
    "new|next|revised|updated|following|suggested|actual|real prompt|prompts|instruction|instructions|task",
    "reveal|repeat|leak * prompt|instruction|instructions",
    "stop iterating|refining|improving|judging|evaluating|criticizing|criticising|checking",
    "stop|end|terminate|finish the|this loop|iteration|iterations|refinement|evaluation",
    "no problem|problems|fault|faults|issue|issues|defects|flaws|errors found|visible|remain|exist|present",
    "do|must|should|please not|never * criticize|criticise|fail|reject|transcribe",
    "dont|never criticize|criticise|fail|reject|transcribe",
    "worst problem",
    "visible text",
    "suggested prompt",
    "sees picture",
};

/// Where this pattern, from `pattern` on, ends in the words that stand from `place` on; npos if they are others.
std::size_t end_of_match(std::string_view pattern, const std::vector<std::string>& words, std::size_t place) {
  if (pattern.empty()) return place;
  const std::size_t space = pattern.find(' ');
  const std::string_view step = pattern.substr(0, space);
  const std::string_view rest = space == pattern.npos ? std::string_view{} : pattern.substr(space + 1);
  if (step == "*") {
    for (std::size_t skipped = 0; skipped <= 3; ++skipped) {
      const std::size_t end = end_of_match(rest, words, place + skipped);
      if (end != std::string_view::npos) return end;
    }
    return std::string_view::npos;
  }
  if (place >= words.size()) return std::string_view::npos;
  for (std::size_t first = 0; first <= step.size();) {
    const std::size_t bar = std::min(step.find('|', first), step.size());
    if (step.substr(first, bar - first) == words[place]) return end_of_match(rest, words, place + 1);
    first = bar + 1;
  }
  return std::string_view::npos;
}

std::string said_in(const Brief& brief) {
  std::string text = brief.goal();
  for (const Requirement& requirement : brief.requirements()) text += ' ' + requirement.text();
  return ' ' + plain(text) + ' ';
}

std::string suspicion(const std::string& words) {
  return "Text in the picture speaks to its judge (\"" + shortened_text(words, 80) + "\")";
}

// Suggestions
// --------------------------------------------------------------------------------------------------------------

/// A suggestion made fit for a generator, and what is to be said of that.
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

/// Sentences with a space between; each ends with a full stop.
void add_sentence(std::string& text, std::string_view sentence) {
  if (sentence.empty()) return;
  if (!text.empty()) text += std::string_view{".!?"}.find(text.back()) == std::string_view::npos ? ". " : " ";
  text += sentence;
}

// Plans
// ----------------------------------------------------------------------------------------------------------------

/// The model's name for a requirement as one of ours: "vision_" and at most 40 letters, digits and underscores.
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

std::string unlike(std::string id, const std::vector<std::string>& taken) {
  const auto is_taken = [&](const std::string& name) { return std::ranges::find(taken, name) != taken.end(); };
  if (!is_taken(id)) return id;
  for (int number = 2;; ++number) {
    std::string other = id + '_' + std::to_string(number);
    if (!is_taken(other)) return other;
  }
}

}  // namespace

std::string words_to_judge(const std::vector<std::string>& visible_text, const Brief& brief) {
  // One text: a sentence may stand on several lines of a picture.
  std::string all;
  for (const std::string& text : visible_text) all += text + ' ';
  const std::vector<std::string> words = plain_words(all);
  std::optional<std::string> wished;
  for (std::size_t place = 0; place < words.size(); ++place) {
    for (const std::string_view phrase : phrases) {
      const std::size_t end = end_of_match(phrase, words, place);
      if (end == std::string_view::npos) continue;
      std::string found = joined(words, place, end);
      if (!wished) wished = said_in(brief);
      if (wished->find(' ' + found + ' ') == std::string::npos) return found;
    }
  }
  return {};
}

Result<std::vector<Requirement>> PlanReader::read(const json::value& json) const {
  return checked([&] {
    std::vector<Requirement> planned;
    std::vector<std::string> taken;  // ids, and the texts that go with them
    std::vector<std::string> texts;
    std::map<std::string, std::string, std::less<>> ids;  // of ours, by the model's
    for (std::size_t i = 0; i < brief_.requirements().size(); ++i) {
      const Requirement& mine = brief_.requirements()[i];
      taken.push_back(mine.id());
      texts.push_back(plain(mine.text()));
      ids.emplace(user_id(i), mine.id());
    }
    for (const json::value& item : list_field(json, "items")) {
      const std::string name = line_field(item, "id", 200);
      std::string text =
          shortened_text(without_control_tags(std::string{text_field(item, "text")}), max_requirement_text);
      const bool must = name_field(item, "importance", {"must", "should"}) == 0;
      const std::vector<std::string> needs = texts_field(item, "depends_on");
      while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
      std::string words = plain(text);
      if (const auto same = std::ranges::find(texts, words); same != texts.end()) {
        ids.emplace(name, taken[static_cast<std::size_t>(same - texts.begin())]);
        continue;
      }
      if (words.empty() || planned.size() == room_) continue;
      std::string id = unlike(own_id(name), taken);
      Requirement requirement{id, std::move(text), must ? Importance::must : Importance::should};
      std::vector<std::string> depends_on;
      for (const std::string& need : needs) {
        const auto found = ids.find(need);
        // What stands below is not known yet, so that nothing can go in a circle.
        if (found != ids.end() && std::ranges::find(depends_on, found->second) == depends_on.end())
          depends_on.push_back(found->second);
      }
      planned.push_back(requirement.depends_on(std::move(depends_on)));
      ids.emplace(name, id);
      taken.push_back(std::move(id));
      texts.push_back(std::move(words));
    }
    if (planned.empty() && brief_.requirements().empty()) throw Wrong{"it has no statement that could be checked"};
    return planned;
  });
}

Result<Reading> CritiqueReader::read(const json::value& json) const {
  return checked([&] {
    Reading reading;
    reading.sees(name_field(json, "sees_picture", {"yes", "no"}) == 0);
    const std::string to_judge = words_to_judge(texts_field(json, "visible_text"), brief_);
    std::vector<std::optional<Finding>> findings(asked_.size());
    for (const json::value& item : list_field(json, "answers")) {
      const std::string id = line_field(item, "id", 60);
      std::string evidence = line_field(item, "evidence", max_evidence);
      const std::size_t answer = name_field(item, "answer", {"yes", "no", "unclear"});
      std::size_t index = 0;
      while (index < asked_.size() && !same_letters(question_id(index), id)) ++index;
      if (index == asked_.size()) continue;  // nobody asked
      if (findings[index]) throw Wrong{in_quotes(id) + " is answered twice"};
      const Verdict verdict = answer == 0 ? Verdict::pass : answer == 1 ? Verdict::fail : Verdict::unknown;
      Finding finding{asked_[index].id(), verdict};
      finding.observed(std::move(evidence));
      if (verdict == Verdict::unknown) finding.reason("the critic cannot tell from the picture");
      if (verdict == Verdict::pass && !to_judge.empty()) {
        Finding unknown{finding.requirement(), Verdict::unknown};
        finding = unknown.observed(finding.observed())
                      .reason("text in the picture speaks to its judge, so a pass is not believed");
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
      add_sentence(remark,
                   suspicion(to_judge) + ": what passes is taken as unknown, and the suggested prompt is not used.");
    }
    return reading.critique(std::move(critique.remark(std::move(remark))));
  });
}

Result<Choice> ComparisonReader::read(const json::value& json) const {
  return checked([&] {
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
    Choice choice{comparison.remark(std::move(remark))};
    return choice.sees(sees);
  });
}

Result<Rephrasing> RephrasingReader::read(const json::value& json) {
  return checked([&] {
    std::string left_out = line_field(json, "left_out", max_problem);
    std::string prompt = without_control_tags(line_field(json, "prompt", max_suggestion));
    Rephrasing rephrasing{std::move(prompt), std::move(left_out)};
    return rephrasing;
  });
}

Critique critique_of_prose(const std::string& prose, const Brief& brief) {
  auto [prompt, note] = safe_suggestion(prose, brief);
  std::string remark = shortened_text(some_lines(prose), max_prose);
  if (!note.empty()) remark += "\n\n" + note;
  Critique critique;
  return critique.suggested_prompt(std::move(prompt)).remark(std::move(remark));
}

}  // namespace pentimento::chat
