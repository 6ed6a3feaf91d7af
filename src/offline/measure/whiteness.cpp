#include "offline/measure/whiteness.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace pentimento::offline::measuring {

bool is_white(Rgb colour, int from) { return std::min({colour.red, colour.green, colour.blue}) >= from; }

std::optional<Whiteness> measure_whiteness(MeasuredImage& image, int from) {
  const Segmentation& seen = image.segmentation();
  const int width = seen.image.width();
  const int height = seen.image.height();
  const auto wide = static_cast<std::size_t>(width);
  const auto on_ring = [&](std::size_t place) {
    const auto x = static_cast<int>(place % wide);
    const auto y = static_cast<int>(place / wide);
    return std::min({x, y, width - 1 - x, height - 1 - y}) < seen.background.thickness;
  };
  // The softened edge of a thing is not background.
  const Mask background =
      seen.legible ? seen.behind & ~seen.foreground.widened(2) : Mask::where(width, height, on_ring);
  constexpr int block = 32;                                         // pixels a side; the place that a finding names
  std::map<std::pair<int, int>, std::pair<double, double>> blocks;  // lightness and number of its background pixels
  std::size_t all = 0, whites = 0;
  std::array<double, 3> sum{};
  for (std::size_t place = 0; place < seen.image.count(); ++place) {
    if (!background[place]) continue;
    const Rgb colour = rgb_of(seen.image[place]);
    ++all;
    whites += is_white(colour, from) ? 1U : 0U;
    sum[0] += colour.red, sum[1] += colour.green, sum[2] += colour.blue;
    auto& [lightness, number] =
        blocks[{static_cast<int>(place / wide) / block, static_cast<int>(place % wide) / block}];
    lightness += static_cast<double>(seen.image[place].l);
    number += 1;
  }
  if (all == 0) return std::nullopt;
  const auto mean = [&](std::size_t channel) {
    return static_cast<std::uint8_t>(std::lround(sum[channel] / static_cast<double>(all)));
  };
  const auto darkest =
      std::ranges::min_element(blocks, {}, [](const auto& entry) { return entry.second.first / entry.second.second; });
  const auto [row, column] = darkest->first;
  const std::string worst =
      image.in_pixels({static_cast<double>(column * block) / width, static_cast<double>(row * block) / height,
                       std::min(1.0, static_cast<double>((column + 1) * block) / width),
                       std::min(1.0, static_cast<double>((row + 1) * block) / height)});
  return Whiteness{static_cast<double>(whites) / static_cast<double>(all), Rgb{mean(0), mean(1), mean(2)},
                   "worst at " + worst};
}

std::string in_words(const Whiteness& found) {
  return "white over " + percent(found.share) + ", mean " + hex(found.mean);
}

}  // namespace pentimento::offline::measuring
