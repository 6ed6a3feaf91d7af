//
// Verdicts: what was asked for against what was measured.
#pragma once

#include "offline/measure/exposure.hpp"
#include "offline/measure/plan.hpp"
#include "offline/measure/segment.hpp"
#include "offline/pixels/pixels.hpp"
#include <pentimento/critique.hpp>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace pentimento::offline::measuring {

/// One picture with what has been measured of it; each measure is taken when it is first asked for. For one thread.
class MeasuredPicture {
 public:
  explicit MeasuredPicture(Pixels pixels) : pixels_{std::move(pixels)} {}

  const Pixels& pixels() const noexcept { return pixels_; }
  const Segmentation& segmentation();
  const Exposure& exposure();
  double sharpness();
  /// A box of the segmentation as "x,y wxh" in pixels of the picture.
  std::string in_pixels(const Box& box);

 private:
  Pixels pixels_;
  std::optional<Segmentation> segmentation_;
  std::optional<Exposure> exposure_;
  std::optional<double> sharpness_;
};

/// The finding on one planned item. It passes if all of its checks do, fails if one fails, and is unknown otherwise.
[[nodiscard]] Finding judge(MeasuredPicture& picture, const PlannedItem& item);

/// The brief's goal with what failed said again and more strongly; empty if nothing failed. Plain text.
[[nodiscard]] std::string suggest_prompt(const Brief& brief, const std::vector<PlannedItem>& items,
                                         const std::vector<Finding>& findings);

}  // namespace pentimento::offline::measuring
