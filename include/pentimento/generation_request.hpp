#pragma once

#include <pentimento/image.hpp>
#include <pentimento/pixel_size.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What is asked of a generator: one picture.
class GenerationRequest {
 public:
  explicit GenerationRequest(std::string prompt) : prompt_{std::move(prompt)} {}

  const std::string& prompt() const noexcept { return prompt_; }
  GenerationRequest& prompt(std::string text) { return prompt_ = std::move(text), *this; }

  /// What the picture is not to show; empty for nothing. A generator without negative prompts ignores it.
  const std::string& negative_prompt() const noexcept { return negative_prompt_; }
  GenerationRequest& negative_prompt(std::string text) { return negative_prompt_ = std::move(text), *this; }

  /// The size in pixels; without one the generator takes its own.
  const std::optional<PixelSize>& size() const noexcept { return size_; }
  GenerationRequest& size(std::optional<PixelSize> size) { return size_ = size, *this; }

  /// The seed; without one the generator takes its own and, where it can, says which.
  const std::optional<std::uint64_t>& seed() const noexcept { return seed_; }
  GenerationRequest& seed(std::optional<std::uint64_t> seed) { return seed_ = seed, *this; }

  /// The picture to start from (image to image); without one the picture is made from text alone.
  const std::optional<Image>& base() const noexcept { return base_; }
  GenerationRequest& base(std::optional<Image> image) { return base_ = std::move(image), *this; }

  /// How far the result may depart from the base, from 0 (not at all) to 1 (as if there were none); 0.6 unless told.
  double strength() const noexcept { return strength_; }
  GenerationRequest& strength(double strength) { return strength_ = strength, *this; }

  /// Where the base may change: white may, black may not. Of the base's size.
  const std::optional<Image>& mask() const noexcept { return mask_; }
  GenerationRequest& mask(std::optional<Image> mask) { return mask_ = std::move(mask), *this; }

  /// What only one provider knows, by its own names ("style_preset": "photographic").
  const std::map<std::string, std::string>& options() const noexcept { return options_; }
  GenerationRequest& option(std::string name, std::string value) {
    return options_.insert_or_assign(std::move(name), std::move(value)), *this;
  }

  friend bool operator==(const GenerationRequest&, const GenerationRequest&) = default;

 private:
  std::string prompt_;
  std::string negative_prompt_;
  std::optional<PixelSize> size_;
  std::optional<std::uint64_t> seed_;
  std::optional<Image> base_;
  double strength_ = 0.6;
  std::optional<Image> mask_;
  std::map<std::string, std::string> options_;
};

static_assert(!std::is_aggregate_v<GenerationRequest>);

}  // namespace pentimento
