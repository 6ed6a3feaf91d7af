#pragma once

#include <pentimento/error.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pentimento::emulator {

struct Rules;  // in src/emulator

/**
 * How an emulator misbehaves: a script in JSON.
 *
 *     {"about": "the second image is cut off, then the server asks for a pause",
 *      "requests": [
 *        {"name": "cut off", "when": {"path": "/v2beta/", "nth": 2}, "then": {"truncate_at": -100, "end": "reset"}},
 *        {"name": "pause", "when": {"path": "/v2beta/", "nth": 3},
 *         "then": {"error": {"status": 429, "code": "rate_limit_exceeded"}, "headers": {"retry-after": "1"}}}]}
 *
 * There are two lists of rules, `connections` and `requests`. A rule has `then`, and optionally `when` and a `name` for
 * the log. A rule counts the connections or requests that match its `when`, also if an earlier rule applies to them. The
 * first rule that matches and whose number is right applies. Without one, all goes well. Unknown keys are errors.
 *
 * `when` of both; at most one of these:
 *
 *     nth: N      only the N-th match, from 1        every: K   each K-th match
 *
 * `when` of a request:
 *
 *     method: "POST"              path: "/v1/"       how the path begins
 *     request_of_connection: N    only the N-th request of its connection: 2 is the first on a reused connection
 *
 * `when` of a connection:
 *
 *     address: "127.0.0.1"        or "::1": where it arrives
 *
 * `then` of a request. Who answers, and when:
 *
 *     delay_ms: T         waits before the reply
 *     early: true         replies after the head, before reading the body; needs `status`, `error` or `raw`
 *     read_body: N        reads at most N bytes of the body, and ends the connection without a reply
 *     no_reply: true      reads the whole request, and ends the connection without a reply
 *
 * What the reply is. The default is what the provider would say:
 *
 *     status: 503         this status, with `headers`, and `body` (BYTES) or `json` (any value)
 *     headers: {...}      or a list of [name, value]; they replace headers of the same name
 *     error: {"status": 429, "code": "...", "message": "...", "type": "..."}
 *                         an error in the provider's shape; only `status` is required
 *     refuse: true        the provider's moderation refuses the prompt; "image": it refuses the result (Stability: a 200
 *                         with CONTENT_FILTERED; a stream: an error after the partial images; Chat Completions:
 *                         `content_filter`; Anthropic: the same as true)
 *     stream_error: true  or {"after": N, "code": "...", "message": "..."}: an error after N events of a streamed
 *                         reply, by default 0; a 500 if the reply is not streamed
 *     payload: BYTES      replaces the bytes of each image, or the text of an answer
 *     raw: BYTES          the whole reply with its head
 *
 * How its length is given. The default is Content-Length; a streamed reply has one chunk for each event:
 *
 *     content_length: V   this text or number instead of the true length: 5, "+5", "5, 5"
 *     no_length: true     no length: the end of the connection ends the reply
 *     chunked: true       or {"sizes": [1, 7], "trailers": {...}}: in chunks of these sizes; the last size is repeated
 *
 * What happens while it is sent. A position N counts bytes of the whole reply, from the end if negative;
 * {"byte": N, "of": "body"} counts from the first byte after the head, or back from the last:
 *
 *     truncate_at: N      nothing is sent from this byte on
 *     garbage: {"at": N, "below_tls": false}
 *                         1000 random bytes from this byte on, by default 0; `below_tls`: not as TLS records
 *     drip: {"bytes": 1, "every_ms": 100, "of": "head"}
 *                         slowly; "of" may be "head", "body" or "reply" (default)
 *
 * And then:
 *
 *     end: "keep"         the connection is kept: the default, unless there is no reply or it is raw, cut off, garbage
 *                         or without a length
 *     end: "close"        it is closed in order, with close_notify if there is TLS: the default in these other cases.
 *                         The rest of the request is read first, for at most one second
 *     end: "unclean"      it is closed without close_notify
 *     end: "reset"        it is reset, after the reply has been sent
 *     end: "stall"        it stays open; nothing is read or written any more
 *     close_idle_after_ms: T
 *                         it is closed in order if no other request begins within that time
 *
 * `then` of a connection:
 *
 *     accept: "never"     its SYN is dropped, and every later one at that address; with `nth` or without. It takes effect
 *                         at once if the emulator is created with it, soon after `play` otherwise
 *     delay_ms: T         waits before reading
 *     opening: "stall"    says nothing, ever; with TLS, after the ClientHello
 *     opening: "close"    or "reset": at once
 *     opening: "garbage"  or {"alert": 40} (TLS) or {"raw": BYTES}: instead of the handshake or of the first reply, once
 *                         the client has sent something; then it is closed in order
 *     certificate: "valid", "expired", "not_yet_valid", "self_signed", "wrong_host", "no_ip_san", "weak_key" (RSA of
 *                         1024 bits) or "other_ca"
 *     tls_version: "1.0", "1.1", "1.2" or "1.3": the only version that is spoken
 *     receive_buffer: N   the size of the system's buffer for unread bytes: a small one makes a stall felt soon
 *     close_idle_after_ms: T
 *                         it is closed in order if no request begins within that time
 *
 * BYTES are a string (its UTF-8), {"base64": "..."}, {"random": COUNT}, {"repeat": COUNT, "of": "..."} (COUNT may be
 * "forever"), or a list of these. Random bytes are the same every time.
 *
 * Cheap to copy. **Thread safety**: const functions are thread-safe.
 */
class Scenario {
 public:
  /// The scenario without rules.
  Scenario();

  /// Errors: `parse_failed` with the path: `$.requests[0].then.end: "stop" is not one of keep, ...`; `too_large` above
  /// 8 MiB.
  static Result<Scenario> parse(std::string_view json);
  /// Reads a file. Errors: also `io_failed`.
  static Result<Scenario> from_file(const std::string& path);

  /// The `about` of the script.
  const std::string& about() const noexcept;
  const std::shared_ptr<const Rules>& rules() const noexcept { return rules_; }

 private:
  explicit Scenario(std::shared_ptr<const Rules> rules) noexcept : rules_{std::move(rules)} {}

  std::shared_ptr<const Rules> rules_;
};

static_assert(!std::is_aggregate_v<Scenario>);

}  // namespace pentimento::emulator
