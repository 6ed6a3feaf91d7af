#include "findings_view.hpp"

#include "wording.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace pentimento::cli {

namespace {

/// A verdict's sign, after the margin.
Span sign(std::string_view text, Style style) { return {std::string(margin, ' ').append(text) + ' ', style}; }

}  // namespace

Span label(std::string text) {
  const int room = margin - cells_of(text);
  return {text.append(static_cast<std::size_t>(room > 0 ? room : 1), ' '), Style::strong};
}

Line score_line(const Terminal& terminal, const std::string& name, const Score& score) {
  const int cells = terminal.width() < 60 ? 4 : 10;
  // A full bar means that everything passes, an empty one that nothing does.
  int full = static_cast<int>(std::lround(score.fraction() * cells));
  if (score.percent() < 100 && full == cells) full = cells - 1;
  if (score.passed() > 0 && full == 0) full = 1;
  std::string filled;
  std::string rest;
  for (int i = 0; i < cells; ++i)
    (i < full ? filled : rest).append(i < full ? terminal.signs().full : terminal.signs().empty);
  if (score.items() == 0) {
    const std::string dash = "   " + std::string{terminal.signs().dash};
    return {label("  " + name), {rest, Style::faint}, {dash, Style::strong}, {"     nothing to judge"}};
  }
  std::string percent = std::to_string(score.percent());
  percent.insert(0, 4 - std::min<std::size_t>(percent.size(), 4), ' ');
  const Style style = score.satisfied() ? Style::good : score.percent() >= 50 ? Style::doubt : Style::bad;
  return {label("  " + name),
          {filled, style},
          {rest, Style::faint},
          {percent + " %", Style::strong},
          {"   " + std::to_string(score.passed()) + " of " + std::to_string(score.items()) + " pass"}};
}

void print_findings(Terminal& terminal, const Checklist& checklist, const Critique& critique) {
  const Signs& signs = terminal.signs();
  const std::string separator = ' ' + std::string{signs.dot} + ' ';
  std::string passing;
  for (const Requirement& requirement : checklist) {
    if (critique.verdict(requirement.id()) != Verdict::pass) continue;
    passing += (passing.empty() ? "" : separator) + printable(requirement.text());
  }
  if (!passing.empty()) terminal.print_hanging(sign(signs.pass, Style::good), {{passing, Style::faint}}, 3);
  for (const Requirement& requirement : checklist) {
    const Verdict verdict = critique.verdict(requirement.id());
    if (verdict == Verdict::pass) continue;
    const bool failed = verdict == Verdict::fail;
    const Finding* finding = critique.find(requirement.id());
    Line line{{printable(requirement.text())}};
    if (!requirement.is_must()) line.push_back({" (should)", Style::faint});
    const std::string why = finding == nullptr ? "not judged" : words_of(*finding);
    if (!why.empty()) line.push_back({": " + why, Style::faint});
    terminal.print_hanging(failed ? sign(signs.fail, Style::bad) : sign(signs.unknown, Style::doubt), line, 4);
  }
  if (!critique.remark().empty()) terminal.print_wrapped({{printable(critique.remark()), Style::faint}}, margin, 3);
}

void print_checklist(Terminal& terminal, const Checklist& checklist) {
  if (checklist.empty()) {
    terminal.print(
        {label("checklist"),
         {"empty: the critic can judge nothing of this brief; say with --must what must hold", Style::doubt}});
    return;
  }
  const std::string separator = ' ' + std::string{terminal.signs().dot} + ' ';
  std::string items;
  for (const Requirement& requirement : checklist) {
    items +=
        (items.empty() ? "" : separator) + printable(requirement.text()) + (requirement.is_must() ? "" : " (should)");
  }
  terminal.print({label("checklist"), {counted(checklist.size(), "item")}});
  terminal.print_wrapped({{items, Style::faint}}, margin, 6);
}

void print_unjudged(Terminal& terminal, const std::vector<std::string>& parts) {
  if (parts.empty()) return;
  const std::string separator = ' ' + std::string{terminal.signs().dot} + ' ';
  terminal.print_hanging(label("not judged"), {{printable(joined(parts, separator)), Style::doubt}}, 6);
}

void print_error(const std::string& sentence) {
  std::string text = "pentimento: ";
  std::string_view rest = sentence;
  for (std::size_t end = rest.find("\n  "); end != std::string_view::npos; end = rest.find("\n  ")) {
    text += printable(rest.substr(0, end)) + '\n';
    rest.remove_prefix(end + 1);
  }
  text += printable(rest) + '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void print_error(const Error& error) {
  std::string text = error.message();
  if (!error.provider_message().empty()) text += "\n  the provider says: " + printable(error.provider_message());
  if (!error.request_id().empty()) text += "\n  request " + printable(error.request_id());
  print_error(text);
}

void print_path(const std::filesystem::path& path) {
  const std::string text = path.string();
  std::printf("%s\n", (isatty(STDOUT_FILENO) == 1 ? printable(text) : text).c_str());
}

}  // namespace pentimento::cli
