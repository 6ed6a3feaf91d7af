#pragma once

#include <pentimento/charge.hpp>
#include <pentimento/requirement.hpp>

#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

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
