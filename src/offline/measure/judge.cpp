#include "offline/measure/judge.hpp"

#include "offline/measure/answer.hpp"

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
