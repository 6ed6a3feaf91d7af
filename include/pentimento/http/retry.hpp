#pragma once

#include <pentimento/http/response.hpp>
#include <pentimento/time.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace pentimento::http {

/// How often and how fast a request is sent again where that is safe.
struct RetryPolicy {
  /// Attempts in all, the first among them.
  int max_attempts = 4;
  /// The wait before retry n (from 0) is drawn evenly from 0 to `min(cap, base * 2^n)`: full jitter.
  std::chrono::milliseconds base{500};
  std::chrono::milliseconds cap{8'000};
  /// The longest wait that a server may ask for; a longer one ends the call at once, with the wait in its error.
  std::chrono::milliseconds max_wait{120'000};
  /// The quota that all calls of a client share: a retry takes `cost` tokens, a success gives one back. When they are
  /// gone there are no retries, so that an outage is not made worse.
  int quota = 50;
  int cost = 5;
};

/**
 * How long a reply asks to wait: `retry-after-ms`, else `Retry-After` in seconds (fractions are taken) or as an HTTP
 * date (all three forms of RFC 9110 §5.6.7), else `retryDelay: "12.5s"` of a Google `RetryInfo` in a JSON body.
 * Nothing for what is absent, negative, not finite, repeated with different values, or not of these forms; a date that
 * has passed is no wait. Fractions of a millisecond are rounded up; more than ten years count as ten.
 */
std::optional<std::chrono::milliseconds> retry_after(const Response& response, TimePoint now);

/// Whether a reply says that money, not pace, is the matter: the codes of a 429 (or a 402) after which waiting is of no
/// use, such as `insufficient_quota`.
bool is_out_of_money(const Response& response);

/// What `x-should-retry` says, if the reply has it.
std::optional<bool> should_retry(const Response& response);

}  // namespace pentimento::http
