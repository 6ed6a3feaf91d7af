#pragma once

#include <pentimento/checklist.hpp>
#include <pentimento/detail/inline.hpp>

#include <algorithm>
#include <utility>

namespace pentimento {

PENTIMENTO_INLINE Checklist::Checklist(std::vector<Requirement> own, std::vector<Requirement> planned)
    : requirements_{std::move(own)} {
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

PENTIMENTO_INLINE const Requirement* Checklist::find(std::string_view id) const noexcept {
  const auto found = std::ranges::find(requirements_, id, &Requirement::id);
  return found == requirements_.end() ? nullptr : &*found;
}

PENTIMENTO_INLINE Result<void> Checklist::validate() const {
  const auto invalid = [](const Requirement& requirement, const std::string& why) {
    return Error{errc::invalid_argument, "the requirement \"" + requirement.id() + "\" " + why};
  };
  for (const Requirement& requirement : requirements_) {
    for (const std::string& parent : requirement.depends_on()) {
      if (find(parent) == nullptr)
        return invalid(requirement, "depends on \"" + parent + "\", which is not in the checklist");
    }
  }
  // First the requirements without dependencies, then those that depend only on these, and so on.
  std::vector<std::string_view> reached;
  const auto is_reached = [&](std::string_view id) { return std::ranges::find(reached, id) != reached.end(); };
  for (bool grown = true; std::exchange(grown, false);) {
    for (const Requirement& requirement : requirements_) {
      if (is_reached(requirement.id()) || !std::ranges::all_of(requirement.depends_on(), is_reached)) continue;
      reached.push_back(requirement.id());
      grown = true;
    }
  }
  for (const Requirement& requirement : requirements_) {
    if (!is_reached(requirement.id())) return invalid(requirement, "depends on itself, directly or through others");
  }
  return {};
}

}  // namespace pentimento
