//
// What the judgements of the measuring critic share. Private to measure_judge*.cpp.
#pragma once

#include "offline/measure/colour.hpp"
#include "offline/measure/judge.hpp"
#include "offline/measure/plan.hpp"
#include <pentimento/critique.hpp>

#include <string>
#include <string_view>

namespace pentimento::offline::measuring {

/// What a check came to; the parts of a finding.
struct Answer {
  Verdict verdict = Verdict::unknown;
  std::string observed;
  std::string wanted;
  std::string where;
  std::string reason;
};

inline Verdict verdict_of(bool passes) { return passes ? Verdict::pass : Verdict::fail; }

/// "7 %", "2.5 %"
[[nodiscard]] std::string percent(double share);
/// A figure without its fraction.
[[nodiscard]] std::string whole(double value);
/// A figure that passed a limit, so that it reads as more than the limit: 4.1 of at most 4 is `4.1`, not `4`.
[[nodiscard]] std::string tenths(double value);
/// The mean of the surfaces, as far as they reach around the border.
[[nodiscard]] Rgb mean_of(const Background& background);

// --- of things: measure_judge_things.cpp -----------------------------------------------------------------------------

Answer judge_count(MeasuredPicture& picture, const Check& check);
Answer judge_colour(MeasuredPicture& picture, const Check& check);
Answer judge_no_colour(MeasuredPicture& picture, const Check& check);
Answer judge_position(MeasuredPicture& picture, const Check& check);
Answer judge_framing(MeasuredPicture& picture, const Check& check);

// --- of what lies behind and around them: measure_judge_background.cpp -----------------------------------------------

Answer judge_background(MeasuredPicture& picture, const Check& check);
Answer judge_gradient(MeasuredPicture& picture, const Check& check);
Answer judge_no_border(MeasuredPicture& picture);
Answer judge_white_background(MeasuredPicture& picture, const Check& check);

// --- of the picture as a whole: measure_judge_quality.cpp ------------------------------------------------------------

Answer judge_light(MeasuredPicture& picture, const Check& check);
Answer judge_contrast(MeasuredPicture& picture, const Check& check);
Answer judge_saturation(MeasuredPicture& picture, const Check& check);
Answer judge_sharpness(MeasuredPicture& picture);
Answer judge_size(MeasuredPicture& picture, const Check& check);

}  // namespace pentimento::offline::measuring
