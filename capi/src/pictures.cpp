#include "pictures.hpp"

#include <pentimento/content_hash.hpp>

#include <utility>

namespace pentimento::capi {

std::optional<Image> find_picture(const std::vector<Image>& pictures, std::string_view sha256) {
  for (const Image& picture : pictures)
    if (content_hash(picture) == sha256) return picture;
  return std::nullopt;
}

ImageSource among(std::vector<Image> pictures, std::string what) {
  return [pictures = std::move(pictures), what = std::move(what)](const Image& recorded) -> Result<Image> {
    if (auto picture = find_picture(pictures, content_hash(recorded))) return *std::move(picture);
    return Error{errc::invalid_argument,
                 "the picture with the SHA-256 " + content_hash(recorded) + " is not among " + what};
  };
}

}  // namespace pentimento::capi
