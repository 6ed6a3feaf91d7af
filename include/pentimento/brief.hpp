#pragma once

#include <pentimento/checklist.hpp>
#include <pentimento/image.hpp>
#include <pentimento/pixel_size.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// Width to height, as in 16:9.
class AspectRatio {
 public:
  /// Both above 0; `RefinementLoop::run` refuses others.
  constexpr AspectRatio(std::uint32_t width, std::uint32_t height) noexcept : width_{width}, height_{height} {}
  constexpr std::uint32_t width() const noexcept { return width_; }
  constexpr std::uint32_t height() const noexcept { return height_; }
  friend constexpr bool operator==(AspectRatio, AspectRatio) noexcept = default;

 private:
  std::uint32_t width_;
  std::uint32_t height_;
};

/**
 * What the user wants. Filled in once, then handed to a run, which keeps it as it is: every picture of the run is judged
 * against this brief and never against a prompt that was derived from it.
 */
class Brief {
 public:
  explicit Brief(std::string goal) : goal_{std::move(goal)} {}

  /// The wish in the user's words.
  const std::string& goal() const noexcept { return goal_; }

  /// Adds a requirement that an acceptable picture meets; ids are `user-1`, `user-2`, ... in the order of adding.
  Brief& must(std::string text) { return require(std::move(text), Importance::must); }
  /// Adds a requirement that makes a picture better.
  Brief& should(std::string text) { return require(std::move(text), Importance::should); }
  /// Adds a requirement with an id and a weight of its own; it takes the place of one with the same id.
  Brief& add(Requirement requirement) {
    const auto same = std::ranges::find(requirements_, requirement.id(), &Requirement::id);
    if (same != requirements_.end()) {
      *same = std::move(requirement);
    } else {
      requirements_.push_back(std::move(requirement));
    }
    return *this;
  }
  /// The user's own requirements; critics add theirs to the checklist, not here.
  const std::vector<Requirement>& requirements() const noexcept { return requirements_; }

  /// Something that the picture is not to show. Becomes the negative prompt where a generator has one.
  Brief& avoid(std::string text) { return avoid_.push_back(std::move(text)), *this; }
  const std::vector<std::string>& avoid() const noexcept { return avoid_; }

  /// The exact size in pixels.
  Brief& size(PixelSize size) { return size_ = size, *this; }
  const std::optional<PixelSize>& size() const noexcept { return size_; }

  /// The shape, where the exact size does not matter; `size` goes before it.
  Brief& aspect_ratio(AspectRatio ratio) { return aspect_ratio_ = ratio, *this; }
  const std::optional<AspectRatio>& aspect_ratio() const noexcept { return aspect_ratio_; }

  /// A picture that shows what is meant. Critics and revisers get it with the brief; a generator does not.
  Brief& reference(Image image) { return references_.push_back(std::move(image)), *this; }
  const std::vector<Image>& references() const noexcept { return references_; }

  /// A picture to begin with: it is round 0, judged like any other and free of charge, and it may win.
  Brief& init_image(Image image) { return init_image_ = std::move(image), *this; }
  const std::optional<Image>& init_image() const noexcept { return init_image_; }

  friend bool operator==(const Brief&, const Brief&) = default;

 private:
  Brief& require(std::string text, Importance importance) {
    std::size_t number = requirements_.size();
    std::string id;
    do {
      id = "user-" + std::to_string(++number);
    } while (std::ranges::find(requirements_, id, &Requirement::id) != requirements_.end());
    requirements_.emplace_back(std::move(id), std::move(text), importance);
    return *this;
  }

  std::string goal_;
  std::vector<Requirement> requirements_;
  std::vector<std::string> avoid_;
  std::optional<PixelSize> size_;
  std::optional<AspectRatio> aspect_ratio_;
  std::vector<Image> references_;
  std::optional<Image> init_image_;
};

static_assert(!std::is_aggregate_v<Brief>);

}  // namespace pentimento
