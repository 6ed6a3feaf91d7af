#include "vision/model_text.hpp"
#include <pentimento/vision/prompt_guard.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <unordered_set>

namespace pentimento {
namespace {

bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Returns the place of the first tag of this name at or after `from`: `<name` or, if closing, `</name`, with white
/// space between. npos if there is none.
std::size_t find_tag(std::string_view text, std::string_view name, bool closing, std::size_t from) {
  for (std::size_t open = text.find('<', from); open != text.npos; open = text.find('<', open + 1)) {
    std::size_t place = open + 1;
    const auto skip_space = [&] {
      while (place < text.size() && is_space(text[place])) ++place;
    };
    skip_space();
    if (closing) {
      if (place >= text.size() || text[place] != '/') continue;
      ++place;
      skip_space();
    }
    if (same_letters(text.substr(place, name.size()), name)) return open;
  }
  return text.npos;
}

/// Removes the elements of this name, and returns whether there were any. One level only: the rest may form new ones.
bool remove_elements(std::string& text, std::string_view name) {
  std::size_t open = find_tag(text, name, false, 0);
  if (open == text.npos) return false;
  std::string kept;
  std::size_t from = 0;
  while (open != text.npos) {
    kept.append(text, from, open - from);
    const std::size_t close = find_tag(text, name, true, open + 1);
    const std::size_t end = close == text.npos ? text.npos : text.find('>', close);
    from = end == text.npos ? text.size() : end + 1;
    open = from < text.size() ? find_tag(text, name, false, from) : text.npos;
  }
  kept.append(text, from);
  text = std::move(kept);
  return true;
}

/// True if the text between two angle brackets is a name: `lora:x:1`, `/b`, but not `3 apples`.
bool names_something(std::string_view inside) {
  while (!inside.empty() && (is_space(inside.front()) || inside.front() == '/')) inside.remove_prefix(1);
  return !inside.empty() && (is_ascii_letter(inside.front()) || inside.front() == '_');
}

/// Returns the text without tags and without angle brackets.
std::string without_brackets(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') {
      const std::size_t end = text.find_first_of("<>", i + 1);
      if (end != text.npos && text[end] == '>' && names_something(text.substr(i + 1, end - i - 1))) i = end;
      kept += ' ';
    } else {
      kept += text[i] == '>' ? ' ' : text[i];
    }
  }
  return kept;
}

/// A word as written, and the form in which it is compared.
struct Word {
  std::string_view written;
  std::string stem;
};

const std::unordered_set<std::string_view>& words_without_content() {
  static const std::unordered_set<std::string_view> words{
      "a",       "an",    "the",     "of",       "in",         "on",        "at",     "by",      "to",
      "for",     "with",  "from",    "into",     "onto",       "over",      "under",  "as",      "and",
      "or",      "but",   "is",      "are",      "was",        "were",      "be",     "been",    "being",
      "has",     "have",  "had",     "having",   "it",         "its",       "this",   "that",    "these",
      "those",   "there", "here",    "he",       "she",        "they",      "them",   "his",     "her",
      "their",   "we",    "our",     "you",      "your",       "i",         "me",     "my",      "which",
      "who",     "whose", "where",   "while",    "so",         "very",      "some",   "any",     "each",
      "all",     "both",  "also",    "just",     "then",       "than",      "such",   "will",    "would",
      "can",     "could", "should",  "must",     "may",        "shall",     "do",     "does",    "did",
      "please",  "want",  "like",    "show",     "shows",      "showing",   "shown",  "make",    "create",
      "draw",    "paint", "render",  "generate", "visualize",  "visualise", "depict", "depicts", "depicting",
      "imagine", "image", "picture", "photo",    "photograph", "up",        "out",    "s",       "t"};
  return words;
}

bool is_negation(std::string_view word) {
  constexpr std::array negations{std::string_view{"no"},      std::string_view{"not"},   std::string_view{"without"},
                                 std::string_view{"none"},    std::string_view{"never"}, std::string_view{"nothing"},
                                 std::string_view{"nobody"},  std::string_view{"free"},  std::string_view{"zero"},
                                 std::string_view{"exclude"}, std::string_view{"avoid"}, std::string_view{"cannot"}};
  return std::ranges::find(negations, word) != negations.end() || word.ends_with("n't");
}

/// Irregular forms.
std::string_view ordinary_form(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 32> forms{{
      {"one", "1"},         {"two", "2"},          {"three", "3"},      {"four", "4"},        {"five", "5"},
      {"six", "6"},         {"seven", "7"},        {"eight", "8"},      {"nine", "9"},        {"ten", "10"},
      {"eleven", "11"},     {"twelve", "12"},      {"women", "woman"},  {"men", "man"},       {"children", "child"},
      {"people", "person"}, {"persons", "person"}, {"feet", "foot"},    {"teeth", "tooth"},   {"mice", "mouse"},
      {"geese", "goose"},   {"leaves", "leaf"},    {"knives", "knife"}, {"shelves", "shelf"}, {"grey", "gray"},
      {"golden", "gold"},   {"wooden", "wood"},    {"wore", "wear"},    {"worn", "wear"},     {"sat", "sit"},
      {"stood", "stand"},   {"held", "hold"},
  }};
  const auto found = std::ranges::find(forms, word, &std::pair<std::string_view, std::string_view>::first);
  return found == forms.end() ? word : found->second;
}

/// Returns the word without English endings. A light rule, the same for both sides of a comparison.
std::string stem_of(std::string_view written) {
  std::string word;
  for (const char c : written) word += ascii_lower(c);
  if (word.ends_with("'s")) word.resize(word.size() - 2);
  if (is_negation(word)) return "not";
  word = std::string{ordinary_form(word)};
  const auto drop = [&](std::string_view ending, std::size_t least, std::string_view instead = {}) {
    if (word.size() < least + ending.size() || !word.ends_with(ending)) return false;
    word.resize(word.size() - ending.size());
    word += instead;
    return true;
  };
  if (word.size() > 3 && !drop("ies", 2, "y") && !drop("sses", 1, "ss") && !drop("shes", 2, "sh") &&
      !drop("ches", 2, "ch") && !drop("xes", 2, "x") && !word.ends_with("ss") && !word.ends_with("us") &&
      !word.ends_with("is")) {
    drop("s", 3);
  }
  if (drop("ing", 3) || drop("ed", 3)) {
    const std::size_t n = word.size();
    if (n > 3 && word[n - 1] == word[n - 2] && word[n - 1] != 'l' && word[n - 1] != 's' && word[n - 1] != 'z')
      word.pop_back();
  }
  drop("e", 3);
  if (const std::size_t our = word.find("our"); our != word.npos && our >= 2 && our + 3 == word.size())
    word.erase(our + 1, 1);
  return word;
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  const auto belongs = [&](std::size_t i) {
    const char c = text[i];
    if (is_ascii_letter(c) || is_ascii_digit(c) || static_cast<unsigned char>(c) >= 0x80) return true;
    return c == '\'' && i > 0 && i + 1 < text.size() && is_ascii_letter(text[i - 1]) && is_ascii_letter(text[i + 1]);
  };
  for (std::size_t i = 0; i < text.size();) {
    if (!belongs(i)) {
      ++i;
      continue;
    }
    const std::size_t first = i;
    while (i < text.size() && belongs(i)) ++i;
    const std::string_view written = text.substr(first, i - first);
    words.push_back({written, stem_of(written)});
  }
  return words;
}

bool has_content(const Word& word) {
  std::string lower;
  for (const char c : word.written) lower += ascii_lower(c);
  return !words_without_content().contains(lower);
}

std::string_view trimmed(std::string_view text, std::string_view besides = {}) {
  const auto goes = [&](char c) { return is_space(c) || besides.find(c) != besides.npos; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && goes(text.back())) text.remove_suffix(1);
  return text;
}

/// Splits a text at full stops, commas, semicolons and line breaks. "3.5" and "4,000" stay whole.
std::vector<std::string_view> clauses_of(std::string_view text) {
  std::vector<std::string_view> clauses;
  const auto add = [&](std::string_view clause) {
    clause = trimmed(clause, ".");
    if (!clause.empty()) clauses.push_back(clause);
  };
  std::size_t first = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool at_end = i + 1 == text.size() || is_space(text[i + 1]);
    const bool splits = text[i] == '\n' || text[i] == ';' ||
                        (at_end && std::string_view{".,!?"}.find(text[i]) != std::string_view::npos);
    if (!splits) continue;
    add(text.substr(first, i - first));
    first = i + 1;
  }
  add(text.substr(first));
  return clauses;
}

}  // namespace

std::string without_control_tags(std::string prompt) {
  prompt = one_line(prompt);  // an invisible character must not hide a tag
  // Deeper nesting leaves harmless words behind: without brackets they are no tag.
  constexpr int levels = 8;
  for (int level = 0; level < levels && remove_elements(prompt, "sd_cpp_extra_args"); ++level) {}
  return one_line(without_brackets(prompt));
}

GuardedPrompt with_required_words(std::string suggestion, const Brief& brief) {
  std::string prompt{trimmed(suggestion)};
  if (prompt.empty()) return {};
  std::unordered_set<std::string> said;
  for (Word& word : words_of(prompt)) said.insert(std::move(word.stem));
  std::vector<std::string_view> clauses = clauses_of(brief.goal());
  for (const Requirement& requirement : brief.requirements()) {
    if (requirement.is_must()) clauses.push_back(trimmed(requirement.text(), "."));
  }
  prompt = std::string{trimmed(prompt, ".,;")};
  std::vector<std::string> lost;
  for (const std::string_view clause : clauses) {
    std::vector<Word> words = words_of(clause);
    const auto is_lost = [&](const Word& word) { return has_content(word) && !said.contains(word.stem); };
    if (std::ranges::none_of(words, is_lost)) continue;
    for (const Word& word : words) {
      if (is_lost(word) && std::ranges::find(lost, word.written) == lost.end()) lost.emplace_back(word.written);
    }
    prompt += (prompt.empty() ? "" : ", ") + std::string{clause};
    for (Word& word : words) said.insert(std::move(word.stem));
  }
  return {lost.empty() ? std::move(suggestion) : std::move(prompt), std::move(lost)};
}

}  // namespace pentimento
