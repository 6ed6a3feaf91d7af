#pragma once

#include <pentimento/image.hpp>
#include <pentimento/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::capi {

/// Returns the image of `images` with this SHA-256, if there is one.
std::optional<Image> find_image_of(const std::vector<Image>& images, std::string_view sha256);

/// A source that restores recorded images from `images`. Errors: `invalid_argument`, whose message names `what` they are.
ImageSource among(std::vector<Image> images, std::string what);

}  // namespace pentimento::capi
