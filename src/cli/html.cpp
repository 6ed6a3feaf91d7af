#include "html.hpp"

#include "utf8.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/detail/base64.hpp>
#include <pentimento/detail/utf8.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace pentimento::cli {

std::string escaped(std::string_view text) {
  std::string html;
  html.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const char32_t c = detail::take_character(text);
    switch (c) {
      case U'&': html += "&amp;"; break;
      case U'<': html += "&lt;"; break;
      case U'>': html += "&gt;"; break;
      case U'"': html += "&quot;"; break;
      case U'\'': html += "&#39;"; break;
      case U'\n': html += '\n'; break;
      case U'\t':
      case U'\r': html += ' '; break;
      default: detail::append_utf8(html, is_control(c) || turns_direction(c) ? detail::replacement_character : c);
    }
  }
  return html;
}

std::string filled(std::string_view html, const Fields& fields) {
  std::string text;
  while (true) {
    const std::size_t begin = html.find("{{");
    const std::size_t end = begin == std::string_view::npos ? begin : html.find("}}", begin);
    if (end == std::string_view::npos) return text.append(html);
    text.append(html.substr(0, begin));
    const auto field = fields.find(html.substr(begin + 2, end - begin - 2));
    if (field != fields.end()) text += field->second;
    html.remove_prefix(end + 2);
  }
}

std::string pair(std::string_view term, const std::string& html) {
  return "<dt>" + std::string{term} + "</dt><dd>" + html + "</dd>";
}

std::string data_url(const Image& image) {
  return "data:" + std::string{to_string(image.media_type())} + ";base64," + detail::encode_base64(image.bytes());
}

std::string csp_hash(std::string_view text) {
  const std::string hex = sha256(std::as_bytes(std::span{text}));
  const auto value = [](char digit) { return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10); };
  std::vector<std::byte> digest;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    digest.push_back(static_cast<std::byte>(value(hex[i]) << 4 | value(hex[i + 1])));
  return "sha256-" + detail::encode_base64(digest);
}

}  // namespace pentimento::cli
