// Verdicts on things: how many, of what colour, where.
#include "offline/measure/judge.hpp"

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

// The thresholds. A finding states each, so that a person can disagree with it.
constexpr double one_colour_share = 0.25;   // of each thing: roofs, handles, labels, highlights and shade are the rest
constexpr double part_colour_share = 0.06;  // of what stands out, for each of several colours or things
constexpr double detail_share = 0.004;      // of what stands out, for jewellery and the like
constexpr double bare_colour_share = 0.03;  // of the whole image, if things cannot be told from the background
constexpr double head_part = 0.38;          // of a clothed figure's height: head, and hair to the shoulders
constexpr double apart = 0.05;              // of the image's width or height, between centres
constexpr int thin_rest = 3;                // pixels of the small image, twice: what is left of a support's rim
constexpr double off_centre = 0.08;         // of the image's width or height

/// The share of the chosen pixels that `colours` covers.
double share_of(const Mask& colours, const Mask& chosen) {
  const std::size_t all = chosen.count();
  return all == 0 ? 0 : static_cast<double>((colours & chosen).count()) / static_cast<double>(all);
}

/// The share of the whole image that `colours` covers.
double share_of(const Mask& colours, const LabImage& image) {
  return static_cast<double>(colours.count()) / static_cast<double>(image.count());
}

/// The things without the upper part of each: of a person, without head and hair, whose colours are not the clothes'.
Mask below_heads(const Segmentation& seen) {
  std::vector<char> chosen(seen.image.count());
  for (const Component& thing : count_things(seen).things) {
    const double from = (thing.box.top + head_part * thing.box.height()) * seen.image.height();
    for (std::size_t place = 0; place < chosen.size(); ++place) {
      const auto y = static_cast<double>(place / static_cast<std::size_t>(seen.image.width()));
      if (thing.shape[place] && y >= from) chosen[place] = 1;
    }
  }
  return Mask::where(seen.image.width(), seen.image.height(), [&](std::size_t place) { return chosen[place] != 0; });
}

std::string colour_of(const Segmentation& seen, const Component& thing) {
  const Lab colour = main_colour(seen.image, thing.shape);
  return std::string{basic_name(colour)} + " (" + hex(rgb_of(colour)) + ")";
}

/// What stands out, without what the things stand on.
struct Standing {
  Segmentation seen;       ///< `foreground` is the things
  bool parted = false;     ///< something was taken away
  int plain_supports = 0;  ///< what may be left of it and cannot be told from the things
};

float between_hues(Lab one, Lab other) {
  const float angle = std::abs(hue(one) - hue(other));
  return std::min(angle, 360.0F - angle);
}

/// True if `colour` may be light or shade on something of the colour `support`.
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
    // If it is not to be seen in its colour, it may be outside the image, or there in another.
    if (share_of(mask_of(seen.image, range), seen.foreground) < part_colour_share) {
      ++standing.plain_supports;
      continue;
    }
    standing.parted = true;
    standing.seen.foreground =
        standing.seen.foreground & Mask::where(seen.image.width(), seen.image.height(), [&](std::size_t place) {
          const Lab colour = seen.image[place];
          return asked(colour) || !(range.contains(colour) || cast_of(colour, range));
        });
  }
  // What is left of its rim is thin.
  if (standing.parted) standing.seen.foreground = standing.seen.foreground.opened(thin_rest);
  return standing;
}

/// One colour, asked for of all that stands out: each thing must have it.
Answer judge_colour_of_all(MeasuredImage& image, const Check& check) {
  const AskedColour& colour = check.colours.front();
  const Standing standing = without_supports(image.segmentation(), check);
  const Segmentation& seen = standing.seen;
  const Mask colours = mask_of(seen.image, range_of(colour));
  const Mask possible = possible_mask_of(seen.image, range_of(colour));
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
  int between = 0;
  for (const Component& thing : things) {
    const double share = share_of(colours, thing.shape);
    right += share >= one_colour_share ? 1 : 0;
    between += share < one_colour_share && share_of(possible, thing.shape) >= one_colour_share ? 1 : 0;
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
  answer.where = image.in_pixels(worst->box);
  if (wrong == between) {
    answer.verdict = Verdict::unknown;
    answer.reason = between_names(colour);
    return answer;
  }
  // A plate may be one of those that are not yellow, as long as anything is yellow at all.
  if (wrong <= standing.plain_supports && share_of(colours, seen.foreground) >= part_colour_share) {
    answer.verdict = Verdict::unknown;
    answer.reason = "it may be what they stand on";
  }
  return answer;
}

}  // namespace

Answer judge_count(MeasuredImage& image, const Check& check) {
  Answer answer;
  answer.wanted = std::to_string(check.number);
  const Standing standing = without_supports(image.segmentation(), check);
  const Segmentation& seen = standing.seen;
  // Where everything that stands out is one of them, one in the wrong colour is one too many or too few in colour, not
  // in number.
  const bool all = check.colours.empty() || (check.only_kind && seen.legible);
  const ThingCount count = all ? count_things(seen) : count_things(seen, range_of(check.colours.front()));
  if (!count.reliable) {
    answer.observed = "not countable";
    answer.reason = count.why_not;
    return answer;
  }
  if (const std::optional<Box> box = box_around(count.things)) answer.where = image.in_pixels(*box);
  answer.observed = "counted " + std::to_string(count.low);
  if (count.high > count.low) answer.observed += " to " + std::to_string(count.high);
  if (count.low == 0 && check.colours.empty() && image.sharpness().edges >= blurred_below) {
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
                       count.things.front().box.width() * seen.image.width() >
                           1.2 * count.things.front().box.height() * seen.image.height());
  if (all && check.number > count.high && (joined || standing.parted)) {
    answer.wanted += ", apart from what they stand on";
    answer.reason = "some cannot be told from what they stand on";
    return answer;
  }
  // Three mugs that overlap are one shape, and a wide one; no other shape is there to say how large one of them is.
  const bool may_overlap = count.things.size() == 1 && check.number > count.high &&
                           count.things.front().box.width() * seen.image.width() >=
                               1.9 * count.things.front().box.height() * seen.image.height();
  if (may_overlap) {
    answer.observed = "counted 1 wide shape";
    answer.wanted += ", apart from each other";
    answer.reason = "it may be several things that overlap";
  } else if (check.number < count.low || check.number > count.high) {
    answer.verdict = Verdict::fail;
  } else if (count.high > count.low) {
    answer.reason = count.why_range;
    answer.wanted += ", apart from each other";
  } else {
    answer.verdict = Verdict::pass;
  }
  return answer;
}

Answer judge_colour(MeasuredImage& image, const Check& check) {
  const Segmentation& seen = image.segmentation();
  Answer answer;
  if (seen.legible) {
    for (const AskedColour& colour : check.colours) {
      const ColourRange range = range_of(colour);
      if (!range.has_hue() && range.contains(mean_of(seen.background))) {
        answer.wanted = colour.text;
        if (check.support && check.colours.size() == 1) {
          answer.observed = "what they stand on is the background, " + hex(rgb_of(mean_of(seen.background)));
          answer.verdict = Verdict::pass;
          return answer;
        }
        answer.observed = "the background is " + colour.text + " too";
        answer.reason = "a thing that has the colour of its background cannot be told from it";
        return answer;
      }
    }
    if (check.only_kind && check.colours.size() == 1) return judge_colour_of_all(image, check);
  }
  double wanted = check.small ? detail_share : part_colour_share;
  if (!seen.legible && !check.small) wanted = bare_colour_share;
  const Mask chosen = !seen.legible ? Mask{} : check.worn ? below_heads(seen) : seen.foreground;
  bool all = true;
  bool close = false;
  const AskedColour* between = nullptr;
  for (const AskedColour& colour : check.colours) {
    const ColourRange range = range_of(colour);
    if (!seen.legible && !range.has_hue()) {
      answer.observed.clear();
      answer.reason = seen.why_not;
      return answer;
    }
    const Mask colours = mask_of(seen.image, range);
    const auto covered = [&](const Mask& mask) {
      return seen.legible ? share_of(mask, chosen) : share_of(mask, seen.image);
    };
    const double share = covered(colours);
    answer.observed += (answer.observed.empty() ? "" : ", ") + colour.text + " " + percent(share);
    if (share < wanted && covered(possible_mask_of(seen.image, range)) >= wanted) {
      between = &colour;
    } else {
      all = all && share >= wanted;
    }
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
  answer.observed += !seen.legible ? " of the image"
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
  if (all && between != nullptr) {
    answer.reason = between_names(*between);
    return answer;
  }
  answer.verdict = verdict_of(all);
  return answer;
}

Answer judge_no_colour(MeasuredImage& image, const Check& check) {
  Answer answer;
  const LabImage& seen = image.segmentation().image;
  const double share = share_of(mask_of(seen, range_of(check.colours.front())), seen);
  answer.observed = check.colours.front().text + " " + percent(share) + " of the image";
  answer.wanted = "under 1 %";
  answer.verdict = verdict_of(share < 0.01);
  return answer;
}

Answer judge_position(MeasuredImage& image, const Check& check) {
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
    const ThingCount count = count_things(image.segmentation(), range_of(check.colours[i]));
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

Answer judge_framing(MeasuredImage& image, const Check& check) {
  Answer answer;
  const Segmentation& seen = image.segmentation();
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
  answer.where = image.in_pixels(*box);
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
