#include "json/reply_text.hpp"

#include <pentimento/detail/utf8.hpp>
#include <pentimento/json.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace pentimento::json_form {
namespace {

/// The code unit of an escape `\uXXXX` at the beginning of the text, if there is one.
std::optional<std::uint32_t> escaped_unit(std::string_view text) {
  if (!text.starts_with("\\u") || text.size() < 6) return std::nullopt;
  std::uint32_t unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return error == std::errc{} && end == text.data() + 6 ? std::optional{unit} : std::nullopt;
}

constexpr bool is_high(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
constexpr bool is_low(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

/// The text with U+FFFD for invalid bytes and for halves of surrogate pairs.
std::string mended(std::string_view text) {
  const std::string valid = detail::valid_utf8(text);
  std::string whole;
  whole.reserve(valid.size());
  for (std::string_view rest = valid; !rest.empty();) {
    const std::optional<std::uint32_t> unit = escaped_unit(rest);
    const std::optional<std::uint32_t> next = unit ? escaped_unit(rest.substr(6)) : std::nullopt;
    const bool is_pair = unit && is_high(*unit) && next && is_low(*next);
    const std::size_t length = is_pair ? 12 : unit ? 6 : rest.front() == '\\' && rest.size() > 1 ? 2 : 1;
    if (unit && !is_pair && (is_high(*unit) || is_low(*unit))) {
      whole += "\\ufffd";
    } else {
      whole += rest.substr(0, length);
    }
    rest.remove_prefix(length);
  }
  return whole;
}

}  // namespace

Result<boost::json::value> parse_reply(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  JsonLimits limits;
  limits.bytes = 3 * text.size();  // within the limit of the request; a byte that is mended takes three
  limits.values = 100'000;
  Result<boost::json::value> parsed = parse_json(text, limits);
  if (parsed || parsed.error().code() != errc::parse_failed) return parsed;
  Result<boost::json::value> second = parse_json(mended(text), limits);
  return second ? second : parsed;
}

}  // namespace pentimento::json_form
