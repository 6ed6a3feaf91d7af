#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// What failing a requirement means: a `must` makes the picture unacceptable, a `should` makes it less good.
enum class Importance { must, should };

constexpr std::string_view to_string(Importance importance) noexcept {
  return importance == Importance::must ? "must" : "should";
}

/// The largest weight that a requirement may have: sums of them stay exact enough.
inline constexpr double max_weight = 1e6;

/**
 * One thing about the picture that can be checked: a line of the checklist.
 *
 * The text is a statement that holds in a good picture ("exactly three mugs", "the mugs are red"), short enough to be
 * repeated in a prompt as it stands.
 */
class Requirement {
 public:
  Requirement(std::string id, std::string text, Importance importance = Importance::must)
      : id_{std::move(id)}, text_{std::move(text)}, importance_{importance} {}

  /// Names the requirement within its checklist: findings refer to it.
  const std::string& id() const noexcept { return id_; }
  const std::string& text() const noexcept { return text_; }
  Importance importance() const noexcept { return importance_; }
  bool is_must() const noexcept { return importance_ == Importance::must; }

  /// How much it counts in the score, above 0 and at most `max_weight`; 1 unless told otherwise.
  double weight() const noexcept { return weight_; }
  Requirement& weight(double weight) { return weight_ = weight, *this; }

  /// The ids of requirements that must pass before this one means anything ("the hat is red" needs "there is a hat").
  const std::vector<std::string>& depends_on() const noexcept { return depends_on_; }
  Requirement& depends_on(std::vector<std::string> ids) { return depends_on_ = std::move(ids), *this; }

  /// The name of the critic that judges it; empty while none has claimed it.
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

}  // namespace pentimento
