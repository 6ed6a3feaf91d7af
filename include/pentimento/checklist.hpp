#pragma once

#include <pentimento/error.hpp>
#include <pentimento/money.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

namespace detail {

/// The first texts of a list, each cut to a readable length: `floral pattern, a wooden handle and 3 more`.
std::string listed(const std::vector<std::string>& texts);

}  // namespace detail

/// What failing a requirement means: a failed `must` makes an image unacceptable, a failed `should` makes it worse.
enum class Importance { must, should };

constexpr std::string_view to_string(Importance importance) noexcept {
  return importance == Importance::must ? "must" : "should";
}

/// The largest weight of a requirement. Sums of such weights stay exact enough.
inline constexpr double max_weight = 1e6;

/**
 * One checkable item of the checklist.
 *
 * The text is a statement that is true of a good image ("exactly three mugs", "the mugs are red"). It is copied into
 * prompts unchanged, so it should be short.
 */
class Requirement {
 public:
  Requirement(std::string id, std::string text, Importance importance = Importance::must)
      : id_{std::move(id)}, text_{std::move(text)}, importance_{importance} {}

  /// The id, unique within its checklist. Findings refer to it.
  const std::string& id() const noexcept { return id_; }
  const std::string& text() const noexcept { return text_; }
  Importance importance() const noexcept { return importance_; }
  bool is_must() const noexcept { return importance_ == Importance::must; }

  /// The weight in the score, above 0 and at most `max_weight`; 1 by default.
  double weight() const noexcept { return weight_; }
  Requirement& weight(double weight) { return weight_ = weight, *this; }

  /// The ids of the requirements that must pass for this one to be meaningful ("the hat is red" needs "there is a
  /// hat").
  const std::vector<std::string>& depends_on() const noexcept { return depends_on_; }
  Requirement& depends_on(std::vector<std::string> ids) { return depends_on_ = std::move(ids), *this; }

  /// The name of the critic that judges it; empty if no critic claimed it.
  const std::string& owner() const noexcept { return owner_; }
  Requirement& owner(std::string critic) { return owner_ = std::move(critic), *this; }

  friend bool operator==(const Requirement&, const Requirement&) = default;

 private:
  std::string id_;
  std::string text_;
  Importance importance_;
  double weight_ = 1.0;
  std::vector<std::string> depends_on_;
  std::string owner_;
};

static_assert(!std::is_aggregate_v<Requirement>);

class Plan;

/// The requirements of a run, in order, with unique ids. It is made once, before the first image, and does not change.
class Checklist {
 public:
  Checklist() = default;

  /// Returns the checklist of the user's requirements and a plan. What the plan leaves unjudged, and the texts of the
  /// user's requirements that no critic claims, are its unjudged parts.
  static Checklist of(std::vector<Requirement> own, const Plan& plan);

  /// The user's requirements (`own`), then those that the critics planned. A planned requirement with the id of a
  /// user's requirement claims it: its owner is taken over, its dependencies are added, and its weight is taken over if
  /// the user's is 1. The user's text, importance and dependencies stay. The first critic to claim a requirement owns it.
  Checklist(std::vector<Requirement> own, std::vector<Requirement> planned);

  /// A checklist from a record.
  explicit Checklist(std::vector<Requirement> requirements) : requirements_{std::move(requirements)} {}

  const std::vector<Requirement>& requirements() const noexcept { return requirements_; }

  /// The parts of the brief that no critic judges, in its words: what the critics report as unjudged, and the user's
  /// requirements without an owner.
  const std::vector<std::string>& unjudged() const noexcept { return unjudged_; }
  Checklist& unjudged(std::vector<std::string> parts) { return unjudged_ = std::move(parts), *this; }

  /// True if a critic owns at least one of the requirements.
  bool has_judge() const noexcept;

  bool empty() const noexcept { return requirements_.empty(); }
  std::size_t size() const noexcept { return requirements_.size(); }
  auto begin() const noexcept { return requirements_.begin(); }
  auto end() const noexcept { return requirements_.end(); }

  /// The requirement with this id, or null.
  const Requirement* find(std::string_view id) const noexcept;

  /// Checks the dependencies. A requirement that depends on a missing one, or on itself, could never pass.
  /// **Errors**: `invalid_argument`.
  Result<void> validate() const;

  friend bool operator==(const Checklist&, const Checklist&) = default;

 private:
  std::vector<Requirement> requirements_;
  std::vector<std::string> unjudged_;
};

static_assert(!std::is_aggregate_v<Checklist>);

/// The requirements that a critic can judge for a brief, the parts that it cannot judge, and the charge for the plan.
class Plan {
 public:
  Plan() = default;
  explicit Plan(std::vector<Requirement> requirements) : requirements_{std::move(requirements)} {}

  const std::vector<Requirement>& requirements() const noexcept { return requirements_; }
  Plan& requirements(std::vector<Requirement> requirements) { return requirements_ = std::move(requirements), *this; }
  Plan& add(Requirement requirement) { return requirements_.push_back(std::move(requirement)), *this; }

  /// The parts of the brief that the critic cannot judge, in the words of the brief. They are shown to people with the
  /// verdicts, so that "satisfied" does not claim more than was judged. The user's own requirements are not listed.
  const std::vector<std::string>& unjudged() const noexcept { return unjudged_; }
  Plan& unjudged(std::vector<std::string> parts) { return unjudged_ = std::move(parts), *this; }

  const Charge& charge() const noexcept { return charge_; }
  Plan& charge(Charge charge) { return charge_ = charge, *this; }

  friend bool operator==(const Plan&, const Plan&) = default;

 private:
  std::vector<Requirement> requirements_;
  std::vector<std::string> unjudged_;
  Charge charge_;
};

static_assert(!std::is_aggregate_v<Plan>);

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/checklist.ipp>
#endif
