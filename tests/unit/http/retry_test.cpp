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

Response response(int status, std::initializer_list<Headers::Field> fields, std::string_view body = {}) {
  Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  std::vector<std::byte> bytes;
  for (char c : body) bytes.push_back(static_cast<std::byte>(c));
  return {status, std::move(headers), std::move(bytes)};
}

using Wait = std::optional<milliseconds>;

Wait in_header(std::string value, TimePoint now = then) {
  return retry_after(response(429, {{"Retry-After", std::move(value)}}), now);
}
Wait in_ms_header(std::string value) {
  return retry_after(response(429, {{"retry-after-ms", std::move(value)}}), then);
}
Wait in_body(std::string_view body) { return retry_after(response(429, {}, body), then); }

constexpr milliseconds longest = std::chrono::years{10};

}  // namespace

TEST_CASE("a wait in seconds is taken, with a fraction too, and rounded up") {
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

TEST_CASE("milliseconds have a header of their own, which goes first") {
  CHECK(in_ms_header("1500") == 1500ms);
  CHECK(in_ms_header("0") == 0ms);
  CHECK(in_ms_header("12.5") == 13ms);
  CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"Retry-After-Ms", "20"}}), then) == 20ms);
  CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"Retry-After-Ms", "soon"}}), then) == 7s);
  CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"Retry-After-Ms", "-1"}}), then) == 7s);
}

TEST_CASE("what is no number of seconds is no wait") {
  for (const char* text : {"",          " ",    "-1",    "-0",   "+1",    "nan", "NaN",  "inf",   "Infinity", "-inf",
                           "1e9",       "1E3",  "0x10",  "1,5",  "1.",    ".5",  ".",    "1.5.2", "1 2",      "5s",
                           "5 seconds", "soon", "1;q=1", "\xFF", "1_000", "--1", "1.-5", "1.5e2", "\"5\"",    "5, 5"}) {
    CHECK_MESSAGE(in_header(text) == std::nullopt, text);
    CHECK_MESSAGE(in_ms_header(text) == std::nullopt, text);
  }
  CHECK(in_header(std::string{"5\0", 2}) == std::nullopt);
  CHECK(retry_after(response(429, {}), then) == std::nullopt);
}

TEST_CASE("a very long wait is ten years, and nothing overflows") {
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

TEST_CASE("a field that stands there twice counts where both say the same") {
  CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"retry-after", "7 "}}), then) == 7s);
  CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"retry-after", "8"}}), then) == std::nullopt);
  CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"retry-after", "7.0"}}), then) == std::nullopt);
  CHECK(retry_after(response(429, {{"Retry-After", "7"}, {"Retry-After", "8"}, {"Retry-After", "7"}}), then) ==
        std::nullopt);
  CHECK(retry_after(response(429, {{"Retry-After-Ms", "7"}, {"retry-after-ms", "8"}, {"retry-after", "9"}}), then) ==
        9s);
}

TEST_CASE("the three dates of RFC 9110 are the same moment") {
  for (const char* date :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    CHECK_MESSAGE(in_header(date, then - 90s) == 90s, date);
    CHECK_MESSAGE(in_header(date, then) == 0s, date);
    CHECK_MESSAGE(in_header(date, then + 1h) == 0s, date);
    // Rounded up, so that nobody comes too early.
    CHECK_MESSAGE(in_header(date, then - 1us) == 1ms, date);
    CHECK_MESSAGE(in_header(date, then - 1001us) == 2ms, date);
  }
}

TEST_CASE("dates at the edges of the calendar are right") {
  // Seconds since 1970 worked out by hand: 951,782,400 is 29 February 2000, 4,102,444,799 the last second of 2099.
  CHECK(in_header("Tue, 29 Feb 2000 00:00:00 GMT", TimePoint{951'782'400s} - 5s) == 5s);
  CHECK(in_header("Thu, 31 Dec 2099 23:59:59 GMT", TimePoint{4'102'444'799s} - 5s) == 5s);
  CHECK(in_header("Thu, 01 Jan 1970 00:00:10 GMT", TimePoint{}) == 10s);
  CHECK(in_header("Sat, 31 Dec 2016 23:59:60 GMT", TimePoint{1'483'228'800s} - 5s) == 5s);  // a leap second
  CHECK(in_header("Thu, 01 Jan 0001 00:00:00 GMT") == 0s);
  CHECK(in_header("Sun Nov 16 08:49:37 1994", then) == 240h);
  for (const char* month : {"Jan", "Mar", "May", "Jul", "Aug", "Oct", "Dec"}) {
    CHECK(in_header("Mon, 31 " + std::string{month} + " 2040 00:00:00 GMT").has_value());
  }
  for (const char* month : {"Feb", "Apr", "Jun", "Sep", "Nov"}) {
    CHECK_FALSE(in_header("Mon, 31 " + std::string{month} + " 2040 00:00:00 GMT").has_value());
    CHECK(in_header("Mon, 29 " + std::string{month} + " 2040 00:00:00 GMT").has_value());
  }
}

TEST_CASE("two digits of a year mean the one that is less than 50 years away") {
  const TimePoint now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};
  CHECK(in_header("Monday, 23-Nov-26 00:00:00 GMT", now) == 24h);
  CHECK(in_header("Saturday, 22-Nov-25 00:00:00 GMT", now) == 0s);
  CHECK(in_header("Sunday, 06-Nov-94 08:49:37 GMT", now) == 0s);
  CHECK(in_header("Sunday, 01-Jan-75 00:00:00 GMT", now) == longest);
  CHECK(in_header("Sunday, 01-Jan-78 00:00:00 GMT", now) == 0s);
  const TimePoint turn = std::chrono::sys_days{std::chrono::year{2099} / 12 / 31} + 23h;
  CHECK(in_header("Friday, 01-Jan-00 00:00:00 GMT", turn) == 1h);
  // 2100 is no leap year, 2000 was one and is past.
  CHECK(in_header("Monday, 29-Feb-00 00:00:00 GMT", now) == 0s);
}

TEST_CASE("what is not just such a date is no wait") {
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

TEST_CASE("the delay of a RetryInfo is taken where no header says anything") {
  const std::string body = R"({"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED","details":[
    {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[]},
    {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"12.5s"}]}})";
  CHECK(in_body(body) == 12'500ms);
  CHECK(in_body('[' + body + ']') == 12'500ms);
  CHECK(retry_after(response(429, {{"Retry-After", "3"}}, body), then) == 3s);
  CHECK(retry_after(response(429, {{"Retry-After", "nan"}}, body), then) == 12'500ms);
  const auto with_delay = [](std::string_view delay) {
    return in_body(R"({"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":)" +
                   std::string{delay} + "}]}}");
  };
  CHECK(with_delay(R"("34s")") == 34s);
  CHECK(with_delay(R"("0s")") == 0s);
  CHECK(with_delay(R"("0.000000001s")") == 1ms);
  CHECK(with_delay(R"("315576000000s")") == longest);
  for (std::string_view delay : {R"("-3s")", R"("3")", R"("s")", R"("3 s")", R"("3sec")", R"("1e3s")", R"("nans")",
                                 R"("")", "3", "null", R"({"seconds":3})", R"(["3s"])"}) {
    CHECK_MESSAGE(with_delay(delay) == std::nullopt, delay);
  }
  for (std::string_view text :
       {"google.rpc.RetryInfo", R"(["google.rpc.RetryInfo"])", R"({"error":"google.rpc.RetryInfo"})",
        R"({"error":{"details":"google.rpc.RetryInfo"}})", R"({"error":{"details":["google.rpc.RetryInfo",null,1]}})",
        R"({"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo"}]}})",
        R"({"error":{"details":[{"@type":"evil.google.rpc.RetryInfo","retryDelay":"3s"}]}})",
        R"({"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3s"})"}) {
    CHECK_MESSAGE(in_body(text) == std::nullopt, text);
  }
  CHECK(in_body(R"({"error":{"details":[{"@type":"a/google.rpc.RetryInfo","retryDelay":"3s"},
                                        {"@type":"a/google.rpc.RetryInfo","retryDelay":"4s"}]}})") == std::nullopt);
}

TEST_CASE("hostile bodies are passed over") {
  const std::string name = "google.rpc.RetryInfo";
  CHECK(in_body(std::string(100'000, '[') + name) == std::nullopt);
  CHECK(in_body(name + std::string(std::size_t{4} << 20, ' ')) == std::nullopt);
  CHECK(in_body("\xFF\xFE" + name) == std::nullopt);
  CHECK(in_body(R"({"error":{"details":[{"@type":"a/google.rpc.RetryInfo","retryDelay":"3s","retryDelay":"4s"}]}})") ==
        std::nullopt);
  CHECK_FALSE(is_out_of_money(response(429, {}, std::string(100'000, '{'))));
  CHECK_FALSE(is_out_of_money(response(429, {}, std::string(100'000, '\0'))));
}

TEST_CASE("money and pace are told apart by the code of the error") {
  for (std::string_view code : {"insufficient_quota", "credit_balance_exhausted", "project_spend_limit_exceeded",
                                "organization_spend_limit_exceeded", "billing_hard_limit_reached",
                                "contract_spend_limit_reached", "enforced_spend_limit_reached", "payment_required"}) {
    const std::string text{code};
    for (const std::string& body :
         {R"({"error":{"message":"x","code":")" + text + R"("}})",
          R"({"error":{"type":")" + text + R"(","code":null}})",
          R"({"error":{"type":"rate_limit_error","details":{"error_code":")" + text + R"("}}})",
          R"({"id":"1","name":")" + text + R"(","errors":["x"]})"}) {
      CHECK_MESSAGE(is_out_of_money(response(429, {}, body)), body);
      CHECK_MESSAGE(is_out_of_money(response(400, {}, body)), body);
      CHECK_FALSE_MESSAGE(is_out_of_money(response(200, {}, body)), body);
    }
    // Not just anywhere: a message may quote a prompt.
    CHECK_FALSE(is_out_of_money(response(429, {}, R"({"error":{"message":")" + text + R"("}})")));
    CHECK_FALSE(is_out_of_money(response(429, {}, R"({"error":")" + text + R"("})")));
    CHECK_FALSE(is_out_of_money(response(429, {}, text)));
  }
  CHECK(is_out_of_money(response(402, {})));
  CHECK(is_out_of_money(response(402, {}, "no JSON")));
  for (std::string_view body :
       {"", "{}", "[]", "null", R"({"error":null})", R"({"error":{"code":"rate_limit_exceeded"}})",
        R"({"error":{"code":429}})", R"({"error":{"code":"INSUFFICIENT_QUOTA"}})", R"({"error":{"details":[]}})",
        R"({"name":["payment_required"]})", R"([{"name":"payment_required"}])"}) {
    CHECK_FALSE_MESSAGE(is_out_of_money(response(429, {}, body)), body);
  }
}

TEST_CASE("a server may say whether to try again") {
  const auto said = [](std::initializer_list<Headers::Field> fields) { return should_retry(response(500, fields)); };
  CHECK(said({{"X-Should-Retry", "true"}}) == true);
  CHECK(said({{"x-should-retry", " False "}}) == false);
  CHECK(said({{"x-should-retry", "true"}, {"x-should-retry", "true"}}) == true);
  CHECK(said({{"x-should-retry", "true"}, {"x-should-retry", "false"}}) == std::nullopt);
  CHECK(said({{"x-should-retry", "1"}}) == std::nullopt);
  CHECK(said({{"x-should-retry", ""}}) == std::nullopt);
  CHECK(said({}) == std::nullopt);
}
