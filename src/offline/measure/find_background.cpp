#include "offline/measure/find_background.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace pentimento::offline::measuring {

namespace {

constexpr float jump = 6.0F;        // CIELAB, between pieces of the ring
constexpr float same_group = 9.0F;  // CIELAB, between pieces of one surface

Lab sum_of(Lab one, Lab other) { return {one.l + other.l, one.a + other.a, one.b + other.b}; }
Lab scaled_by(Lab colour, float factor) { return {colour.l * factor, colour.a * factor, colour.b * factor}; }

template <class Values>
double median_of(Values values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return static_cast<double>(*middle);
}

/// The ring unrolled: one colour for each place along it (the mean over its thickness), and how rough it is there.
struct Unrolled {
  std::vector<Lab> colours;
  double texture = 0;
};

Unrolled unroll(const LabImage& image, int thickness) {
  const RingWalk walk{image.width(), image.height()};
  Unrolled ring;
  std::vector<float> roughness;
  for (int i = 0; i < walk.length(); ++i) {
    const RingWalk::Point point = walk.at(i);
    Lab sum;
    for (int depth = 0; depth < thickness; ++depth) {
      sum = sum_of(sum, image.at(point.x + depth * point.inwards_x, point.y + depth * point.inwards_y));
    }
    const Lab mean = scaled_by(sum, 1.0F / static_cast<float>(thickness));
    for (int depth = 0; depth < thickness; ++depth) {
      roughness.push_back(
          distance(mean, image.at(point.x + depth * point.inwards_x, point.y + depth * point.inwards_y)));
    }
    ring.colours.push_back(mean);
  }
  // A median over five places along the ring takes out specks and keeps jumps sharp.
  const vips::VImage line = vips::VImage::new_from_memory(ring.colours.data(), ring.colours.size() * sizeof(Lab),
                                                          walk.length(), 1, 3, VIPS_FORMAT_FLOAT);
  const LabImage steady{line.replicate(3, 1).rank(5, 1, 2).extract_area(walk.length(), 0, walk.length(), 1)};
  for (std::size_t i = 0; i < ring.colours.size(); ++i) ring.colours[i] = steady[i];
  ring.texture = median_of(std::move(roughness));
  return ring;
}

/// A piece of the ring without a jump in it.
struct Piece {
  int begin = 0;
  int length = 0;
  Lab first, last, mean;
};

std::vector<Piece> cut(const std::vector<Lab>& ring) {
  const auto count = static_cast<int>(ring.size());
  const auto at = [&](int i) { return ring[static_cast<std::size_t>((i % count + count) % count)]; };
  std::vector<bool> jumps(ring.size());
  for (int i = 0; i < count; ++i) jumps[static_cast<std::size_t>(i)] = distance(at(i - 2), at(i + 1)) > jump;
  const auto start = std::find(jumps.begin(), jumps.end(), true);
  const auto make = [&](int begin, int length) {
    Piece piece{begin, length, at(begin), at(begin + length - 1), {}};
    for (int i = begin; i < begin + length; ++i) piece.mean = sum_of(piece.mean, at(i));
    piece.mean = scaled_by(piece.mean, 1.0F / static_cast<float>(length));
    return piece;
  };
  std::vector<Piece> pieces;
  if (start == jumps.end()) {
    pieces.push_back(make(0, count));
    return pieces;
  }
  const auto from = static_cast<int>(start - jumps.begin());
  int begin = -1;
  for (int i = from; i <= from + count; ++i) {
    const bool inside = i < from + count && !jumps[static_cast<std::size_t>(i % count)];
    if (inside && begin < 0) begin = i;
    if (!inside && begin >= 0) {
      if (i - begin >= 3) pieces.push_back(make(begin % count, i - begin));
      begin = -1;
    }
  }
  return pieces;
}

bool belong_together(const Piece& one, const Piece& other) {
  return distance(one.mean, other.mean) < same_group || distance(one.last, other.first) < same_group * 0.7F ||
         distance(other.last, one.first) < same_group * 0.7F;
}

/// Least squares for `value = centre + across * per_x + down * per_y`, with across and down from -0.5 to 0.5.
class PlaneFit {
 public:
  void add(double across, double down, Lab colour) {
    const std::array<double, 3> position{1, across, down};
    const std::array<float, 3> values{colour.l, colour.a, colour.b};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        normal_[3 * i + j] += position[i] * position[j];
        moments_[3 * i + j] += position[i] * static_cast<double>(values[j]);
      }
    }
  }

  void solve(Surface& surface) {
    // The small ridge keeps directions that the points do not spread in (a table seen along one edge only) flat.
    const double n = normal_[0];
    normal_[4] += 0.004 * n;
    normal_[8] += 0.004 * n;
    const vips::VImage inverse = vips::VImage::new_matrix(3, 3, normal_.data(), 9).matrixinvert().copy_memory();
    const auto* weights = static_cast<const double*>(inverse.data());
    const auto solution = [&](std::size_t i) {
      std::array<float, 3> sum{};
      for (std::size_t j = 0; j < 3; ++j) {
        for (std::size_t channel = 0; channel < 3; ++channel)
          sum[channel] += static_cast<float>(weights[3 * i + j] * moments_[3 * j + channel]);
      }
      return Lab{sum[0], sum[1], sum[2]};
    };
    surface.centre = solution(0);
    surface.per_x = solution(1);
    surface.per_y = solution(2);
    surface.mean = {static_cast<float>(moments_[0] / n), static_cast<float>(moments_[1] / n),
                    static_cast<float>(moments_[2] / n)};
  }

 private:
  std::array<double, 9> normal_{};
  std::array<double, 9> moments_{};  // a row for each of 1, across and down, with a column for each channel
};

void fit(Surface& surface, const LabImage& image, int thickness) {
  const RingWalk walk{image.width(), image.height()};
  PlaneFit plane;
  const auto each = [&](auto&& use) {
    for (const int i : surface.ring) {
      const RingWalk::Point point = walk.at(i);
      for (int depth = 0; depth < thickness; ++depth) {
        const int x = point.x + depth * point.inwards_x;
        const int y = point.y + depth * point.inwards_y;
        use(x, y, image.at(x, y));
      }
    }
  };
  each([&](int x, int y, Lab colour) {
    plane.add((x + 0.5) / image.width() - 0.5, (y + 0.5) / image.height() - 0.5, colour);
  });
  plane.solve(surface);
  std::vector<float> away;
  each([&](int x, int y, Lab colour) {
    away.push_back(distance(colour, surface.at(x, y, image.width(), image.height())));
  });
  surface.noise = median_of(std::move(away));
}

}  // namespace

RingWalk::Point RingWalk::at(int i) const noexcept {
  if (i < width_) return {i, 0, 0, 1, 0};
  i -= width_;
  if (i < height_ - 1) return {width_ - 1, i + 1, -1, 0, 1};
  i -= height_ - 1;
  if (i < width_ - 1) return {width_ - 2 - i, height_ - 1, 0, -1, 2};
  i -= width_ - 1;
  return {0, height_ - 2 - i, 1, 0, 3};
}

Lab Surface::at(int x, int y, int width, int height) const noexcept {
  const float across = (static_cast<float>(x) + 0.5F) / static_cast<float>(width) - 0.5F;
  const float down = (static_cast<float>(y) + 0.5F) / static_cast<float>(height) - 0.5F;
  return sum_of(centre, sum_of(scaled_by(per_x, across), scaled_by(per_y, down)));
}

double Surface::gradient() const noexcept {
  const Lab zero;
  return static_cast<double>(
      std::max(distance(sum_of(per_x, per_y), zero), distance(sum_of(per_x, scaled_by(per_y, -1.0F)), zero)));
}

double Background::noise() const noexcept {
  double sum = 0;
  for (const Surface& surface : surfaces) sum += surface.share * surface.noise;
  return covered > 0 ? sum / covered : 0;
}

Background read_background(const LabImage& image) {
  Background background;
  const int shorter = std::min(image.width(), image.height());
  if (shorter < 16) return background;
  background.thickness = std::clamp(static_cast<int>(std::lround(shorter * 0.02)), 2, shorter / 4);
  const Unrolled ring = unroll(image, background.thickness);
  background.texture = ring.texture;
  std::vector<Piece> pieces = cut(ring.colours);
  const auto count = static_cast<int>(ring.colours.size());

  // Put the pieces together, each with all that it belongs with.
  std::vector<std::size_t> group(pieces.size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  for (std::size_t one = 0; one < pieces.size(); ++one) {
    for (std::size_t other = one + 1; other < pieces.size(); ++other) {
      if (group[one] == group[other] || !belong_together(pieces[one], pieces[other])) continue;
      std::replace(group.begin(), group.end(), group[other], group[one]);
    }
  }

  const RingWalk walk{image.width(), image.height()};
  const std::array<int, 4> corners{0, image.width() - 1, image.width() + image.height() - 2,
                                   2 * image.width() + image.height() - 3};
  for (std::size_t leader = 0; leader < pieces.size(); ++leader) {
    Surface surface;
    std::array<bool, 4> side{};
    std::array<bool, 4> corner{};
    for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
      if (group[piece] != leader) continue;
      for (int i = 0; i < pieces[piece].length; ++i) {
        const int place = (pieces[piece].begin + i) % count;
        surface.ring.push_back(place);
        side[static_cast<std::size_t>(walk.at(place).side)] = true;
        for (std::size_t which = 0; which < 4; ++which) {
          const int away = std::abs(place - corners[which]);
          if (std::min(away, count - away) <= 3) corner[which] = true;
        }
      }
    }
    if (surface.ring.empty()) continue;
    surface.share = static_cast<double>(surface.ring.size()) / count;
    const bool across = (side[1] && side[3]) || (side[0] && side[2]);
    const bool background_like = surface.share >= 0.5 || std::count(corner.begin(), corner.end(), true) >= 2 || across;
    if (surface.share < 0.04 || !background_like) continue;
    fit(surface, image, background.thickness);
    background.covered += surface.share;
    background.surfaces.push_back(std::move(surface));
  }
  std::stable_sort(background.surfaces.begin(), background.surfaces.end(),
                   [](const Surface& one, const Surface& other) { return one.share > other.share; });
  if (background.surfaces.size() > 5) background.surfaces.clear();  // that many stripes are a pattern
  return background;
}

Rim find_rim(const LabImage& image) {
  if (std::min(image.width(), image.height()) < 24) return {};
  constexpr std::array<VipsAngle, 4> to_top{VIPS_ANGLE_D0, VIPS_ANGLE_D90, VIPS_ANGLE_D180, VIPS_ANGLE_D270};
  std::array<Lab, 4> colour{};
  std::array<int, 4> thickness{};
  for (std::size_t side = 0; side < 4; ++side) {  // top, left, bottom, right
    const LabImage turned{image.image().rot(to_top[side])};
    const int width = turned.width();
    Lab sum;
    for (int x = 0; x < width; ++x) sum = sum_of(sum, turned.at(x, 0));
    const Lab mean = scaled_by(sum, 1.0F / static_cast<float>(width));
    // The share of the pixels of a line that differ from the mean of the outermost one.
    const auto off = [&](int y, float limit, int skip) {
      int differ = 0;
      for (int x = skip; x < width - skip; ++x) differ += distance(turned.at(x, y), mean) > limit ? 1 : 0;
      return static_cast<double>(differ) / (width - 2 * skip);
    };
    if (off(0, 4.0F, 0) > 0.02) return {};
    const int reach = std::max(3, static_cast<int>(turned.height() * 0.15));
    // The rim of the neighbouring sides crosses each line at its ends: leave a sixth out there.
    const auto begins = [&](int y) { return y < reach && off(y, 6.0F, width / 6) >= 0.85; };
    int depth = 1;
    for (; !begins(depth); ++depth) {
      // One partly differing line may be the blurred edge of the rim; more are an image that begins.
      if (depth >= reach || (off(depth, 6.0F, width / 6) > 0.1 && !begins(depth + 2))) return {};
    }
    colour[side] = mean;
    thickness[side] = depth;
  }
  if (std::ranges::any_of(colour, [&](Lab each) { return distance(each, colour[0]) > 5.0F; })) return {};
  return {true, thickness[1], thickness[0], thickness[3], thickness[2], rgb_of(colour[0])};
}

}  // namespace pentimento::offline::measuring
