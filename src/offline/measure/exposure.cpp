#include "offline/measure/exposure.hpp"

#include "offline/pixels/libvips.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <vector>

namespace pentimento::offline::measuring {

Exposure measure_exposure(const LabImage& image) {
  const vips::VImage l = image.image()[0];
  const vips::VImage chroma = image.image().colourspace(VIPS_INTERPRETATION_LCH)[1];
  // libvips finds percentiles of 16-bit numbers: hundredths of L*.
  const vips::VImage hundredths = (l * 100.0).cast(VIPS_FORMAT_USHORT);
  const auto share_of = [](const vips::VImage& mask) { return mask.avg() / 255; };
  const Mask coloured{(chroma > 6.0) & (l > 8.0)};
  Exposure exposure;
  exposure.lightness = l.avg();
  exposure.dark_share = share_of(l < 4.0);
  exposure.highlights = hundredths.percent(95) / 100.0;
  exposure.range = exposure.highlights - hundredths.percent(5) / 100.0;
  exposure.coloured_share = share_of(coloured.image());
  if (exposure.coloured_share > 0)
    exposure.saturation = coloured.image().ifthenelse(chroma, 0.0).avg() / exposure.coloured_share;
  exposure.warmth = image.image()[2].avg();
  return exposure;
}

namespace {

/// The mean variance of the Laplacian in the tenth of the tiles where it varies most.
double strongest_edges(const vips::VImage& luma) {
  constexpr int tile = 16;
  const vips::VImage mask = vips::VImage::new_matrixv(3, 3, 0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0);
  // The outermost line is left out, and with it what a frame would add.
  const vips::VImage laplacian =
      luma.conv(mask, vips::VImage::option()->set("precision", VIPS_PRECISION_FLOAT))
          .extract_area(1, 1, (luma.width() - 2) / tile * tile, (luma.height() - 2) / tile * tile);
  const vips::VImage mean = laplacian.shrink(tile, tile);
  const vips::VImage variance =
      ((laplacian * laplacian).shrink(tile, tile) - mean * mean).cast(VIPS_FORMAT_DOUBLE).copy_memory();
  const auto* first = static_cast<const double*>(variance.data());
  std::vector<double> tiles(first, first + static_cast<std::ptrdiff_t>(variance.width()) * variance.height());
  std::ranges::sort(tiles, std::greater{});
  const std::size_t best = std::max<std::size_t>(1, tiles.size() / 10);
  const double sum = std::accumulate(tiles.begin(), tiles.begin() + static_cast<std::ptrdiff_t>(best), 0.0);
  return std::max(0.0, sum / static_cast<double>(best));
}

}  // namespace

Sharpness measure_sharpness(const Pixels& pixels) {
  const Pixels small = pixels.fitted_area(1024);
  Sharpness sharpness;
  if (std::min(small.width(), small.height()) < 32) return sharpness;
  const vips::VImage luma = view(small).recomb(vips::VImage::new_matrixv(3, 1, 0.299, 0.587, 0.114));
  sharpness.edges = strongest_edges(luma);
  // A median keeps edges and takes out what a single pixel differs by.
  sharpness.lasting_share = sharpness.edges > 0 ? strongest_edges(luma.rank(3, 3, 4)) / sharpness.edges : 1;
  return sharpness;
}

}  // namespace pentimento::offline::measuring
