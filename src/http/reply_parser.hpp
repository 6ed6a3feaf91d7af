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

/// The limits of a reply.
struct ReplyLimits {
  std::size_t header_bytes;
  std::size_t headers;
  std::size_t body_bytes;
};

/// An incremental parser of a reply. Validates what Beast's parser, which it uses, accepts too easily.
class ReplyParser {
 public:
  /// **Parameters**: `listener` receives the events of an event stream, and may be null. `expects_no_body`: the reply is
  /// to CONNECT.
  ReplyParser(const ReplyLimits& limits, std::shared_ptr<EventListener> listener, bool expects_no_body = false);
  ~ReplyParser();
  ReplyParser(ReplyParser&&) noexcept;

  /// Parses bytes. **Errors**: `unusable_reply`, `too_large`.
  Result<void> feed(std::span<const std::byte> bytes);
  /// Reports the end of the connection; `clean` if the peer closed it properly, `proven` if only the peer can have done so (TLS).
  /// **Errors**: `unusable_reply` if the reply is incomplete.
  Result<void> end(bool clean, bool proven);

  /// True if any byte of the reply has arrived.
  bool has_begun() const noexcept;
  /// True if the status and the header fields have arrived.
  bool has_head() const noexcept;
  /// True if the rest of a body can be expected soon. False for an event stream.
  bool is_transferring() const noexcept;
  /// True if nothing more is expected: the reply is complete, or its rest is unusable after the listener ended the call.
  bool is_done() const noexcept;
  /// True if the connection can serve another request.
  bool keeps_alive() const noexcept;
  /// True if the listener ended the call: the rest of the reply is only read to keep the connection.
  bool is_stopped() const noexcept;

  /// The status; 0 before the head has arrived.
  int status() const noexcept;
  /// The provider's id of the request; empty before the head has arrived.
  std::string request_id() const;
  /// Moves the reply out.
  Response take();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

static_assert(!std::is_aggregate_v<ReplyParser>);

}  // namespace pentimento::http
