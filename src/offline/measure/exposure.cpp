#include "offline/measure/exposure.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

namespace pentimento::offline::measuring {

Exposure measure_exposure(const LabPixels& pixels) {
  Exposure exposure;
  if (pixels.count() == 0) return exposure;
  std::vector<float> lightness;
  lightness.reserve(pixels.count());
  double sum = 0, squares = 0, chroma_sum = 0, warmth = 0;
  std::size_t dark = 0, clipped = 0, coloured = 0;
  const Lab nearly_white = lab_of({254, 254, 254});
  for (std::size_t place = 0; place < pixels.count(); ++place) {
    const Lab colour = pixels[place];
    const auto l = static_cast<double>(colour.l);
    const float strength = chroma(colour);
    lightness.push_back(colour.l);
    sum += l;
    squares += l * l;
    warmth += static_cast<double>(colour.b);
    dark += colour.l < 4.0F ? 1U : 0U;
    clipped += colour.l >= nearly_white.l - 0.01F && strength < 0.8F ? 1U : 0U;
    if (strength > 6.0F && colour.l > 8.0F) {
      ++coloured;
      chroma_sum += static_cast<double>(strength);
    }
  }
  const auto count = static_cast<double>(pixels.count());
  exposure.lightness = sum / count;
  exposure.dark_share = static_cast<double>(dark) / count;
  exposure.clipped_share = static_cast<double>(clipped) / count;
  exposure.rms = std::sqrt(std::max(0.0, squares / count - exposure.lightness * exposure.lightness));
  exposure.saturation = coloured == 0 ? 0 : chroma_sum / static_cast<double>(coloured);
  exposure.coloured_share = static_cast<double>(coloured) / count;
  exposure.warmth = warmth / count;
  const auto percentile = [&](double part) {
    const auto at = lightness.begin() + static_cast<std::ptrdiff_t>(part * (count - 1));
    std::nth_element(lightness.begin(), at, lightness.end());
    return static_cast<double>(*at);
  };
  exposure.highlights = percentile(0.95);
  exposure.range = exposure.highlights - percentile(0.05);
  return exposure;
}

double measure_sharpness(const Pixels& picture) {
  const Pixels small = picture.fitted(1024);
  const int width = small.width();
  const int height = small.height();
  if (std::min(width, height) < 32) return 0;
  std::vector<float> luma;
  luma.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Rgb colour = small.at(x, y);
      luma.push_back(0.299F * static_cast<float>(colour.red) + 0.587F * static_cast<float>(colour.green) +
                     0.114F * static_cast<float>(colour.blue));
    }
  }
  const auto at = [&](int x, int y) {
    return luma[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  };
  constexpr int tile = 16;
  std::vector<double> variances;
  // The outermost line is left out, and with it what a frame would add.
  for (int top = 1; top + tile < height; top += tile) {
    for (int left = 1; left + tile < width; left += tile) {
      double sum = 0, squares = 0;
      for (int y = top; y < top + tile; ++y) {
        for (int x = left; x < left + tile; ++x) {
          const auto value =
              static_cast<double>(at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0F * at(x, y));
          sum += value;
          squares += value * value;
        }
      }
      constexpr double count = tile * tile;
      variances.push_back(squares / count - (sum / count) * (sum / count));
    }
  }
  if (variances.empty()) return 0;
  std::sort(variances.begin(), variances.end(), std::greater<>{});
  const std::size_t best = std::max<std::size_t>(1, variances.size() / 10);
  double sum = 0;
  for (std::size_t i = 0; i < best; ++i) sum += variances[i];
  return std::max(0.0, sum / static_cast<double>(best));
}

}  // namespace pentimento::offline::measuring
