#include "offline/pixels/libvips.hpp"
#include <pentimento/offline/contact_sheet.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::offline {

namespace {

constexpr Rgb paper{244, 242, 238};
constexpr Rgb ink{38, 36, 33};
constexpr Rgb faint_ink{120, 115, 108};
constexpr Rgb hairline{205, 200, 192};
constexpr Rgb kept_green{45, 122, 77};
constexpr Rgb incumbent_ochre{190, 112, 22};

/// One place on the sheet.
struct Cell {
  std::string title;     // "1a   75 %"
  std::string subtitle;  // "kept", "rejected", or why there is no image
  bool kept = false;
  bool incumbent = false;
  std::optional<Image> image;
};

struct Row {
  std::string title;
  std::string note;  // how many of its images are left out, if any
  std::vector<Cell> cells;

  int lines(int columns) const { return std::max(1, (static_cast<int>(cells.size()) + columns - 1) / columns); }
};

/// The measures of a sheet, in pixels.
struct Layout {
  int side;         // of a thumbnail's box
  int columns;      // of cells in a line
  int gutter = 96;  // for the rounds' names
  int margin = 24;
  int gap = 20;
  int caption = 46;
  int note = 36;  // of the line that stands for rounds left out

  int cell_width() const { return side + gap; }
  int cell_height() const { return side + caption + gap; }
  int width() const { return gutter + margin + columns * cell_width(); }
  int height(int lines, int notes) const { return margin * 2 + lines * cell_height() + notes * note - gap; }
  /// How many lines of cells a sheet has room for. Few programs show a taller image.
  int most_lines() const {
    constexpr int most_pixels = 48'000'000;
    constexpr int tallest = 32'000;
    return (std::min(tallest, most_pixels / width()) - height(0, most_notes)) / cell_height();
  }

  static constexpr int most_notes = 2;
};

constexpr int most_columns = 8;
/// Of one round. Three such rounds fit on a sheet of the smallest thumbnails.
constexpr std::size_t most_cells = most_columns * std::size_t{64};

std::string percent(const Score& score) { return std::to_string(score.percent()) + " %"; }

Row row_of(const Transcript& run, const Round& round) {
  Row row;
  row.title = "round " + std::to_string(round.index());
  std::vector<std::pair<CandidateId, Cell>> cells;
  for (const Candidate& candidate : round.candidates()) {
    Cell cell;
    cell.title = to_string(candidate.id());
    if (candidate.critique()) cell.title += "   " + percent(run.score(candidate));
    cell.kept = candidate.decision() && candidate.decision()->accepted();
    cell.incumbent = run.incumbent_id() == candidate.id();
    cell.subtitle = !candidate.decision()  ? "not decided"
                    : cell.kept            ? "✓ kept"
                    : candidate.critique() ? "✗ rejected"
                                           : "not judged";
    if (cell.incumbent) cell.subtitle = "✓ kept, the best";
    cell.image = candidate.image();
    cells.emplace_back(candidate.id(), std::move(cell));
  }
  for (const Draft& draft : round.drafts()) {
    const auto is_of_draft = [&](const auto& entry) { return entry.first.generation() == draft.id(); };
    if (std::ranges::any_of(cells, is_of_draft)) continue;
    Cell cell;
    cell.title = to_string(draft.id());
    cell.subtitle = !draft.ended()                                              ? "not finished"
                    : draft.error() && draft.error()->code() == errc::cancelled ? "cancelled"
                                                                                : "failed";
    cells.emplace_back(draft.id(), std::move(cell));
  }
  std::ranges::sort(cells, {}, [](const auto& entry) { return entry.first; });
  for (auto& [id, cell] : cells) row.cells.push_back(std::move(cell));
  if (row.cells.size() > most_cells) {
    row.note = std::to_string(row.cells.size() - most_cells) + " more";
    const auto cut = row.cells.begin() + most_cells;
    const auto best = std::find_if(cut, row.cells.end(), [](const Cell& cell) { return cell.incumbent; });
    if (best != row.cells.end()) std::swap(*std::prev(cut), *best);
    row.cells.erase(cut, row.cells.end());
  }
  return row;
}

/// The largest thumbnails with which all rounds fit, or else the smallest.
Layout layout_of(const std::vector<Row>& rows) {
  std::size_t widest = 1;
  for (const Row& row : rows) widest = std::max(widest, row.cells.size());
  Layout layout{0, static_cast<int>(std::min<std::size_t>(widest, most_columns))};
  for (const int side : {256, 192, 128, 96}) {
    layout.side = side;
    std::int64_t lines = 0;
    for (const Row& row : rows) lines += row.lines(layout.columns);
    if (lines <= layout.most_lines()) break;
  }
  return layout;
}

/// Which rounds are shown: all that fit, beginning with that of the best image, then from both ends.
std::vector<bool> shown_rows(const std::vector<Row>& rows, std::size_t best, const Layout& layout) {
  std::vector<bool> shown(rows.size(), false);
  int room = layout.most_lines();
  const auto show = [&](std::size_t row) {
    if (shown[row]) return true;
    const int lines = rows[row].lines(layout.columns);
    if (lines > room) return false;
    room -= lines;
    shown[row] = true;
    return true;
  };
  show(best);
  for (std::size_t i = 0; i < rows.size() && show(i) && show(rows.size() - 1 - i);) ++i;
  return shown;
}

/// An image in memory that text, thumbnails and frames are drawn on.
class Canvas {
 public:
  Canvas(int width, int height)
      : image_{vips::VImage::black(width, height)
                   .new_from_image(bands(paper))
                   .cast(VIPS_FORMAT_UCHAR)
                   .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB))
                   .copy_memory()} {}

  void paste(const Pixels& pixels, int left, int top) { image_.draw_image(view(pixels), left, top); }

  /// Draws a frame of so many pixels around, not over, a rectangle.
  void frame(int left, int top, int width, int height, int thickness, Rgb colour) {
    for (int out = 1; out <= thickness; ++out)
      image_.draw_rect(bands(colour), left - out, top - out, width + 2 * out, height + 2 * out);
  }

  /// Writes a text of our own, which is not escaped for Pango. `top` is that of the line.
  void write(const std::string& text, int left, int top, const char* font, Rgb colour) {
    const vips::VImage mask =
        vips::VImage::text(text.c_str(), vips::VImage::option()->set("font", font)->set("dpi", 96));
    // Pango crops the text to its ink; glyphs without ascenders must not rise.
    image_.draw_mask(bands(colour), mask, left, top + std::max(0, -mask.yoffset()));
  }

  const vips::VImage& image() const { return image_; }

 private:
  static std::vector<double> bands(Rgb colour) {
    return {static_cast<double>(colour.red), static_cast<double>(colour.green), static_cast<double>(colour.blue)};
  }

  vips::VImage image_;
};

/// The image that a cell shows, no larger than its box; empty, with the reason in the subtitle, if there is none.
Pixels thumbnail_of(Cell& cell, int side) {
  if (!cell.image) return {};
  if (!cell.image->has_bytes()) {
    cell.subtitle = "kept elsewhere";
    return {};
  }
  const Result<Pixels> decoded = decode(*cell.image);
  if (!decoded) {
    cell.subtitle = "cannot be decoded";
    return {};
  }
  return decoded->fitted(side);
}

void draw_cell(Canvas& canvas, Cell& cell, const Layout& layout, int left, int top) {
  const Pixels thumbnail = thumbnail_of(cell, layout.side);
  const int width = thumbnail.empty() ? layout.side : thumbnail.width();
  const int height = thumbnail.empty() ? layout.side : thumbnail.height();
  // The images of a line stand on one ground line, above their captions.
  const int image_top = top + layout.side - height;
  if (!thumbnail.empty()) canvas.paste(thumbnail, left, image_top);
  canvas.frame(left, image_top, width, height, 1, hairline);
  if (cell.kept)
    canvas.frame(left, image_top, width, height, cell.incumbent ? 5 : 2, cell.incumbent ? incumbent_ochre : kept_green);
  const Rgb colour = cell.incumbent ? incumbent_ochre : cell.kept ? kept_green : faint_ink;
  canvas.write(cell.title, left, top + layout.side + 8, "sans bold 9", ink);
  canvas.write(cell.subtitle, left, top + layout.side + 26, "sans 8", colour);
}

vips::VImage sheet_of(std::vector<Row>& rows, const std::vector<bool>& shown, const Layout& layout) {
  int lines = 0;
  int notes = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (shown[i]) lines += rows[i].lines(layout.columns);
    if (!shown[i] && (i == 0 || shown[i - 1])) ++notes;
  }
  Canvas canvas{layout.width(), layout.height(lines, notes)};
  int top = layout.margin;
  for (std::size_t i = 0; i < rows.size();) {
    if (!shown[i]) {
      const std::size_t first = i;
      while (i < rows.size() && !shown[i]) ++i;
      const std::string left_out = std::to_string(i - first) + (i - first == 1 ? " round" : " rounds") + " left out";
      canvas.write(left_out, layout.margin, top, "sans 9", faint_ink);
      top += layout.note;
      continue;
    }
    Row& row = rows[i++];
    canvas.write(row.title, layout.margin, top + 2, "sans bold 9", ink);
    if (!row.note.empty()) canvas.write(row.note, layout.margin, top + 20, "sans 8", faint_ink);
    for (std::size_t cell = 0; cell < row.cells.size(); ++cell) {
      const int column = static_cast<int>(cell) % layout.columns;
      if (cell > 0 && column == 0) top += layout.cell_height();
      draw_cell(canvas, row.cells[cell], layout, layout.gutter + column * layout.cell_width() + layout.gap / 2, top);
    }
    top += layout.cell_height();
  }
  return canvas.image();
}

}  // namespace

Result<Image> contact_sheet(const Transcript& run) {
  if (run.rounds().empty())
    return Error{errc::invalid_argument, "the run has no rounds; a contact sheet needs at least one"};
  if (const Result<void> started = start_vips(); !started) return started.error();
  try {
    std::vector<Row> rows;
    for (const Round& round : run.rounds()) rows.push_back(row_of(run, round));
    const Layout layout = layout_of(rows);
    const std::size_t best = run.incumbent_id() ? static_cast<std::size_t>(run.incumbent_id()->round()) : 0;
    return encode(sheet_of(rows, shown_rows(rows, best, layout), layout), MediaType::png);
  } catch (const vips::VError& error) {
    vips_error_clear();
    return Error{errc::backend_failed, "libvips could not draw the contact sheet (" + reason_of(error) + ")"};
  }
}

}  // namespace pentimento::offline
