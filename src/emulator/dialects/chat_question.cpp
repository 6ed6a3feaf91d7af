#include "emulator/dialects/chat_question.hpp"

#include "emulator/dialects/openai_errors.hpp"
#include <pentimento/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace pentimento::emulator {
namespace {

namespace json = boost::json;

constexpr std::string_view wish_mark = "The wish: ";
constexpr std::string_view avoid_mark = "\nIt is not to show: ";
constexpr std::string_view known_mark = "\n\nAlready on the checklist, not to be repeated:\n";
constexpr std::string_view room_mark = "\nWrite at most ";
constexpr std::string_view form_mark = "\nAnswer with one JSON object";
constexpr std::string_view schema_mark = "by this JSON Schema:\n";
constexpr std::string_view question_mark = ": Is this so: ";
constexpr std::string_view choice_mark = "\nWhich image follows the wish better?";
constexpr std::string_view declined_mark = "A picture generator declined this prompt:\n";
constexpr std::string_view declined_end = "\n\nIt said: ";
constexpr std::string_view rephrase_mark = "\nWrite a prompt that keeps";
constexpr std::string_view article_mark = "Based on the original intent to depict '";
constexpr std::string_view article_end = "', suggest a concise prompt";

/// What stands between two marks; to the end where the second does not come, nothing where the first does not.
std::string_view between(std::string_view text, std::string_view from, std::string_view to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + from.size());
  return text.substr(0, text.find(to));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// "u1: the mugs are red", "q3: Is this so: ...": the number after a letter, and what follows the mark.
std::optional<std::pair<std::string, std::string>> numbered(std::string_view line, char letter, std::string_view mark) {
  if (!line.starts_with(letter)) return std::nullopt;
  const std::size_t at = line.find(mark);
  if (at == std::string_view::npos || at < 2) return std::nullopt;
  const std::string_view digits = line.substr(1, at - 1);
  if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  return std::pair{std::string{line.substr(0, at)}, std::string{line.substr(at + mark.size())}};
}

const json::object* properties_of(const json::value& schema) {
  if (!schema.is_object()) return nullptr;
  const json::value* properties = schema.get_object().if_contains("properties");
  return properties != nullptr && properties->is_object() ? &properties->get_object() : nullptr;
}

/// Which of the forms of our critic a schema is.
Asked kind_of(const json::value& schema) {
  const json::object* properties = properties_of(schema);
  if (properties == nullptr) return Asked::something_else;
  const auto has = [&](std::initializer_list<std::string_view> names) {
    return properties->size() == names.size() &&
           std::ranges::all_of(names, [&](std::string_view name) { return properties->contains(name); });
  };
  if (has({"items"})) return Asked::plan;
  if (has({"sees_picture", "visible_text", "answers", "worst_problem", "suggested_prompt"})) return Asked::critique;
  if (has({"sees_pictures", "visible_text", "difference", "better"})) return Asked::comparison;
  if (has({"left_out", "prompt"})) return Asked::rephrasing;
  return Asked::something_else;
}

std::string snake_case(std::string_view id) {
  std::string name;
  for (const char c : id) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      name += c;
    } else if (c >= 'A' && c <= 'Z') {
      name += static_cast<char>(c + 32);
    } else if (!name.ends_with('_')) {
      name += '_';
    }
  }
  return name;
}

std::string evidence_of(const Finding& finding) {
  if (!finding.observed().empty()) return finding.observed();
  return finding.reason().empty() ? "it is visible" : finding.reason();
}

std::string_view answer_of(Verdict verdict) {
  return verdict == Verdict::pass ? "yes" : verdict == Verdict::fail ? "no" : "unclear";
}

}  // namespace

ChatQuestion ChatQuestion::read(std::string_view text, const json::value& schema) {
  ChatQuestion question;
  question.schema_ = schema;
  if (schema.is_null()) {
    // Where a server is not told apart what form the answer has, the words say it.
    const Result<json::value> told = parse_json(between(text, schema_mark, "\n"));
    if (told && told->is_object()) question.schema_ = *told;
  }
  question.asked_ = kind_of(question.schema_);
  if (question.schema_.is_null() && text.find(article_mark) != std::string_view::npos) {
    question.asked_ = Asked::suggestion;
    question.brief_ = Brief{std::string{between(text, article_mark, article_end)}};
    return question;
  }
  std::string_view end = form_mark;
  if (question.asked_ == Asked::comparison) end = choice_mark;
  if (question.asked_ == Asked::rephrasing) {
    end = rephrase_mark;
    question.declined_ = between(text, declined_mark, declined_end);
  }
  if (question.asked_ == Asked::plan) end = text.find(known_mark) == std::string_view::npos ? room_mark : known_mark;
  std::string_view wish = between(text, wish_mark, end);
  if (question.asked_ == Asked::comparison) wish = wish.substr(0, wish.find("\n- "));
  const std::size_t avoid = wish.find(avoid_mark);
  std::string goal{wish.substr(0, avoid)};
  while (goal.ends_with('\n')) goal.pop_back();
  question.brief_ = Brief{std::move(goal)};
  if (avoid != std::string_view::npos) {
    std::string_view things = wish.substr(avoid + avoid_mark.size());
    things = things.substr(0, things.find('\n'));
    while (!things.empty()) {
      const std::size_t comma = std::min(things.find(", "), things.size());
      question.brief_.avoid(std::string{things.substr(0, comma)});
      things.remove_prefix(std::min(comma + 2, things.size()));
    }
  }
  if (question.asked_ == Asked::plan) {
    for (const std::string_view line : lines_of(between(text, known_mark, room_mark))) {
      if (auto known = numbered(line, 'u', ": ")) question.brief_.add(Requirement{known->first, known->second});
    }
    const std::string_view digits = between(text, room_mark, " ");
    std::from_chars(digits.data(), digits.data() + digits.size(), question.room_);
  } else if (question.asked_ == Asked::critique) {
    for (const std::string_view line : lines_of(text)) {
      if (auto asked = numbered(line, 'q', question_mark))
        question.brief_.add(Requirement{asked->first, asked->second});
    }
  } else if (question.asked_ == Asked::comparison) {
    for (const std::string_view line : lines_of(between(text, wish_mark, choice_mark))) {
      if (line.starts_with("- ")) question.brief_.must(std::string{line.substr(2)});
    }
  }
  return question;
}

const Finding* finding_on(const Requirement& asked, const Checklist& checklist, const Critique& critique) {
  if (const Finding* finding = critique.find(asked.id())) return finding;
  for (const Requirement& planned : checklist) {
    if (planned.text() != asked.text()) continue;
    if (const Finding* finding = critique.find(planned.id())) return finding;
  }
  return nullptr;
}

json::value plan_answer(const ChatQuestion& question, const std::vector<Requirement>& planned) {
  json::array items;
  const auto is_users = [&](const std::string& id) {
    const auto& own = question.brief().requirements();
    return std::ranges::find(own, id, &Requirement::id) != own.end();
  };
  for (const Requirement& requirement : planned) {
    if (is_users(requirement.id()) || items.size() == question.room()) continue;
    json::array depends_on;
    for (const std::string& id : requirement.depends_on()) depends_on.emplace_back(is_users(id) ? id : snake_case(id));
    json::object item;
    item["id"] = snake_case(requirement.id());
    item["text"] = requirement.text();
    item["importance"] = to_string(requirement.importance());
    item["depends_on"] = std::move(depends_on);
    items.push_back(std::move(item));
  }
  if (items.empty() && question.brief().requirements().empty()) {
    // A model finds something to ask in every wish, even where ours, which measures, has nothing to go by.
    json::object item;
    item["id"] = "wish";
    item["text"] = "the picture shows " + question.brief().goal();
    item["importance"] = "must";
    item["depends_on"] = json::array{};
    items.push_back(std::move(item));
  }
  json::object answer;
  answer["items"] = std::move(items);
  return answer;
}

json::value critique_answer(const ChatQuestion& question, const Checklist& checklist, const Critique& critique) {
  json::array answers;
  std::string worst;
  for (const Requirement& asked : question.brief().requirements()) {
    const Finding* finding = finding_on(asked, checklist, critique);
    const Verdict verdict = finding == nullptr ? Verdict::unknown : finding->verdict();
    json::object answer;
    answer["id"] = asked.id();
    answer["evidence"] = finding == nullptr ? "this emulator's critic cannot tell" : evidence_of(*finding);
    answer["answer"] = answer_of(verdict);
    answers.push_back(std::move(answer));
    if (verdict == Verdict::fail && worst.empty()) {
      worst = asked.text() + ": " + evidence_of(*finding);
      if (!finding->wanted().empty()) worst += ", wanted " + finding->wanted();
    }
  }
  json::object answer;
  answer["sees_picture"] = "yes";
  answer["visible_text"] = json::array{};
  answer["answers"] = std::move(answers);
  answer["worst_problem"] = worst.empty() ? critique.remark() : worst;
  answer["suggested_prompt"] = worst.empty() ? std::string{} : critique.suggested_prompt();
  return answer;
}

json::value comparison_answer(const ChatQuestion& question, const Checklist& checklist, const Critique& first,
                              const Critique& second) {
  int lead = 0;
  std::string difference;
  const auto compare = [&](const Requirement& requirement, const Finding* one, const Finding* other) {
    const bool passes = one != nullptr && one->verdict() == Verdict::pass;
    const bool other_passes = other != nullptr && other->verdict() == Verdict::pass;
    if (passes == other_passes) return;
    lead += passes ? 1 : -1;
    if (difference.empty()) difference = requirement.text() + ": only in Image " + (passes ? "1" : "2");
  };
  for (const Requirement& requirement : question.brief().requirements())
    compare(requirement, finding_on(requirement, checklist, first), finding_on(requirement, checklist, second));
  if (question.brief().requirements().empty()) {
    for (const Requirement& requirement : checklist)
      compare(requirement, first.find(requirement.id()), second.find(requirement.id()));
  }
  json::object answer;
  answer["sees_pictures"] = "yes";
  answer["visible_text"] = json::array{};
  answer["difference"] = difference.empty() ? "none that this emulator's critic measures" : difference;
  answer["better"] = lead > 0 ? "first" : lead < 0 ? "second" : "tie";
  return answer;
}

json::value rephrasing_answer(const ChatQuestion& question) {
  std::string prompt = question.declined();
  std::string left_out;
  for (std::string_view word = openai::forbidden_word(prompt); !word.empty(); word = openai::forbidden_word(prompt)) {
    left_out = word;
    const auto at = static_cast<std::size_t>(word.data() - prompt.data());
    const bool has_space = at + word.size() < prompt.size() && prompt[at + word.size()] == ' ';
    prompt.erase(at, word.size() + (has_space ? 1 : 0));
  }
  if (left_out.empty()) prompt = "a picture of " + prompt;
  json::object answer;
  answer["left_out"] = left_out.empty() ? "nothing" : left_out;
  answer["prompt"] = std::move(prompt);
  return answer;
}

}  // namespace pentimento::emulator
