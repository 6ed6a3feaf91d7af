#pragma once

#include <pentimento/http/headers.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

namespace pentimento::emulator {

/// A request as it arrived.
struct HttpRequest {
  HttpRequest() = default;

  std::string method;
  /// As it stands in the first line.
  std::string target;
  /// The path of the target. For CONNECT the whole target.
  std::string path;
  std::string query;
  http::Headers headers;
  std::string body;
  bool keeps_alive = true;
};

static_assert(!std::is_aggregate_v<HttpRequest>);

/// Why a request is rejected, and with which status.
struct RequestError {
  int status;
  std::string why;
};

/**
 * Parses a request from the bytes of a connection.
 *
 * Beast's parser does the work. What it would accept beyond RFC 9112 is rejected: bare line feeds, folded lines, lengths
 * that are not plain numbers, a missing `Host`. Limits: 64 KiB of head, 100 header fields, 64 MiB of body.
 */
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  /// Consumes bytes up to the end of the head, or else up to the end of the request. Returns how many: fewer than given
  /// only at these two ends and after an error.
  std::size_t feed(std::span<const std::byte> bytes);

  bool has_head() const noexcept;
  bool is_done() const noexcept;
  /// True if the client waits for `100 Continue` before it sends the body.
  bool expects_continue() const noexcept;
  const std::optional<RequestError>& error() const noexcept;

  /// The request so far, without its body.
  const HttpRequest& request() const noexcept;
  /// The request with its body.
  HttpRequest take();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

static_assert(!std::is_aggregate_v<RequestParser>);

}  // namespace pentimento::emulator
