#pragma once

#include "vision/answers.hpp"
#include <pentimento/detail/utf8.hpp>
#include <pentimento/vision/prompt_guard.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

// What the fuzz targets of vision models share: whatever a model answers, the result is within its caps: verdicts on
// what was asked, texts that are short, valid UTF-8 and free of control characters, and prompts without control tags.

namespace pentimento::fuzz {

inline void check(bool holds, const char* property) {
  if (holds) return;
  std::cerr << "does not hold: " << property << '\n';
  std::abort();
}

inline const Brief& brief() {
  static const Brief brief = [] {
    Brief wish{"three red mugs on a white table, soft light"};
    wish.must("exactly three mugs").should("no text").avoid("hands");
    return wish;
  }();
  return brief;
}

/// The user's words may be added to what a model wrote.
inline constexpr std::size_t users_words = 200;

inline std::vector<Requirement> asked() {
  return {Requirement{"user-1", "exactly three mugs"}, Requirement{"vision_red", "the mugs are red"},
          Requirement{"vision_light", "the light is soft"}};
}

inline void check_text(const std::string& text, std::size_t limit) {
  check(text.size() <= limit, "a text is within its limit");
  check(detail::valid_utf8(text) == text, "a text is valid UTF-8");
  check(std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 0x7F; }),
        "a text has no control characters");
}

inline void check_prompt(const std::string& prompt, std::size_t limit) {
  check_text(prompt, limit);
  check(prompt.find_first_of("<>\n") == std::string::npos, "a prompt has no tags");
  check(without_control_tags(prompt) == prompt, "cleaning a prompt again changes nothing");
}

inline void check_critique(const Critique& critique) {
  const std::vector<Requirement> items = asked();
  for (const Finding& finding : critique.findings()) {
    check(std::ranges::find(items, finding.requirement(), &Requirement::id) != items.end(), "a finding was asked for");
    check(critique.find(finding.requirement()) == &finding, "there is one finding on a requirement");
    check_text(finding.observed(), max_evidence);
    check_text(finding.reason(), 200);
  }
  check_text(critique.remark(), max_prose + 1000);
  if (!critique.suggested_prompt().empty()) {
    check_prompt(critique.suggested_prompt(), max_suggestion + users_words);
    check(with_required_words(critique.suggested_prompt(), brief()).lost().empty(), "the user's words are kept");
  }
}

inline void check_plan(const std::vector<Requirement>& planned, std::size_t room) {
  check(planned.size() <= room, "a plan has no more items than there is room for");
  std::vector<std::string> known{"user-1", "user-2"};
  for (const Requirement& requirement : planned) {
    check(requirement.id().starts_with("vision_") && requirement.id().size() <= 60, "an id is one of ours");
    check(requirement.id().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos,
          "an id is in snake case");
    check(std::ranges::find(known, requirement.id()) == known.end(), "an id is there once");
    for (const std::string& need : requirement.depends_on())
      check(std::ranges::find(known, need) != known.end(), "a requirement depends on what stands before it");
    check_prompt(requirement.text(), max_requirement_text);
    check(!requirement.text().empty(), "a requirement says something");
    known.push_back(requirement.id());
  }
}

/// Reads a reply as every kind of answer.
inline void check_reply(const Reply& reply) {
  if (const Result<Critique> prose = ProseReader{brief()}.read(reply)) check_critique(*prose);
  if (Result<Seen<Critique>> reading = CritiqueReader{brief(), asked()}.read(reply)) {
    check_critique(reading->value());
  } else {
    check_text(reading.error().message(), 4096);
  }
  if (Result<Seen<Comparison>> choice = ComparisonReader{brief()}.read(reply))
    check_text(choice->value().remark(), max_problem + 300);
  constexpr std::size_t room = 5;
  if (const Result<std::vector<Requirement>> planned = PlanReader{brief(), room}.read(reply))
    check_plan(*planned, room);
  const RephrasingReader rephrasing;
  if (const Result<Rephrasing> other = rephrasing.read(reply)) {
    check_prompt(other->prompt(), max_suggestion);
    check_text(other->left_out(), max_problem);
  }
}

}  // namespace pentimento::fuzz
