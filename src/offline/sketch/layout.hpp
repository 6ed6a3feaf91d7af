//
// Things put together: clusters of symbols in a plane whose unit is the height of a mug. Private to this folder.
#pragma once

#include "offline/sketch/symbols.hpp"

#include <vector>

namespace pentimento::offline::sketch {

/// A symbol at its place. Its box is measured from the upper left corner of the cluster, then of the image.
struct Item {
  const Symbol* symbol = nullptr;
  Look look;
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
  bool mirrored = false;
  bool shadow = true;
};

/// Items that keep their places to each other.
struct Cluster {
  std::vector<Item> items;
  double width = 0;
  double height = 0;
};

/// The space between neighbours: wide enough that their shadows do not meet.
inline constexpr double gap_between = 0.30;

void move(Cluster& cluster, double right, double down);
void scale(Cluster& cluster, double factor);

/// From left to right, on one ground.
[[nodiscard]] Cluster row(std::vector<Cluster> clusters);
/// From top to bottom.
[[nodiscard]] Cluster column(std::vector<Cluster> clusters);
/// In as many rows as let the clusters be largest in a frame of this shape.
[[nodiscard]] Cluster grid(const std::vector<Cluster>& clusters, double frame_aspect);
/// `upper` standing on `lower`, which is the last item of its cluster.
[[nodiscard]] Cluster standing_on(Cluster upper, Cluster lower);

}  // namespace pentimento::offline::sketch
