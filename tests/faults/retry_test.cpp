#include "fault_matrix.hpp"
#include "http/retry_quota.hpp"
#include "margin.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>

using namespace std::chrono_literals;

namespace pentimento::test {

// Replies that are safe to retry: even a request that costs money is sent again after the requested wait, if the call has
// the time.
std::vector<FaultRow> retry_faults() {
  std::vector<FaultRow> rows;
  const auto once = [](const std::string& headers, int status = 429) {
    return R"({"requests":[{"when":{"nth":1},"then":{"error":{"status":)" + std::to_string(status) + R"(},"headers":)" +
           headers + "}}]}";
  };
  const auto always = [](const std::string& headers, int status = 429) {
    return reply_rule(R"({"error":{"status":)" + std::to_string(status) + R"(},"headers":)" + headers + "}");
  };

  for (const std::string headers :
       {R"({"retry-after":"0"})", R"({"retry-after":"0.000"})", R"({"retry-after":"0.005"})",
        R"({"retry-after-ms":"5"})", R"({"retry-after-ms":"5","retry-after":"3600"})",
        R"({"retry-after":"Wed, 21 Oct 2015 07:28:00 GMT"})", R"({"retry-after":"Wednesday, 21-Oct-15 07:28:00 GMT"})",
        R"({"retry-after":"Wed Oct 21 07:28:00 2015"})", R"([["retry-after","0"],["retry-after","0"]])"}) {
    rows.push_back(FaultRow{"N38", "429 once, with " + headers, once(headers)}.then(succeeds(2)));
    rows.push_back(FaultRow{"N38", "503 once, with " + headers, once(headers, 503)}.then(succeeds(2)));
  }
  // Invalid waits are ignored. The wait is then a minute for Stability, as documented, and that of the policy for others.
  CallOptions ten_seconds;
  ten_seconds.timeout = 10s;
  for (const std::string headers :
       {"{}", R"({"retry-after":"-5"})", R"({"retry-after":"nan"})", R"({"retry-after":"inf"})",
        R"({"retry-after":"1e9"})", R"({"retry-after":"soon"})", R"({"retry-after":""})", R"({"retry-after":"0x0"})",
        R"([["retry-after","0"],["retry-after","3600"]])", R"({"retry-after":"Wed, 32 Oct 2015 07:28:00 GMT"})"}) {
    rows.push_back(FaultRow{"N38", "429 once, with " + headers, once(headers)}
                       .options(ten_seconds)
                       .within(1s)
                       .then(succeeds(2))
                       .then(stability, fails(errc::rate_limited, Bill::nothing, 1, "limits the rate")));
  }
  // A wait that is longer than the rest of the timeout, or than the limit, ends the call immediately.
  const std::pair<const char*, const char*> long_waits[] = {
      {R"({"retry-after":"60"})", "try again in 60 s"},
      {R"({"retry-after-ms":"59001"})", "try again in 60 s"},
      {R"({"retry-after":"1000000000"})", "try again in "},
      {R"({"retry-after":"99999999999999999999999999"})", "try again in "},
      {R"({"retry-after":"Fri, 01 Jan 2100 00:00:00 GMT"})", "try again in "}};
  for (const auto& [headers, says] : long_waits) {
    rows.push_back(FaultRow{"N38", std::string{"429, with "} + headers, always(headers)}
                       .options(ten_seconds)
                       .within(1s)
                       .then(fails(errc::rate_limited, Bill::nothing, 1, says)));
  }
  CallOptions patient;
  patient.timeout = 24h;
  rows.push_back(FaultRow{"N38", "429, with a longer wait than is granted, though there is time",
                          always(R"({"retry-after":"121"})")}
                     .options(patient)
                     .within(1s)
                     .then(fails(errc::rate_limited, Bill::nothing, 1, "try again in 121 s")));
  rows.push_back(FaultRow{"N38", "429 each time", always(R"({"retry-after":"0"})")}.then(
      fails(errc::rate_limited, Bill::nothing, 4)));
  rows.push_back(
      FaultRow{"N38", "429, and not to come again", always(R"({"retry-after":"0","x-should-retry":"false"})")}.then(
          fails(errc::rate_limited, Bill::nothing, 1)));
  rows.push_back(
      FaultRow{"N38", "429 once, with a wait that is kept", once(R"({"retry-after":"0.2"})")}.hangs(200ms).then(
          succeeds(2)));

  rows.push_back(FaultRow{"N39", "503 each time, with a wait of nothing", always(R"({"retry-after":"0"})", 503)}.then(
      fails(errc::backend_failed, Bill::nothing, 4)));
  // Without a wait it may be the reply of a proxy that lost the server's. For Stability the emulator names an error after
  // which Stability charges nothing.
  rows.push_back(FaultRow{"N39", "503 each time, without a word on when to come again", always("{}", 503)}
                     .then(paid, fails(errc::backend_failed, Bill::maybe, 1))
                     .then(stability, fails(errc::backend_failed, Bill::nothing, 1))
                     .then(local_critic, fails(errc::backend_failed, Bill::nothing, 4)));
  // 20 tokens are four retries, for any number of calls.
  CallOptions small_quota;
  small_quota.retry_quota = 20;
  rows.push_back(FaultRow{"N39", "503 for ten calls", always(R"({"retry-after":"0"})", 503)}
                     .options(small_quota)
                     .calls(10)
                     .then(fails(errc::backend_failed, Bill::nothing, 14)));
  rows.push_back(FaultRow{"N39", "429 for ten calls", always(R"({"retry-after":"0"})")}
                     .options(small_quota)
                     .calls(10)
                     .then(fails(errc::rate_limited, Bill::nothing, 14)));
  // Each attempt takes slightly more than a third of the timeout. The deadline passes during the third, whose outcome is unknown.
  CallOptions short_call;
  short_call.timeout = 3 * short_time;
  const std::string slowly = R"({"delay_ms":)" + std::to_string(short_time.count());
  rows.push_back(FaultRow{"N39", "429 for slow attempts, which share one time-out",
                          reply_rule(slowly + R"(,"error":{"status":429},"headers":{"retry-after":"0"}})")}
                     .options(short_call)
                     .hangs(3 * short_time)
                     .then(fails(errc::deadline_exceeded, Bill::maybe, 3)));
  rows.push_back(FaultRow{"N39", "502 for slow attempts, which share one time-out",
                          reply_rule(slowly + R"(,"status":502,"body":"bad gateway"})")}
                     .options(short_call)
                     .hangs(3 * short_time)
                     .then(local_critic, fails(errc::deadline_exceeded, Bill::nothing, 3)));
  CallOptions no_quota;
  no_quota.retry_quota = 0;
  rows.push_back(FaultRow{"N39", "503 without any quota", always(R"({"retry-after":"0"})", 503)}.options(no_quota).then(
      fails(errc::backend_failed, Bill::nothing, 1)));
  rows.push_back(FaultRow{"N39", "a refused connection without any quota", ""}.options(no_quota).deserted().then(
      fails(errc::connect_failed, Bill::nothing, 0)));
  return rows;
}

}  // namespace pentimento::test

using namespace pentimento;

TEST_SUITE("Retry faults") {
  TEST_CASE("matrix") { test::run_matrix(test::retry_faults(), test::Transports::alternating); }

  TEST_CASE("N39 jitter") {
    http::RetryPolicy policy;
    policy.base = 100ms;
    policy.cap = 1'000ms;
    http::RetryQuota quota{policy};
    for (const auto& [retry, ceiling] : {std::pair{0, 100}, {1, 200}, {3, 800}, {4, 1'000}, {1'000, 1'000}}) {
      CAPTURE(retry);
      std::array<int, 10> tenths{};
      constexpr int draws = 20'000;
      for (int i = 0; i < draws; ++i) {
        const auto wait = quota.wait(retry).count();
        REQUIRE(wait >= 0);
        REQUIRE(wait <= ceiling);
        ++tenths[static_cast<std::size_t>(std::min<std::int64_t>(wait * 10 / ceiling, 9))];
      }
      // The expected count is 2,000 and the standard deviation 42. The first and last tenth differ slightly in size.
      for (const int count : tenths) {
        CHECK(count > 1'600);
        CHECK(count < 2'400);
      }
    }
  }
}
