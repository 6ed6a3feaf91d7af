#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/request.hpp>
#include <pentimento/http/response.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

namespace pentimento::http {

/// What a reply may be, at the most.
struct ReplyLimits {
  std::size_t header_bytes;
  std::size_t headers;
  std::size_t body_bytes;
};

/**
 * Puts a reply together from the bytes of a connection. Beast's parser does the work; what it would let pass is refused
 * before it gets there.
 */
class ReplyParser {
 public:
  /// The events of an event stream go to `listener`, if there is one. `expects_no_body`: the reply to CONNECT.
  ReplyParser(const ReplyLimits& limits, std::shared_ptr<EventListener> listener, bool expects_no_body = false);
  ~ReplyParser();
  ReplyParser(ReplyParser&&) noexcept;

  /// Takes some bytes in. Errors: `unusable_reply`, `too_large`.
  Result<void> feed(std::span<const std::byte> bytes);
  /// The connection has ended; in order where `clean`. Errors: `unusable_reply` when that cuts the reply off.
  Result<void> end(bool clean);

  /// Whether anything of the reply has come.
  bool has_begun() const noexcept;
  /// Whether the head has come; its status and header fields are known then.
  bool has_head() const noexcept;
  /// Whether a body is on its way, of which the rest can be expected soon. Of an event stream it cannot.
  bool is_transferring() const noexcept;
  /// Whether the reply is complete.
  bool is_done() const noexcept;
  /// Whether the connection can serve another request after this reply.
  bool keeps_alive() const noexcept;
  /// Whether the listener wants no more.
  bool is_stopped() const noexcept;

  /// The status; 0 before the head has come.
  int status() const noexcept;
  /// The provider's id of the request, as far as the head has come.
  std::string request_id() const;
  /// What there is of the reply.
  Response take();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

static_assert(!std::is_aggregate_v<ReplyParser>);

}  // namespace pentimento::http
