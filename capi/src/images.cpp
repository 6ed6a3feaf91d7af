#include "images.hpp"

#include <pentimento/content_hash.hpp>

#include <utility>

namespace pentimento::capi {
namespace {

void collect(std::vector<Image>& images, const std::optional<Image>& image) {
  if (image) images.push_back(*image);
}

}  // namespace

void collect(std::vector<Image>& images, const Brief& brief) {
  images.insert(images.end(), brief.reference_images().begin(), brief.reference_images().end());
  collect(images, brief.init_image());
}

void collect(std::vector<Image>& images, const GenerationRequest& request) {
  collect(images, request.init_image());
  collect(images, request.mask());
}

void collect(std::vector<Image>& images, const Candidate& candidate) {
  images.push_back(candidate.image());
  collect(images, candidate.request());
  if (candidate.critique()) collect(images, candidate.critique()->judged());
}

void collect(std::vector<Image>& images, const CritiqueRequest& request) {
  collect(images, request.candidate());
  collect(images, request.brief());
}

void collect(std::vector<Image>& images, const ComparisonRequest& request) {
  collect(images, request.first());
  collect(images, request.second());
  collect(images, request.brief());
}

void collect(std::vector<Image>& images, const RevisionRequest& request) {
  collect(images, request.transcript().brief());
  for (const Round& round : request.transcript().rounds())
    for (const Candidate& candidate : round.candidates()) collect(images, candidate);
}

void collect(std::vector<Image>& images, const Event& event) {
  if (const auto* const started = event.as<event::RunStarted>()) collect(images, started->brief);
  if (const auto* const started = event.as<event::RoundStarted>()) collect(images, started->revision.request());
  if (const auto* const given = event.as<event::ImageGiven>()) images.push_back(given->image);
  if (const auto* const started = event.as<event::GenerationStarted>()) collect(images, started->request);
  if (const auto* const finished = event.as<event::GenerationFinished>())
    images.insert(images.end(), finished->generation.images().begin(), finished->generation.images().end());
  if (const auto* const finished = event.as<event::CritiqueFinished>()) collect(images, finished->critique.judged());
  if (const auto* const finished = event.as<event::RevisionFinished>()) collect(images, finished->revision.request());
}

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
