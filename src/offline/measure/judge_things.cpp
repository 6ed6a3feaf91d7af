// Judgements of things: how many, of what colour, where.
#include "offline/measure/answer.hpp"
#include "offline/measure/segment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::offline::measuring {

namespace {

// The least that passes. Each is a figure that a finding states, so that a person can disagree with it.
constexpr double one_colour_share = 0.25;   // of each thing: roofs, handles, labels, highlights and shade are the rest
constexpr double part_colour_share = 0.06;  // of what stands out, for each of several colours or things
constexpr double detail_share = 0.004;      // of what stands out, for jewellery and the like
constexpr double bare_colour_share = 0.03;  // of the whole picture, where things cannot be told from the background
constexpr double head_part = 0.38;          // of a clothed figure's height: head, and hair to the shoulders
constexpr double apart = 0.05;              // of the picture's width or height, between centres
constexpr int thin_rest = 3;                // pixels of the small picture, twice: what is left of a support's rim
constexpr double off_centre = 0.08;         // of the picture's width or height

/// The share of the pixels that `range` covers: of those that are set in `chosen`, or of all if it is empty.
double share_of(const Segmentation& picture, const ColourRange& range, const Mask& chosen) {
  std::size_t inside = 0;
  std::size_t all = 0;
  for (std::size_t place = 0; place < picture.pixels.count(); ++place) {
    if (!chosen.empty() && chosen[place] == 0) continue;
    ++all;
    inside += range.contains(picture.pixels[place]) ? 1U : 0U;
  }
  return all == 0 ? 0 : static_cast<double>(inside) / static_cast<double>(all);
}

double share_of(const Segmentation& picture, const Component& thing, const ColourRange& range) {
  std::size_t inside = 0;
  for (const std::size_t place : thing.places) inside += range.contains(picture.pixels[place]) ? 1U : 0U;
  return static_cast<double>(inside) / static_cast<double>(thing.places.size());
}

/// The foreground without the upper part of each thing: of a person, without head and hair, whose colours are not the
/// clothes'.
Mask below_heads(const Segmentation& picture) {
  Mask chosen(picture.pixels.count());
  for (const Component& thing : count_things(picture).things) {
    const double from = (thing.box.top + head_part * thing.box.height()) * picture.pixels.height();
    for (const std::size_t place : thing.places) {
      if (static_cast<double>(place / static_cast<std::size_t>(picture.pixels.width())) >= from) chosen[place] = 1;
    }
  }
  return chosen;
}

std::string colour_of(const Segmentation& picture, const Component& thing) {
  Mask chosen(picture.pixels.count());
  for (const std::size_t place : thing.places) chosen[place] = 1;
  const std::vector<PaletteEntry> colours = palette(picture.pixels, chosen);
  if (colours.empty()) return "of no main colour";
  return std::string{basic_name(lab_of(colours.front().colour))} + " (" + hex(colours.front().colour) + ")";
}

/// What stands out, without what the things stand on.
struct Standing {
  Segmentation picture;    ///< `foreground` is the things
  bool parted = false;     ///< something was taken away
  int plain_supports = 0;  ///< what may be left of it and cannot be told from the things
};

float between_hues(Lab one, Lab other) {
  const float angle = std::abs(hue(one) - hue(other));
  return std::min(angle, 360.0F - angle);
}

/// Whether `colour` may be light or shade on something of the colour `support`.
bool cast_of(Lab colour, const ColourRange& support) {
  if (!support.has_hue()) return chroma(colour) < 12;
  return chroma(colour) >= 8 && between_hues(colour, support.reference()) <= 25;
}

Standing without_supports(const Segmentation& seen, const Check& check) {
  Standing standing{seen, false, check.plain_supports};
  if (!seen.legible) return standing;
  const auto asked = [&](Lab colour) {
    return std::ranges::any_of(check.colours, [&](const AskedColour& one) { return range_of(one).contains(colour); });
  };
  for (const AskedColour& support : check.supports) {
    const ColourRange range = range_of(support);
    // Where it is not to be seen in its colour, it may be out of the picture, or there in another.
    if (share_of(seen, range, seen.foreground) < part_colour_share) {
      ++standing.plain_supports;
      continue;
    }
    standing.parted = true;
    for (std::size_t place = 0; place < seen.pixels.count(); ++place) {
      const Lab colour = seen.pixels[place];
      if (asked(colour)) continue;
      if (range.contains(colour) || cast_of(colour, range)) standing.picture.foreground[place] = 0;
    }
  }
  if (!standing.parted) return standing;
  // What is left of its rim is thin.
  standing.picture.foreground =
      opened(standing.picture.foreground, seen.pixels.width(), seen.pixels.height(), thin_rest);
  return standing;
}

/// One colour, asked for of all that stands out: each thing must have it.
Answer judge_colour_of_all(MeasuredPicture& picture, const Check& check) {
  const AskedColour& colour = check.colours.front();
  const Standing standing = without_supports(picture.segmentation(), check);
  const Segmentation& seen = standing.picture;
  const ColourRange range = range_of(colour);
  Answer answer;
  answer.wanted = colour.text + " over at least " + percent(one_colour_share) + " of each";
  std::vector<Component> things = count_things(seen).things;
  if (things.empty()) {
    answer.observed = standing.parted ? "nothing stands out but what they stand on" : "nothing stands out";
    answer.reason = "there is nothing whose colour could be measured";
    return answer;
  }
  std::erase_if(things, [&](const Component& thing) { return thing.area * 5 < things.front().area; });
  double least = 1;
  const Component* worst = nullptr;
  int right = 0;
  for (const Component& thing : things) {
    const double share = share_of(seen, thing, range);
    right += share >= one_colour_share ? 1 : 0;
    if (worst == nullptr || share < least) worst = &thing, least = share;
  }
  const int wrong = static_cast<int>(things.size()) - right;
  answer.verdict = verdict_of(wrong == 0);
  if (things.size() == 1) {
    answer.observed = colour.text + " over " + percent(least);
  } else if (answer.verdict == Verdict::pass) {
    answer.observed = colour.text + " over " + percent(least) + " or more of each";
  } else {
    answer.observed = std::to_string(right) + " of " + std::to_string(things.size()) + " " + colour.text;
  }
  if (answer.verdict == Verdict::pass) return answer;
  answer.observed += "; " + std::string{things.size() == 1 ? "it is" : "one is"} + " mostly " + colour_of(seen, *worst);
  answer.where = picture.in_pixels(worst->box);
  // A plate may be one of those that are not yellow, as long as anything is yellow at all.
  if (wrong <= standing.plain_supports && share_of(seen, range, seen.foreground) >= part_colour_share) {
    answer.verdict = Verdict::unknown;
    answer.reason = "it may be what they stand on";
  }
  return answer;
}

}  // namespace

Answer judge_count(MeasuredPicture& picture, const Check& check) {
  Answer answer;
  answer.wanted = std::to_string(check.number);
  const Standing standing = without_supports(picture.segmentation(), check);
  const Segmentation& seen = standing.picture;
  // Where everything that stands out is one of them, one in the wrong colour is one too many or too few in colour, not
  // in number.
  const bool all = check.colours.empty() || (check.only_kind && seen.legible);
  const ThingCount count = all ? count_things(seen) : count_things(seen, range_of(check.colours.front()));
  if (!count.reliable) {
    answer.observed = "not countable";
    answer.reason = count.why_not;
    return answer;
  }
  if (const std::optional<Box> box = box_around(count.things)) answer.where = picture.in_pixels(*box);
  answer.observed = "counted " + std::to_string(count.low);
  if (count.high > count.low) answer.observed += " to " + std::to_string(count.high);
  if (count.low == 0 && check.colours.empty() && picture.sharpness() >= blurred_below) {
    answer.reason = "there are edges, but nothing stands out from the background by its colour";
    return answer;
  }
  if (all && check.number < count.low && check.number >= count.low - standing.plain_supports) {
    answer.reason = "what they stand on may be among them";
    return answer;
  }
  // What they stand on may join them into one shape; where it was taken away, things of its colour went with it.
  const bool joined = standing.plain_supports > 0 && count.things.size() == 1 &&
                      (count.high > 1 || count.things.front().cut_off ||
                       count.things.front().box.width() * seen.pixels.width() >
                           1.2 * count.things.front().box.height() * seen.pixels.height());
  if (all && check.number > count.high && (joined || standing.parted)) {
    answer.wanted += ", apart from what they stand on";
    answer.reason = "some cannot be told from what they stand on";
    return answer;
  }
  // Three mugs that overlap are one shape, and a wide one; no other shape is there to say how large one of them is.
  const bool may_overlap = count.things.size() == 1 && check.number > count.high &&
                           count.things.front().box.width() * seen.pixels.width() >=
                               1.9 * count.things.front().box.height() * seen.pixels.height();
  if (may_overlap) {
    answer.observed = "counted 1 wide shape";
    answer.wanted += ", apart from each other";
    answer.reason = "it may be several things that overlap";
  } else if (check.number < count.low || check.number > count.high) {
    answer.verdict = Verdict::fail;
  } else if (count.high > count.low) {
    answer.reason = "some touch or overlap, so that they cannot be counted with certainty";
    answer.wanted += ", apart from each other";
  } else {
    answer.verdict = Verdict::pass;
  }
  return answer;
}

Answer judge_colour(MeasuredPicture& picture, const Check& check) {
  const Segmentation& seen = picture.segmentation();
  Answer answer;
  if (seen.legible) {
    for (const AskedColour& colour : check.colours) {
      const ColourRange range = range_of(colour);
      if (!range.has_hue() && range.contains(lab_of(mean_of(seen.background)))) {
        answer.observed = "the background is " + colour.text + " too";
        answer.wanted = colour.text;
        answer.reason = "a thing that has the colour of its background cannot be told from it";
        return answer;
      }
    }
    if (check.only_kind && check.colours.size() == 1) return judge_colour_of_all(picture, check);
  }
  double wanted = check.small ? detail_share : part_colour_share;
  if (!seen.legible && !check.small) wanted = bare_colour_share;
  const Mask chosen = !seen.legible ? Mask{} : check.worn ? below_heads(seen) : seen.foreground;
  bool all = true;
  bool close = false;
  for (const AskedColour& colour : check.colours) {
    const ColourRange range = range_of(colour);
    if (!seen.legible && !range.has_hue()) {
      answer.observed.clear();
      answer.reason = seen.why_not;
      return answer;
    }
    const double share = share_of(seen, range, chosen);
    answer.observed += (answer.observed.empty() ? "" : ", ") + colour.text + " " + percent(share);
    all = all && share >= wanted;
    close = close || (share < wanted && share * 3 >= wanted);
    if (!seen.legible) {
      const Background& background = seen.background;
      const bool behind = std::ranges::any_of(background.surfaces,
                                              [&](const Surface& surface) { return range.contains(surface.mean); });
      if (behind) {
        answer.reason = "the background is " + colour.text + " too, and too busy to tell things from it";
        return answer;
      }
    }
  }
  answer.observed += !seen.legible ? " of the picture"
                     : check.worn  ? " of the figure below the head"
                                   : " of what stands out";
  answer.wanted = std::string{check.colours.size() > 1 ? "each " : ""} + "at least " + percent(wanted);
  if (seen.legible && seen.share < 0.002) {
    answer.reason = "there is nothing whose colour could be measured";
    return answer;
  }
  // Without a foreground the share says less: leave room between yes and no.
  if (!seen.legible && !all && close) {
    answer.reason = seen.why_not;
    return answer;
  }
  answer.verdict = verdict_of(all);
  return answer;
}

Answer judge_no_colour(MeasuredPicture& picture, const Check& check) {
  Answer answer;
  const double share = share_of(picture.segmentation(), range_of(check.colours.front()), Mask{});
  answer.observed = check.colours.front().text + " " + percent(share) + " of the picture";
  answer.wanted = "under 1 %";
  answer.verdict = verdict_of(share < 0.01);
  return answer;
}

Answer judge_position(MeasuredPicture& picture, const Check& check) {
  Answer answer;
  std::array<double, 2> along{};
  std::array<double, 2> weight{};
  const bool sideways = check.place == Place::left_of || check.place == Place::right_of;
  constexpr std::array<std::pair<Place, std::string_view>, 4> directions{
      {{Place::left_of, "left"}, {Place::right_of, "right"}, {Place::above, "up"}, {Place::below, "down"}}};
  const auto direction = std::ranges::find(directions, check.place, &std::pair<Place, std::string_view>::first);
  answer.wanted = check.colours[0].text + " at least " + percent(apart) + " further " +
                  (direction == directions.end() ? "away" : std::string{direction->second});
  for (std::size_t i = 0; i < 2; ++i) {
    const ThingCount count = count_things(picture.segmentation(), range_of(check.colours[i]));
    for (const Component& thing : count.things) {
      along[i] += static_cast<double>(thing.area) * (sideways ? thing.x : thing.y);
      weight[i] += static_cast<double>(thing.area);
    }
    if (!count.reliable || weight[i] <= 0) {
      answer.observed = "no " + check.colours[i].text + " to be found";
      answer.reason = count.reliable ? "its place can only be told by its colour" : count.why_not;
      return answer;
    }
    along[i] /= weight[i];
  }
  const bool before = check.place == Place::left_of || check.place == Place::above;
  const double ahead = before ? along[1] - along[0] : along[0] - along[1];
  answer.observed = check.colours[0].text + " at " + percent(along[0]) + ", " + check.colours[1].text + " at " +
                    percent(along[1]) + (sideways ? " of the width" : " of the height");
  answer.verdict = verdict_of(ahead >= apart);
  return answer;
}

Answer judge_framing(MeasuredPicture& picture, const Check& check) {
  Answer answer;
  const Segmentation& seen = picture.segmentation();
  const ThingCount count = count_things(seen);
  const std::optional<Box> box = count.reliable ? box_around(count.things) : std::nullopt;
  const auto [low, high] = [&]() -> std::pair<double, double> {
    if (check.measure == Measure::frame_fill) return {check.low, check.high};
    switch (check.framing) {
      case Framing::close_up: return {0.70, 1.0};
      case Framing::fills_frame: return {0.80, 1.0};
      case Framing::wide: return {0.0, 0.60};
      case Framing::centred: break;
    }
    return {0.0, 1.0};
  }();
  const bool centred = check.measure == Measure::framing && check.framing == Framing::centred;
  if (centred) {
    answer.wanted = "at most " + percent(off_centre) + " off the middle";
  } else if (high >= 1) {
    answer.wanted = "at least " + percent(low) + " of the frame";
  } else {
    answer.wanted = low > 0 ? percent(low) + " to " + percent(high) + " of the frame"
                            : "at most " + percent(high) + " of the frame";
  }
  if (!box) {
    answer.observed = "nothing that stands out";
    answer.reason = count.reliable ? "there is nothing whose extent could be measured" : seen.why_not;
    return answer;
  }
  answer.where = picture.in_pixels(*box);
  if (centred) {
    const double across = (box->left + box->right) / 2 - 0.5;
    const double down = (box->top + box->bottom) / 2 - 0.5;
    const auto off = [](double by, std::string_view less, std::string_view more) {
      return percent(std::abs(by)) + " to the " + std::string{by < 0 ? less : more};
    };
    answer.observed = std::abs(across) >= std::abs(down) ? off(across, "left", "right") : off(down, "top", "bottom");
    answer.verdict = verdict_of(std::abs(across) <= off_centre && std::abs(down) <= off_centre);
    return answer;
  }
  const double fill = std::max(box->width(), box->height());
  answer.observed = percent(fill) + " of the frame";
  // Half a per cent is what blur and averaging move an edge by.
  answer.verdict = verdict_of(fill >= low - 0.005 && fill <= high + 0.005);
  return answer;
}

}  // namespace pentimento::offline::measuring
