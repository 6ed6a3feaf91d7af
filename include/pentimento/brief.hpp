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

/// The ratio of width to height, such as 16:9.
class AspectRatio {
 public:
  /// Both must be above 0. A run rejects a brief with another ratio.
  constexpr AspectRatio(std::uint32_t width, std::uint32_t height) noexcept : width_{width}, height_{height} {}
  constexpr std::uint32_t width() const noexcept { return width_; }
  constexpr std::uint32_t height() const noexcept { return height_; }
  friend constexpr bool operator==(AspectRatio, AspectRatio) noexcept = default;

 private:
  std::uint32_t width_;
  std::uint32_t height_;
};

/**
 * What the user wants. A run keeps its brief unchanged: every image is judged against the brief, never against a prompt
 * that was derived from it.
 */
class Brief {
 public:
  explicit Brief(std::string goal) : goal_{std::move(goal)} {}

  /// What the image should show, in the user's words.
  const std::string& goal() const noexcept { return goal_; }
  Brief& goal(std::string text) { return goal_ = std::move(text), *this; }

  /// Adds a requirement that an acceptable image meets. Ids are `user-1`, `user-2`, ... in the order of adding.
  Brief& must(std::string text) { return require(std::move(text), Importance::must); }
  /// Adds a requirement that makes an image better.
  Brief& should(std::string text) { return require(std::move(text), Importance::should); }
  /// Adds a requirement with its own id and weight. It replaces a requirement with the same id.
  Brief& add(Requirement requirement) {
    const auto same = std::ranges::find(requirements_, requirement.id(), &Requirement::id);
    if (same != requirements_.end()) {
      *same = std::move(requirement);
    } else {
      requirements_.push_back(std::move(requirement));
    }
    return *this;
  }
  /// The user's requirements. Those that critics plan are in the checklist only.
  const std::vector<Requirement>& requirements() const noexcept { return requirements_; }

  /// Adds something that the image must not show. It becomes the negative prompt if the generator supports one.
  Brief& avoid(std::string text) { return avoid_.push_back(std::move(text)), *this; }
  const std::vector<std::string>& avoid() const noexcept { return avoid_; }

  /// The exact size in pixels.
  Brief& size(PixelSize size) { return size_ = size, *this; }
  const std::optional<PixelSize>& size() const noexcept { return size_; }

  /// The shape if the exact size does not matter. `size` overrides it.
  Brief& aspect_ratio(AspectRatio ratio) { return aspect_ratio_ = ratio, *this; }
  const std::optional<AspectRatio>& aspect_ratio() const noexcept { return aspect_ratio_; }

  /// Adds a reference image. Critics and revisers receive it with the brief; generators do not.
  Brief& reference_image(Image image) { return reference_images_.push_back(std::move(image)), *this; }
  const std::vector<Image>& reference_images() const noexcept { return reference_images_; }

  /// The init image. It is the only candidate of round 0: it is judged, not generated, and may be the best of the run.
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
  std::vector<Image> reference_images_;
  std::optional<Image> init_image_;
};

static_assert(!std::is_aggregate_v<Brief>);

}  // namespace pentimento
