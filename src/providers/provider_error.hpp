#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/response.hpp>
#include <pentimento/money.hpp>

#include <string>
#include <string_view>
#include <vector>

// What a provider's failure means, in one place for all providers: status, headers and body become an `Error` with a
// code to act on, one sentence of our own, the provider's words apart from it, its request id, and what the call may
// have cost.

namespace pentimento {

/// What has to be known of a call to tell what its failure means.
struct ProviderCall {
  /// The provider's name in messages: "Stability AI".
  std::string provider;
  /// Where its key comes from, for messages: "STABILITY_API_KEY". Empty where the provider needs none.
  std::string key_name;
  /// Whether a key was sent.
  bool has_key = true;
  /// The model that was asked for; what a 404 is about.
  std::string model;
  /// The most that the call can have cost; zero where calls are free.
  Money worst_case;
  /// Codes that say "declined" besides those that are known of all providers.
  std::vector<std::string> refusal_codes;
  /// Codes after which this provider says that it charges nothing, whatever their status.
  std::vector<std::string> free_codes;
};

/// What the body of a failed reply says of itself, whatever its shape. All of it is untrusted text.
struct ProviderComplaint {
  /// Every code, type and name in it, the most telling first: {"moderation_blocked", "image_generation_user_error"}.
  std::vector<std::string> codes;
  /// The words for a person; empty if there are none.
  std::string message;
  /// An id of the request that stands in the body; empty if there is none.
  std::string request_id;
};

/**
 * Reads the body of a failed reply: JSON in any of the known shapes, else text.
 *
 * Shapes: {"error":{"message","type","code"}} with a text or a number as code and, from Azure, an "innererror"
 * (OpenAI and most others); {"error":"text"} and {"error":"code","message"} (sd-server); {"id","name","errors":[...]}
 * and {"id","name","message"} (Stability v2beta, v1); {"detail":"text"} and {"detail":[{"loc","msg","type"}]}
 * (FastAPI); an empty body; HTML.
 */
ProviderComplaint read_complaint(std::string_view body);

/**
 * The error that a reply of a status other than 2xx stands for.
 *
 * | reply | code | charge |
 * | --- | --- | --- |
 * | a refusal code: `content_moderation`, `moderation_blocked`... | `refused` | maybe billed; nothing for a free code |
 * | 402; a money code such as `insufficient_quota`, of any status | `payment_required` | nothing |
 * | 401, 403 | `unauthorized` | nothing |
 * | 404, 410 | `not_found` | nothing |
 * | 413 | `too_large` | nothing |
 * | 429 | `rate_limited` | nothing |
 * | 503 with `Retry-After` | `backend_failed` | nothing |
 * | other 4xx but 408, 409, 423 to 425, 499 | `invalid_argument` | nothing |
 * | 3xx, never followed: the message names the host | `backend_failed` | nothing; 302 and 303 maybe billed |
 * | 408, 409, 423 to 425, 499, other 5xx | `backend_failed` | maybe billed; nothing for a free code |
 * | 2xx that nobody can use | `unusable_reply` | maybe billed |
 */
Error provider_error(const http::Response& response, const ProviderCall& call);

/// The error that an event of a streamed reply stands for: it comes after a status of 200, so it may be billed
/// whatever it says.
Error provider_stream_error(std::string_view event_data, std::string_view request_id, const ProviderCall& call);

/// A refusal that came as a success: a filtered picture, no picture, a model's "I cannot". `sign` is what said so, in
/// a few words of our own ("finish reason CONTENT_FILTERED"); `words` are the provider's. Maybe billed.
Error provider_refusal(std::string_view sign, std::string_view words, std::string_view request_id,
                       const ProviderCall& call);

/// A success that cannot be understood. `why` ends the sentence "the reply of <provider> cannot be used: "; `words`
/// is how the reply begins, if that tells anything. Maybe billed.
Error unusable_reply(std::string_view why, std::string_view words, std::string_view request_id,
                     const ProviderCall& call);

/// Untrusted words as they may be shown and stored: valid UTF-8, without control characters but line breaks and tabs,
/// without secrets, at most 2000 bytes.
std::string provider_words(std::string_view text);

/// At most `worst_case`, or nothing where the call is free.
Charge maybe_billed(Money worst_case);

}  // namespace pentimento
