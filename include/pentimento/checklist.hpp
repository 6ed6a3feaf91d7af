#pragma once

#include <pentimento/money.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
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

/// The requirements of a run, in order, each with an id of its own. Made once, before the first picture.
class Checklist {
 public:
  Checklist() = default;

  /// The user's requirements first, then what the critics planned. A planned requirement with the id of one of the
  /// user's claims it: the owner and dependencies are taken over, and the weight where the user gave none (it is 1); the
  /// user's words and importance stay.
  Checklist(std::vector<Requirement> own, std::vector<Requirement> planned) : requirements_{std::move(own)} {
    for (Requirement& requirement : planned) {
      const auto mine = std::ranges::find(requirements_, requirement.id(), &Requirement::id);
      if (mine == requirements_.end()) {
        requirements_.push_back(std::move(requirement));
      } else if (mine->owner().empty()) {
        mine->owner(requirement.owner()).depends_on(requirement.depends_on());
        if (mine->weight() == 1.0) mine->weight(requirement.weight());
      }
    }
  }

  /// As read back from a record.
  explicit Checklist(std::vector<Requirement> requirements) : requirements_{std::move(requirements)} {}

  const std::vector<Requirement>& requirements() const noexcept { return requirements_; }
  bool empty() const noexcept { return requirements_.empty(); }
  std::size_t size() const noexcept { return requirements_.size(); }
  auto begin() const noexcept { return requirements_.begin(); }
  auto end() const noexcept { return requirements_.end(); }

  /// The requirement with this id, or null.
  const Requirement* find(std::string_view id) const noexcept {
    const auto found = std::ranges::find(requirements_, id, &Requirement::id);
    return found == requirements_.end() ? nullptr : &*found;
  }

  /// Why this list cannot be judged: a requirement that depends on one that is not there, or in the end on itself. Such a
  /// requirement could never pass. Nothing if all is well.
  std::optional<std::string> fault() const {
    for (const Requirement& requirement : requirements_) {
      for (const std::string& parent : requirement.depends_on()) {
        if (find(parent) == nullptr)
          return '"' + requirement.id() + "\" depends on \"" + parent + "\", which is not in the checklist";
      }
    }
    // Requirements whose dependencies can all be judged, then those that depend on them only, and so on.
    std::vector<std::string_view> sound;
    for (bool grown = true; std::exchange(grown, false);) {
      for (const Requirement& requirement : requirements_) {
        const auto is_sound = [&](std::string_view id) { return std::ranges::find(sound, id) != sound.end(); };
        if (is_sound(requirement.id()) || !std::ranges::all_of(requirement.depends_on(), is_sound)) continue;
        sound.push_back(requirement.id());
        grown = true;
      }
    }
    for (const Requirement& requirement : requirements_) {
      if (std::ranges::find(sound, requirement.id()) == sound.end())
        return '"' + requirement.id() + "\" depends in the end on itself";
    }
    return std::nullopt;
  }

  friend bool operator==(const Checklist&, const Checklist&) = default;

 private:
  std::vector<Requirement> requirements_;
};

static_assert(!std::is_aggregate_v<Checklist>);

/// What a critic offers to judge about a brief, and what making the plan cost.
class Plan {
 public:
  Plan() = default;
  explicit Plan(std::vector<Requirement> requirements) : requirements_{std::move(requirements)} {}

  const std::vector<Requirement>& requirements() const noexcept { return requirements_; }
  Plan& add(Requirement requirement) { return requirements_.push_back(std::move(requirement)), *this; }

  const Charge& charge() const noexcept { return charge_; }
  Plan& charge(Charge charge) { return charge_ = charge, *this; }

  friend bool operator==(const Plan&, const Plan&) = default;

 private:
  std::vector<Requirement> requirements_;
  Charge charge_;
};

static_assert(!std::is_aggregate_v<Plan>);

}  // namespace pentimento
