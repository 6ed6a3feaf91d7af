#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What a generator can do. Whatever it cannot is asked of it in another way, or refused before any work is done.
class Capabilities {
 public:
  explicit Capabilities(std::string name) : name_{std::move(name)} {}

  /// The generator's name in records and messages.
  const std::string& name() const noexcept { return name_; }

  /// Whether it can start from a base image.
  bool image_to_image() const noexcept { return image_to_image_; }
  Capabilities& image_to_image(bool can) { return image_to_image_ = can, *this; }

  /// Whether it can keep a base image outside a mask.
  bool mask() const noexcept { return mask_; }
  Capabilities& mask(bool can) { return mask_ = can, *this; }

  /// Whether the same request with the same seed gives the same picture.
  bool seed() const noexcept { return seed_; }
  Capabilities& seed(bool can) { return seed_ = can, *this; }

  /// Whether it takes a negative prompt.
  bool negative_prompt() const noexcept { return negative_prompt_; }
  Capabilities& negative_prompt(bool can) { return negative_prompt_ = can, *this; }

  /// The shortest and the longest side that a picture may have, in pixels.
  std::uint32_t min_side() const noexcept { return min_side_; }
  std::uint32_t max_side() const noexcept { return max_side_; }
  Capabilities& sides(std::uint32_t shortest, std::uint32_t longest) {
    return min_side_ = shortest, max_side_ = longest, *this;
  }

  /// The longest prompt, in bytes of UTF-8.
  std::uint32_t max_prompt_bytes() const noexcept { return max_prompt_bytes_; }
  Capabilities& max_prompt_bytes(std::uint32_t bytes) { return max_prompt_bytes_ = bytes, *this; }

  friend bool operator==(const Capabilities&, const Capabilities&) = default;

 private:
  std::string name_;
  bool image_to_image_ = false;
  bool mask_ = false;
  bool seed_ = false;
  bool negative_prompt_ = false;
  std::uint32_t min_side_ = 1;
  std::uint32_t max_side_ = 16384;
  std::uint32_t max_prompt_bytes_ = 10'000;
};

static_assert(!std::is_aggregate_v<Capabilities>);

}  // namespace pentimento
