// Verdicts: what was asked for against what was measured.
#pragma once

#include "offline/measure/exposure.hpp"
#include "offline/measure/plan_checklist.hpp"
#include "offline/measure/segment.hpp"
#include "offline/pixels/pixels.hpp"
#include <pentimento/critique.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::offline::measuring {

/// An image with what has been measured of it; each measure is taken when it is first needed. Not thread-safe.
class MeasuredImage {
 public:
  explicit MeasuredImage(Pixels pixels) : pixels_{std::move(pixels)} {}

  const Pixels& pixels() const noexcept { return pixels_; }
  const Segmentation& segmentation();
  const Exposure& exposure();
  Sharpness sharpness();
  /// A box of the segmentation as "x,y wxh" in pixels of the image.
  std::string in_pixels(const Box& box);

 private:
  Pixels pixels_;
  std::optional<Segmentation> segmentation_;
  std::optional<Exposure> exposure_;
  std::optional<Sharpness> sharpness_;
};

/// The finding on one planned item. It passes if all of its checks do, fails if one fails, and is unknown otherwise.
[[nodiscard]] Finding judge(MeasuredImage& image, const PlannedItem& item);

/// The brief's goal with what failed repeated with emphasis; empty if nothing failed. Plain text.
[[nodiscard]] std::string suggest_prompt(const Brief& brief, const std::vector<PlannedItem>& items,
                                         const std::vector<Finding>& findings);

// The rest is shared by judge*.cpp.

/// The result of one check; the parts of a finding.
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
/// A figure that passed a limit, rounded up so that it reads as more than the limit: 4.01 of at most 4 is `4.1`, not `4`.
[[nodiscard]] std::string tenths(double value);
/// Why the verdict on a colour is unknown if people differ.
inline std::string between_names(const AskedColour& colour) {
  return "its colour lies between " + colour.text + " and its neighbours";
}
/// The mean of the surfaces, weighted by how much of the border they hold.
[[nodiscard]] Lab mean_of(const Background& background);

// Of things: judge_things.cpp.
Answer judge_count(MeasuredImage& image, const Check& check);
Answer judge_colour(MeasuredImage& image, const Check& check);
Answer judge_no_colour(MeasuredImage& image, const Check& check);
Answer judge_position(MeasuredImage& image, const Check& check);
Answer judge_framing(MeasuredImage& image, const Check& check);

// Of what lies behind and around them: judge_background.cpp.
Answer judge_background(MeasuredImage& image, const Check& check);
Answer judge_gradient(MeasuredImage& image, const Check& check);
Answer judge_no_border(MeasuredImage& image);
Answer judge_white_background(MeasuredImage& image, const Check& check);

// Of the image as a whole: judge_quality.cpp.
Answer judge_light(MeasuredImage& image, const Check& check);
Answer judge_contrast(MeasuredImage& image, const Check& check);
Answer judge_saturation(MeasuredImage& image, const Check& check);
Answer judge_sharpness(MeasuredImage& image);
Answer judge_size(MeasuredImage& image, const Check& check);

}  // namespace pentimento::offline::measuring
