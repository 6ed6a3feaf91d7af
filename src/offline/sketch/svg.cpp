#include "offline/sketch/scene.hpp"

#include <algorithm>
#include <utility>

namespace pentimento::offline::sketch {
namespace {

// Under a thing, on the ground: soft, and no wider than the thing, so that shadows join nothing.
void paint_shadow(Pen& pen, const Item& item, double opacity) {
  const double width = item.width * (item.drawing->person ? 0.5 : item.drawing->noun == "mug" ? 0.46 : 0.53);
  const double depth = std::max(item.width * 0.07, item.height * 0.025);
  const double middle = item.left + item.width * (item.drawing->noun != "mug" ? 0.5
                                                  : item.mirrored             ? 0.57
                                                                              : 0.43);  // not under the handle
  pen.ellipse(middle, item.top + item.height - depth * 0.25, width, depth, pen.glow({30, 26, 34}, opacity * 2));
}

void paint_item(Pen& pen, const Item& item) {
  const double middle = item.left + item.width / 2;
  if (item.tilt != 0) pen.turn(item.tilt, middle, item.top + item.height / 2);
  pen.open(item.left, item.top, item.height / 100, item.mirrored, 50 * item.drawing->aspect);
  item.drawing->draw(pen, item.look);
  pen.close();
  if (item.tilt != 0) pen.close();
}

}  // namespace

std::string to_svg(const Scene& scene) {
  Pen pen{scene.width, scene.height, scene.light};
  paint_backdrop(pen, scene);
  pen.regrade(scene.light);
  for (const Item& item : scene.items) {
    if (item.shadow) paint_shadow(pen, item, scene.shadow);
    paint_item(pen, item);
  }
  return std::move(pen).finish();
}

std::string backdrop_svg(const Scene& scene) {
  Pen pen{scene.width, scene.height, scene.light};
  paint_backdrop(pen, scene);
  return std::move(pen).finish();
}

}  // namespace pentimento::offline::sketch
