#include "terminal.hpp"

#include <pentimento/detail/utf8.hpp>

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <utility>

namespace pentimento::cli {

namespace {

const Signs& unicode_signs() {
  static const Signs signs{"█", "░", "✓", "✗", "?", "·",
                           "–", "…", "→", "“", "”", {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}};
  return signs;
}

const Signs& ascii_signs() {
  static const Signs signs{"#", ".", "+", "x", "?", "|", "-", "...", "->", "\"", "\"", {"|", "/", "-", "\\"}};
  return signs;
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool takes_escape_codes(std::FILE* out) {
  const char* term = std::getenv("TERM");
  return isatty(fileno(out)) == 1 && term != nullptr && *term != '\0' && std::strcmp(term, "dumb") != 0 &&
         !is_set("NO_COLOR");
}

constexpr std::string_view code_of(Style style) {
  switch (style) {
    case Style::plain: return "";
    case Style::strong: return "\x1b[1m";
    case Style::faint: return "\x1b[2m";
    case Style::good: return "\x1b[32m";
    case Style::bad: return "\x1b[31m";
    case Style::doubt: return "\x1b[33m";
    case Style::accent: return "\x1b[36m";
  }
  return "";
}

}  // namespace

Terminal::Terminal(std::FILE* out) : out_{out}, live_{takes_escape_codes(out)} {
  std::setlocale(LC_CTYPE, "");
  signs_ = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? &unicode_signs() : &ascii_signs();
}

Terminal::~Terminal() {
  erase_live();
  flush();
}

int Terminal::width() const {
  constexpr int least = 40;
  constexpr int most = 140;  // longer lines are hard to read
  if (const char* columns = std::getenv("COLUMNS")) {
    int value = 0;
    const auto [end, result] = std::from_chars(columns, columns + std::strlen(columns), value);
    if (result == std::errc{} && *end == '\0' && value > 0) return std::clamp(value, least, most);
  }
  winsize size{};
  if (isatty(fileno(out_)) == 1 && ioctl(fileno(out_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::clamp<int>(size.ws_col, least, most);
  }
  return 100;
}

std::string Terminal::rendered(const Line& line) const {
  std::string text;
  for (const Span& span : line) {
    const std::string_view code = live_ ? code_of(span.style) : std::string_view{};
    text.append(code).append(span.text);
    if (!code.empty()) text += "\x1b[0m";
  }
  // Without colours, spaces at the end of a line are invisible.
  if (!live_) text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

void Terminal::print(const Line& line) {
  erase_live();
  const std::string text = rendered(line) + '\n';
  std::fwrite(text.data(), 1, text.size(), out_);
  draw_live();
  flush();
}

void Terminal::print(Line line, const Span& right) {
  const int room = width() - 1 - cells_of(right.text);  // some terminals break a full line
  if (cells_of(line) + 2 > room) line = fitted(line, room - 2, signs().ellipsis);
  const int gap = room - cells_of(line);
  line.push_back({std::string(static_cast<std::size_t>(std::max(gap, 2)), ' ')});
  line.push_back(right);
  print(line);
}

void Terminal::print_wrapped(const Line& words, int indent, int max_lines) {
  print_hanging({std::string(static_cast<std::size_t>(indent), ' ')}, words, max_lines);
}

void Terminal::print_hanging(const Span& head, const Line& words, int max_lines) {
  constexpr int least_room = 20;
  const int indent = cells_of(head.text);
  const int room = width() - 1 - indent;
  if (room < least_room) {
    // Words beside this head would be a narrow column: they go below it.
    print({head});
    return print_wrapped(words, 4, max_lines);
  }
  std::vector<Line> lines{Line{}};
  int used = 0;
  for (const Span& span : words) {
    for (std::string_view rest = span.text; !rest.empty();) {
      // One word at a time, with the spaces that follow it.
      const std::size_t word_end = std::min(rest.find(' '), rest.size());
      const std::size_t end = std::min(rest.find_first_not_of(' ', word_end), rest.size());
      const int cells = cells_of(rest.substr(0, word_end));
      if (used > 0 && used + cells > room) {
        lines.emplace_back();
        used = 0;
      }
      const std::string piece = fitted(rest.substr(0, end), room, signs().ellipsis);
      lines.back().push_back({piece, span.style});
      used += cells_of(piece);
      rest.remove_prefix(end);
    }
  }
  const bool cut = static_cast<int>(lines.size()) > max_lines;
  if (cut) lines.resize(static_cast<std::size_t>(max_lines));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Line line{i == 0 ? head : Span{std::string(static_cast<std::size_t>(indent), ' ')}};
    line.insert(line.end(), lines[i].begin(), lines[i].end());
    if (cut && i + 1 == lines.size()) {
      line = fitted(line, indent + room - cells_of(signs().ellipsis), "");
      line.push_back({std::string{signs().ellipsis}, Style::faint});
    }
    print(line);
  }
}

void Terminal::show_live(std::vector<Line> lines) {
  if (!live_) return;
  erase_live();
  live_lines_ = std::move(lines);
  draw_live();
  flush();
}

void Terminal::print_question(const Line& line) {
  const std::string text = rendered(line) + (live_ ? "" : " ");
  std::fwrite(text.data(), 1, text.size(), out_);
  flush();
}

void Terminal::flush() { std::fflush(out_); }

void Terminal::erase_live() {
  if (drawn_ == 0) return;
  std::fprintf(out_, "\x1b[%dA\r\x1b[J", drawn_);
  drawn_ = 0;
}

void Terminal::draw_live() {
  const int room = width() - 1;  // a full line would wrap, and could not be erased
  for (const Line& line : live_lines_) {
    const std::string text = rendered(fitted(line, room, signs().ellipsis)) + '\n';
    std::fwrite(text.data(), 1, text.size(), out_);
    ++drawn_;
  }
}

namespace {

/// The width by the locale's tables; 1 for a character that they do not know.
int cells_of(char32_t c) {
  const int cells = ::wcwidth(static_cast<wchar_t>(c));
  return cells < 0 ? 1 : cells;
}

}  // namespace

int cells_of(std::string_view text) {
  int cells = 0;
  while (!text.empty()) cells += cells_of(detail::take_character(text));
  return cells;
}

std::string fitted(std::string_view text, int cells, std::string_view ellipsis) {
  if (cells_of(text) <= cells) return std::string{text};
  const int room = cells - cells_of(ellipsis);
  if (room < 0) return {};
  std::string kept;
  int used = 0;
  while (!text.empty()) {
    const char32_t c = detail::take_character(text);
    if (used + cells_of(c) > room) break;
    used += cells_of(c);
    detail::append_utf8(kept, c);
  }
  return kept.append(ellipsis);
}

int cells_of(const Line& line) {
  int cells = 0;
  for (const Span& span : line) cells += cells_of(span.text);
  return cells;
}

Line fitted(const Line& line, int cells, std::string_view ellipsis) {
  if (cells_of(line) <= cells) return line;
  Line kept;
  int room = cells;
  for (const Span& span : line) {
    if (cells_of(span.text) <= room - cells_of(ellipsis)) {
      kept.push_back(span);
      room -= cells_of(span.text);
      continue;
    }
    std::string begin = fitted(span.text, room - cells_of(ellipsis), "");
    kept.push_back({begin.append(ellipsis), span.style});
    break;
  }
  return kept;
}

}  // namespace pentimento::cli
