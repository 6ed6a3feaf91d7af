#include <pentimento/http/retry.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::http;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// The moment of the dates in RFC 9110 §5.6.7: Sunday, 6 November 1994, 08:49:37 UTC.
constexpr TimePoint then = std::chrono::sys_days{std::chrono::year{1994} / 11 / 6} + 8h + 49min + 37s;

Response response(int status, std::initializer_list<Headers::Field> fields) {
  Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return {status, std::move(headers), {}};
}

using Wait = std::optional<milliseconds>;

Wait in_header(std::string value, TimePoint now = then) {
  return retry_after(response(429, {{"Retry-After", std::move(value)}}), now);
}
Wait in_ms_header(std::string value) {
  return retry_after(response(429, {{"retry-after-ms", std::move(value)}}), then);
}

constexpr milliseconds longest = std::chrono::years{10};

}  // namespace

TEST_SUITE("Retry") {
  TEST_CASE("seconds") {
    CHECK(in_header("120") == 120s);
    CHECK(in_header("0") == 0s);
    CHECK(in_header("007") == 7s);
    CHECK(in_header(" \t5 ") == 5s);
    CHECK(in_header("1.5") == 1500ms);
    CHECK(in_header("0.25") == 250ms);
    CHECK(in_header("1.1") == 1100ms);
    CHECK(in_header("0.0001") == 1ms);
    CHECK(in_header("2.0010000") == 2001ms);
    CHECK(in_header("2.00100001") == 2002ms);
  }

  TEST_CASE("milliseconds") {
    CHECK(in_ms_header("1500") == 1500ms);
    CHECK(in_ms_header("0") == 0ms);
    CHECK(in_ms_header("12.5") == 13ms);
    CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"Retry-After-Ms", "20"}}), then) == 20ms);
    CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"Retry-After-Ms", "soon"}}), then) == 7s);
    CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"Retry-After-Ms", "-1"}}), then) == 7s);
  }

  TEST_CASE("invalid numbers") {
    for (const char* text :
         {"",          " ",    "-1",    "-0",   "+1",    "nan", "NaN",  "inf",   "Infinity", "-inf",
          "1e9",       "1E3",  "0x10",  "1,5",  "1.",    ".5",  ".",    "1.5.2", "1 2",      "5s",
          "5 seconds", "soon", "1;q=1", "\xFF", "1_000", "--1", "1.-5", "1.5e2", "\"5\"",    "5, 5"}) {
      CHECK_MESSAGE(in_header(text) == std::nullopt, text);
      CHECK_MESSAGE(in_ms_header(text) == std::nullopt, text);
    }
    CHECK(in_header(std::string{"5\0", 2}) == std::nullopt);
    CHECK(retry_after(response(429, {}), then) == std::nullopt);
  }

  TEST_CASE("long waits") {
    CHECK(in_header("99999999") == 99'999'999s);
    CHECK(in_header("999999999") == longest);
    CHECK(in_header("9223372036854775807") == longest);
    CHECK(in_header("18446744073709551616") == longest);
    CHECK(in_header(std::string(100'000, '9')) == longest);
    CHECK(in_header(std::string(1000, '9') + "." + std::string(1000, '9')) == longest);
    CHECK(in_header("0." + std::string(100'000, '9')) == 1s);
    CHECK(in_header(std::string(100'000, '0') + "5") == 5s);
    CHECK(in_ms_header(std::string(100, '9')) == longest);
    CHECK(in_header("Fri, 31 Dec 9999 23:59:59 GMT") == longest);
  }

  TEST_CASE("repeated fields") {
    CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"retry-after", "7 "}}), then) == 7s);
    CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"retry-after", "8"}}), then) == std::nullopt);
    CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"retry-after", "7.0"}}), then) == std::nullopt);
    CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"Retry-After", "8"}, {"Retry-After", "7"}}), then) ==
          std::nullopt);
    CHECK(retry_after(response(429, {{"Retry-After-Ms", "7"}, {"retry-after-ms", "8"}, {"retry-after", "9"}}), then) ==
          9s);
  }

  TEST_CASE("dates") {
    for (const char* date :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
      CHECK_MESSAGE(in_header(date, then - 90s) == 90s, date);
      CHECK_MESSAGE(in_header(date, then) == 0s, date);
      CHECK_MESSAGE(in_header(date, then + 1h) == 0s, date);
      // Rounded up: a retry must not be too early.
      CHECK_MESSAGE(in_header(date, then - 1us) == 1ms, date);
      CHECK_MESSAGE(in_header(date, then - 1001us) == 2ms, date);
    }
  }

  TEST_CASE("dates at the edges") {
    // Seconds since 1970: 951,782,400 is 29 February 2000, 4,102,444,799 the last second of 2099.
    CHECK(in_header("Tue, 29 Feb 2000 00:00:00 GMT", TimePoint{951'782'400s} - 5s) == 5s);
    CHECK(in_header("Thu, 31 Dec 2099 23:59:59 GMT", TimePoint{4'102'444'799s} - 5s) == 5s);
    CHECK(in_header("Thu, 01 Jan 1970 00:00:10 GMT", TimePoint{}) == 10s);
    CHECK(in_header("Sat, 31 Dec 2016 23:59:60 GMT", TimePoint{1'483'228'800s} - 5s) == 5s);  // a leap second
    CHECK(in_header("Sun Nov 16 08:49:37 1994", then) == 240h);
    for (const char* month : {"Jan", "Mar", "May", "Jul", "Aug", "Oct", "Dec"}) {
      CHECK(in_header("Mon, 31 " + std::string{month} + " 2040 00:00:00 GMT").has_value());
    }
    for (const char* month : {"Feb", "Apr", "Jun", "Sep", "Nov"}) {
      CHECK_FALSE(in_header("Mon, 31 " + std::string{month} + " 2040 00:00:00 GMT").has_value());
      CHECK(in_header("Mon, 29 " + std::string{month} + " 2040 00:00:00 GMT").has_value());
    }
  }

  TEST_CASE("invalid dates") {
    for (const char* text : {"Sun, 06 Nov 1994 08:49:37",
                             "Sun, 06 Nov 1994 08:49:37 UTC",
                             "Sun, 06 Nov 1994 08:49:37 +0000",
                             "sun, 06 nov 1994 08:49:37 gmt",
                             "Sun, 6 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 94 08:49:37 GMT",
                             "Sun 06 Nov 1994 08:49:37 GMT",
                             "Sun, 06-Nov-1994 08:49:37 GMT",
                             "Sunday, 06 Nov 1994 08:49:37 GMT",
                             "06 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 08:49:37 GMT+1",
                             "Sun, 06 Nov 1994 8:49:37 GMT",
                             "Sun, 06 Nov 1994 24:00:00 GMT",
                             "Sun, 06 Nov 1994 08:60:37 GMT",
                             "Sun, 06 Nov 1994 08:49:61 GMT",
                             "Sun, 00 Nov 1994 08:49:37 GMT",
                             "Sun, 31 Nov 1994 08:49:37 GMT",
                             "Sun, 29 Feb 2100 08:49:37 GMT",
                             "Sun, 06 Nov -994 08:49:37 GMT",
                             "Sun, 06 Nov 1994  08:49:37 GMT",
                             "Xyz, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Abc 1994 08:49:37 GMT",
                             "Sun Nov 6 08:49:37 1994",
                             "Sun Nov  6 08:49:37 1994 GMT",
                             "Sun Nov   6 08:49:37 1994",
                             "1994-11-06T08:49:37Z",
                             "Sunday, 6-Nov-94 08:49:37 GMT",
                             "Sun,",
                             "Sun"}) {
      CHECK_MESSAGE(in_header(text) == std::nullopt, text);
    }
  }

  TEST_CASE("classify by headers") {
    const auto advice = [](int status, std::initializer_list<Headers::Field> fields) {
      return classify_by_headers(response(status, fields));
    };
    CHECK(advice(429, {}) == RetryAdvice{Retry::safe});
    CHECK(advice(429, {{"Retry-After", "3"}}) == RetryAdvice{Retry::safe, 3s});
    CHECK(advice(503, {{"Retry-After", "3"}}) == RetryAdvice{Retry::safe, 3s});
    CHECK(advice(503, {}) == RetryAdvice{Retry::if_free_of_cost});
    for (int status : {408, 425, 500, 502, 504, 529}) CHECK(advice(status, {}) == RetryAdvice{Retry::if_free_of_cost});
    for (int status : {301, 400, 401, 402, 403, 404, 409, 422}) CHECK(advice(status, {}) == RetryAdvice{Retry::never});
  }

  TEST_CASE("x-should-retry") {
    const auto retry = [](int status, std::initializer_list<Headers::Field> fields) {
      return classify_by_headers(response(status, fields)).retry();
    };
    CHECK(retry(409, {{"X-Should-Retry", "true"}}) == Retry::if_free_of_cost);
    CHECK(retry(402, {{"X-Should-Retry", "true"}}) == Retry::never);
    CHECK(retry(429, {{"x-should-retry", " False "}}) == Retry::never);
    CHECK(retry(409, {{"x-should-retry", "true"}, {"x-should-retry", "true"}}) == Retry::if_free_of_cost);
    for (const char* value : {"1", "", "yes"}) {
      CHECK(retry(409, {{"x-should-retry", value}}) == Retry::never);
      CHECK(retry(429, {{"x-should-retry", value}}) == Retry::safe);
    }
    CHECK(retry(429, {{"x-should-retry", "true"}, {"x-should-retry", "false"}}) == Retry::safe);
  }
}
