#include "offline/sketch/layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

namespace pentimento::offline::sketch {
namespace {

void take_items(Cluster& to, Cluster& from) { std::ranges::move(from.items, std::back_inserter(to.items)); }

}  // namespace

void move(Cluster& cluster, double right, double down) {
  for (Item& item : cluster.items) item.left += right, item.top += down;
}

void scale(Cluster& cluster, double factor) {
  for (Item& item : cluster.items) {
    item.left *= factor;
    item.top *= factor;
    item.width *= factor;
    item.height *= factor;
  }
  cluster.width *= factor;
  cluster.height *= factor;
}

Cluster row(std::vector<Cluster> clusters) {
  Cluster all;
  for (const Cluster& cluster : clusters) all.height = std::max(all.height, cluster.height);
  for (Cluster& cluster : clusters) {
    if (all.width > 0) all.width += gap_between;
    move(cluster, all.width, all.height - cluster.height);
    all.width += cluster.width;
    take_items(all, cluster);
  }
  return all;
}

Cluster column(std::vector<Cluster> clusters) {
  Cluster all;
  for (const Cluster& cluster : clusters) all.width = std::max(all.width, cluster.width);
  for (Cluster& cluster : clusters) {
    if (all.height > 0) all.height += gap_between;
    move(cluster, (all.width - cluster.width) / 2, all.height);
    all.height += cluster.height;
    take_items(all, cluster);
  }
  return all;
}

Cluster grid(const std::vector<Cluster>& clusters, double frame_aspect) {
  Cluster best;
  double best_size = 0;
  for (std::size_t rows = 1; rows <= clusters.size(); ++rows) {
    std::vector<Cluster> lines;
    auto from = clusters.begin();
    for (std::size_t left = rows; left > 0; --left) {
      // The lower rows are the fuller ones: a pyramid looks settled.
      const auto length = static_cast<std::ptrdiff_t>(static_cast<std::size_t>(clusters.end() - from) / left);
      lines.push_back(row({from, from + length}));
      from += length;
    }
    Cluster tried = column(std::move(lines));
    const double size = std::min(frame_aspect / std::max(tried.width, 0.01), 1 / std::max(tried.height, 0.01));
    if (size <= best_size * 1.02) continue;
    best_size = size;
    best = std::move(tried);
  }
  return best;
}

Cluster standing_on(Cluster upper, Cluster lower) {
  if (const double room = lower.width * 0.86; upper.width > room) {
    // Each makes up for half of the misfit, so that neither becomes a toy.
    const double misfit = std::sqrt(upper.width / room);
    scale(upper, 1 / misfit);
    scale(lower, misfit);
  }
  for (Item& item : upper.items) item.shadow = false;
  const double drop = lower.height * lower.items.back().symbol->top;
  const double up = std::max(0.0, upper.height - drop);
  move(upper, (lower.width - upper.width) / 2, up + drop - upper.height);
  move(lower, 0, up);
  lower.height += up;
  take_items(lower, upper);
  return lower;
}

}  // namespace pentimento::offline::sketch
