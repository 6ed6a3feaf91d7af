#include "images.hpp"

#include <pentimento/content_hash.hpp>

#include <utility>

namespace pentimento::capi {

std::optional<Image> find_image_of(const std::vector<Image>& images, std::string_view sha256) {
  for (const Image& image : images)
    if (content_hash(image) == sha256) return image;
  return std::nullopt;
}

ImageSource among(std::vector<Image> images, std::string what) {
  return [images = std::move(images), what = std::move(what)](const Image& recorded) -> Result<Image> {
    if (auto image = find_image_of(images, content_hash(recorded))) return *std::move(image);
    return Error{errc::invalid_argument,
                 "the image with the SHA-256 " + content_hash(recorded) + " is not among " + what};
  };
}

}  // namespace pentimento::capi
