#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

enum class Style { plain, strong, faint, good, bad, doubt, accent };

/// A piece of a line in one style.
struct Span {
  std::string text;
  Style style = Style::plain;
};
using Line = std::vector<Span>;

/// The signs that lines are drawn with, and what stands for them where the locale is not UTF-8.
struct Signs {
  std::string_view full, empty;          ///< of a bar
  std::string_view pass, fail, unknown;  ///< verdicts
  std::string_view dot, dash, ellipsis, arrow;
  std::string_view open_quote, close_quote;
  std::vector<std::string_view> spinner;
};

/**
 * Where people read: one output stream, what it can show, and a block of live lines at its end that is drawn again and
 * again in place.
 *
 * Escape codes are only sent to a terminal that is not `TERM=dumb` and where `NO_COLOR` is not set; without them there are
 * no live lines. Not thread-safe.
 */
class Terminal {
 public:
  /// Looks at the stream and at the environment (`TERM`, `NO_COLOR`, `COLUMNS`, the locale).
  explicit Terminal(std::FILE* out);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  /// Takes the live lines away.
  ~Terminal();

  /// Whether escape codes may be sent, and so whether there are live lines.
  bool is_live() const noexcept { return live_; }
  /// How wide lines may be, in cells: as wide as the terminal, or 100 where there is none. Asked anew each time.
  int width() const;
  const Signs& signs() const noexcept { return *signs_; }

  /// Writes a line above the live lines.
  void print(const Line& line);
  /// A line with `right` flush right where there is room, else two spaces after it.
  void print(Line line, const Span& right);
  /// Writes words after a margin of `indent` cells, broken between words; no more than `max_lines` lines.
  void print_wrapped(const Line& words, int indent, int max_lines);
  /// The same with `head` in the margin of the first line; it is as wide as the margin.
  void print_hanging(const Span& head, const Line& words, int max_lines);
  /// Replaces the live lines; each is cut to the width. Does nothing if there can be none.
  void show_live(std::vector<Line> lines);
  void clear_live() { show_live({}); }

  /// Writes something that is not to end the line, such as a question; the live lines must have been cleared.
  void print_question(const Line& line);

  void flush();

 private:
  std::string rendered(const Line& line) const;
  void erase_live();
  void draw_live();

  std::FILE* out_;
  bool live_;
  const Signs* signs_;
  std::vector<Line> live_lines_;
  int drawn_ = 0;
};

/// How many cells a line takes.
int cells_of(const Line& line);
/// The beginning of a line that fits into so many cells.
Line fitted(const Line& line, int cells, std::string_view ellipsis);

}  // namespace pentimento::cli
