#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/requirement.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// The requirements of a run, in order, each with an id of its own. Made once, before the first picture.
class Checklist {
 public:
  Checklist() = default;

  /// The user's requirements first, then what the critics planned. A planned requirement with the id of one of the
  /// user's claims it: the owner, dependencies and weight are taken over, the user's words and importance stay.
  Checklist(const Brief& brief, std::vector<Requirement> planned) : requirements_{brief.requirements()} {
    for (Requirement& requirement : planned) {
      const auto mine = std::ranges::find(requirements_, requirement.id(), &Requirement::id);
      if (mine == requirements_.end()) {
        requirements_.push_back(std::move(requirement));
      } else if (mine->owner().empty()) {
        mine->owner(requirement.owner()).depends_on(requirement.depends_on()).weight(requirement.weight());
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

  friend bool operator==(const Checklist&, const Checklist&) = default;

 private:
  std::vector<Requirement> requirements_;
};

static_assert(!std::is_aggregate_v<Checklist>);

}  // namespace pentimento
