// Verdicts on what lies behind the things and around the image.
#include "offline/measure/judge.hpp"
#include "offline/measure/whiteness.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace pentimento::offline::measuring {

namespace {

// The thresholds. A finding states each, so that a person can disagree with it.
constexpr double plain_gradient = 15.0;  // CIELAB, across the image
constexpr double plain_noise = 4.0;      // CIELAB
constexpr double plain_spread = 10.0;    // CIELAB, between the parts of a background
constexpr double least_gradient = 12.0;  // CIELAB
constexpr int nearly_white_from = 244;   // each channel of a pixel, where their mean is white
constexpr double white_share = 0.85;     // of a white background that a brief asks for: the rest is shadow
constexpr double shadow_share = 0.6;     // less than this is white because it is another colour, not because of shadows

}  // namespace

Lab mean_of(const Background& background) {
  double l = 0, a = 0, b = 0, share = 0;
  for (const Surface& surface : background.surfaces) {
    l += surface.share * static_cast<double>(surface.mean.l);
    a += surface.share * static_cast<double>(surface.mean.a);
    b += surface.share * static_cast<double>(surface.mean.b);
    share += surface.share;
  }
  return {static_cast<float>(l / share), static_cast<float>(a / share), static_cast<float>(b / share)};
}

Answer judge_background(MeasuredImage& image, const Check& check) {
  const Background& background = image.segmentation().background;
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
    answer.reason = "too little of the background is in the image";
    return answer;
  }
  const Lab mean = mean_of(background);
  double spread = 0, gradient = 0;
  for (const Surface& one : background.surfaces) {
    gradient = std::max(gradient, one.gradient());
    for (const Surface& other : background.surfaces)
      spread = std::max(spread, static_cast<double>(distance(one.mean, other.mean)));
  }
  answer.observed = hex(rgb_of(mean));
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
    answer.observed += ", changing across the image";
    fault = "it changes by " + tenths(gradient) + " in CIELAB; a plain one by at most " + whole(plain_gradient);
  }
  if (pure_white) {
    if (!is_white(rgb_of(mean))) {
      answer.verdict = Verdict::fail;
      answer.reason = fault;
      return answer;
    }
    // The border says little about the rest. Soft shadows are no fault of a background.
    if (const std::optional<Whiteness> found = measure_whiteness(image, nearly_white_from);
        found && found->share < white_share) {
      answer.observed = in_words(*found);
      answer.wanted = "white (each channel " + std::to_string(nearly_white_from) + " or more) over at least " +
                      percent(white_share);
      answer.where = found->worst;
      answer.reason = found->share >= shadow_share ? "the rest may be shadows" : fault;
      if (found->share < shadow_share) answer.verdict = Verdict::fail;
      return answer;
    }
  } else if (!check.colours.empty() && fault.empty() && !range_of(check.colours.front()).contains(mean)) {
    answer.observed += " (" + std::string{basic_name(mean)} + ")";
    if (range_of(check.colours.front()).may_contain(mean)) {
      answer.reason = between_names(check.colours.front());
    } else {
      answer.verdict = Verdict::fail;
    }
    return answer;
  }
  answer.verdict = verdict_of(fault.empty());
  answer.reason = fault;
  return answer;
}

Answer judge_gradient(MeasuredImage& image, const Check& check) {
  const Background& background = image.segmentation().background;
  Answer answer;
  answer.wanted = "a change of at least " + whole(least_gradient) + " in CIELAB across the image";
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
    const Lab mean = mean_of(background);
    const bool right = range_of(check.colours.front()).contains(mean);
    answer.observed += ", mean " + hex(rgb_of(mean));
    answer.wanted += ", " + check.colours.front().text;
    passes = passes && right;
  }
  answer.verdict = verdict_of(passes);
  return answer;
}

Answer judge_no_border(MeasuredImage& image) {
  Answer answer;
  const Segmentation& seen = image.segmentation();
  const Rim& rim = seen.rim.found ? seen.rim : seen.doubtful_rim;
  answer.wanted = "no border";
  answer.observed = rim.found ? "a border of " + hex(rim.colour) : "none";
  if (rim.found) answer.where = "around the image";
  if (seen.doubtful_rim.found) {
    answer.reason = "it may be the background of a printed box";
  } else {
    answer.verdict = verdict_of(!rim.found);
  }
  return answer;
}

/// Judges the whole background, or the ring along the border if the background cannot be told from things.
Answer judge_white_background(MeasuredImage& image, const Check& check) {
  Answer answer;
  answer.wanted = "white (each channel 250 or more) over at least " + percent(check.low);
  const std::optional<Whiteness> found = measure_whiteness(image, white_from);
  if (!found) {
    answer.observed = "no background";
    answer.reason = "the product reaches the border all around";
    return answer;
  }
  answer.observed = in_words(*found);
  answer.verdict = verdict_of(found->share >= check.low);
  if (answer.verdict == Verdict::fail) {
    answer.where = found->worst;
  } else if (image.segmentation().doubtful_rim.found) {
    answer.verdict = Verdict::unknown;
    answer.reason = "it may be a border around an image with another background";
  }
  return answer;
}

}  // namespace pentimento::offline::measuring
