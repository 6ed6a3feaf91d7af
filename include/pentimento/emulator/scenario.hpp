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
 *     {"about": "the second picture is cut off, then the server asks for a pause",
 *      "requests": [
 *        {"name": "cut off", "when": {"path": "/v2beta/", "nth": 2}, "then": {"truncate_at": -100, "end": "reset"}},
 *        {"name": "pause", "when": {"path": "/v2beta/", "nth": 3},
 *         "then": {"error": {"status": 429, "code": "rate_limit_exceeded"}, "headers": {"retry-after": "1"}}}]}
 *
 * It has two lists of rules, `connections` and `requests`; either may be missing. A rule has `then`, and perhaps `when`
 * and a `name`, which the log of requests repeats. A rule counts the connections, or the requests, that fit its `when`,
 * also where an earlier rule fires for them; of the rules that fit and whose number has come the first fires. Where
 * none fires, all goes as it should. Reading is strict: what is not known here is an error.
 *
 * `when` of both; at most one of these, and without one always:
 *
 *     nth: N      only for the N-th, from 1          from: N    for the N-th and all later ones
 *     first: K    for the first K                    every: K   for each K-th
 *
 * `when` of a request:
 *
 *     method: "POST"              path: "/v1/"       how the path begins
 *     connection: N               only on the N-th connection of the emulator
 *     request_of_connection: N    only the N-th request of its connection: 2 is the first on one that is used again
 *
 * `when` of a connection:
 *
 *     address: "127.0.0.1"        or "::1": where it arrives
 *
 * `then` of a request. Who answers, and when:
 *
 *     delay_ms: T         waits before the reply
 *     early: true         replies when the head has come, the body unread; with `status`, `error` or `raw`
 *     read_body: N        reads no more than N bytes of the body, and ends the connection without a reply
 *     no_reply: true      reads all of the request, and ends the connection without a reply
 *
 * What the reply is; without these, what the provider would say:
 *
 *     status: 503         this status, with `headers`, and `body` (BYTES) or `json` (any value)
 *     headers: {...}      or a list of [name, value], for repeated ones; these replace those of the same name
 *     error: {"status": 429, "code": "...", "message": "...", "type": "..."}
 *                         an error in the provider's own shape; only `status` must be there
 *     refuse: true        what the provider says when its moderation refuses the prompt; "picture": when it refuses
 *                         what came out (Stability: a 200 with CONTENT_FILTERED; a stream: an error after the partial
 *                         pictures; Chat Completions: `content_filter`)
 *     stream_error: true  or {"after": N, "code": "...", "message": "..."}: an error after N events of a streamed
 *                         reply, 0 unless told; for a reply that is not streamed, a 500 in the provider's shape
 *     payload: BYTES      what stands in place of the bytes of each picture, or of the text of an answer
 *     raw: BYTES          the whole reply, head and all, byte by byte
 *
 * How its length is told; without these by Content-Length, and a streamed reply in chunks, one for each event:
 *
 *     content_length: V   this text or number in place of the true length: 5, "+5", "5, 5"
 *     no_length: true     not at all: the end of the connection is the end of the reply
 *     chunked: true       or {"sizes": [1, 7], "cut": {"in": "data", "chunk": 2}, "trailers": {...}}: in chunks of
 *                         these sizes, the last size for all that follow. `cut` ends the reply within the "size", the
 *                         "data" or before the line end ("crlf") of that chunk, the first unless told; before the
 *                         "last" chunk; or within the "trailer"
 *
 * What happens on the way. A place N counts bytes of the whole reply, from its end where it is negative;
 * {"byte": N, "of": "body"} counts from the first byte, or back from the last, of what follows the head:
 *
 *     truncate_at: N      nothing from this byte on
 *     garbage: {"at": N, "bytes": 1000, "seed": 1, "below_tls": false}
 *                         these random bytes from this byte on, 0 unless told; `below_tls`: not as TLS records
 *     drip: {"bytes": 1, "every_ms": 100, "of": "head"}
 *                         slowly; or "of" "body" or "reply", as it is unless told
 *     event_gap_ms: T     waits between the events of a streamed reply
 *
 * And then:
 *
 *     end: "keep"         the connection serves on: so it is, unless told or unless the reply is none, raw, cut off,
 *                         garbage or without a length
 *     end: "close"        it is closed in order (with close_notify, where there is TLS), as it is in these other cases;
 *                         what is left of the request is read first, for a second at the most
 *     end: "unclean"      it is closed without close_notify
 *     end: "reset"        it is reset, once the reply has left
 *     end: "stall"        it stays open, and nothing is read or written any more
 *     close_idle_after_ms: T
 *                         it is closed in order if no other request begins within that time
 *
 * `then` of a connection:
 *
 *     accept: "never"     its SYN is dropped, and so is every later one at that address. With `nth`, `from` or neither.
 *                         Holds from the start where the emulator is made with it, soon after `play` else
 *     delay_ms: T         waits before anything is read
 *     opening: "stall"    nothing is ever said; with TLS, after the ClientHello
 *     opening: "close"    or "reset": at once
 *     opening: "garbage"  or {"alert": 40} (TLS) or {"raw": BYTES}: in place of the handshake, or of a reply to the
 *                         first request, once the client has said something; closed in order after that
 *     certificate: "valid", "expired", "not_yet_valid", "self_signed", "wrong_host", "no_ip_san", "weak_key" (RSA of
 *                         1024 bits) or "other_ca"
 *     tls_version: "1.0", "1.1", "1.2" or "1.3": the only one that is spoken
 *     receive_buffer: N   the bytes that the system keeps of what was not read yet, so that a stall is felt soon
 *     close_idle_after_ms: T
 *                         it is closed in order if no request begins within that time: the first, or another one
 *
 * BYTES are a string (its UTF-8), {"base64": "..."}, {"random": COUNT, "seed": S}, {"repeat": COUNT, "of": BYTES}
 * (COUNT is a number or "forever"), or a list of these one after the other. Only a payload is built up in memory.
 *
 * A copy costs a reference count. **Threads**: any.
 */
class Scenario {
 public:
  /// The one in which all goes as it should.
  Scenario();

  /// Errors: `parse_failed`, with the path to what is wrong: `$.requests[0].then.end: "stop" is not one of keep, ...`;
  /// `too_large` for more than 8 MiB.
  static Result<Scenario> parse(std::string_view json);
  /// Reads it from a file. Errors: also `io_failed`.
  static Result<Scenario> from_file(const std::string& path);

  /// What the script says about itself.
  const std::string& about() const noexcept;
  const std::shared_ptr<const Rules>& rules() const noexcept { return rules_; }

 private:
  explicit Scenario(std::shared_ptr<const Rules> rules) noexcept : rules_{std::move(rules)} {}

  std::shared_ptr<const Rules> rules_;
};

static_assert(!std::is_aggregate_v<Scenario>);

}  // namespace pentimento::emulator
