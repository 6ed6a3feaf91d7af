#include "json/spelling.hpp"

#include <pentimento/detail/utf8.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace pentimento::json_form {
bool is_ascii(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string shortened(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  text.resize(detail::cut_utf8(text, limit).size());
  return text += "...";
}

void append_quoted(std::string& out, std::string_view text) {
  const auto append_code = [&out](char32_t code) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += "0123456789abcdef"[(code >> shift) & 15];
  };
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
  };
  out += '"';
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text.front();
    if (static_cast<unsigned char>(c) >= 0x80) {
      const char32_t code = detail::take_character(text);
      detail::controls_display(code) ? append_code(code) : detail::append_utf8(out, code);
      continue;
    }
    text.remove_prefix(1);
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: append_code(static_cast<unsigned char>(c));
    }
  }
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

std::string quoted_briefly(std::string_view text) { return quoted(shortened(detail::valid_utf8(text), 40)); }

double finite(double number) noexcept {
  constexpr double largest = std::numeric_limits<double>::max();
  return std::isnan(number) ? 0.0 : std::clamp(number, -largest, largest);
}

std::string number_text(double number) {
  number = finite(number);
  if (number == 0) return "0";  // -0 too: read back as a whole number it would lose its sign
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

std::string path_step(std::string_view key) {
  const bool word =
      !key.empty() && key.size() <= 40 && key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == key.npos;
  return word ? '.' + std::string{key} : '[' + quoted_briefly(key) + ']';
}

std::string path_step(std::size_t index) { return '[' + std::to_string(index) + ']'; }

}  // namespace pentimento::json_form
