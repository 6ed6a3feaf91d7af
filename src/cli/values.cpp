#include "values.hpp"

#include "wording.hpp"
#include <pentimento/detail/utf8.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <utility>

namespace pentimento::cli {

namespace {

template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number value{};
  const auto [end, result] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Two numbers above 0 with a separator between them.
std::optional<std::pair<std::uint32_t, std::uint32_t>> two(std::string_view text, std::string_view signs) {
  const std::size_t sign = text.find_first_of(signs);
  if (sign == std::string_view::npos) return std::nullopt;
  const auto first = whole<std::uint32_t>(text.substr(0, sign));
  const auto second = whole<std::uint32_t>(text.substr(sign + 1));
  if (!first || !second || *first == 0 || *second == 0) return std::nullopt;
  return std::pair{*first, *second};
}

Error rejected(std::string_view option, std::string_view text, const std::string& wanted) {
  return {errc::invalid_argument, std::string{option} + " \"" + printable(text) + "\" is invalid; it takes " + wanted};
}

}  // namespace

Result<std::uint64_t> parse_whole(std::string_view option, std::string_view text, std::uint64_t least,
                                  std::uint64_t most) {
  const auto value = whole<std::uint64_t>(text);
  if (!value || *value < least || *value > most) {
    return rejected(option, text, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *value;
}

std::string with_hyphens(std::string_view name) {
  std::string text{name};
  std::ranges::replace(text, '_', '-');
  return text;
}

Result<PixelSize> parse_size(std::string_view option, std::string_view text) {
  const auto sides = two(text, "xX");
  if (!sides) return rejected(option, text, "width and height in pixels, such as 1024x768");
  return PixelSize{sides->first, sides->second};
}

Result<AspectRatio> parse_aspect(std::string_view option, std::string_view text) {
  constexpr std::uint32_t most = 100;
  const auto sides = two(text, ":");
  if (!sides || sides->first > most || sides->second > most)
    return rejected(option, text, "two whole numbers from 1 to 100, such as 16:9");
  return AspectRatio{sides->first, sides->second};
}

Result<void> check_text(std::string_view what, std::string_view text) {
  const std::size_t at = detail::find_invalid_utf8(text);
  if (at == text.npos) return {};
  std::array<char, 8> byte{};
  std::snprintf(byte.data(), byte.size(), "0x%02X", static_cast<unsigned>(static_cast<unsigned char>(text[at])));
  return Error{errc::invalid_argument, std::string{what} + " is not valid UTF-8 from byte offset " +
                                           std::to_string(at) + " on (" + byte.data() + "); UTF-8 is needed"};
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace pentimento::cli
