#include "vision/model_text.hpp"

#include "json/spelling.hpp"

namespace pentimento {
namespace {

/// A character of valid UTF-8 text, and where the next one begins.
struct Character {
  char32_t code;
  std::size_t end;
};

Character character_at(std::string_view text, std::size_t place) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t lead = byte(place);
  if (lead < 0x80) return {lead, place + 1};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code = lead & (length == 2 ? 0x1FU : length == 3 ? 0x0FU : 0x07U);
  for (std::size_t i = 1; i < length; ++i) code = code << 6U | (byte(place + i) & 0x3FU);
  return {code, place + length};
}

bool is_line_break(char32_t c) {
  return c == '\n' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_blank(char32_t c) {
  return c == ' ' || c == '\t' || c == '\r' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

bool does_not_show(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E || c == 0x200B || c == 0x200E ||
         c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

std::string cleaned(std::string_view untrusted, bool keep_lines) {
  const std::string text = json_form::valid_utf8(untrusted);
  std::string out;
  out.reserve(text.size());
  int breaks = 0;
  bool blank = false;
  for (std::size_t place = 0; place < text.size();) {
    const Character character = character_at(text, place);
    if (is_line_break(character.code)) {
      ++breaks;
    } else if (is_blank(character.code)) {
      blank = true;
    } else if (!does_not_show(character.code)) {
      if (!out.empty() && breaks > 0 && keep_lines) {
        out.append(breaks > 1 ? 2 : 1, '\n');
      } else if (!out.empty() && (breaks > 0 || blank)) {
        out += ' ';
      }
      breaks = 0;
      blank = false;
      out.append(text, place, character.end - place);
    }
    place = character.end;
  }
  return out;
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
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  const std::size_t space = text.find_last_of(" \n", end);
  if (space != text.npos && end - space <= 40) end = space;
  text.resize(end);
  return text;
}

}  // namespace pentimento
