// The wait of any reply is within its limits, and exact for every date in each of the three forms. Input: the bits of the
// first byte choose the status and the header fields that hold the rest.

#include <pentimento/http/retry.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace pentimento::http;
using pentimento::TimePoint;
using std::chrono::milliseconds;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

/// Near enough for dates with two digits of a year.
constexpr TimePoint now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};

Response reply(int status, Headers headers) { return {status, std::move(headers), {}}; }

std::optional<milliseconds> wait(const std::string& value) {
  Headers headers;
  headers.add("Retry-After", value);
  return retry_after(reply(429, headers), now);
}

/// Every form of the date in so many seconds gives exactly that wait.
void check_dates(std::uint32_t seconds) {
  constexpr std::array<const char*, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                            "Thursday", "Friday", "Saturday"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto moment = std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds{seconds % 300'000'000};
  const auto midnight = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss time{moment - midnight};
  const std::string day = days[std::chrono::weekday{midnight}.c_encoding()];
  const char* const month = months[static_cast<unsigned>(date.month()) - 1];
  const auto text = [&](const char* format, auto... values) {
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), format, values...);
    return std::string{buffer.data()};
  };
  const std::string clock = text("%02d:%02d:%02d", static_cast<int>(time.hours().count()),
                                 static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  const unsigned number = static_cast<unsigned>(date.day());
  const int year = static_cast<int>(date.year());
  const std::string short_day = day.substr(0, 3);
  for (const std::string& each :
       {text("%s, %02u %s %04d %s GMT", short_day.c_str(), number, month, year, clock.c_str()),
        text("%s, %02u-%s-%02d %s GMT", day.c_str(), number, month, year % 100, clock.c_str()),
        text("%s %s %2u %s %04d", short_day.c_str(), month, number, clock.c_str(), year)}) {
    check(wait(each) == moment - now);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  if (text.size() >= 4) {
    std::uint32_t seconds = 0;
    std::memcpy(&seconds, text.data(), 4);
    check_dates(seconds);
    check(wait(std::to_string(seconds % 300'000'000)) == std::chrono::seconds{seconds % 300'000'000});
  }
  Headers headers;
  if (data[0] & 1) headers.add("Retry-After", std::string{text});
  if (data[0] & 2) headers.add("Retry-After-Ms", std::string{text});
  if (data[0] & 4) headers.add("retry-after", "7");
  if (data[0] & 8) headers.add("X-Should-Retry", std::string{text});
  const Response response = reply(data[0] & 16 ? 429 : 503, headers);
  const std::optional<milliseconds> result = retry_after(response, now);
  if (result) check(*result >= milliseconds{0} && *result <= std::chrono::years{10});
  check(retry_after(response, now) == result);
  const RetryAdvice advice = classify_by_headers(response);
  if (advice.wait()) check(*advice.wait() >= milliseconds{0} && *advice.wait() <= std::chrono::years{10});
  if (advice.retry() == Retry::never) check(text.find_first_of("eE") != std::string_view::npos);
  return 0;
}
