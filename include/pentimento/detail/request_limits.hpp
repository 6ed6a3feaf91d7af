#pragma once

#include <pentimento/detail/utf8.hpp>
#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/media_type.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

/// What a generator's capabilities say about parts of a request.
namespace pentimento::detail {

/// True if the generator accepts a prompt of this length.
inline bool accepts_prompt(std::string_view prompt, const Capabilities& can) noexcept {
  return count_characters(prompt) <= can.max_prompt_characters();
}

/// Returns why a generator cannot start from an image; nothing if it can.
inline std::optional<Error> validate_init_image(const Image& image, const Capabilities& can) {
  const auto reject = [&](errc code, const std::string& why) { return Error{code, can.name() + ": " + why}; };
  if (!can.image_to_image())
    return reject(errc::unsupported, "an init image is not accepted; leave it out, or use another generator or model");
  const std::vector<MediaType>& types = can.init_image_types();
  if (std::ranges::find(types, image.media_type()) == types.end()) {
    std::string accepted;
    for (const MediaType type : types) accepted += (accepted.empty() ? "" : ", ") + std::string{to_string(type)};
    return reject(errc::unsupported, "the init image is " + std::string{to_string(image.media_type())} + "; " +
                                         accepted + " are accepted");
  }
  const auto [shortest, longest] = std::minmax({image.size().width(), image.size().height()});
  if (shortest < can.min_init_image_side() || longest > can.max_init_image_side()) {
    return reject(errc::invalid_argument, "the init image has " + to_string(image.size()) + " pixels; " +
                                              std::to_string(can.min_init_image_side()) + " to " +
                                              std::to_string(can.max_init_image_side()) + " a side are accepted");
  }
  if (image.byte_count() > can.max_init_image_bytes()) {
    return reject(errc::too_large, "the init image has " + std::to_string(image.byte_count()) + " bytes; at most " +
                                       std::to_string(can.max_init_image_bytes()) + " are accepted");
  }
  return std::nullopt;
}

}  // namespace pentimento::detail
