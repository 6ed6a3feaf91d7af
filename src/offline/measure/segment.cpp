#include "offline/measure/segment.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace pentimento::offline::measuring {

namespace {

constexpr int working_side = 512;

std::size_t at(int x, int y, int width) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
}

/// Calls `use` with the place of each of the neighbours of x, y that lie in the picture.
template <class Use>
void each_neighbour(int x, int y, int width, int height, bool diagonals, Use&& use) {
  for (int down = -1; down <= 1; ++down) {
    for (int across = -1; across <= 1; ++across) {
      if ((across == 0 && down == 0) || (!diagonals && across != 0 && down != 0)) continue;
      const int near_x = x + across;
      const int near_y = y + down;
      if (near_x >= 0 && near_y >= 0 && near_x < width && near_y < height) use(at(near_x, near_y, width));
    }
  }
}

/// The largest (or smallest) value in a square around each pixel; rows, then columns.
Mask spread(const Mask& mask, int width, int height, int radius, unsigned char wanted) {
  Mask rows = mask;
  const auto pass = [&](const Mask& from, Mask& to, bool along_rows) {
    const int lines = along_rows ? height : width;
    const int length = along_rows ? width : height;
    for (int line = 0; line < lines; ++line) {
      for (int i = 0; i < length; ++i) {
        const auto place = [&](int along) { return along_rows ? at(along, line, width) : at(line, along, width); };
        unsigned char value = from[place(i)];
        for (int near = std::max(0, i - radius); near <= std::min(length - 1, i + radius) && value != wanted; ++near) {
          value = from[place(near)] == wanted ? wanted : value;
        }
        to[place(i)] = value;
      }
    }
  };
  pass(mask, rows, true);
  Mask both = rows;
  pass(rows, both, false);
  return both;
}

/// Distance to the nearest pixel outside, in pixels: two passes with steps of 1 and the square root of 2.
std::vector<float> depth_in(const Mask& mask, int width, int height) {
  std::vector<float> depth(mask.size());
  constexpr float diagonal = 1.41421356F;
  const auto value = [&](int x, int y) {
    return x < 0 || y < 0 || x >= width || y >= height ? 0.0F : depth[at(x, y, width)];
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      depth[at(x, y, width)] = mask[at(x, y, width)] == 0
                                   ? 0.0F
                                   : std::min({value(x - 1, y) + 1, value(x, y - 1) + 1, value(x - 1, y - 1) + diagonal,
                                               value(x + 1, y - 1) + diagonal});
    }
  }
  for (int y = height - 1; y >= 0; --y) {
    for (int x = width - 1; x >= 0; --x) {
      float& here = depth[at(x, y, width)];
      here = std::min({here, value(x + 1, y) + 1, value(x, y + 1) + 1, value(x + 1, y + 1) + diagonal,
                       value(x - 1, y + 1) + diagonal});
    }
  }
  return depth;
}

struct Extent {
  int left = std::numeric_limits<int>::max(), top = std::numeric_limits<int>::max(), right = -1, bottom = -1;
  void add(int x, int y) {
    left = std::min(left, x), right = std::max(right, x), top = std::min(top, y), bottom = std::max(bottom, y);
  }
};

/// The connected parts of a mask as lists of places, in the order of their first pixel.
std::vector<std::vector<std::size_t>> parts_of(const Mask& mask, int width, int height, bool diagonals) {
  std::vector<std::vector<std::size_t>> parts;
  Mask seen(mask.size());
  std::vector<std::size_t> open;
  for (std::size_t start = 0; start < mask.size(); ++start) {
    if (mask[start] == 0 || seen[start] != 0) continue;
    std::vector<std::size_t> part;
    open.assign(1, start);
    seen[start] = 1;
    while (!open.empty()) {
      const std::size_t place = open.back();
      open.pop_back();
      part.push_back(place);
      const auto x = static_cast<int>(place % static_cast<std::size_t>(width));
      const auto y = static_cast<int>(place / static_cast<std::size_t>(width));
      each_neighbour(x, y, width, height, diagonals, [&](std::size_t near) {
        if (mask[near] == 0 || seen[near] != 0) return;
        seen[near] = 1;
        open.push_back(near);
      });
    }
    std::sort(part.begin(), part.end());
    parts.push_back(std::move(part));
  }
  return parts;
}

/// How many thick parts a filled shape has: the connected parts of what is deeper than 0.62 of its greatest depth, each
/// holding at least two fifths of the largest. 0.62: three round things that touch fall apart, a cup keeps its handle.
int cores_of(const Mask& filled, int width, int height) {
  const std::vector<float> depth = depth_in(filled, width, height);
  const float deepest = *std::max_element(depth.begin(), depth.end());
  if (deepest < 4.0F) return 1;  // too small to have a shape
  Mask deep(filled.size());
  for (std::size_t place = 0; place < deep.size(); ++place) deep[place] = depth[place] > 0.62F * deepest ? 1 : 0;
  const auto parts = parts_of(deep, width, height, true);
  std::size_t largest = 0;
  for (const auto& part : parts) largest = std::max(largest, part.size());
  return static_cast<int>(
      std::count_if(parts.begin(), parts.end(), [&](const auto& part) { return part.size() * 5 >= largest * 2; }));
}

/// `mask` with everything set that its zeroes do not reach from the border of the picture.
Mask without_holes(const Mask& mask, int width, int height) {
  Mask filled(mask.size(), 1);
  std::vector<std::size_t> open;
  const auto add = [&](std::size_t place) {
    if (mask[place] != 0 || filled[place] == 0) return;
    filled[place] = 0;
    open.push_back(place);
  };
  const RingWalk walk{width, height};
  for (int i = 0; i < walk.length(); ++i) add(at(walk.at(i).x, walk.at(i).y, width));
  while (!open.empty()) {
    const std::size_t place = open.back();
    open.pop_back();
    each_neighbour(static_cast<int>(place % static_cast<std::size_t>(width)),
                   static_cast<int>(place / static_cast<std::size_t>(width)), width, height, false, add);
  }
  return filled;
}

Component describe(std::vector<std::size_t> places, int width, int height) {
  Component component;
  Extent extent;
  const auto wide = static_cast<std::size_t>(width);
  double sum_x = 0;
  double sum_y = 0;
  for (const std::size_t place : places) {
    const auto x = static_cast<int>(place % wide);
    const auto y = static_cast<int>(place / wide);
    extent.add(x, y);
    sum_x += x + 0.5;
    sum_y += y + 0.5;
  }
  component.x = sum_x / static_cast<double>(places.size()) / width;
  component.y = sum_y / static_cast<double>(places.size()) / height;
  component.box = {static_cast<double>(extent.left) / width, static_cast<double>(extent.top) / height,
                   static_cast<double>(extent.right + 1) / width, static_cast<double>(extent.bottom + 1) / height};
  component.cut_off = extent.left == 0 || extent.top == 0 || extent.right == width - 1 || extent.bottom == height - 1;

  // A window one pixel larger than the shape on each side.
  const int window_width = extent.right - extent.left + 3;
  const int window_height = extent.bottom - extent.top + 3;
  Mask shape(at(0, window_height, window_width));
  for (const std::size_t place : places) {
    shape[at(static_cast<int>(place % wide) - extent.left + 1, static_cast<int>(place / wide) - extent.top + 1,
             window_width)] = 1;
  }
  const Mask filled = without_holes(shape, window_width, window_height);
  component.area = static_cast<std::size_t>(std::count(filled.begin(), filled.end(), 1));
  component.cores = cores_of(filled, window_width, window_height);
  component.places = std::move(places);
  return component;
}

/// Whether `colour` is the expected background with less light on it: a shadow.
bool shadow_of(Lab colour, Lab expected) {
  const float darker = expected.l - colour.l;
  if (darker < 1.5F || darker > 34.0F || expected.l < 20.0F) return false;
  const float ratio = colour.l / expected.l;
  const float a = colour.a - expected.a * ratio;
  const float b = colour.b - expected.b * ratio;
  return std::sqrt(a * a + b * b) < 4.5F;
}

struct Nearest {
  float away = std::numeric_limits<float>::max();
  Lab expected;
  std::size_t surface = 0;
};

Nearest nearest_surface(const Background& background, const LabPixels& pixels, int x, int y) {
  Nearest nearest;
  for (std::size_t which = 0; which < background.surfaces.size(); ++which) {
    const Lab expected = background.surfaces[which].at(x, y, pixels.width(), pixels.height());
    const float away = distance(expected, pixels.at(x, y));
    if (away < nearest.away) nearest = {away, expected, which};
  }
  return nearest;
}

/// Takes hard shadows out of a foreground: darker copies of the background that end at an edge where the thing begins. The dark side
/// of a grey apple before grey is as dark, but goes over into the rest of it without one, and a thing that is all of such a colour (a
/// grey mug before white) has no rest: at least 30 % of each shape stays. A roof lies above the house;
/// a shadow on the ground lies low and is flat.
void drop_shadows(Mask& foreground, const Mask& shadow_like, const Mask& on_edge, int width, int height) {
  Mask dark(foreground.size());
  for (std::size_t place = 0; place < dark.size(); ++place)
    dark[place] = foreground[place] != 0 && shadow_like[place] != 0 ? 1 : 0;
  Mask drop(foreground.size());
  // Places are in ascending order: the first lies at the top, the last at the bottom.
  struct Upright {
    float middle = 0;
    float height = 0;
  };
  const auto upright = [&](const std::vector<std::size_t>& part) {
    const auto top = static_cast<float>(part.front() / static_cast<std::size_t>(width));
    const auto bottom = static_cast<float>(part.back() / static_cast<std::size_t>(width));
    return Upright{(top + bottom) / 2, bottom - top + 1};
  };
  std::vector<Upright> shape(foreground.size());  // of the shape that a pixel belongs to
  for (const std::vector<std::size_t>& part : parts_of(foreground, width, height, true)) {
    const Upright whole = upright(part);
    for (const std::size_t place : part) shape[place] = whole;
  }
  for (const std::vector<std::size_t>& part : parts_of(dark, width, height, false)) {
    const Upright here = upright(part);
    const Upright whole = shape[part.front()];
    if (here.middle < whole.middle || here.height > 0.4F * whole.height) continue;
    std::size_t beside = 0;
    std::size_t edges = 0;
    for (const std::size_t place : part) {
      const auto x = static_cast<int>(place % static_cast<std::size_t>(width));
      const auto y = static_cast<int>(place / static_cast<std::size_t>(width));
      each_neighbour(x, y, width, height, false, [&](std::size_t near) {
        if (foreground[near] == 0 || shadow_like[near] != 0) return;
        ++beside;
        edges += on_edge[near] != 0 || on_edge[place] != 0 ? 1U : 0U;
      });
    }
    if (edges * 10 < beside * 7) continue;
    for (const std::size_t place : part) drop[place] = 1;
  }
  for (const std::vector<std::size_t>& part : parts_of(foreground, width, height, true)) {
    std::size_t dropped = 0;
    for (const std::size_t place : part) dropped += drop[place];
    if (dropped * 10 > part.size() * 7) continue;
    for (const std::size_t place : part) foreground[place] = drop[place] != 0 ? 0 : 1;
  }
}

/// What speaks for each pixel being background, and against it.
struct Evidence {
  LabPixels smooth;                  ///< the picture without grain
  std::vector<std::size_t> surface;  ///< the nearest surface
  std::vector<float> away;           ///< distance to the expected colour of the nearest surface
  Mask alike;                        ///< of an expected colour
  Mask shadow_like;                  ///< darker than expected, and else alike
  Mask on_edge;                      ///< differs from a neighbour by more than light on a surface does
  float step = 0;                    ///< between neighbours of one surface
};

Evidence gather(const Background& background, const LabPixels& pixels) {
  Evidence evidence;
  const int width = pixels.width();
  const int height = pixels.height();
  // Smoothing calms grain, but lets growth slip over the faint edge of a white thing on white.
  evidence.smooth = background.texture > 0.6 ? pixels.smoothed() : pixels;
  evidence.step = static_cast<float>(1.3 + 0.4 * std::min(4.0, background.texture));
  evidence.surface.resize(pixels.count());
  evidence.away.resize(pixels.count());
  evidence.alike.resize(pixels.count());
  evidence.shadow_like.resize(pixels.count());
  evidence.on_edge.resize(pixels.count());
  // By texture, not by how well planes fit: what varies slowly is reached by growing, and a pale thing must not be taken along.
  const auto near_enough = static_cast<float>(std::clamp(2.0 * background.texture + 3.5, 4.0, 10.0));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t place = at(x, y, width);
      const Nearest nearest = nearest_surface(background, evidence.smooth, x, y);
      evidence.surface[place] = nearest.surface;
      evidence.away[place] = nearest.away;
      evidence.alike[place] = nearest.away < near_enough ? 1 : 0;
      evidence.shadow_like[place] = shadow_of(evidence.smooth[place], nearest.expected) ? 1 : 0;
      each_neighbour(x, y, width, height, false, [&](std::size_t near) {
        if (distance(evidence.smooth[place], evidence.smooth[near]) > 1.6F * evidence.step) evidence.on_edge[place] = 1;
      });
    }
  }
  return evidence;
}

/// The background, grown from the border ring: over what has an expected colour and is not thin, and in small steps over what changes
/// slowly, which is light on the same surface. Not across an edge: along the softened edge of a pale thing one can climb in small
/// steps, but its other side is near.
Mask grown(const Evidence& evidence, const Background& background, int width, int height) {
  const auto reach = static_cast<float>(std::max(13.0, 6.0 + 3.0 * background.noise()));
  // A band of the expected colour across a shaded thing is thin; it must not let the growth in.
  const Mask broad = opened(evidence.alike, width, height, 3);
  Mask reached(evidence.alike.size());
  std::vector<std::size_t> open;
  const auto add = [&](std::size_t place) {
    if (reached[place] != 0) return;
    reached[place] = 1;
    open.push_back(place);
  };
  const RingWalk walk{width, height};
  for (const Surface& surface : background.surfaces) {
    for (const int i : surface.ring) {
      const RingWalk::Point point = walk.at(i);
      for (int depth = 0; depth < background.thickness; ++depth) {
        const std::size_t place = at(point.x + depth * point.inwards_x, point.y + depth * point.inwards_y, width);
        if (depth == 0 || evidence.alike[place] != 0) add(place);
      }
    }
  }
  for (std::size_t next = 0; next < open.size(); ++next) {
    const std::size_t place = open[next];
    const auto x = static_cast<int>(place % static_cast<std::size_t>(width));
    const auto y = static_cast<int>(place / static_cast<std::size_t>(width));
    each_neighbour(x, y, width, height, false, [&](std::size_t near) {
      if (broad[near] != 0) return add(near);
      if (evidence.on_edge[near] != 0 || distance(evidence.smooth[place], evidence.smooth[near]) > evidence.step)
        return;
      if (evidence.away[near] <= reach || evidence.shadow_like[near] != 0) add(near);
    });
  }
  // What has an expected colour and was not reached: seen through a handle or between things, it ends at edges; on a thing whose shading
  // passes through that colour, it does not.
  Mask rest(reached.size());
  for (std::size_t place = 0; place < rest.size(); ++place)
    rest[place] = evidence.alike[place] != 0 && reached[place] == 0 ? 1 : 0;
  for (const std::vector<std::size_t>& part : parts_of(rest, width, height, false)) {
    std::size_t beside = 0;
    std::size_t ends = 0;
    for (const std::size_t place : part) {
      const auto x = static_cast<int>(place % static_cast<std::size_t>(width));
      const auto y = static_cast<int>(place / static_cast<std::size_t>(width));
      each_neighbour(x, y, width, height, false, [&](std::size_t near) {
        if (rest[near] != 0) return;
        ++beside;
        ends += evidence.on_edge[near] != 0 || evidence.on_edge[place] != 0 || reached[near] != 0 ? 1U : 0U;
      });
    }
    if (ends * 10 < beside * 7) continue;
    for (const std::size_t place : part) reached[place] = 1;
  }
  return reached;
}

/// The share of the edges in a picture that lie within what passes for background. Edges between two surfaces do not count, nor
/// what is seen through a thing, as the spokes of a wheel.
double hidden_edges(const Evidence& evidence, const Mask& foreground, int width, int height) {
  const Mask around = spread(without_holes(foreground, width, height), width, height, 3, 1);
  std::size_t edges = 0;
  std::size_t hidden = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t place = at(x, y, width);
      if (evidence.on_edge[place] == 0) continue;
      ++edges;
      if (around[place] != 0) continue;
      const std::size_t here = evidence.surface[place];
      const auto same = [&](int to_x, int to_y) {
        return to_x < 0 || to_y < 0 || to_x >= width || to_y >= height ||
               evidence.surface[at(to_x, to_y, width)] == here;
      };
      if (same(x - 4, y) && same(x + 4, y) && same(x, y - 4) && same(x, y + 4)) ++hidden;
    }
  }
  // A few stray pixels are no edge of anything.
  return hidden * 500 < evidence.on_edge.size() ? 0 : static_cast<double>(hidden) / static_cast<double>(edges);
}

std::size_t speck(const LabPixels& pixels) { return std::max<std::size_t>(9, pixels.count() * 15 / 10'000); }

void drop_specks(std::vector<Component>& things) {
  if (things.empty()) return;
  const std::size_t largest = things.front().area;
  std::erase_if(things, [&](const Component& thing) { return thing.area * 100 < largest * 7; });
}

/// Low is the number of shapes, high counts what may be several as several: a shape that is large for its kind, or alone, once
/// for each of its thick parts. Where size and thick parts say the same, that is its number.
void settle(ThingCount& count) {
  std::vector<std::size_t> areas;
  for (const Component& thing : count.things) areas.push_back(thing.area);
  std::sort(areas.begin(), areas.end());
  const double usual = areas.empty() ? 0.0 : static_cast<double>(areas[(areas.size() - 1) / 2]);
  count.low = 0;
  count.high = 0;
  for (const Component& thing : count.things) {
    const double times = static_cast<double>(thing.area) / usual;
    const bool alone = areas.size() == 1;
    const bool large = alone || times >= 1.55;
    if (!large) {
      count.low += 1;
      count.high += 1;
    } else if (!alone && thing.cores > 1 && std::abs(times / thing.cores - 1) <= 0.25) {
      count.low += thing.cores;
      count.high += thing.cores;
    } else {
      count.low += 1;
      count.high += thing.cores;
    }
  }
}

}  // namespace

std::vector<Component> components_of(const Mask& mask, int width, int height, std::size_t least) {
  std::vector<Component> components;
  for (std::vector<std::size_t>& part : parts_of(mask, width, height, true)) {
    if (part.size() >= least) components.push_back(describe(std::move(part), width, height));
  }
  std::stable_sort(components.begin(), components.end(),
                   [](const Component& one, const Component& other) { return one.area > other.area; });
  return components;
}

Mask opened(const Mask& mask, int width, int height, int radius) {
  return spread(spread(mask, width, height, radius, 0), width, height, radius, 1);
}

Mask closed(const Mask& mask, int width, int height, int radius) {
  return spread(spread(mask, width, height, radius, 1), width, height, radius, 0);
}

Segmentation segment(const Pixels& picture) {
  Segmentation result;
  Pixels small = picture.fitted(working_side);
  result.rim = find_rim(LabPixels{small});
  if (result.rim.found) {
    const Rim& rim = result.rim;
    // One more pixel on each side: the rim's edge is often blurred.
    small = small.cropped(rim.left + 1, rim.top + 1, small.width() - rim.left - rim.right - 2,
                          small.height() - rim.top - rim.bottom - 2);
  }
  result.pixels = LabPixels{small};
  const LabPixels& pixels = result.pixels;
  const int width = pixels.width();
  const int height = pixels.height();
  result.background = read_background(pixels);
  result.foreground.assign(pixels.count(), 0);
  result.behind.assign(pixels.count(), 0);
  if (std::min(width, height) < 16) {
    result.why_not = "the picture is too small to find things in it";
    return result;
  }
  if (!result.background.legible()) {
    result.why_not = "the background is too busy to tell things from it";
    return result;
  }

  const Evidence evidence = gather(result.background, pixels);
  result.behind = grown(evidence, result.background, width, height);
  for (std::size_t place = 0; place < pixels.count(); ++place)
    result.foreground[place] = result.behind[place] == 0 ? 1 : 0;
  result.foreground = opened(result.foreground, width, height, 1);
  result.hidden = hidden_edges(evidence, result.foreground, width, height);
  drop_shadows(result.foreground, evidence.shadow_like, evidence.on_edge, width, height);
  result.foreground = opened(result.foreground, width, height, 1);
  const auto filled = std::count(result.foreground.begin(), result.foreground.end(), 1);
  result.share = static_cast<double>(filled) / static_cast<double>(pixels.count());
  result.legible = result.share < 0.9;
  if (!result.legible) result.why_not = "hardly any background can be told from the things before it";
  return result;
}

ThingCount count_things(const Segmentation& segmentation) {
  ThingCount count;
  count.reliable = segmentation.legible;
  count.why_not = segmentation.why_not;
  if (!count.reliable) return count;
  count.things = components_of(segmentation.foreground, segmentation.pixels.width(), segmentation.pixels.height(),
                               speck(segmentation.pixels));
  drop_specks(count.things);
  settle(count);
  if (segmentation.hidden > 0.15) {
    count.reliable = false;
    count.why_not = "some of what is shown has nearly the colour of the background";
  } else if (count.low > 60) {
    count.reliable = false;
    count.why_not = "it falls into too many pieces to be counted";
  }
  return count;
}

ThingCount count_things(const Segmentation& segmentation, const ColourRange& colour) {
  const LabPixels& pixels = segmentation.pixels;
  const int width = pixels.width();
  const int height = pixels.height();
  ThingCount patches;
  if (pixels.count() == 0) return patches;
  Mask coloured(pixels.count());
  for (std::size_t place = 0; place < coloured.size(); ++place)
    coloured[place] = colour.contains(pixels[place]) ? 1 : 0;
  if (segmentation.legible) {
    for (std::size_t place = 0; place < coloured.size(); ++place) coloured[place] &= segmentation.foreground[place];
  } else if (!colour.has_hue()) {
    patches.why_not = segmentation.why_not;
    return patches;
  }
  patches.things =
      components_of(opened(closed(coloured, width, height, 1), width, height, 1), width, height, speck(pixels));
  drop_specks(patches.things);
  patches.reliable = true;
  settle(patches);
  if (patches.low > 60) {
    patches.reliable = false;
    patches.why_not = "its colour lies in too many pieces to be counted";
  }
  if (!segmentation.legible) return patches;

  ThingCount shapes;
  shapes.reliable = true;
  shapes.things = components_of(segmentation.foreground, width, height, speck(pixels));
  std::erase_if(shapes.things, [&](const Component& shape) {
    std::size_t inside = 0;
    for (const std::size_t place : shape.places) inside += coloured[place];
    return inside * 4 < shape.places.size();
  });
  drop_specks(shapes.things);
  settle(shapes);
  if (!patches.reliable || shapes.low == patches.low) return shapes;
  if (shapes.low > patches.low) return shapes;
  // More patches than shapes: one thing with a stripe across it, or things of other colours that join them. Things of a kind are
  // of a size; a thing in pieces is not.
  const bool alike = patches.things.back().area * 10 >= patches.things.front().area * 4;
  if (alike && shapes.low > 0) {
    patches.low = std::min(patches.low, shapes.low);
    patches.high = std::max(patches.high, shapes.high);
    if (patches.high > patches.low && patches.things.size() == static_cast<std::size_t>(shapes.high))
      patches.low = shapes.high;
    return patches;
  }
  return shapes.low > 0 ? shapes : patches;
}

std::optional<Box> box_around(const std::vector<Component>& things) {
  if (things.empty()) return std::nullopt;
  Box box = things.front().box;
  for (const Component& thing : things) {
    box.left = std::min(box.left, thing.box.left);
    box.top = std::min(box.top, thing.box.top);
    box.right = std::max(box.right, thing.box.right);
    box.bottom = std::max(box.bottom, thing.box.bottom);
  }
  return box;
}

}  // namespace pentimento::offline::measuring
