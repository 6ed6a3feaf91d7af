#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/error.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// What becomes of a model's answer. It is untrusted: every reader holds it against its schema, takes the texts without
// control characters and up to a length, and makes of it nothing but verdicts on what was asked, texts, and a prompt
// that is free of control tags and keeps the user's words.
//
// A reader has `Answer` and `Result<Answer> read(const json::value&) const`. What is wrong with an answer is
// `parse_failed`, as the end of "an earlier answer could not be used: ". Names in an answer are compared without regard
// to case; keys that the schema does not have are ignored.

namespace pentimento::chat {

/// The most bytes of a text that are kept.
inline constexpr std::size_t max_requirement_text = 200;
inline constexpr std::size_t max_evidence = 300;
inline constexpr std::size_t max_problem = 400;
inline constexpr std::size_t max_suggestion = 2'000;
inline constexpr std::size_t max_prose = 8'000;
/// The most entries of a list in an answer. More make it unusable.
inline constexpr std::size_t max_list = 200;

/// Where words in a picture speak to whoever judges it, in English; empty if they do not, or if the brief asks for
/// them. Gives the words that gave it away.
std::string words_to_judge(const std::vector<std::string>& visible_text, const Brief& brief);

/// Reads what a plan adds. The requirements have ids of ours ("vision_" and the model's own name for it, in snake
/// case), each once and none of the brief's; each depends only on those before it or on the user's own; there are at
/// most `room`.
class PlanReader {
 public:
  using Answer = std::vector<Requirement>;

  PlanReader(Brief brief, std::size_t room) : brief_{std::move(brief)}, room_{room} {}
  Result<Answer> read(const boost::json::value& json) const;

 private:
  Brief brief_;
  std::size_t room_;
};

static_assert(!std::is_aggregate_v<PlanReader>);

/// What a picture's answer comes to.
class Reading {
 public:
  Reading() = default;

  /// Whether the model says that it was shown a picture.
  bool sees() const noexcept { return sees_; }
  Reading& sees(bool sees) { return sees_ = sees, *this; }
  const Critique& critique() const noexcept { return critique_; }
  Reading& critique(Critique critique) { return critique_ = std::move(critique), *this; }

 private:
  bool sees_ = true;
  Critique critique_;
};

static_assert(!std::is_aggregate_v<Reading>);

/// Reads the answers about the requirements that were asked about. Left out: no finding. An id that was not asked is
/// ignored; one that is answered twice, or none that is answered, makes the answer unusable.
class CritiqueReader {
 public:
  using Answer = Reading;

  CritiqueReader(Brief brief, std::vector<Requirement> asked) : brief_{std::move(brief)}, asked_{std::move(asked)} {}
  Result<Answer> read(const boost::json::value& json) const;

 private:
  Brief brief_;
  std::vector<Requirement> asked_;
};

static_assert(!std::is_aggregate_v<CritiqueReader>);

/// What a comparison's answer comes to.
class Choice {
 public:
  explicit Choice(Comparison comparison) : comparison_{std::move(comparison)} {}

  bool sees() const noexcept { return sees_; }
  Choice& sees(bool sees) { return sees_ = sees, *this; }
  const Comparison& comparison() const noexcept { return comparison_; }

 private:
  bool sees_ = true;
  Comparison comparison_;
};

static_assert(!std::is_aggregate_v<Choice>);

class ComparisonReader {
 public:
  using Answer = Choice;

  explicit ComparisonReader(Brief brief) : brief_{std::move(brief)} {}
  Result<Answer> read(const boost::json::value& json) const;

 private:
  Brief brief_;
};

static_assert(!std::is_aggregate_v<ComparisonReader>);

/// What a request for other words comes to.
class Rephrasing {
 public:
  Rephrasing(std::string prompt, std::string left_out) : prompt_{std::move(prompt)}, left_out_{std::move(left_out)} {}

  /// Free of control tags; empty where nothing would be left.
  const std::string& prompt() const noexcept { return prompt_; }
  const std::string& left_out() const noexcept { return left_out_; }

 private:
  std::string prompt_;
  std::string left_out_;
};

static_assert(!std::is_aggregate_v<Rephrasing>);

class RephrasingReader {
 public:
  using Answer = Rephrasing;

  RephrasingReader() {}  // NOLINT(modernize-use-equals-default): not an aggregate
  static Result<Answer> read(const boost::json::value& json);
};

static_assert(!std::is_aggregate_v<RephrasingReader>);

/// The critique that an answer in prose is: all of it the remark, and the suggested prompt. No findings.
Critique critique_of_prose(const std::string& prose, const Brief& brief);

}  // namespace pentimento::chat
