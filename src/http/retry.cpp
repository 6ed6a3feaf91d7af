#include "http/message_head.hpp"
#include "json/lookup.hpp"
#include <pentimento/http/retry.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pentimento::http {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

/// What is longer counts as this much: any limit is below it, and no sum with it overflows.
constexpr milliseconds longest_wait = std::chrono::years{10};

/// The value of a header field that stands there once, or more than once with the same value.
std::optional<std::string_view> only_value(const Headers& headers, std::string_view name) {
  std::optional<std::string_view> only;
  for (const auto& [field, value] : headers.fields()) {
    if (!Headers::same_name(field, name)) continue;
    if (only && *only != trimmed(value)) return std::nullopt;
    only = trimmed(value);
  }
  return only;
}

/// A decimal number without a sign, such as "12" or "12.5", in thousandths where `digits` is 3; rounded up, so that
/// nobody comes too early. No exponents, no "nan": what is accepted is finite and not negative.
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

// Dates ---------------------------------------------------------------------------------------------------------------

/// Reads a date of HTTP from its first character to its last. They are case-sensitive (RFC 9110 §5.6.7).
class DateReader {
 public:
  DateReader(std::string_view text, TimePoint now) : text_{text}, now_{now} {}

  /// Sun, 06 Nov 1994 08:49:37 GMT
  std::optional<TimePoint> imf_fixdate() {
    return name(short_days, day_of_week_) && take(", ") && number(2, day_) && take(" ") && name(months, month_) &&
                   take(" ") && number(4, year_) && take(" ") && time_of_day() && take(" GMT")
               ? moment()
               : std::nullopt;
  }

  /// Sunday, 06-Nov-94 08:49:37 GMT
  std::optional<TimePoint> rfc850_date() {
    if (!(name(long_days, day_of_week_) && take(", ") && number(2, day_) && take("-") && name(months, month_) &&
          take("-") && number(2, year_) && take(" ") && time_of_day() && take(" GMT")))
      return std::nullopt;
    // The year of these two digits that is less than 50 years away.
    using std::chrono::floor;
    const std::chrono::year_month_day today{floor<std::chrono::days>(now_)};
    year_ += static_cast<int>(today.year()) / 100 * 100;
    constexpr Duration half_a_century = std::chrono::years{50};
    std::optional<TimePoint> date = moment();
    if (date && *date > now_ + half_a_century) {
      year_ -= 100;
      date = moment();
    } else if (date && *date <= now_ - half_a_century) {
      year_ += 100;
      date = moment();
    }
    return date;
  }

  /// Sun Nov  6 08:49:37 1994
  std::optional<TimePoint> asctime_date() {
    return name(short_days, day_of_week_) && take(" ") && name(months, month_) && take(" ") &&
                   (take(" ") ? number(1, day_) : number(2, day_)) && take(" ") && time_of_day() && take(" ") &&
                   number(4, year_)
               ? moment()
               : std::nullopt;
  }

 private:
  static constexpr std::array<std::string_view, 7> short_days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static constexpr std::array<std::string_view, 7> long_days{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                             "Friday", "Saturday", "Sunday"};
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

  bool take(std::string_view expected) {
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(expected.size());
    return true;
  }

  template <class Names>
  bool name(const Names& names, int& index) {
    const auto found = std::ranges::find_if(names, [&](std::string_view each) { return take(each); });
    index = static_cast<int>(found - names.begin());
    return found != names.end();
  }

  bool number(std::size_t digits, int& value) {
    if (text_.size() < digits) return false;
    value = 0;
    for (char c : text_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    text_.remove_prefix(digits);
    return true;
  }

  bool time_of_day() { return number(2, hour_) && take(":") && number(2, minute_) && take(":") && number(2, second_); }

  std::optional<TimePoint> moment() const {
    const std::chrono::year_month_day date{std::chrono::year{year_},
                                           std::chrono::month{1U + static_cast<unsigned>(month_)},
                                           std::chrono::day{static_cast<unsigned>(day_)}};
    // 60 is a leap second.
    if (!text_.empty() || !date.ok() || hour_ > 23 || minute_ > 59 || second_ > 60) return std::nullopt;
    return TimePoint{std::chrono::sys_days{date}} + std::chrono::hours{hour_} + std::chrono::minutes{minute_} +
           std::chrono::seconds{second_};
  }

  std::string_view text_;
  TimePoint now_;
  int day_of_week_ = 0;  // must be one; which one is of no interest
  int year_ = 0;
  int month_ = 0;  // from 0
  int day_ = 0;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
};

std::optional<milliseconds> wait_until(std::string_view date, TimePoint now) {
  std::optional<TimePoint> moment = DateReader{date, now}.imf_fixdate();
  if (!moment) moment = DateReader{date, now}.rfc850_date();
  if (!moment) moment = DateReader{date, now}.asctime_date();
  if (!moment) return std::nullopt;
  if (*moment <= now) return milliseconds{0};
  return std::min(std::chrono::ceil<milliseconds>(*moment - now), longest_wait);
}

// Bodies --------------------------------------------------------------------------------------------------------------

/// The body of an error, if it is JSON. No error is large.
std::optional<json::value> json_body(const Response& response) {
  JsonLimits limits;
  limits.bytes = std::size_t{1} << 20;
  Result<json::value> body = parse_json(response.text(), limits);
  if (!body) return std::nullopt;
  return *std::move(body);
}

using json_form::member;
using json_form::text_of;

/// The wait of a `google.rpc.RetryInfo` among the details of an error.
std::optional<milliseconds> retry_info(const Response& response) {
  if (response.text().find("google.rpc.RetryInfo") == std::string_view::npos) return std::nullopt;
  const std::optional<json::value> body = json_body(response);
  if (!body) return std::nullopt;
  const json::value* root = &*body;
  // A streaming method puts its one error into an array.
  if (const json::array* array = root->if_array(); array != nullptr && array->size() == 1) root = &array->front();
  const json::value* details = member(member(root, "error"), "details");
  if (details == nullptr || !details->is_array()) return std::nullopt;
  std::optional<std::string_view> delay;
  for (const json::value& detail : details->get_array()) {
    if (!text_of(member(&detail, "@type")).ends_with("/google.rpc.RetryInfo")) continue;
    const std::string_view text = text_of(member(&detail, "retryDelay"));
    if (delay && *delay != text) return std::nullopt;
    delay = text;
  }
  if (!delay || !delay->ends_with('s')) return std::nullopt;
  return parse_wait(delay->substr(0, delay->size() - 1), 3);
}

}  // namespace

std::optional<milliseconds> retry_after(const Response& response, TimePoint now) {
  std::optional<milliseconds> wait;
  if (const auto text = only_value(response.headers(), "retry-after-ms")) wait = parse_wait(*text, 0);
  if (wait) return wait;
  if (const auto text = only_value(response.headers(), "retry-after")) {
    wait = parse_wait(*text, 3);
    if (!wait) wait = wait_until(*text, now);
  }
  if (wait) return wait;
  return retry_info(response);
}

bool is_out_of_money(const Response& response) {
  if (response.status() == 402) return true;
  if (response.is_success()) return false;
  const std::optional<json::value> body = json_body(response);
  if (!body) return false;
  static constexpr std::array<std::string_view, 8> codes{
      "insufficient_quota",           "credit_balance_exhausted",
      "project_spend_limit_exceeded", "organization_spend_limit_exceeded",
      "billing_hard_limit_reached",   "contract_spend_limit_reached",
      "enforced_spend_limit_reached", "payment_required"};
  const auto is_known = [](const json::value* value) {
    return std::ranges::find(codes, text_of(value)) != codes.end();
  };
  const json::value* error = member(&*body, "error");
  return is_known(member(error, "code")) || is_known(member(error, "type")) ||
         is_known(member(member(error, "details"), "error_code")) || is_known(member(&*body, "name"));
}

std::optional<bool> should_retry(const Response& response) {
  const std::optional<std::string_view> text = only_value(response.headers(), "x-should-retry");
  if (text && Headers::same_name(*text, "true")) return true;
  if (text && Headers::same_name(*text, "false")) return false;
  return std::nullopt;
}

}  // namespace pentimento::http
