#include "vision/judge_words.hpp"

#include "vision/model_text.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace pentimento {
namespace {

/// Returns the words of a text in lower case, without everything else.
std::vector<std::string> split_words(std::string_view text) {
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

// What speaks to a judge, and not to those who look at a package, a poster or a game: words in a row, "|" between alternatives,
// "*" for up to three words of any kind, "$" for the end of a text. A phrase that also stands on things that are for sale is no
// use here: it would make every pass of an honest image unknown.
constexpr std::string_view phrases[] = {
    // the instructions of the judge
    "ignore|disregard|override|bypass * instruction|instructions|prompt|prompts|checklist|guidelines|criteria",
    "ignore|disregard|override|bypass all|any|the|everything above|previous",
    "forget * instruction|instructions|prompt|prompts|above|previous",
    "system|developer|hidden|secret|initial|original prompt|prompts",
    "new|next|revised|updated|following|suggested|actual|real prompt|prompts",
    "new|next|revised|updated|actual|real instruction|instructions * answer|draw|generate|ignore|pass|say|prompt|judge",
    "reveal|repeat|leak * prompt|prompts",
    "reveal|leak your|the|all|system instruction|instructions",
    "stop iterating|evaluating|criticizing|criticising",
    "stop refining|improving|judging|checking this|the|it image|picture|photo|prompt|here|now",
    "stop refining $",
    "stop|end|terminate|finish the|this loop|iteration|iterations|refinement|evaluation",
    // a verdict
    "score|rate|grade|rank|mark|judge|evaluate|approve|accept|pass this|the|that|it "
    "image|picture|photo|photograph|artwork",
    "give|award|assign this|that|it|the * image|picture|photograph|artwork|marks|mark|points|score|rating|grade",
    "give|award|assign full|top|maximum|max|highest|perfect mark|marks|points|score|rating|grade",
    "score|rating|grade of|is|as|equals * 10|100|ten|hundred|perfect|maximum $|stop",
    "score|rating|grade 10|100|ten $|stop",
    "answer|reply|respond * yes|pass|passed|true|satisfied|json",
    "mark|set|return|output all|every|each|everything * yes|pass|passed|true|satisfied",
    "say|print|write * yes|pass|passed|true * question|questions|item|items|requirement|requirements",
    "choose|select|prefer|pick the|this|only first|second|other|last image|picture|photo|one|option",
    "choose|select|prefer|pick this image|picture|photo",
    "all|every|each|the requirement|requirements|criteria|checks|conditions|questions|items * "
    "pass|passes|passed|met|satisfied|fulfilled|true",
    "this|the image|picture|photo * satisfies|meets|passes|fulfills|fulfils|deserves|scores",
    "this deserves|satisfies|fulfills|fulfils * marks|score|requirement|requirements|criteria|brief|prompt",
    "no problem|problems|fault|faults|issue|issues|defects|flaws|errors * in|with this|the image|picture|photo",
    "do|must|should|please not|never criticize|criticise|transcribe",
    "do|must|should|please not|never fail|reject this|the|it|any image|picture|photo|item|requirement",
    "dont criticize|criticise|transcribe",
    "dont fail|reject this|the|it image|picture|photo",
    // the judge
    "you are|must|should|will a|an|the|be|now|not * judge|critic|evaluator|grader|assistant|ai|llm",
    "dear|attention ai|judge|critic|evaluator|grader|llm|gpt|chatgpt|claude|gemini|vlm",
    "note|message|instruction|instructions to|for * ai|judge|critic|evaluator|grader|llm|gpt|chatgpt|claude|gemini|vlm",
    "as an|a ai|llm|evaluator|grader",
    "language model|models * answer|must|should|ignore|reply|pass",
    // the judge's own answer
    "suggested prompt",
    "sees picture",
};

/// A word, and whether its text ends with it.
struct VisibleWord {
  std::string text;
  bool is_last = false;
};

/// Returns the end of the pattern in the words from `place` on; npos if they do not match.
std::size_t end_of_match(std::string_view pattern, const std::vector<VisibleWord>& words, std::size_t place) {
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
  for (std::size_t first = 0; first <= step.size();) {
    const std::size_t bar = std::min(step.find('|', first), step.size());
    const std::string_view wanted = step.substr(first, bar - first);
    if (wanted == "$" && words[place - 1].is_last) return end_of_match(rest, words, place);
    if (place < words.size() && wanted == words[place].text) return end_of_match(rest, words, place + 1);
    first = bar + 1;
  }
  return std::string_view::npos;
}

std::string said_in(const Brief& brief) {
  std::string text = brief.goal();
  for (const Requirement& requirement : brief.requirements()) text += ' ' + requirement.text();
  return ' ' + plain_words(text) + ' ';
}

}  // namespace

std::string plain_words(std::string_view text) {
  std::string plain;
  for (const std::string& word : split_words(text)) plain += (plain.empty() ? "" : " ") + word;
  return plain;
}

std::string words_to_judge(const std::vector<std::string>& visible_text, const Brief& brief) {
  // In one row: a sentence may be written on several lines.
  std::vector<VisibleWord> words;
  for (const std::string& text : visible_text) {
    for (std::string& word : split_words(text)) words.push_back({std::move(word)});
    if (!words.empty()) words.back().is_last = true;
  }
  std::optional<std::string> asked_for;
  for (std::size_t place = 0; place < words.size(); ++place) {
    for (const std::string_view phrase : phrases) {
      const std::size_t end = end_of_match(phrase, words, place);
      if (end == std::string_view::npos) continue;
      std::string found = words[place].text;
      for (std::size_t i = place + 1; i < end; ++i) found += ' ' + words[i].text;
      if (!asked_for) asked_for = said_in(brief);
      if (asked_for->find(' ' + found + ' ') == std::string::npos) return found;
    }
  }
  return {};
}

}  // namespace pentimento
