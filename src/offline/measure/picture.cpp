#include "offline/measure/judge.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace pentimento::offline::measuring {

const Segmentation& MeasuredPicture::segmentation() {
  if (!segmentation_) segmentation_ = segment(pixels_);
  return *segmentation_;
}

const Exposure& MeasuredPicture::exposure() {
  if (!exposure_) exposure_ = measure_exposure(segmentation().pixels);
  return *exposure_;
}

double MeasuredPicture::sharpness() {
  if (!sharpness_) sharpness_ = measure_sharpness(pixels_);
  return *sharpness_;
}

std::string MeasuredPicture::in_pixels(const Box& box) {
  const Segmentation& seen = segmentation();
  // The segmentation saw the picture shrunk, and without its rim.
  const double shrunk = std::max(1.0, static_cast<double>(std::max(pixels_.width(), pixels_.height())) / 512.0);
  const double left = seen.rim.found ? seen.rim.left + 1.0 : 0.0;
  const double top = seen.rim.found ? seen.rim.top + 1.0 : 0.0;
  const auto along = [&](double share, int length, double begin) {
    return static_cast<int>(std::lround((begin + share * length) * shrunk));
  };
  const int from_x = along(box.left, seen.pixels.width(), left);
  const int from_y = along(box.top, seen.pixels.height(), top);
  const int to_x = std::min(along(box.right, seen.pixels.width(), left), pixels_.width());
  const int to_y = std::min(along(box.bottom, seen.pixels.height(), top), pixels_.height());
  return std::to_string(from_x) + "," + std::to_string(from_y) + " " + std::to_string(to_x - from_x) + "x" +
         std::to_string(to_y - from_y);
}

std::string suggest_prompt(const Brief& brief, const std::vector<PlannedItem>& items,
                           const std::vector<Finding>& findings) {
  std::string strong;
  for (const PlannedItem& item : items) {
    const auto finding = std::ranges::find(findings, item.requirement.id(), &Finding::requirement);
    if (finding == findings.end() || finding->verdict() == Verdict::pass) continue;
    const bool count =
        std::ranges::any_of(item.checks, [](const Check& check) { return check.measure == Measure::count; });
    // An unknown is no reproach, but a count may become clear if the things stand apart.
    if (finding->verdict() == Verdict::unknown && !count) continue;
    strong += (strong.empty() ? "" : "; ") + item.requirement.text();
    if (count && finding->verdict() == Verdict::unknown) strong += ", apart from each other";
  }
  if (strong.empty()) return {};
  std::string prompt = brief.goal();
  while (!prompt.empty() && (prompt.back() == ' ' || prompt.back() == '.' || prompt.back() == '\n')) prompt.pop_back();
  if (!prompt.empty()) prompt += ". ";
  return prompt + "Important: " + strong + ".";
}

}  // namespace pentimento::offline::measuring
