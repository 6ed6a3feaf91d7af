#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/candidate.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/event.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/image.hpp>
#include <pentimento/json.hpp>
#include <pentimento/reviser.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::capi {

/// Adds the images of an object to a list, perhaps more than once.
void collect(std::vector<Image>& images, const Brief& brief);
void collect(std::vector<Image>& images, const GenerationRequest& request);
void collect(std::vector<Image>& images, const Candidate& candidate);
void collect(std::vector<Image>& images, const CritiqueRequest& request);
void collect(std::vector<Image>& images, const ComparisonRequest& request);
void collect(std::vector<Image>& images, const RevisionRequest& request);
void collect(std::vector<Image>& images, const Event& event);

/// Returns the images of an object.
template <class T>
std::vector<Image> images_in(const T& object) {
  std::vector<Image> images;
  collect(images, object);
  return images;
}

/// Returns the image of `images` with this SHA-256, if there is one.
std::optional<Image> find_image_of(const std::vector<Image>& images, std::string_view sha256);

/// A source that restores recorded images from `images`. Errors: `invalid_argument`, whose message names `what` they are.
ImageSource among(std::vector<Image> images, std::string what);

}  // namespace pentimento::capi
