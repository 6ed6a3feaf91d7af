#include "http/message_head.hpp"
#include <pentimento/http/retry.hpp>

#include <locale.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace pentimento::http {
namespace {

using std::chrono::milliseconds;

/// Longer waits are cut to this: it is above every limit, and sums with it do not overflow.
constexpr milliseconds longest_wait = std::chrono::years{10};

/// Returns the value of a header field, unless it is absent or repeated with different values.
std::optional<std::string_view> only_value(const Headers& headers, std::string_view name) {
  std::optional<std::string_view> only;
  for (const auto& [field, value] : headers.fields()) {
    if (!Headers::same_name(field, name)) continue;
    if (only && *only != trimmed(value)) return std::nullopt;
    only = trimmed(value);
  }
  return only;
}

/// Parses an unsigned decimal number such as "12" or "12.5", in units of 10^-digits. Rounds up, so that no retry is too
/// early. Rejects exponents and "nan".
std::optional<milliseconds> parse_wait(std::string_view text, int digits) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (whole.empty() || !std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(fraction, is_digit))
    return std::nullopt;
  if (point < text.size() && fraction.empty()) return std::nullopt;
  constexpr std::int64_t most = longest_wait.count();
  std::int64_t value = 0;
  const auto append = [&](char c) { value = std::min(value * 10 + (c - '0'), most); };
  for (char c : whole) append(c);
  for (std::size_t i = 0; i < static_cast<std::size_t>(digits); ++i) append(i < fraction.size() ? fraction[i] : '0');
  const std::string_view rest = fraction.substr(std::min(fraction.size(), static_cast<std::size_t>(digits)));
  if (rest.find_first_not_of('0') != std::string_view::npos) value = std::min(value + 1, most);
  return milliseconds{value};
}

/// Parses a date in one form, as `strftime` writes it in the C locale. `strptime` alone is too tolerant, so the date must
/// also print as it was.
std::optional<TimePoint> parse_date(const std::string& text, const char* form) {
  static const locale_t c_locale = ::newlocale(LC_ALL_MASK, "C", nullptr);
  const locale_t previous = ::uselocale(c_locale);
  std::tm date{};
  const char* const end = ::strptime(text.c_str(), form, &date);
  std::array<char, 64> printed{};
  std::strftime(printed.data(), printed.size(), form, &date);
  ::uselocale(previous);
  if (end == nullptr || *end != '\0' || text != printed.data()) return std::nullopt;
  if (date.tm_year < 1000 - 1900 || date.tm_sec > 60) return std::nullopt;  // four digits; 60 is a leap second
  const std::chrono::year_month_day day{std::chrono::year{date.tm_year + 1900},
                                        std::chrono::month{static_cast<unsigned>(date.tm_mon + 1)},
                                        std::chrono::day{static_cast<unsigned>(date.tm_mday)}};
  if (!day.ok()) return std::nullopt;
  return TimePoint{std::chrono::sys_days{day}} + std::chrono::hours{date.tm_hour} + std::chrono::minutes{date.tm_min} +
         std::chrono::seconds{date.tm_sec};
}

std::optional<milliseconds> wait_until(std::string_view date, TimePoint now) {
  // RFC 9110 §5.6.7: IMF-fixdate, and the two obsolete forms of RFC 850 and asctime().
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    const std::optional<TimePoint> moment = parse_date(std::string{date}, form);
    if (!moment) continue;
    if (*moment <= now) return milliseconds{0};
    return std::min(std::chrono::ceil<milliseconds>(*moment - now), longest_wait);
  }
  return std::nullopt;
}

}  // namespace

std::optional<milliseconds> retry_after(const Response& reply, TimePoint now) {
  if (const auto text = only_value(reply.headers(), "retry-after-ms")) {
    if (const std::optional<milliseconds> wait = parse_wait(*text, 0)) return wait;
  }
  const auto text = only_value(reply.headers(), "retry-after");
  if (!text) return std::nullopt;
  const std::optional<milliseconds> wait = parse_wait(*text, 3);
  return wait ? wait : wait_until(*text, now);
}

RetryAdvice classify_by_headers(const Response& reply) {
  const int status = reply.status();
  const std::string_view advice = only_value(reply.headers(), "x-should-retry").value_or("");
  if (Headers::same_name(advice, "false") || status == 402) return RetryAdvice{Retry::never};
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  const std::optional<milliseconds> wait = retry_after(reply, now);
  if (status == 429 || (status == 503 && wait)) return RetryAdvice{Retry::safe, wait};
  const bool passes = Headers::same_name(advice, "true") || status == 408 || status == 425 || status >= 500;
  return RetryAdvice{passes ? Retry::if_free_of_cost : Retry::never, wait};
}

}  // namespace pentimento::http
