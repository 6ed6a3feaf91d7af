#pragma once

#include <pentimento/http/response.hpp>
#include <pentimento/time.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace pentimento::http {

/// How often and how fast a request is retried if that is safe.
struct RetryPolicy {
  /// The number of attempts, including the first.
  int max_attempts = 4;
  /// The wait before retry n (from 0) is uniformly random between 0 and `min(cap, base * 2^n)`: full jitter.
  std::chrono::milliseconds base{500};
  std::chrono::milliseconds cap{8'000};
  /// The longest wait that a server may ask for. If it asks for a longer one, its reply is returned immediately.
  std::chrono::milliseconds max_wait{120'000};
  /// The quota that all calls of a client share: a retry takes `cost` tokens, a success returns one. Without tokens there
  /// are no retries, so that an outage is not made worse.
  int quota = 50;
  int cost = 5;
};

/// The conditions under which a request is sent again after a reply that is not a success.
enum class Retry {
  never,            ///< A retry would fail in the same way.
  if_free_of_cost,  ///< The request may have been carried out: only one that costs nothing is sent again.
  safe,             ///< The request was not carried out, and nothing was billed.
};

/// What a reply that is not a success says about a retry.
class RetryAdvice {
 public:
  explicit RetryAdvice(Retry retry, std::optional<std::chrono::milliseconds> wait = std::nullopt)
      : retry_{retry}, wait_{wait} {}

  Retry retry() const noexcept { return retry_; }
  /// The wait before the retry. Empty: as the client's `RetryPolicy` says.
  const std::optional<std::chrono::milliseconds>& wait() const noexcept { return wait_; }

  friend bool operator==(const RetryAdvice&, const RetryAdvice&) = default;

 private:
  Retry retry_;
  std::optional<std::chrono::milliseconds> wait_;
};

static_assert(!std::is_aggregate_v<RetryAdvice>);

/// A wait of a call before a retry.
class RetryWait {
 public:
  RetryWait(std::string origin, std::chrono::milliseconds duration, std::string why)
      : origin_{std::move(origin)}, duration_{duration}, why_{std::move(why)} {}

  /// Scheme, host and port of the server: "https://api.example.com".
  const std::string& origin() const noexcept { return origin_; }
  /// How long the call waits from now. It ends earlier if it is cancelled.
  std::chrono::milliseconds duration() const noexcept { return duration_; }
  /// Why, in a few words: "the rate of requests is limited (HTTP 429)". Redacted.
  const std::string& why() const noexcept { return why_; }

 private:
  std::string origin_;
  std::chrono::milliseconds duration_;
  std::string why_;
};

static_assert(!std::is_aggregate_v<RetryWait>);

/// Decides about a retry from a reply that is not a success. A provider's dialect supplies one with each request, because
/// only it can read the body. Called on the client's executor.
using RetryClassifier = std::function<RetryAdvice(const Response& reply)>;

/**
 * The default classifier: reads status and header fields, never the body.
 *
 * | reply | retry |
 * | --- | --- |
 * | `x-should-retry: false`; 402 | never |
 * | 429; 503 with a wait | safe |
 * | `x-should-retry: true`; 408, 425, 5xx | if free of cost |
 * | other | never |
 *
 * The wait is that of `retry_after`.
 */
RetryAdvice classify_by_headers(const Response& reply);

/**
 * Returns the wait that a reply asks for: `retry-after-ms`, or else `Retry-After` in seconds (decimals are accepted) or as
 * an HTTP date in one of the three forms of RFC 9110 §5.6.7.
 *
 * Empty if the field is absent, negative, repeated with different values or has another form. A date in the past is a wait
 * of zero. Rounded up to milliseconds; at most ten years.
 */
std::optional<std::chrono::milliseconds> retry_after(const Response& reply, TimePoint now);

}  // namespace pentimento::http
