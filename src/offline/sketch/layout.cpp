#include "offline/sketch/layout.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace pentimento::offline::sketch {
namespace {

constexpr double gap_between = 0.30;  // in mugs: wide enough that shadows of neighbours do not meet

void move_by(Unit& unit, double x, double y) {
  for (Unit::Part& part : unit.parts) {
    part.x += x;
    part.y += y;
  }
}

void scale_by(Unit& unit, double factor) {
  for (Unit::Part& part : unit.parts) {
    part.x *= factor;
    part.y *= factor;
    part.width *= factor;
    part.height *= factor;
  }
  unit.width *= factor;
  unit.height *= factor;
}

void append(std::vector<Unit::Part>& to, std::vector<Unit::Part>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

struct Row {
  std::vector<Unit> units;
  double width = 0;
  double height = 0;
};

Row make_row(std::vector<Unit> units) {
  Row row;
  for (const Unit& unit : units) {
    row.width += unit.width;
    row.height = std::max(row.height, unit.height);
  }
  if (!units.empty()) row.width += gap_between * static_cast<double>(units.size() - 1);
  row.units = std::move(units);
  return row;
}

std::vector<Row> split(const std::vector<Unit>& units, std::size_t rows) {
  std::vector<Row> result;
  std::size_t from = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    // The lower rows are the fuller ones: a pyramid looks settled.
    const std::size_t size = (units.size() - from) / (rows - r);
    result.push_back(make_row(
        {units.begin() + static_cast<std::ptrdiff_t>(from), units.begin() + static_cast<std::ptrdiff_t>(from + size)}));
    from += size;
  }
  return result;
}

struct Extent {
  double width = 0;
  double height = 0;
};

Extent extent_of(const std::vector<Row>& rows) {
  Extent extent;
  for (const Row& row : rows) {
    extent.width = std::max(extent.width, row.width);
    extent.height += row.height;
  }
  if (!rows.empty()) extent.height += gap_between * static_cast<double>(rows.size() - 1);
  return extent;
}

}  // namespace

Unit unit_of(Item item, double height) {
  Unit unit;
  unit.aloft = item.drawing->aloft;
  Unit::Part part;
  part.height = height;
  part.width = height * item.drawing->aspect;
  part.item = std::move(item);
  unit.width = part.width;
  unit.height = part.height;
  unit.parts.push_back(std::move(part));
  return unit;
}

void settle(Unit& unit) {
  double left = 0;
  double right = 0;
  double top = 0;
  double bottom = 0;
  bool first = true;
  for (const Unit::Part& part : unit.parts) {
    left = first ? part.x : std::min(left, part.x);
    right = first ? part.x + part.width : std::max(right, part.x + part.width);
    top = first ? part.y + part.height : std::max(top, part.y + part.height);
    bottom = first ? part.y : std::min(bottom, part.y);
    first = false;
  }
  move_by(unit, -left, -bottom);
  unit.width = right - left;
  unit.height = top - bottom;
}

Unit row_of(std::vector<Unit> units, double gap) {
  Unit row;
  double x = 0;
  row.aloft = !units.empty() && std::ranges::all_of(units, &Unit::aloft);
  for (Unit& unit : units) {
    move_by(unit, x, 0);
    x += unit.width + gap;
    append(row.parts, std::move(unit.parts));
  }
  settle(row);
  return row;
}

Unit stacked(Unit upper, Unit lower, double drop) {
  if (const double room = lower.width * 0.88; upper.width > room) {
    // Half of the misfit is made up by each, so that neither becomes a toy.
    const double misfit = std::sqrt(upper.width / room);
    scale_by(upper, 1 / misfit);
    scale_by(lower, misfit);
  }
  for (Unit::Part& part : upper.parts) part.item.shadow = false;
  move_by(upper, (lower.width - upper.width) / 2, lower.height * (1 - drop));
  Unit unit = std::move(lower);
  append(unit.parts, std::move(upper.parts));
  unit.aloft = false;
  settle(unit);
  return unit;
}

Unit bunch(Unit flowers, Unit vase) {
  for (Unit::Part& part : flowers.parts) part.item.shadow = false;
  if (flowers.width > vase.width * 2.4) scale_by(flowers, vase.width * 2.4 / flowers.width);
  move_by(flowers, (vase.width - flowers.width) / 2, vase.height * 0.96 - flowers.height * 0.35);
  Unit unit = std::move(flowers);
  append(unit.parts, std::move(vase.parts));
  settle(unit);
  return unit;
}

Unit over(Unit upper, Unit lower) {
  const double width = std::max(upper.width, lower.width);
  for (Unit::Part& part : upper.parts) part.item.shadow = false;
  move_by(upper, (width - upper.width) / 2, lower.height + 0.35);
  move_by(lower, (width - lower.width) / 2, 0);
  Unit unit = std::move(lower);
  append(unit.parts, std::move(upper.parts));
  unit.aloft = false;
  settle(unit);
  return unit;
}

Unit before(Unit front, Unit back, bool right) {
  // What is behind must be seen: higher or wider than what hides it, and to one side.
  if (back.height < front.height * 1.1 && back.width < front.width * 1.5)
    scale_by(back, front.height * 1.1 / back.height);
  const double side = std::min(front.width, back.width) * 0.55;
  const double middle = (back.width - front.width) / 2;
  move_by(front, right ? middle - side : middle + side, 0);
  move_by(back, 0, 0.10 * front.height + 0.04);
  Unit unit = std::move(back);
  append(unit.parts, std::move(front.parts));
  unit.aloft = false;
  settle(unit);
  return unit;
}

std::vector<Item> arranged(std::vector<Unit> units, const Arrangement& how, const Noise& noise, int width, int height) {
  std::vector<Item> items;
  if (units.empty()) return items;
  std::vector<Unit> sky;
  std::vector<Unit> standing;
  for (Unit& unit : units) (unit.aloft && !how.one_row ? sky : standing).push_back(std::move(unit));

  // As many rows as let the things be largest.
  const auto best_split = [&](const std::vector<Unit>& some, double room_height) {
    std::vector<Row> best;
    double best_scale = 0;
    std::size_t most_rows = how.one_row ? 1 : some.size();
    if (how.most_in_row > 0) most_rows = std::min(most_rows, (some.size() + how.most_in_row - 1) / how.most_in_row);
    for (std::size_t rows = 1; rows <= most_rows; ++rows) {
      std::vector<Row> tried = split(some, rows);
      const Extent extent = extent_of(tried);
      const double scale = std::min(width / std::max(extent.width, 0.01), room_height / std::max(extent.height, 0.01));
      if (scale > best_scale * 1.02) {
        best_scale = scale;
        best = std::move(tried);
      }
    }
    return best;
  };
  std::vector<Row> rows;
  if (!sky.empty()) rows = best_split(sky, standing.empty() ? height : height * 0.4);
  const std::size_t sky_rows = rows.size();
  if (!standing.empty()) {
    for (Row& row : best_split(standing, sky.empty() ? height : height * 0.6)) rows.push_back(std::move(row));
  }
  const Extent extent = extent_of(rows);
  const double scale = std::min(how.fill * width / extent.width, how.fill * height / extent.height);
  const double free_width = width - extent.width * scale;
  const double free_height = height - extent.height * scale;

  double y = free_height / 2 + std::clamp(noise.normal("lift") * 0.06, -0.12, 0.12) * free_height;  // from the top
  const bool grounded = how.ground >= 0 && sky_rows < rows.size();
  if (how.ground >= 0 && !grounded)
    y = std::min(y, std::max(0.04 * height, how.ground * height * 0.36 - extent.height * scale / 2));
  if (grounded)
    y = std::clamp(std::max(how.ground * height - extent.height * scale, y), 0.03 * height,
                   std::max(0.03 * height, free_height - 0.02 * height));
  // Over a landscape what hangs in the air moves up into the sky.
  const double sky_lift = grounded ? std::max(0.0, y - (0.25 * y + 0.05 * height)) : 0;
  const double middle = width / 2.0 + how.shift * free_width / 2;
  std::uint64_t count = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    Row& row = rows[r];
    const bool in_sky = r < sky_rows;
    double top = y;
    if (in_sky) top -= sky_lift;
    double x = middle - row.width * scale / 2;
    // A row that is narrower than the widest leaves room, which is shared out by chance.
    double spread = std::max(0.0, std::min((extent.width - row.width) * scale, free_width * 0.4));
    if (row.units.size() < 2) {
      x += (noise.uniform("alone", r) - 0.5) * spread * (in_sky ? 1.2 : 0.4);
      spread = 0;
    } else {
      x -= spread / 2;
    }
    for (Unit& unit : row.units) {
      const double slack = gap_between * scale * 0.22;
      const double wobble = row.units.size() > 1 ? (noise.uniform("wobble", count) - 0.5) * 2 * slack : 0;
      const double rise = in_sky ? (noise.uniform("rise", count) - 0.5) * 2 * slack : std::abs(wobble) * 0.4;
      const double shrink = 1 - 0.05 * noise.uniform("shrink", count);
      const double left = x + unit.width * scale * (1 - shrink) / 2 + wobble;
      const double bottom = top + row.height * scale - (in_sky ? (row.height - unit.height) * scale / 2 : 0) - rise;
      for (Unit::Part& part : unit.parts) {
        Item item = std::move(part.item);
        const double size = scale * shrink;
        item.left = left + part.x * size;
        item.top = bottom - (part.y + part.height) * size;
        item.width = part.width * size;
        item.height = part.height * size;
        if (item.drawing->aloft) item.tilt = (noise.uniform("tilt", count) - 0.5) * 9;
        items.push_back(std::move(item));
      }
      x += (unit.width + gap_between) * scale;
      if (row.units.size() > 1) x += spread / static_cast<double>(row.units.size() - 1);
      ++count;
    }
    y += (row.height + gap_between) * scale;
  }
  return items;
}

}  // namespace pentimento::offline::sketch
