#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/error.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// Readers of a model's answers. An answer is untrusted: a reader validates it against its schema, takes texts without
// control characters and up to a length, and makes of it only verdicts on what was asked, texts, and a prompt that is
// free of control tags and keeps the user's words.
//
// A reader has `Result<...> read(const Reply&) const`. Errors: `parse_failed` with what is wrong, as the end of "an
// earlier answer could not be used: ". Names in an answer are compared without case (Claude may change the case of an
// enumeration). Keys that the schema does not have are ignored.

namespace pentimento {

/// The most bytes of a text that are kept.
inline constexpr std::size_t max_requirement_text = 200;
inline constexpr std::size_t max_evidence = 300;
inline constexpr std::size_t max_problem = 400;
inline constexpr std::size_t max_suggestion = 2'000;
inline constexpr std::size_t max_prose = 8'000;
/// The most entries of a list in an answer. More make it invalid.
inline constexpr std::size_t max_list = 200;

/// What was read from an answer about images, and whether the model says that it was shown them.
template <class T>
class Seen {
 public:
  Seen(T value, bool sees) : value_{std::move(value)}, sees_{sees} {}

  T& value() noexcept { return value_; }
  bool sees() const noexcept { return sees_; }

 private:
  T value_;
  bool sees_;
};

/// Reads the requirements that a plan adds. Their ids are ours: "vision_" and the model's name in snake case, each once
/// and none of the brief's. Each depends only on earlier ones or on the user's own. There are at most `room`.
class PlanReader {
 public:
  PlanReader(Brief brief, std::size_t room) : brief_{std::move(brief)}, room_{room} {}
  Result<std::vector<Requirement>> read(const Reply& reply) const;

 private:
  Brief brief_;
  std::size_t room_;
};

static_assert(!std::is_aggregate_v<PlanReader>);

/// Reads the answers about these requirements. A missing one has no finding; an id that was not asked is ignored; one
/// that is answered twice, or no answer at all, makes the whole invalid.
class CritiqueReader {
 public:
  CritiqueReader(Brief brief, std::vector<Requirement> asked) : brief_{std::move(brief)}, asked_{std::move(asked)} {}
  Result<Seen<Critique>> read(const Reply& reply) const;

 private:
  Brief brief_;
  std::vector<Requirement> asked_;
};

static_assert(!std::is_aggregate_v<CritiqueReader>);

/// Reads prose: all of it is the remark and the suggested prompt. No findings.
class ProseReader {
 public:
  explicit ProseReader(Brief brief) : brief_{std::move(brief)} {}
  Result<Critique> read(const Reply& reply) const;

 private:
  Brief brief_;
};

static_assert(!std::is_aggregate_v<ProseReader>);

class ComparisonReader {
 public:
  explicit ComparisonReader(Brief brief) : brief_{std::move(brief)} {}
  Result<Seen<Comparison>> read(const Reply& reply) const;

 private:
  Brief brief_;
};

static_assert(!std::is_aggregate_v<ComparisonReader>);

/// A prompt in other words.
class Rephrasing {
 public:
  Rephrasing(std::string prompt, std::string left_out) : prompt_{std::move(prompt)}, left_out_{std::move(left_out)} {}

  /// Free of control tags; empty if nothing would be left.
  const std::string& prompt() const noexcept { return prompt_; }
  const std::string& left_out() const noexcept { return left_out_; }

 private:
  std::string prompt_;
  std::string left_out_;
};

static_assert(!std::is_aggregate_v<Rephrasing>);

class RephrasingReader {
 public:
  RephrasingReader() {}  // NOLINT(modernize-use-equals-default): not an aggregate
  Result<Rephrasing> read(const Reply& reply) const;
};

static_assert(!std::is_aggregate_v<RephrasingReader>);

}  // namespace pentimento
