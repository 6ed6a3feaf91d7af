#pragma once

#include <pentimento/checklist.hpp>
#include <pentimento/detail/inline.hpp>
#include <pentimento/detail/utf8.hpp>

#include <algorithm>
#include <utility>

namespace pentimento {

namespace detail {

PENTIMENTO_INLINE std::string listed(const std::vector<std::string>& texts) {
  constexpr std::size_t most = 5;
  constexpr std::size_t longest = 80;
  std::string list;
  for (std::size_t i = 0; i < std::min(texts.size(), most); ++i) {
    const std::string_view cut = cut_utf8(texts[i], longest);
    list.append(i > 0 ? ", " : "").append(cut).append(cut.size() < texts[i].size() ? "..." : "");
  }
  return texts.size() > most ? list + " and " + std::to_string(texts.size() - most) + " more" : list;
}

}  // namespace detail

PENTIMENTO_INLINE Checklist::Checklist(std::vector<Requirement> own, std::vector<Requirement> planned)
    : requirements_{std::move(own)} {
  for (Requirement& requirement : planned) {
    const auto mine = std::ranges::find(requirements_, requirement.id(), &Requirement::id);
    if (mine == requirements_.end()) {
      requirements_.push_back(std::move(requirement));
    } else if (mine->owner().empty()) {
      std::vector<std::string> parents = mine->depends_on();
      for (const std::string& parent : requirement.depends_on()) {
        if (std::ranges::find(parents, parent) == parents.end()) parents.push_back(parent);
      }
      mine->owner(requirement.owner()).depends_on(std::move(parents));
      if (mine->weight() == 1.0) mine->weight(requirement.weight());
    }
  }
}

PENTIMENTO_INLINE Checklist Checklist::of(std::vector<Requirement> own, const Plan& plan) {
  const std::size_t mine = own.size();
  Checklist checklist{std::move(own), plan.requirements()};
  std::vector<std::string> unjudged = plan.unjudged();
  for (std::size_t i = 0; i < mine; ++i) {
    const Requirement& requirement = checklist.requirements_[i];
    if (requirement.owner().empty()) unjudged.push_back(requirement.text());
  }
  checklist.unjudged_ = std::move(unjudged);
  return checklist;
}

PENTIMENTO_INLINE bool Checklist::has_judge() const noexcept {
  return std::ranges::any_of(requirements_, [](const Requirement& each) { return !each.owner().empty(); });
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
