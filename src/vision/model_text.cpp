#include "vision/model_text.hpp"

#include <pentimento/detail/utf8.hpp>
#include <pentimento/secrets/secret.hpp>

#include <utility>

namespace pentimento {
namespace {

bool is_line_break(char32_t c) {
  return c == '\n' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_blank(char32_t c) {
  return c == ' ' || c == '\t' || c == '\r' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

std::string cleaned(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  int breaks = 0;
  bool blank = false;
  while (!text.empty()) {
    const char32_t character = detail::take_character(text);
    if (is_line_break(character)) {
      ++breaks;
    } else if (is_blank(character)) {
      blank = true;
    } else if (!detail::is_invisible(character)) {
      if (!out.empty() && breaks > 0 && keep_lines) {
        out.append(breaks > 1 ? 2 : 1, '\n');
      } else if (!out.empty() && (breaks > 0 || blank)) {
        out += ' ';
      }
      breaks = 0;
      blank = false;
      detail::append_utf8(out, character);
    }
  }
  // Only now: a key with invisible or escaped characters in it is whole once they are removed.
  return redact(std::move(out));
}

}  // namespace

bool same_letters(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
  }
  return true;
}

std::string one_line(std::string_view text) { return cleaned(text, false); }

std::string some_lines(std::string_view text) { return cleaned(text, true); }

std::string shortened_text(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = detail::cut_utf8(text, limit).size();
  const std::size_t space = text.find_last_of(" \n", end);
  if (space != text.npos && end - space <= 40) end = space;
  text.resize(end);
  return text;
}

}  // namespace pentimento
