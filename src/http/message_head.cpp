#include "http/message_head.hpp"

#include <algorithm>
#include <utility>

namespace pentimento::http {

namespace {

bool is_token(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         marks.find(c) != std::string_view::npos;
}

bool is_control(char c) {
  const auto code = static_cast<unsigned char>(c);
  return (code < 0x20 && c != '\t') || code == 0x7f;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::string> validate_head(std::string_view head) {
  bool first = true;
  bool has_length = false;
  while (!head.empty()) {
    const std::size_t end = head.find('\n');
    if (end == std::string_view::npos) return "its head is incomplete";
    std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 1);
    if (line.empty() || line.back() != '\r') return "a line of its head ends without a carriage return";
    line.remove_suffix(1);
    if (std::ranges::any_of(line, is_control)) return "a line of its head contains a control character";
    if (line.empty()) return std::nullopt;
    if (line.front() == ' ' || line.front() == '\t') return "a line of its head is folded";
    if (!std::exchange(first, false)) {
      const std::size_t colon = line.find(':');
      if (colon == 0 || colon == std::string_view::npos || !std::ranges::all_of(line.substr(0, colon), is_token))
        return "a line of its head has no valid field name";
      if (Headers::same_name(line.substr(0, colon), "content-length")) {
        const std::string_view value = trimmed(line.substr(colon + 1));
        const bool is_number = !value.empty() && value.size() <= 18 &&
                               std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
        if (has_length) return "it states its length twice";
        if (!is_number) return "its length is not a number";
        has_length = true;
      }
    }
  }
  return "its head is incomplete";
}

std::optional<std::string> validate_field(std::string_view name, std::string_view value) {
  if (name.empty() || !std::ranges::all_of(name, is_token)) return "a header field has an invalid name";
  if (std::ranges::any_of(value, is_control))
    return "the header field " + std::string{name} + " contains a line break or another control character";
  return std::nullopt;
}

}  // namespace pentimento::http
