#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

enum class Style { plain, strong, faint, good, bad, doubt, accent };

/// A part of a line in one style.
struct Span {
  std::string text;
  Style style = Style::plain;
};
using Line = std::vector<Span>;

/// The symbols of the output: Unicode if the locale is UTF-8, else ASCII.
struct Signs {
  std::string_view full, empty;          ///< of a bar
  std::string_view pass, fail, unknown;  ///< verdicts
  std::string_view dot, dash, ellipsis, arrow;
  std::string_view open_quote, close_quote;
  std::vector<std::string_view> spinner;
};

/**
 * An output stream for people, with a block of live lines at its end that is redrawn in place.
 *
 * Sends escape codes only to a terminal, and not if `NO_COLOR` is set or `TERM` is `dumb`; without them there are no
 * live lines.
 *
 * **Thread safety**: not thread-safe.
 */
class Terminal {
 public:
  /// Reads the environment: `TERM`, `NO_COLOR`, `COLUMNS` and the locale.
  explicit Terminal(std::FILE* out);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  /// Erases the live lines.
  ~Terminal();

  /// True if escape codes are sent, and so if there are live lines.
  bool is_live() const noexcept { return live_; }
  /// The width in cells: that of the terminal now, or 100 if there is none.
  int width() const;
  const Signs& signs() const noexcept { return *signs_; }

  /// Prints a line above the live lines.
  void print(const Line& line);
  /// Prints a line with `right` at the right margin.
  void print(Line line, const Span& right);
  /// Prints words after a margin of `indent` cells, broken between words into at most `max_lines` lines.
  void print_wrapped(const Line& words, int indent, int max_lines);
  /// The same with `head` as the margin of the first line.
  void print_hanging(const Span& head, const Line& words, int max_lines);
  /// Replaces the live lines; each is cut to the width. A no-op if there are none.
  void show_live(std::vector<Line> lines);
  void clear_live() { show_live({}); }

  /// Prints without a line end, for a question. There must be no live lines.
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

/// The width of a text in cells of the terminal. Uses the locale, which a `Terminal` sets.
int cells_of(std::string_view text);
/// The beginning of a text that fits into `cells`, with `ellipsis` at its end if it was cut.
std::string fitted(std::string_view text, int cells, std::string_view ellipsis);
/// The width of a line in cells.
int cells_of(const Line& line);
/// The beginning of a line that fits into `cells`.
Line fitted(const Line& line, int cells, std::string_view ellipsis);

}  // namespace pentimento::cli
