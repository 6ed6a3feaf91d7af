#include "offline/measure/background.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>

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

Unrolled unroll(const LabPixels& pixels, int thickness) {
  const RingWalk walk{pixels.width(), pixels.height()};
  Unrolled ring;
  std::vector<float> roughness;
  for (int i = 0; i < walk.length(); ++i) {
    const RingWalk::Point point = walk.at(i);
    Lab sum;
    for (int depth = 0; depth < thickness; ++depth) {
      sum = sum_of(sum, pixels.at(point.x + depth * point.inwards_x, point.y + depth * point.inwards_y));
    }
    const Lab mean = scaled_by(sum, 1.0F / static_cast<float>(thickness));
    for (int depth = 0; depth < thickness; ++depth) {
      roughness.push_back(
          distance(mean, pixels.at(point.x + depth * point.inwards_x, point.y + depth * point.inwards_y)));
    }
    ring.colours.push_back(mean);
  }
  // A median over five places along the ring takes out specks and keeps jumps sharp.
  std::vector<Lab> steady(ring.colours.size());
  const auto count = static_cast<int>(ring.colours.size());
  for (int i = 0; i < count; ++i) {
    std::array<float, 5> l{}, a{}, b{};
    for (int step = 0; step < 5; ++step) {
      const Lab near = ring.colours[static_cast<std::size_t>((i + step - 2 + count) % count)];
      l[static_cast<std::size_t>(step)] = near.l;
      a[static_cast<std::size_t>(step)] = near.a;
      b[static_cast<std::size_t>(step)] = near.b;
    }
    std::nth_element(l.begin(), l.begin() + 2, l.end());
    std::nth_element(a.begin(), a.begin() + 2, a.end());
    std::nth_element(b.begin(), b.begin() + 2, b.end());
    steady[static_cast<std::size_t>(i)] = {l[2], a[2], b[2]};
  }
  ring.colours = std::move(steady);
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

/// Least squares for `value = c + p * x + q * y`, with x and y from -0.5 to 0.5 over the picture.
struct PlaneFit {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  std::array<double, 3> v{}, vx{}, vy{};

  void add(double at_x, double at_y, Lab colour) {
    n += 1, x += at_x, y += at_y, xx += at_x * at_x, xy += at_x * at_y, yy += at_y * at_y;
    const std::array<double, 3> values{static_cast<double>(colour.l), static_cast<double>(colour.a),
                                       static_cast<double>(colour.b)};
    for (std::size_t channel = 0; channel < 3; ++channel) {
      v[channel] += values[channel];
      vx[channel] += values[channel] * at_x;
      vy[channel] += values[channel] * at_y;
    }
  }

  void solve(Surface& surface) const {
    // The small ridge keeps directions that the points do not spread in (a table seen along one edge only) flat.
    const double ridge = 0.004 * n;
    const double cxx = xx - x * x / n + ridge;
    const double cyy = yy - y * y / n + ridge;
    const double cxy = xy - x * y / n;
    const double determinant = cxx * cyy - cxy * cxy;
    std::array<double, 3> slope_x{}, slope_y{}, middle{};
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const double cvx = vx[channel] - v[channel] * x / n;
      const double cvy = vy[channel] - v[channel] * y / n;
      slope_x[channel] = (cvx * cyy - cvy * cxy) / determinant;
      slope_y[channel] = (cvy * cxx - cvx * cxy) / determinant;
      middle[channel] = (v[channel] - slope_x[channel] * x - slope_y[channel] * y) / n;
    }
    const auto lab = [](const std::array<double, 3>& values) {
      return Lab{static_cast<float>(values[0]), static_cast<float>(values[1]), static_cast<float>(values[2])};
    };
    surface.per_x = lab(slope_x);
    surface.per_y = lab(slope_y);
    surface.centre = lab(middle);
    surface.mean = lab({v[0] / n, v[1] / n, v[2] / n});
  }
};

void fit(Surface& surface, const LabPixels& pixels, int thickness) {
  const RingWalk walk{pixels.width(), pixels.height()};
  PlaneFit plane;
  const auto each = [&](auto&& use) {
    for (const int i : surface.ring) {
      const RingWalk::Point point = walk.at(i);
      for (int depth = 0; depth < thickness; ++depth) {
        const int x = point.x + depth * point.inwards_x;
        const int y = point.y + depth * point.inwards_y;
        use(x, y, pixels.at(x, y));
      }
    }
  };
  each([&](int x, int y, Lab colour) {
    plane.add((x + 0.5) / pixels.width() - 0.5, (y + 0.5) / pixels.height() - 0.5, colour);
  });
  plane.solve(surface);
  std::vector<float> away;
  each([&](int x, int y, Lab colour) {
    away.push_back(distance(colour, surface.at(x, y, pixels.width(), pixels.height())));
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

Background read_background(const LabPixels& pixels) {
  Background background;
  const int shorter = std::min(pixels.width(), pixels.height());
  if (shorter < 16) return background;
  background.thickness = std::clamp(static_cast<int>(std::lround(shorter * 0.02)), 2, shorter / 4);
  const Unrolled ring = unroll(pixels, background.thickness);
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

  const RingWalk walk{pixels.width(), pixels.height()};
  const std::array<int, 4> corners{0, pixels.width() - 1, pixels.width() + pixels.height() - 2,
                                   2 * pixels.width() + pixels.height() - 3};
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
    fit(surface, pixels, background.thickness);
    background.covered += surface.share;
    background.surfaces.push_back(std::move(surface));
  }
  std::stable_sort(background.surfaces.begin(), background.surfaces.end(),
                   [](const Surface& one, const Surface& other) { return one.share > other.share; });
  if (background.surfaces.size() > 5) background.surfaces.clear();  // that many stripes are a pattern
  return background;
}

Rim find_rim(const LabPixels& pixels) {
  Rim rim;
  const int width = pixels.width();
  const int height = pixels.height();
  if (std::min(width, height) < 24) return rim;
  // A line of the rim on side 0 top, 1 right, 2 bottom, 3 left, `depth` pixels from the edge.
  const auto line = [&](int side, int depth) {
    std::vector<Lab> colours;
    const int length = side % 2 == 0 ? width : height;
    for (int i = 0; i < length; ++i) {
      switch (side) {
        case 0: colours.push_back(pixels.at(i, depth)); break;
        case 1: colours.push_back(pixels.at(width - 1 - depth, i)); break;
        case 2: colours.push_back(pixels.at(i, height - 1 - depth)); break;
        default: colours.push_back(pixels.at(depth, i)); break;
      }
    }
    return colours;
  };
  std::array<Lab, 4> colour{};
  std::array<int, 4> thickness{};
  for (int side = 0; side < 4; ++side) {
    const std::vector<Lab> edge = line(side, 0);
    Lab mean;
    for (const Lab each : edge) mean = sum_of(mean, each);
    mean = scaled_by(mean, 1.0F / static_cast<float>(edge.size()));
    const auto off = [&](const std::vector<Lab>& colours, float limit, int skip) {
      int outside = 0;
      int seen = 0;
      for (std::size_t i = static_cast<std::size_t>(skip); i + static_cast<std::size_t>(skip) < colours.size(); ++i) {
        ++seen;
        outside += distance(colours[i], mean) > limit ? 1 : 0;
      }
      return seen == 0 ? 0.0 : static_cast<double>(outside) / seen;
    };
    if (off(edge, 4.0F, 0) > 0.02) return rim;
    const int reach = std::max(3, static_cast<int>((side % 2 == 0 ? height : width) * 0.15));
    int depth = 1;
    // The lines of the neighbouring sides of the rim cross this one at its ends: leave a sixth out there.
    const int skip = static_cast<int>(edge.size()) / 6;
    while (depth < reach && off(line(side, depth), 6.0F, skip) < 0.85) {
      // One partly differing line may be the blurred edge of the rim; more are a picture that begins.
      if (off(line(side, depth), 6.0F, skip) > 0.1 &&
          (depth + 2 >= reach || off(line(side, depth + 2), 6.0F, skip) < 0.85))
        return rim;
      ++depth;
    }
    if (depth >= reach) return rim;
    colour[static_cast<std::size_t>(side)] = mean;
    thickness[static_cast<std::size_t>(side)] = depth;
  }
  for (const Lab each : colour) {
    if (distance(each, colour[0]) > 5.0F) return rim;
  }
  rim = {true, thickness[3], thickness[0], thickness[1], thickness[2], rgb_of(colour[0])};
  return rim;
}

}  // namespace pentimento::offline::measuring
