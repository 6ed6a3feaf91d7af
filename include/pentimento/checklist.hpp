#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/requirement.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
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
  /// user's claims it: the owner and dependencies are taken over, and the weight where the user gave none (it is 1); the
  /// user's words and importance stay.
  Checklist(const Brief& brief, std::vector<Requirement> planned) : requirements_{brief.requirements()} {
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

}  // namespace pentimento
