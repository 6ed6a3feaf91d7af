#include "providers/image_wire.hpp"
#include "providers/openai_images/codec.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace pentimento::openai_images {
namespace {

constexpr std::array standard_sizes{PixelSize{1024, 1024}, PixelSize{1536, 1024}, PixelSize{1024, 1536}};

// OpenAI's rule for sizes, from its documents as quoted by third parties (2026).
constexpr double least_pixels = 655'360;
constexpr double most_pixels = 8'294'400;
constexpr double longest_side = 3840;
constexpr std::uint32_t step = 16;

bool is_flexible(const OpenAiImagesOptions& options) {
  const std::string_view model = model_of(options);
  return std::ranges::any_of(options.server.flexible_models, [&](const std::string& beginning) {
    return model == beginning || (model.starts_with(beginning) && model[beginning.size()] == '-');
  });
}

bool follows_the_rule(PixelSize size) {
  const auto [shorter, longer] = std::minmax({size.width(), size.height()});
  const auto pixels = static_cast<double>(size.area());
  return shorter > 0 && size.width() % step == 0 && size.height() % step == 0 && longer <= 3 * shorter &&
         longer <= longest_side && pixels >= least_pixels && pixels <= most_pixels;
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

}  // namespace

std::string_view nearest_aspect_ratio(PixelSize size, const OpenAiImagesServer& server) {
  return nearest_ratio(size, views(server.aspect_ratios));
}

PixelSize flexible_size(PixelSize size) {
  const auto side = [](std::uint32_t pixels) { return static_cast<double>(std::max(pixels, 1U)); };
  double width = std::min(side(size.width()), 3 * side(size.height()));
  double height = std::min(side(size.height()), 3 * side(size.width()));
  double scale = 1;
  if (width * height < least_pixels) scale = std::sqrt(least_pixels / (width * height));
  if (width * height > most_pixels) scale = std::sqrt(most_pixels / (width * height));
  scale = std::min(scale, longest_side / std::max(width, height));
  width *= scale;
  height *= scale;
  // The nearest of the surrounding sizes that follow the rule.
  PixelSize best{1024, 1024};
  double least = std::numeric_limits<double>::infinity();
  for (int dx = -2; dx <= 2; ++dx) {
    for (int dy = -2; dy <= 2; ++dy) {
      const double w = (std::round(width / step) + dx) * step;
      const double h = (std::round(height / step) + dy) * step;
      if (w < step || h < step) continue;
      const PixelSize candidate{static_cast<std::uint32_t>(w), static_cast<std::uint32_t>(h)};
      const double difference = std::abs(std::log(w / width)) + std::abs(std::log(h / height));
      if (difference < least && follows_the_rule(candidate)) {
        least = difference;
        best = candidate;
      }
    }
  }
  return best;
}

std::string size_text(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  if (!request.size()) return options.server.auto_size ? "auto" : "";
  if (is_flexible(options)) return to_string(flexible_size(*request.size()));
  if (options.server.sizes.empty()) return to_string(*request.size());
  // "1536x1024" stands for the ratio 1536:1024.
  std::vector<std::string> ratios = options.server.sizes;
  for (std::string& ratio : ratios) std::ranges::replace(ratio, 'x', ':');
  std::string nearest{nearest_ratio(*request.size(), views(ratios))};
  std::ranges::replace(nearest, ':', 'x');
  return nearest;
}

std::vector<PixelSize> possible_sizes(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  const std::string text = size_text(request, options);
  const std::size_t x = text.find('x');
  if (x == std::string::npos) return {standard_sizes.begin(), standard_sizes.end()};
  const double width = parse_number(std::string_view{text}.substr(0, x)).value_or(0);
  const double height = parse_number(std::string_view{text}.substr(x + 1)).value_or(0);
  return {PixelSize{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)}};
}

}  // namespace pentimento::openai_images
