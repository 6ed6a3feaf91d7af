#include "offline/measure/segment.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>

namespace pentimento::offline::measuring {

namespace {

constexpr int working_side = 512;
constexpr std::string_view doubtful_shapes = "some shapes may be things, shadows or rests of shadows";

/// The distance of each set pixel to the nearest one that is not set, in pixels: two passes with steps of 1 and the square
/// root of 2. (libvips has `fill_nearest`, which takes half a second.)
std::vector<float> depth_in(const Mask& mask) {
  constexpr float diagonal = 1.41421356F;
  const int width = mask.width();
  const int height = mask.height();
  std::vector<float> depth(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  const auto place = [&](int x, int y) {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  };
  const auto at = [&](int x, int y) { return x < 0 || y < 0 || x >= width || y >= height ? 0.0F : depth[place(x, y)]; };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (!mask[place(x, y)]) continue;
      depth[place(x, y)] =
          std::min({at(x - 1, y) + 1, at(x, y - 1) + 1, at(x - 1, y - 1) + diagonal, at(x + 1, y - 1) + diagonal});
    }
  }
  for (int y = height - 1; y >= 0; --y) {
    for (int x = width - 1; x >= 0; --x) {
      depth[place(x, y)] = std::min({depth[place(x, y)], at(x + 1, y) + 1, at(x, y + 1) + 1,
                                     at(x + 1, y + 1) + diagonal, at(x - 1, y + 1) + diagonal});
    }
  }
  return depth;
}

/// How many thick parts a filled shape has: the connected parts of what is deeper than 0.62 of its greatest depth, each
/// holding at least two fifths of the largest. 0.62: three round things that touch fall apart, a cup keeps its handle.
int cores_of(const Mask& filled) {
  const std::vector<float> depth = depth_in(filled);
  const float deepest = *std::ranges::max_element(depth);
  if (deepest < 4.0F) return 1;  // too small to have a shape
  const Regions deep{
      Mask::where(filled.width(), filled.height(), [&](std::size_t place) { return depth[place] > 0.62F * deepest; })};
  const std::size_t largest = std::ranges::max(deep.all(), {}, &Region::size).size;
  return static_cast<int>(
      std::ranges::count_if(deep.all(), [&](const Region& part) { return part.size * 5 >= largest * 2; }));
}

Component describe(const Regions& regions, std::size_t which, int width, int height) {
  const Region& region = regions.all()[which];
  Component component;
  component.shape = regions.where([&](std::size_t i) { return i == which; });
  component.size = region.size;
  component.x = region.x / width;
  component.y = region.y / height;
  component.box = {static_cast<double>(region.left) / width, static_cast<double>(region.top) / height,
                   static_cast<double>(region.right + 1) / width, static_cast<double>(region.bottom + 1) / height};
  component.cut_off = region.left == 0 || region.top == 0 || region.right == width - 1 || region.bottom == height - 1;
  // The shape alone, one pixel away from the border of its window.
  const int wide = region.right - region.left + 1;
  const int high = region.height();
  const Mask window{
      component.shape.image().extract_area(region.left, region.top, wide, high).embed(1, 1, wide + 2, high + 2)};
  const Mask filled = window.filled();
  component.area = filled.count();
  component.cores = cores_of(filled);
  return component;
}

/// The connected shapes of a mask with at least `least` pixels, largest first.
std::vector<Component> components_of(const Mask& mask, std::size_t least) {
  const Regions regions{mask};
  std::vector<Component> components;
  for (std::size_t i = 0; i < regions.all().size(); ++i) {
    if (regions.all()[i].size >= least) components.push_back(describe(regions, i, mask.width(), mask.height()));
  }
  std::ranges::stable_sort(components, std::ranges::greater{}, &Component::area);
  return components;
}

/// True if `colour` may be the expected background with less light on it: a shadow.
bool shadow_of(Lab colour, Lab expected) {
  const float darker = expected.l - colour.l;
  if (darker < 1.5F || darker > 34.0F || expected.l < 20.0F) return false;
  const float ratio = colour.l / expected.l;
  const float a = colour.a - expected.a * ratio;
  const float b = colour.b - expected.b * ratio;
  return std::sqrt(a * a + b * b) < 4.5F;
}

/// What speaks for each pixel being background, and against it.
struct Evidence {
  std::vector<Mask> surfaces;  ///< the pixels that are nearest to each surface
  Mask alike;                  ///< of an expected colour
  Mask close;                  ///< not far from an expected colour
  Mask shadow_like;            ///< darker than expected, and else alike
  Mask on_edge;                ///< differs from a neighbour by more than light on a surface does
};

/// The pixels that differ by more than `limit` from one of their 4 neighbours.
Mask edges_of(const LabImage& image, double limit) {
  const auto jumps = [&](int across, int down) {
    const vips::VImage shifted = image.image().embed(across, down, image.width(), image.height(),
                                                     vips::VImage::option()->set("extend", VIPS_EXTEND_COPY));
    return image.image().dE76(shifted) > limit;
  };
  return Mask{jumps(1, 0) | jumps(-1, 0) | jumps(0, 1) | jumps(0, -1)};
}

Evidence gather(const Background& background, const LabImage& image) {
  const int width = image.width();
  const int height = image.height();
  // Smoothing calms grain, but would let the background leak over the faint edge of a white thing on white.
  const LabImage smooth = background.texture > 0.6 ? image.smoothed() : image;
  // By texture, not by how well planes fit: what varies slowly is reached in steps, and a pale thing must not be taken along.
  const auto alike = static_cast<float>(std::clamp(2.0 * background.texture + 3.5, 4.0, 10.0));
  const auto close = static_cast<float>(std::max(13.0, 6.0 + 3.0 * background.noise()));
  std::vector<std::size_t> nearest(image.count());
  std::vector<float> away(image.count());
  std::vector<char> shadow(image.count());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t place = image.place(x, y);
      Lab expected;
      away[place] = std::numeric_limits<float>::max();
      for (std::size_t which = 0; which < background.surfaces.size(); ++which) {
        const Lab here = background.surfaces[which].at(x, y, width, height);
        const float distance_to = distance(here, smooth[place]);
        if (distance_to >= away[place]) continue;
        away[place] = distance_to;
        nearest[place] = which;
        expected = here;
      }
      shadow[place] = shadow_of(smooth[place], expected) ? 1 : 0;
    }
  }
  const auto where = [&](auto test) { return Mask::where(width, height, test); };
  Evidence evidence;
  for (std::size_t which = 0; which < background.surfaces.size(); ++which)
    evidence.surfaces.push_back(where([&](std::size_t place) { return nearest[place] == which; }));
  evidence.alike = where([&](std::size_t place) { return away[place] < alike; });
  evidence.close = where([&](std::size_t place) { return away[place] <= close; });
  evidence.shadow_like = where([&](std::size_t place) { return shadow[place] != 0; });
  evidence.on_edge = edges_of(smooth, 1.6 * (1.3 + 0.4 * std::min(4.0, background.texture)));
  return evidence;
}

/// The pixels of the border ring from which the background is grown.
Mask seeds_of(const Background& background, const Mask& alike) {
  const int width = alike.width();
  std::vector<char> seeds(static_cast<std::size_t>(width) * static_cast<std::size_t>(alike.height()));
  const RingWalk walk{width, alike.height()};
  for (const Surface& surface : background.surfaces) {
    for (const int i : surface.ring) {
      const RingWalk::Point point = walk.at(i);
      for (int depth = 0; depth < background.thickness; ++depth) {
        const std::size_t place =
            static_cast<std::size_t>(point.y + depth * point.inwards_y) * static_cast<std::size_t>(width) +
            static_cast<std::size_t>(point.x + depth * point.inwards_x);
        if (depth == 0 || alike[place]) seeds[place] = 1;
      }
    }
  }
  return Mask::where(width, alike.height(), [&](std::size_t place) { return seeds[place] != 0; });
}

/// For each region: true if at least 70 % of its pixels beside `others` lie at an edge or beside `ends`.
std::vector<bool> end_at_edges(const Regions& regions, const Mask& mask, const Mask& others, const Mask& edges) {
  const Mask beside = mask & others.widened(1);
  const std::vector<std::size_t> all = regions.counts(beside);
  const std::vector<std::size_t> ends = regions.counts(beside & edges.widened(1));
  std::vector<bool> result;
  for (std::size_t i = 0; i < all.size(); ++i) result.push_back(ends[i] * 10 >= all[i] * 7);
  return result;
}

/// The background: what is connected with the border ring over pixels of an expected colour, where these are not thin, and
/// over what changes slowly, which is light on the same surface. Not across an edge.
Mask grown(const Evidence& evidence, const Background& background) {
  // A band of the expected colour across a shaded thing is thin; it must not let the growth in.
  const Mask broad = evidence.alike.opened(3);
  const Mask seeds = seeds_of(background, evidence.alike);
  const Mask open = broad | seeds | (~evidence.on_edge & (evidence.close | evidence.shadow_like));
  const Mask reached = Regions{open}.reached_from(seeds);
  // What has an expected colour and was not reached: seen through a handle or between things, it ends at edges; on a thing
  // whose shading passes through that colour, it does not.
  const Mask rest = evidence.alike & ~reached;
  const Regions parts{rest};
  const std::vector<bool> ends = end_at_edges(parts, rest, ~rest, evidence.on_edge | reached);
  return reached | parts.where([&](std::size_t i) { return ends[i]; });
}

/// Takes hard shadows out of a foreground: darker copies of the background that end at an edge where the thing begins. The
/// dark side of a grey apple before grey is as dark, but goes over into the rest of it without one, and a thing that is all
/// of such a colour (a grey mug before white) has no rest: at least 30 % of each shape stays. A roof lies above the house; a
/// shadow on the ground lies low and is flat.
Mask without_shadows(const Mask& foreground, const Evidence& evidence) {
  const Regions shapes{foreground};
  const Mask dark = foreground & evidence.shadow_like;
  const Regions parts{dark};
  const std::vector<bool> ends = end_at_edges(parts, dark, foreground & ~evidence.shadow_like, evidence.on_edge);
  const Mask shadows = parts.where([&](std::size_t i) {
    const Region& part = parts.all()[i];
    const Region& shape = shapes.at(part.first);
    return ends[i] && part.top + part.bottom >= shape.top + shape.bottom && part.height() * 5 <= shape.height() * 2;
  });
  const std::vector<std::size_t> dropped = shapes.counts(shadows);
  const Mask kept = shapes.where([&](std::size_t i) { return dropped[i] * 10 > shapes.all()[i].size * 7; });
  return foreground & (kept | ~shadows);
}

/// The share of the edges in an image that lie within what passes for background. Edges between two surfaces do not count,
/// nor what is seen through a thing, as between the spokes of a wheel.
double hidden_edges(const Evidence& evidence, const Mask& foreground) {
  Mask elsewhere = foreground.filled().widened(3);
  if (evidence.surfaces.size() > 1) {
    for (const Mask& surface : evidence.surfaces) elsewhere = elsewhere | (surface.widened(4) & (~surface).widened(4));
  }
  const std::size_t hidden = (evidence.on_edge & ~elsewhere).count();
  const auto places = static_cast<std::size_t>(foreground.width()) * static_cast<std::size_t>(foreground.height());
  // A few stray pixels are no edge of anything.
  return hidden * 500 < places ? 0 : static_cast<double>(hidden) / static_cast<double>(evidence.on_edge.count());
}

std::size_t speck(const LabImage& image) { return std::max<std::size_t>(9, image.count() * 15 / 10'000); }

bool is_small(const Component& thing, std::size_t largest) { return thing.area * 100 < largest * 7; }

/// Takes out what is small beside the largest.
void drop_small(std::vector<Component>& things) {
  if (things.empty()) return;
  std::erase_if(things, [largest = things.front().area](const Component& thing) { return is_small(thing, largest); });
}

/// True if a small shape is a thing for sure: compact, and of another colour than what lies behind it.
bool is_distinct(const Component& thing, const Segmentation& seen) {
  const double box = thing.box.width() * thing.box.height() * static_cast<double>(seen.image.count());
  if (static_cast<double>(thing.area) < 0.5 * box) return false;
  const Lab colour = main_colour(seen.image, thing.shape);
  const auto x = static_cast<int>(thing.x * seen.image.width());
  const auto y = static_cast<int>(thing.y * seen.image.height());
  constexpr float distinct = 22;
  return std::ranges::all_of(seen.background.surfaces, [&](const Surface& surface) {
    const Lab expected = surface.at(x, y, seen.image.width(), seen.image.height());
    return distance(colour, expected) >= distinct && !shadow_of(colour, expected);
  });
}

/// True if the background around a shape is still darker than it should be: the shape has no edge, it fades.
bool fades(const Component& thing, const Segmentation& seen) {
  const Mask around = thing.shape.widened(6) & ~thing.shape.widened(3) & ~seen.foreground.widened(2);
  double darker = 0;
  std::size_t count = 0;
  for (std::size_t place = 0; place < seen.image.count(); ++place) {
    if (!around[place]) continue;
    const auto x = static_cast<int>(place % static_cast<std::size_t>(seen.image.width()));
    const auto y = static_cast<int>(place / static_cast<std::size_t>(seen.image.width()));
    float least = std::numeric_limits<float>::max();
    for (const Surface& surface : seen.background.surfaces)
      least =
          std::min(least, std::abs(surface.at(x, y, seen.image.width(), seen.image.height()).l - seen.image[place].l));
    darker += static_cast<double>(least);
    ++count;
  }
  return count > 0 && darker / static_cast<double>(count) > 1.5;
}

/// True if a shape may be the shadow of another: a darker copy of the background, flat, at the foot of the other, fading.
bool may_be_shadow(const Component& thing, const std::vector<Component>& things, const Segmentation& seen) {
  if (2 * thing.box.height() * seen.image.height() > thing.box.width() * seen.image.width()) return false;
  const Lab colour = main_colour(seen.image, thing.shape);
  const auto darkens = [&](const Surface& surface) {
    const Lab expected = surface.mean;
    const float ratio = colour.l / expected.l;
    return ratio < 1 && distance({0, colour.a, colour.b}, {0, expected.a * ratio, expected.b * ratio}) < 7;
  };
  constexpr double near = 0.05;  // of the image's height
  return std::ranges::any_of(seen.background.surfaces, darkens) &&
         std::ranges::any_of(things,
                             [&](const Component& other) {
                               return other.box.top < thing.box.top && other.box.left < thing.box.right &&
                                      thing.box.left < other.box.right &&
                                      std::abs(thing.box.top - other.box.bottom) < near + thing.box.height();
                             }) &&
         fades(thing, seen);
}

/// Takes out what may be a shadow, and the small shapes that are not distinct. Returns how many.
int drop_doubtful(std::vector<Component>& things, const Segmentation& seen) {
  if (things.empty()) return 0;
  const std::vector<Component> all = things;
  return static_cast<int>(std::erase_if(things, [&](const Component& thing) {
    return may_be_shadow(thing, all, seen) || (is_small(thing, all.front().area) && !is_distinct(thing, seen));
  }));
}

/// Low is the number of shapes. High counts a shape that is large for its kind, or alone, once for each of its thick parts.
/// If size and thick parts say the same, that is its number.
void settle(ThingCount& count) {
  std::vector<std::size_t> areas;
  for (const Component& thing : count.things) areas.push_back(thing.area);
  std::ranges::sort(areas);
  const double usual = areas.empty() ? 0.0 : static_cast<double>(areas[(areas.size() - 1) / 2]);
  const bool alone = areas.size() == 1;
  count.low = 0;
  count.high = 0;
  for (const Component& thing : count.things) {
    const double times = static_cast<double>(thing.area) / usual;
    const int parts = alone || times >= 1.55 ? thing.cores : 1;
    const bool certain = !alone && std::abs(times / parts - 1) <= 0.25;
    count.low += certain ? parts : 1;
    count.high += parts;
  }
  if (count.high > count.low) count.why_range = "some touch or overlap, so that they cannot be counted with certainty";
}

/// Tells what stands out in an image without a rim.
Segmentation parted(const LabImage& image) {
  Segmentation result;
  result.image = image;
  result.background = read_background(image);
  if (std::min(image.width(), image.height()) < 16) {
    result.why_not = "the image is too small to find things in it";
    return result;
  }
  if (!result.background.legible()) {
    result.why_not = "the background is too busy to tell things from it";
    return result;
  }
  const Evidence evidence = gather(result.background, image);
  result.behind = grown(evidence, result.background);
  result.foreground = (~result.behind).opened(1);
  result.hidden = hidden_edges(evidence, result.foreground);
  result.foreground = without_shadows(result.foreground, evidence).opened(1);
  result.share = static_cast<double>(result.foreground.count()) / static_cast<double>(image.count());
  result.legible = result.share < 0.9;
  if (!result.legible) result.why_not = "hardly any background can be told from the things before it";
  return result;
}

}  // namespace

Segmentation segment(const Pixels& pixels) {
  const LabImage whole{pixels.fitted_area(working_side)};
  const double scale = static_cast<double>(pixels.width()) / whole.width();
  const auto scaled = [&](Segmentation result) {
    result.scale = scale;
    return result;
  };
  const Rim rim = find_rim(whole);
  if (!rim.found) return scaled(parted(whole));
  // One more pixel on each side: the edge of a rim is often blurred.
  Segmentation inside = parted(LabImage{whole.image().extract_area(
      rim.left + 1, rim.top + 1, whole.width() - rim.left - rim.right - 2, whole.height() - rim.top - rim.bottom - 2)});
  // Around a plain rectangle it is no rim, but the background of a box of that colour.
  constexpr double nothing = 0.002;
  if (inside.legible && inside.share < nothing) {
    Segmentation box = parted(whole);
    box.legible = box.share > nothing;
    if (box.legible) return scaled(std::move(box));
  }
  // Around what has no light background of its own, a white or a broad rim may be the background of a printed box.
  const bool has_background =
      inside.legible && std::ranges::any_of(inside.background.surfaces, [](const Surface& surface) {
        return surface.mean.l > 60 && chroma(surface.mean) < 12;
      });
  const bool is_broad =
      std::min({rim.left, rim.top, rim.right, rim.bottom}) * 20 >= std::min(whole.width(), whole.height());
  if (!has_background && (lab_of(rim.colour).l > 95 || is_broad)) {
    Segmentation box = parted(whole);
    if (box.legible) {
      box.doubtful_rim = rim;
      return scaled(std::move(box));
    }
  }
  inside.rim = rim;
  return scaled(std::move(inside));
}

ThingCount count_things(const Segmentation& segmentation) {
  ThingCount count;
  count.reliable = segmentation.legible;
  count.why_not = segmentation.why_not;
  if (!count.reliable) return count;
  count.things = components_of(segmentation.foreground, speck(segmentation.image));
  const int doubtful = drop_doubtful(count.things, segmentation);
  settle(count);
  if (doubtful > 0) {
    count.high += doubtful;
    count.why_range = doubtful_shapes;
  }
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
  const LabImage& image = segmentation.image;
  ThingCount patches;
  if (!segmentation.legible && !colour.has_hue()) {
    patches.why_not = segmentation.why_not;
    return patches;
  }
  Mask coloured = mask_of(image, colour);
  if (segmentation.legible) coloured = coloured & segmentation.foreground;
  patches.things = components_of(coloured.closed(1).opened(1), speck(image));
  drop_small(patches.things);
  patches.reliable = true;
  settle(patches);
  if (patches.low > 60) {
    patches.reliable = false;
    patches.why_not = "its colour lies in too many pieces to be counted";
  }
  if (!segmentation.legible) return patches;

  ThingCount shapes;
  shapes.reliable = true;
  shapes.things = components_of(segmentation.foreground, speck(image));
  std::erase_if(shapes.things,
                [&](const Component& thing) { return (coloured & thing.shape).count() * 4 < thing.size; });
  const int doubtful = colour.has_hue() ? 0 : drop_doubtful(shapes.things, segmentation);
  drop_small(shapes.things);
  settle(shapes);
  if (doubtful > 0) {
    shapes.high += doubtful;
    shapes.why_range = doubtful_shapes;
    return shapes;
  }
  if (!patches.reliable || shapes.low >= patches.low) return shapes;
  // More patches than shapes: one thing with a stripe across it, or things of other colours that join them. Things of a kind
  // have one size; the pieces of a thing do not.
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
