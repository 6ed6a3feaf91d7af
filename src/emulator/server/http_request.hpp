#pragma once

#include <pentimento/http/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace pentimento::emulator {

/// A request as it arrived.
struct HttpRequest {
  HttpRequest() = default;

  std::string method;
  /// As it stands in the first line.
  std::string target;
  /// The target's path; the whole target for CONNECT.
  std::string path;
  std::string query;
  http::Headers headers;
  std::string body;
  bool keeps_alive = true;
};

static_assert(!std::is_aggregate_v<HttpRequest>);

/// Why a request is not taken, and the status that says so.
struct RequestFault {
  int status;
  std::string why;
};

/**
 * Puts a request together from the bytes of a connection. Beast's parser does the work; what it would let pass (bare
 * line feeds, folded lines, lengths that are no plain numbers, a missing `Host`) is refused. At most 64 KiB of head,
 * 100 header fields and 64 MiB of body.
 */
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  /// Takes bytes in, up to the end of the head or else of the request; how many those were. Fewer than were given only
  /// at these two ends, and after a fault.
  std::size_t feed(std::span<const std::byte> bytes);

  bool has_begun() const noexcept;
  bool has_head() const noexcept;
  bool is_done() const noexcept;
  /// Whether the client waits for leave to send the body.
  bool expects_continue() const noexcept;
  const std::optional<RequestFault>& fault() const noexcept;
  /// The bytes of head and body so far.
  std::uint64_t received() const noexcept;

  /// The request so far; the body only once all of it is there.
  const HttpRequest& request() const noexcept;
  HttpRequest take();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

static_assert(!std::is_aggregate_v<RequestParser>);

}  // namespace pentimento::emulator
