#include "vision/judge_words.hpp"

#include "vision/model_text.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

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

std::string joined(const std::vector<std::string>& words, std::size_t first, std::size_t end) {
  std::string text;
  for (std::size_t i = first; i < end; ++i) text += (i == first ? "" : " ") + words[i];
  return text;
}

// What addresses a judge: words in a row, "|" between alternatives, "*" for up to three words of any kind.
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

/// Returns the end of the pattern in the words from `place` on; npos if they do not match.
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
  return ' ' + plain_words(text) + ' ';
}

}  // namespace

std::string plain_words(std::string_view text) {
  const std::vector<std::string> words = split_words(text);
  return joined(words, 0, words.size());
}

std::string words_to_judge(const std::vector<std::string>& visible_text, const Brief& brief) {
  // As one text: a sentence may be written on several lines.
  std::string all;
  for (const std::string& text : visible_text) all += text + ' ';
  const std::vector<std::string> words = split_words(all);
  std::optional<std::string> asked_for;
  for (std::size_t place = 0; place < words.size(); ++place) {
    for (const std::string_view phrase : phrases) {
      const std::size_t end = end_of_match(phrase, words, place);
      if (end == std::string_view::npos) continue;
      std::string found = joined(words, place, end);
      if (!asked_for) asked_for = said_in(brief);
      if (asked_for->find(' ' + found + ' ') == std::string::npos) return found;
    }
  }
  return {};
}

}  // namespace pentimento
