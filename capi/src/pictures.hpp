#pragma once

#include <pentimento/image.hpp>
#include <pentimento/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::capi {

/// The picture among some that has this SHA-256.
std::optional<Image> find_picture(const std::vector<Image>& pictures, std::string_view sha256);

/// Brings the bytes of recorded pictures from some that were given. Errors: `invalid_argument`, with what they are.
ImageSource among(std::vector<Image> pictures, std::string what);

}  // namespace pentimento::capi
