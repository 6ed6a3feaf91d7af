#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/response.hpp>
#include <pentimento/http/retry.hpp>
#include <pentimento/money.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// What the failure of a provider means, in one place for all providers. Status, headers and body become an `Error`: a code,
// our own message, the provider's message, its request id, and what the call may have cost.

namespace pentimento {

/// What must be known about a call to explain its failure.
struct ProviderCall {
  /// The name of the provider in messages: "Stability AI".
  std::string provider;
  /// The name of the key in messages: "STABILITY_API_KEY". May be empty.
  std::string key_name;
  /// True if a key was sent.
  bool has_key = true;
  /// The model; what a 404 is about.
  std::string model;
  /// The worst-case cost of the call; zero if calls are free.
  Money worst_case;
  /// Error codes of a refusal, in addition to those known of all providers.
  std::vector<std::string> refusal_codes;
  /// Error codes after which this provider charges nothing, whatever the status.
  std::vector<std::string> free_codes;
  /// Statuses after which this provider charges nothing, whatever the body.
  std::vector<int> free_statuses;
};

/// The content of the body of a failed reply. All of it is untrusted text.
struct ErrorBody {
  /// Every code, type and name, the most specific first: {"moderation_blocked", "image_generation_user_error"}.
  std::vector<std::string> codes;
  /// The message for people; may be empty.
  std::string message;
  /// The request id in the body; may be empty.
  std::string request_id;
};

/**
 * Parses the body of a failed reply: JSON in any of the known forms, or else text.
 *
 * Forms: {"error":{"message","type","code"}} with a text or a number as code, and an "innererror" from Azure
 * (OpenAI and most others); {"error":"text"} and {"error":"code","message"} (sd-server); {"id","name","errors":[...]}
 * and {"id","name","message"} (Stability v2beta, v1); {"detail":"text"} and {"detail":[{"loc","msg","type"}]}
 * (FastAPI); an empty body; HTML.
 */
ErrorBody read_error_body(std::string_view body);

/// Returns the retry classifier for the replies of all providers: as `http::classify_by_headers`, but never if the account
/// has no money left, as after `insufficient_quota`. **Parameters**: `unbilled_statuses` are further statuses after which
/// this provider did not carry the request out, and billed nothing.
http::RetryClassifier provider_classifier(std::vector<int> unbilled_statuses = {});

/**
 * Returns the error of a reply with a status other than 2xx.
 *
 * | reply | code | charge |
 * | --- | --- | --- |
 * | refusal code: `content_moderation`, `moderation_blocked`... | `refused` | maybe billed; nothing for a free code |
 * | 402; money code such as `insufficient_quota`, any status | `payment_required` | nothing |
 * | 401, 403 | `unauthorized` | nothing |
 * | 404, 410 | `not_found` | nothing |
 * | 413 | `too_large` | nothing |
 * | 429 | `rate_limited` | nothing |
 * | 503 with `Retry-After` | `backend_failed`, transient | nothing |
 * | other 4xx but 408, 409, 423 to 425, 499 | `invalid_argument` | nothing |
 * | 3xx, never followed | `backend_failed` | nothing; 302 and 303 maybe billed |
 * | 408, 409, 423 to 425, 499, other 5xx | `backend_failed`, transient | maybe billed; nothing for a free code |
 * | unusable 2xx | `unusable_reply` | maybe billed |
 */
Error provider_error(const http::Response& response, const ProviderCall& call);

/// Returns the error of an event of a streamed reply. Maybe billed, whatever it says: the status was 200.
Error provider_stream_error(std::string_view event_data, std::string_view request_id, const ProviderCall& call);

/// Returns the error of a refusal with status 2xx: a filtered image, no image, a model's "I cannot". Maybe billed.
/// **Parameters**: `sign` says in a few words how it was recognised ("finish reason CONTENT_FILTERED"); `words` is the
/// provider's message.
Error provider_refusal(std::string_view sign, std::string_view words, std::string_view request_id,
                       const ProviderCall& call);

/// Returns the error of an unusable reply with status 2xx. Maybe billed. **Parameters**: `why` ends the sentence "the reply
/// of <provider> is unusable: "; `words` is the beginning of the reply, or empty.
Error unusable_reply(std::string_view why, std::string_view words, std::string_view request_id,
                     const ProviderCall& call);

/// Makes untrusted text safe to show and store: valid UTF-8, no control characters except line breaks and tabs, no secrets,
/// at most `most` bytes.
std::string provider_words(std::string_view text, std::size_t most = 2'000);

/// Returns the charge of a call that may be billed; nothing if calls are free.
Charge maybe_billed(Money worst_case);

}  // namespace pentimento
