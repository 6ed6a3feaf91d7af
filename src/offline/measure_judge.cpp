#include "measure_judge.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

namespace pentimento::offline::measuring {

namespace {

// The least that passes. Each is a figure that a finding states, so that a person can disagree with it.
constexpr double one_colour_share = 0.25;   // of each thing: roofs, handles, labels, highlights and shade are the rest
constexpr double part_colour_share = 0.06;  // of what stands out, for each of several colours or things
constexpr double detail_share = 0.004;      // of what stands out, for jewellery and the like
constexpr double bare_colour_share = 0.03;  // of the whole picture, where things cannot be told from the background
constexpr double head_part = 0.38;          // of a clothed figure's height: head, and hair to the shoulders
constexpr double apart = 0.05;              // of the picture's width or height, between centres
constexpr double off_centre = 0.08;         // of the picture's width or height
constexpr double plain_gradient = 15.0;     // CIELAB, across the picture
constexpr double plain_noise = 4.0;         // CIELAB
constexpr double plain_spread = 10.0;       // CIELAB, between the parts of a background
constexpr double least_gradient = 12.0;     // CIELAB
constexpr int white_from = 250;             // of 255, each channel

struct Answer {
  Verdict verdict = Verdict::unknown;
  std::string observed;
  std::string wanted;
  std::string where;
  std::string reason;
};

std::string percent(double share) {
  const double value = share * 100;
  if (value > 0 && value < 9.5) {
    const auto tenths = static_cast<int>(std::lround(value * 10));
    if (tenths % 10 != 0) return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
  }
  return std::to_string(static_cast<int>(std::lround(value))) + " %";
}

std::string whole(double value) { return std::to_string(static_cast<int>(std::lround(value))); }

/// A figure that passed a limit, so that it reads as more than the limit: 4.1 of at most 4 is `4.1`, not `4`.
std::string tenths(double value) {
  const long tenth = std::lround(std::ceil(value * 10.0));
  return std::to_string(tenth / 10) + '.' + std::to_string(tenth % 10);
}

Verdict verdict_of(bool passes) { return passes ? Verdict::pass : Verdict::fail; }

ColourRange range_of(const AskedColour& colour) { return {colour.text, colour.rgb}; }

bool white(Rgb colour) { return colour.red >= white_from && colour.green >= white_from && colour.blue >= white_from; }

/// The mean of the surfaces, as far as they reach around the border.
Rgb mean_of(const Background& background) {
  double l = 0, a = 0, b = 0, share = 0;
  for (const Surface& surface : background.surfaces) {
    l += surface.share * static_cast<double>(surface.mean.l);
    a += surface.share * static_cast<double>(surface.mean.a);
    b += surface.share * static_cast<double>(surface.mean.b);
    share += surface.share;
  }
  return rgb_of({static_cast<float>(l / share), static_cast<float>(a / share), static_cast<float>(b / share)});
}

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

/// The foreground without the upper part of each thing: of a person, without head and hair, whose colours are not the clothes'.
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

Answer judge_count(MeasuredPicture& picture, const Check& check) {
  Answer answer;
  answer.wanted = std::to_string(check.number);
  const Segmentation& seen = picture.segmentation();
  // Where everything that stands out is one of them, one in the wrong colour is one too many or too few in colour, not in number.
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

/// One colour, asked for of all that stands out: each thing must have it.
Answer judge_colour_of_all(MeasuredPicture& picture, const AskedColour& colour) {
  const Segmentation& seen = picture.segmentation();
  const ColourRange range = range_of(colour);
  Answer answer;
  answer.wanted = colour.text + " over at least " + percent(one_colour_share) + " of each";
  std::vector<Component> things = count_things(seen).things;
  if (things.empty()) {
    answer.observed = "nothing stands out";
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
  answer.verdict = verdict_of(right == static_cast<int>(things.size()));
  if (things.size() == 1) {
    answer.observed = colour.text + " over " + percent(least);
  } else if (answer.verdict == Verdict::pass) {
    answer.observed = colour.text + " over " + percent(least) + " or more of each";
  } else {
    answer.observed = std::to_string(right) + " of " + std::to_string(things.size()) + " " + colour.text;
  }
  if (answer.verdict == Verdict::fail) {
    answer.observed +=
        "; " + std::string{things.size() == 1 ? "it is" : "one is"} + " mostly " + colour_of(seen, *worst);
    answer.where = picture.in_pixels(worst->box);
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
    if (check.only_kind && check.colours.size() == 1) return judge_colour_of_all(picture, check.colours.front());
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

Answer judge_background(MeasuredPicture& picture, const Check& check) {
  const Background& background = picture.segmentation().background;
  Answer answer;
  const bool pure_white = !check.colours.empty() && check.colours.front().text == "white";
  answer.wanted = check.colours.empty() ? "one plain colour"
                  : pure_white          ? "at least #fafafa"
                                        : "plain " + check.colours.front().text;
  if (background.surfaces.empty() || background.texture > 7.0) {
    answer.observed = "a busy background";
    answer.verdict = Verdict::fail;
    return answer;
  }
  if (background.covered < 0.55) {
    answer.observed = "only " + percent(background.covered) + " of the border shows it";
    answer.reason = "too little of the background is in the picture";
    return answer;
  }
  const Rgb mean = mean_of(background);
  double spread = 0, gradient = 0;
  for (const Surface& one : background.surfaces) {
    gradient = std::max(gradient, one.gradient());
    for (const Surface& other : background.surfaces)
      spread = std::max(spread, static_cast<double>(distance(one.mean, other.mean)));
  }
  answer.observed = hex(mean);
  std::string fault;
  if (spread > plain_spread) {
    std::string parts;
    for (const Surface& surface : background.surfaces)
      parts += (parts.empty() ? "" : " and ") + hex(rgb_of(surface.mean));
    answer.observed = parts;
    fault = "it has " + number_word(static_cast<int>(background.surfaces.size())) + " parts";
  } else if (background.noise() > plain_noise) {
    answer.observed += ", uneven";
    fault = "it varies by " + tenths(background.noise()) + " in CIELAB; a plain one by at most " + whole(plain_noise);
  } else if (gradient > plain_gradient) {
    answer.observed += ", changing across the picture";
    fault = "it changes by " + tenths(gradient) + " in CIELAB; a plain one by at most " + whole(plain_gradient);
  }
  if (pure_white) {
    if (!white(mean)) {
      answer.verdict = Verdict::fail;
      answer.reason = fault;
      return answer;
    }
  } else if (!check.colours.empty() && fault.empty() && !range_of(check.colours.front()).contains(lab_of(mean))) {
    answer.observed += " (" + std::string{basic_name(lab_of(mean))} + ")";
    answer.verdict = Verdict::fail;
    return answer;
  }
  answer.verdict = verdict_of(fault.empty());
  answer.reason = fault;
  return answer;
}

Answer judge_gradient(MeasuredPicture& picture, const Check& check) {
  const Background& background = picture.segmentation().background;
  Answer answer;
  answer.wanted = "a change of at least " + whole(least_gradient) + " in CIELAB across the picture";
  if (!background.legible()) {
    answer.observed = "a busy background";
    answer.verdict = Verdict::fail;
    return answer;
  }
  double gradient = 0;
  for (const Surface& surface : background.surfaces) gradient = std::max(gradient, surface.gradient());
  answer.observed = "a change of " + whole(gradient);
  bool passes = gradient >= least_gradient && background.surfaces.front().share >= 0.5;
  if (!check.colours.empty()) {
    const Rgb mean = mean_of(background);
    const bool right = range_of(check.colours.front()).contains(lab_of(mean));
    answer.observed += ", mean " + hex(mean);
    answer.wanted += ", " + check.colours.front().text;
    passes = passes && right;
  }
  answer.verdict = verdict_of(passes);
  return answer;
}

Answer judge_light(MeasuredPicture& picture, const Check& check) {
  const Exposure& exposure = picture.exposure();
  Answer answer;
  answer.observed = "mean lightness " + whole(exposure.lightness) + " of 100";
  switch (check.light) {
    case Light::bright:
    case Light::sunny: {
      const double least = check.light == Light::bright ? 70 : 66;
      // Well-lit things before a darker background have highlights all the same.
      const bool light = exposure.lightness >= least || (exposure.lightness >= 55 && exposure.highlights >= 90);
      answer.observed += ", 5 % over " + whole(exposure.highlights);
      if (exposure.dark_share > 0.005) answer.observed += ", " + percent(exposure.dark_share) + " black";
      answer.wanted = "at least " + whole(least) + ", or 55 with 5 % over 90; under 15 % black";
      answer.verdict = verdict_of(light && exposure.dark_share < 0.15);
      break;
    }
    case Light::dull:
      answer.wanted = "from 20 to 66";
      answer.verdict = verdict_of(exposure.lightness >= 20 && exposure.lightness <= 66);
      break;
    case Light::dark:
      answer.wanted = "at most 42";
      answer.verdict = verdict_of(exposure.lightness <= 42);
      break;
    case Light::golden_hour:
      answer.observed = "yellowness (mean b*) " + whole(exposure.warmth);
      answer.wanted = "at least 12";
      answer.verdict = verdict_of(exposure.warmth >= 12);
      break;
    case Light::soft: answer.reason = "softness of light is not measured"; break;
  }
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

Answer judge_contrast(MeasuredPicture& picture, const Check& check) {
  Answer answer;
  const double range = picture.exposure().range;
  answer.observed = "lightness spans " + whole(range) + " of 100";
  answer.wanted = check.number > 0 ? "at least 60" : "at most 40";
  answer.verdict = verdict_of(check.number > 0 ? range >= 60 : range <= 40);
  return answer;
}

Answer judge_saturation(MeasuredPicture& picture, const Check& check) {
  Answer answer;
  const Exposure& exposure = picture.exposure();
  answer.observed = exposure.coloured_share < 0.02 ? "hardly any colour" : "mean chroma " + whole(exposure.saturation);
  answer.wanted = check.number > 0 ? "at least 38" : "at most 28";
  const bool vivid = exposure.saturation >= 38 && exposure.coloured_share >= 0.05;
  answer.verdict = verdict_of(check.number > 0 ? vivid : exposure.saturation <= 28 || exposure.coloured_share < 0.02);
  return answer;
}

Answer judge_sharpness(MeasuredPicture& picture) {
  Answer answer;
  const double sharpness = picture.sharpness();
  answer.observed = "sharpness " + whole(sharpness);
  answer.wanted = "at least " + whole(sharp_from);
  if (std::min(picture.pixels().width(), picture.pixels().height()) < 32) {
    answer.reason = "the picture is too small to judge its sharpness";
  } else if (sharpness >= blurred_below && sharpness < sharp_from) {
    answer.reason = "neither clearly sharp nor clearly blurred";
  } else {
    answer.verdict = verdict_of(sharpness >= sharp_from);
  }
  return answer;
}

Answer judge_size(MeasuredPicture& picture, const Check& check) {
  const int width = picture.pixels().width();
  const int height = picture.pixels().height();
  Answer answer;
  answer.observed = std::to_string(width) + "x" + std::to_string(height);
  switch (check.measure) {
    case Measure::size:
      answer.wanted = to_string(check.size);
      answer.verdict =
          verdict_of(check.size == PixelSize{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)});
      break;
    case Measure::aspect: {
      answer.wanted = std::to_string(check.size.width()) + ":" + std::to_string(check.size.height());
      const double ratio = static_cast<double>(width) / height;
      const double asked = static_cast<double>(check.size.width()) / check.size.height();
      // Sizes that generators offer are multiples of 8 or 64 pixels, so that 16:9 comes as 1344x768.
      answer.verdict = verdict_of(std::abs(ratio / asked - 1) <= 0.02);
      break;
    }
    case Measure::longest_side:
      answer.wanted = "longest side at least " + std::to_string(check.number);
      answer.verdict = verdict_of(std::max(width, height) >= check.number);
      break;
    default:
      answer.wanted = "each side at least " + std::to_string(check.number);
      answer.verdict = verdict_of(std::min(width, height) >= check.number);
      break;
  }
  return answer;
}

Answer judge_no_border(MeasuredPicture& picture) {
  Answer answer;
  const Rim& rim = picture.segmentation().rim;
  answer.wanted = "no border";
  answer.observed = rim.found ? "a border of " + hex(rim.colour) : "none";
  if (rim.found) answer.where = "around the picture";
  answer.verdict = verdict_of(!rim.found);
  return answer;
}

/// Whether the border ring is white wherever no thing reaches it, pixel by pixel.
Answer judge_white_background(MeasuredPicture& picture, const Check& check) {
  const Segmentation& seen = picture.segmentation();
  const LabPixels& pixels = seen.pixels;
  Answer answer;
  answer.wanted = "white (each channel 250 or more) over at least " + percent(check.low);
  if (std::min(pixels.width(), pixels.height()) < 16) {
    answer.observed = "too small";
    answer.reason = "the picture is too small to find its background";
    return answer;
  }
  const RingWalk walk{pixels.width(), pixels.height()};
  std::size_t all = 0, whites = 0;
  std::array<double, 3> sum{};
  for (int i = 0; i < walk.length(); ++i) {
    const RingWalk::Point point = walk.at(i);
    for (int depth = 0; depth < seen.background.thickness; ++depth) {
      const int x = point.x + depth * point.inwards_x;
      const int y = point.y + depth * point.inwards_y;
      if (seen.legible && seen.foreground[pixels.place(x, y)] != 0) continue;
      const Rgb colour = rgb_of(pixels.at(x, y));
      ++all;
      whites += white(colour) ? 1U : 0U;
      sum[0] += colour.red, sum[1] += colour.green, sum[2] += colour.blue;
    }
  }
  if (all == 0) {
    answer.observed = "no background at the border";
    answer.reason = "the product reaches the border all around";
    return answer;
  }
  const double share = static_cast<double>(whites) / static_cast<double>(all);
  const auto mean = [&](std::size_t channel) {
    return static_cast<std::uint8_t>(std::lround(sum[channel] / static_cast<double>(all)));
  };
  answer.observed = "white over " + percent(share) + ", mean " + hex(Rgb{mean(0), mean(1), mean(2)});
  answer.where = "along the border";
  answer.verdict = verdict_of(share >= check.low);
  return answer;
}

Answer answer_to(MeasuredPicture& picture, const Check& check) {
  switch (check.measure) {
    case Measure::count: return judge_count(picture, check);
    case Measure::colour: return judge_colour(picture, check);
    case Measure::no_colour: return judge_no_colour(picture, check);
    case Measure::position: return judge_position(picture, check);
    case Measure::background: return judge_background(picture, check);
    case Measure::gradient: return judge_gradient(picture, check);
    case Measure::light: return judge_light(picture, check);
    case Measure::framing:
    case Measure::frame_fill: return judge_framing(picture, check);
    case Measure::contrast: return judge_contrast(picture, check);
    case Measure::saturation: return judge_saturation(picture, check);
    case Measure::sharpness: return judge_sharpness(picture);
    case Measure::size:
    case Measure::aspect:
    case Measure::longest_side:
    case Measure::shortest_side: return judge_size(picture, check);
    case Measure::no_border: return judge_no_border(picture);
    case Measure::white_background: return judge_white_background(picture, check);
  }
  return {};
}

}  // namespace

Finding judge(MeasuredPicture& picture, const PlannedItem& item) {
  Answer all;
  all.verdict = Verdict::pass;
  const auto append = [](std::string& text, const std::string& more) {
    if (!more.empty()) text += (text.empty() ? "" : "; ") + more;
  };
  for (const Check& check : item.checks) {
    const Answer answer = answer_to(picture, check);
    if (answer.verdict == Verdict::fail || (answer.verdict == Verdict::unknown && all.verdict == Verdict::pass))
      all.verdict = answer.verdict;
    append(all.observed, answer.observed);
    append(all.wanted, answer.wanted);
    append(all.where, answer.where);
    append(all.reason, answer.reason);
  }
  Finding finding{item.requirement.id(), all.verdict};
  finding.observed(std::move(all.observed))
      .wanted(std::move(all.wanted))
      .where(std::move(all.where))
      .reason(std::move(all.reason));
  return finding;
}

}  // namespace pentimento::offline::measuring
