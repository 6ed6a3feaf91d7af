#include "offline/measure/judge.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pentimento::offline::measuring {

std::string percent(double share) {
  const double value = share * 100;
  if (value > 0 && value < 9.5) {
    const auto tenths = static_cast<int>(std::lround(value * 10));
    if (tenths % 10 != 0) return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
  }
  return std::to_string(static_cast<int>(std::lround(value))) + " %";
}

std::string whole(double value) { return std::to_string(static_cast<int>(std::lround(value))); }

std::string tenths(double value) {
  const long tenth = std::lround(std::ceil(value * 10.0));
  return std::to_string(tenth / 10) + '.' + std::to_string(tenth % 10);
}

namespace {

/// The shorter side, in pixels, from which there is anything to measure but the size.
constexpr int least_side = 16;

Answer answer_to(MeasuredImage& image, const Check& check) {
  const bool is_of_size = check.measure == Measure::size || check.measure == Measure::aspect ||
                          check.measure == Measure::longest_side || check.measure == Measure::shortest_side;
  if (!is_of_size && std::min(image.pixels().width(), image.pixels().height()) < least_side) {
    Answer answer;
    answer.observed = std::to_string(image.pixels().width()) + "x" + std::to_string(image.pixels().height());
    answer.reason = "the image is too small to measure; " + std::to_string(least_side) + " pixels a side are needed";
    return answer;
  }
  switch (check.measure) {
    case Measure::count: return judge_count(image, check);
    case Measure::colour: return judge_colour(image, check);
    case Measure::no_colour: return judge_no_colour(image, check);
    case Measure::position: return judge_position(image, check);
    case Measure::background: return judge_background(image, check);
    case Measure::gradient: return judge_gradient(image, check);
    case Measure::light: return judge_light(image, check);
    case Measure::framing:
    case Measure::frame_fill: return judge_framing(image, check);
    case Measure::contrast: return judge_contrast(image, check);
    case Measure::saturation: return judge_saturation(image, check);
    case Measure::sharpness: return judge_sharpness(image);
    case Measure::size:
    case Measure::aspect:
    case Measure::longest_side:
    case Measure::shortest_side: return judge_size(image, check);
    case Measure::no_border: return judge_no_border(image);
    case Measure::white_background: return judge_white_background(image, check);
  }
  return {};
}

}  // namespace

Finding judge(MeasuredImage& image, const PlannedItem& item) {
  Answer all;
  all.verdict = Verdict::pass;
  const auto append = [](std::string& text, const std::string& more) {
    if (!more.empty()) text += (text.empty() ? "" : "; ") + more;
  };
  for (const Check& check : item.checks) {
    const Answer answer = answer_to(image, check);
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

const Segmentation& MeasuredImage::segmentation() {
  if (!segmentation_) segmentation_ = segment(pixels_);
  return *segmentation_;
}

const Exposure& MeasuredImage::exposure() {
  if (!exposure_) exposure_ = measure_exposure(segmentation().image);
  return *exposure_;
}

Sharpness MeasuredImage::sharpness() {
  if (!sharpness_) sharpness_ = measure_sharpness(pixels_);
  return *sharpness_;
}

std::string MeasuredImage::in_pixels(const Box& box) {
  const Segmentation& seen = segmentation();
  // The segmentation saw the image shrunk and without its rim.
  const double shrunk = seen.scale;
  const double left = seen.rim.found ? seen.rim.left + 1.0 : 0.0;
  const double top = seen.rim.found ? seen.rim.top + 1.0 : 0.0;
  const auto along = [&](double share, int length, double begin) {
    return static_cast<int>(std::lround((begin + share * length) * shrunk));
  };
  const int from_x = along(box.left, seen.image.width(), left);
  const int from_y = along(box.top, seen.image.height(), top);
  const int to_x = std::min(along(box.right, seen.image.width(), left), pixels_.width());
  const int to_y = std::min(along(box.bottom, seen.image.height(), top), pixels_.height());
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
    // An unknown asks for no change, but a count may become clear if the things stand apart.
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
