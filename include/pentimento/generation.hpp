#pragma once

#include <pentimento/image.hpp>
#include <pentimento/media_type.hpp>
#include <pentimento/money.hpp>
#include <pentimento/pixel_size.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// What a generator supports. An unsupported request is changed by the loop, or rejected before the call.
class Capabilities {
 public:
  explicit Capabilities(std::string name) : name_{std::move(name)} {}

  /// The generator's name in records and messages.
  const std::string& name() const noexcept { return name_; }

  /// True if it supports image-to-image (`GenerationRequest::init_image`).
  bool image_to_image() const noexcept { return image_to_image_; }
  Capabilities& image_to_image(bool can) { return image_to_image_ = can, *this; }

  /// True if it supports inpainting (`GenerationRequest::mask`).
  bool mask() const noexcept { return mask_; }
  Capabilities& mask(bool can) { return mask_ = can, *this; }

  /// True if the same request with the same seed gives the same image.
  bool seed() const noexcept { return seed_; }
  Capabilities& seed(bool can) { return seed_ = can, *this; }

  /// True if it supports a negative prompt.
  bool negative_prompt() const noexcept { return negative_prompt_; }
  Capabilities& negative_prompt(bool can) { return negative_prompt_ = can, *this; }

  /// The accepted range of width and height in pixels.
  std::uint32_t min_side() const noexcept { return min_side_; }
  std::uint32_t max_side() const noexcept { return max_side_; }
  Capabilities& sides(std::uint32_t shortest, std::uint32_t longest) {
    return min_side_ = shortest, max_side_ = longest, *this;
  }

  /// The longest accepted prompt, in characters (Unicode code points).
  std::uint32_t max_prompt_characters() const noexcept { return max_prompt_characters_; }
  Capabilities& max_prompt_characters(std::uint32_t count) { return max_prompt_characters_ = count, *this; }

  /// The most images that one call returns; default 1. More are dropped: see `Generation::dropped_images`.
  std::uint32_t images_per_call() const noexcept { return images_per_call_; }
  Capabilities& images_per_call(std::uint32_t count) { return images_per_call_ = count, *this; }

  /// The accepted media types of an init image; default all.
  const std::vector<MediaType>& init_image_types() const noexcept { return init_image_types_; }
  Capabilities& init_image_types(std::vector<MediaType> types) { return init_image_types_ = std::move(types), *this; }

  /// The accepted range of width and height of an init image, in pixels.
  std::uint32_t min_init_image_side() const noexcept { return min_init_image_side_; }
  std::uint32_t max_init_image_side() const noexcept { return max_init_image_side_; }
  Capabilities& init_image_sides(std::uint32_t shortest, std::uint32_t longest) {
    return min_init_image_side_ = shortest, max_init_image_side_ = longest, *this;
  }

  /// The largest accepted init image, in encoded bytes.
  std::uint32_t max_init_image_bytes() const noexcept { return max_init_image_bytes_; }
  Capabilities& max_init_image_bytes(std::uint32_t bytes) { return max_init_image_bytes_ = bytes, *this; }

  friend bool operator==(const Capabilities&, const Capabilities&) = default;

 private:
  std::string name_;
  bool image_to_image_ = false;
  bool mask_ = false;
  bool seed_ = false;
  bool negative_prompt_ = false;
  std::uint32_t min_side_ = 1;
  std::uint32_t max_side_ = 16384;
  std::uint32_t max_prompt_characters_ = 10'000;
  std::uint32_t images_per_call_ = 1;
  std::vector<MediaType> init_image_types_{MediaType::png, MediaType::jpeg, MediaType::webp, MediaType::gif};
  std::uint32_t min_init_image_side_ = 1;
  std::uint32_t max_init_image_side_ = 65'535;
  std::uint32_t max_init_image_bytes_ = max_image_bytes;
};

static_assert(!std::is_aggregate_v<Capabilities>);

/// A request for one image, or for as many as a call of the generator returns (`Capabilities::images_per_call`).
class GenerationRequest {
 public:
  explicit GenerationRequest(std::string prompt) : prompt_{std::move(prompt)} {}

  const std::string& prompt() const noexcept { return prompt_; }
  GenerationRequest& prompt(std::string text) { return prompt_ = std::move(text), *this; }

  /// What the image must not show; may be empty. Ignored by a generator without negative prompts.
  const std::string& negative_prompt() const noexcept { return negative_prompt_; }
  GenerationRequest& negative_prompt(std::string text) { return negative_prompt_ = std::move(text), *this; }

  /// The size in pixels; the generator's default if empty.
  const std::optional<PixelSize>& size() const noexcept { return size_; }
  GenerationRequest& size(std::optional<PixelSize> size) { return size_ = size, *this; }

  /// The seed; chosen by the generator if empty (see `Generation::seed`).
  const std::optional<std::uint64_t>& seed() const noexcept { return seed_; }
  GenerationRequest& seed(std::optional<std::uint64_t> seed) { return seed_ = seed, *this; }

  /// The image to start from (image-to-image); text-to-image if empty.
  const std::optional<Image>& init_image() const noexcept { return init_image_; }
  GenerationRequest& init_image(std::optional<Image> image) { return init_image_ = std::move(image), *this; }

  /// The denoising strength: from 0 (the init image does not change) to 1 (it is ignored); default 0.6.
  double strength() const noexcept { return strength_; }
  GenerationRequest& strength(double strength) { return strength_ = strength, *this; }

  /// Which part of the init image may change: white changes, black stays. Has the size of the init image.
  const std::optional<Image>& mask() const noexcept { return mask_; }
  GenerationRequest& mask(std::optional<Image> mask) { return mask_ = std::move(mask), *this; }

  /// Options of one provider, by its names ("style_preset": "photographic").
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
  std::optional<Image> init_image_;
  double strength_ = 0.6;
  std::optional<Image> mask_;
  std::map<std::string, std::string> options_;
};

static_assert(!std::is_aggregate_v<GenerationRequest>);

/// The result of a generator.
class Generation {
 public:
  explicit Generation(Image image) { images_.push_back(std::move(image)); }
  explicit Generation(std::vector<Image> images) : images_{std::move(images)} {}

  /// The images, at least one. Each becomes a candidate.
  const std::vector<Image>& images() const noexcept { return images_; }

  /// Drops the images beyond the first `most`, and counts them as dropped.
  Generation& keep_images(std::size_t most) {
    if (images_.size() <= most) return *this;
    dropped_images_ += images_.size() - most;
    return images_.erase(images_.begin() + static_cast<std::ptrdiff_t>(most), images_.end()), *this;
  }

  /// The number of images in the reply beyond the requested ones. They were neither decoded nor judged.
  std::uint64_t dropped_images() const noexcept { return dropped_images_; }
  Generation& dropped_images(std::uint64_t count) { return dropped_images_ = count, *this; }

  /// The init image that was sent, if it is not that of the request: upright, and without metadata.
  const std::optional<Image>& sent_init_image() const noexcept { return sent_init_image_; }
  Generation& sent_init_image(std::optional<Image> image) { return sent_init_image_ = std::move(image), *this; }

  /// The seed that the generator reports.
  const std::optional<std::uint64_t>& seed() const noexcept { return seed_; }
  Generation& seed(std::optional<std::uint64_t> seed) { return seed_ = seed, *this; }

  /// The prompt as the provider rewrote it; empty if it reports none.
  const std::string& revised_prompt() const noexcept { return revised_prompt_; }
  Generation& revised_prompt(std::string prompt) { return revised_prompt_ = std::move(prompt), *this; }

  /// The provider's id of the request; empty if there is none.
  const std::string& request_id() const noexcept { return request_id_; }
  Generation& request_id(std::string id) { return request_id_ = std::move(id), *this; }

  const Charge& charge() const noexcept { return charge_; }
  Generation& charge(Charge charge) { return charge_ = charge, *this; }

  friend bool operator==(const Generation&, const Generation&) = default;

 private:
  std::vector<Image> images_;
  std::uint64_t dropped_images_ = 0;
  std::optional<Image> sent_init_image_;
  std::optional<std::uint64_t> seed_;
  std::string revised_prompt_;
  std::string request_id_;
  Charge charge_;
};

static_assert(!std::is_aggregate_v<Generation>);

}  // namespace pentimento
