// Verdicts on the image as a whole: light, colour, sharpness, size.
#include "offline/measure/judge.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace pentimento::offline::measuring {

Answer judge_light(MeasuredImage& image, const Check& check) {
  const Exposure& exposure = image.exposure();
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
  }
  return answer;
}

Answer judge_contrast(MeasuredImage& image, const Check& check) {
  Answer answer;
  const double range = image.exposure().range;
  answer.observed = "lightness spans " + whole(range) + " of 100";
  answer.wanted = check.number > 0 ? "at least 60" : "at most 40";
  answer.verdict = verdict_of(check.number > 0 ? range >= 60 : range <= 40);
  return answer;
}

Answer judge_saturation(MeasuredImage& image, const Check& check) {
  Answer answer;
  const Exposure& exposure = image.exposure();
  answer.observed = exposure.coloured_share < 0.02 ? "hardly any colour" : "mean chroma " + whole(exposure.saturation);
  answer.wanted = check.number > 0 ? "at least 38" : "at most 28";
  const bool vivid = exposure.saturation >= 38 && exposure.coloured_share >= 0.05;
  answer.verdict = verdict_of(check.number > 0 ? vivid : exposure.saturation <= 28 || exposure.coloured_share < 0.02);
  return answer;
}

Answer judge_sharpness(MeasuredImage& image) {
  Answer answer;
  const double sharpness = image.sharpness().edges;
  answer.observed = "sharpness " + whole(sharpness);
  answer.wanted = "at least " + whole(sharp_from);
  if (std::min(image.pixels().width(), image.pixels().height()) < 32) {
    answer.reason = "the image is too small to judge its sharpness";
  } else if (sharpness >= blurred_below && image.sharpness().may_be_noise()) {
    answer.reason = "most of it is noise, which says nothing about the edges";
  } else if (sharpness >= blurred_below && sharpness < sharp_from) {
    answer.reason = "neither clearly sharp nor clearly blurred";
  } else {
    answer.verdict = verdict_of(sharpness >= sharp_from);
  }
  return answer;
}

Answer judge_size(MeasuredImage& image, const Check& check) {
  const int width = image.pixels().width();
  const int height = image.pixels().height();
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

}  // namespace pentimento::offline::measuring
