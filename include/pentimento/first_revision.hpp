#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/generation_request.hpp>
#include <pentimento/pixel_size.hpp>
#include <pentimento/revision.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

namespace pentimento {

/// The size to ask for: the brief's own, or about one megapixel of its shape in multiples of 64; none if it says neither.
inline std::optional<PixelSize> size_for(const Brief& brief) {
  if (brief.size() || !brief.aspect_ratio()) return brief.size();
  const double shape = static_cast<double>(brief.aspect_ratio()->width()) / brief.aspect_ratio()->height();
  const auto side = [](double pixels) {
    return static_cast<std::uint32_t>(std::clamp(std::round(pixels / 64.0), 1.0, 64.0)) * 64;
  };
  return PixelSize{side(1024.0 * std::sqrt(shape)), side(1024.0 / std::sqrt(shape))};
}

/// The request that says just what the brief says.
inline GenerationRequest request_for(const Brief& brief) {
  std::string prompt = brief.goal();
  for (const char* separator = ". "; const Requirement& requirement : brief.requirements()) {
    prompt += separator + requirement.text();
    separator = "; ";
  }
  std::string negative;
  for (const std::string& thing : brief.avoid()) negative += (negative.empty() ? "" : ", ") + thing;
  GenerationRequest request{std::move(prompt)};
  request.negative_prompt(std::move(negative)).size(size_for(brief));
  return request;
}

/// The request for a generator that takes no negative prompt: what is to be avoided goes into the prompt, in words. Unless
/// the prompt has these words already, as when it was written on the ground of one that had been through here.
inline GenerationRequest without_negative_prompt(GenerationRequest request) {
  if (request.negative_prompt().empty()) return request;
  const std::string words = "without " + request.negative_prompt();
  if (request.prompt().find(words) == std::string::npos) request.prompt(request.prompt() + ", " + words);
  return request.negative_prompt({}), request;
}

/// What round 0 asks for: the brief in its own words, or nothing where the brief begins with a picture.
inline Revision first_revision(const Brief& brief) {
  Revision revision{Action::restart, request_for(brief)};
  return revision.author("brief").why(brief.start() ? "the picture that was given" : "the brief as it stands");
}

}  // namespace pentimento
