#pragma once

#include <pentimento/http/body.hpp>
#include <pentimento/http/event_stream.hpp>
#include <pentimento/http/headers.hpp>
#include <pentimento/http/retry.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/money.hpp>
#include <pentimento/secrets/secret.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pentimento::http {

enum class Method { get, post };

constexpr std::string_view to_string(Method method) noexcept { return method == Method::get ? "GET" : "POST"; }

/// Receives the events of a streamed reply as they arrive.
class EventListener {
 public:
  virtual ~EventListener() = default;
  /// Called on the client's executor, for one event after the other. Returns false to end the call, which then completes
  /// with what has arrived: as soon as the reply ends, which keeps the connection, or else after 100 ms.
  virtual bool on_event(const ServerEvent& event) noexcept = 0;
};

/// A request: what to send, how long it may take and what it may cost.
class Request {
 public:
  Request(Method method, Url url) : method_{method}, url_{std::move(url)} {}

  Method method() const noexcept { return method_; }
  const Url& url() const noexcept { return url_; }

  /// Adds a header field. **Errors**: `send` rejects those that the client sets itself, such as `Host`, `Content-Length`,
  /// `Connection`, `Accept-Encoding` and `User-Agent`.
  Request& header(std::string name, std::string value) {
    return headers_.add(std::move(name), std::move(value)), *this;
  }
  const Headers& headers() const noexcept { return headers_; }

  /// Sets the header that carries the credential: `authorize("Authorization", "Bearer ", key)`. An empty secret sends none.
  Request& authorize(std::string name, std::string prefix, Secret secret) {
    credential_name_ = std::move(name);
    credential_prefix_ = std::move(prefix);
    credential_ = std::move(secret);
    return *this;
  }
  const std::string& credential_name() const noexcept { return credential_name_; }
  const std::string& credential_prefix() const noexcept { return credential_prefix_; }
  const Secret& credential() const noexcept { return credential_; }

  Request& body(Body body, std::string content_type) {
    body_ = std::move(body);
    return header("Content-Type", std::move(content_type));
  }
  const Body& body() const noexcept { return body_; }

  /// Sets the timeout of the call, including all attempts and the waits between them. Default: ten minutes.
  Request& timeout(std::chrono::milliseconds timeout) { return timeout_ = timeout, *this; }
  std::chrono::milliseconds timeout() const noexcept { return timeout_; }

  /// Sets the size limit of the body of the reply. Default: 64 MiB. For a reply with a listener it is the limit of one
  /// event, and the whole reply may have sixteen times as much.
  Request& max_response_bytes(std::size_t bytes) { return max_response_bytes_ = bytes, *this; }
  std::size_t max_response_bytes() const noexcept { return max_response_bytes_; }

  /// Sets the worst-case cost of the request. Default: zero. A request that may cost money is not sent again while its
  /// outcome is unknown, and its error then has this cost as `maybe_billed`.
  Request& worst_case(Money money) { return worst_case_ = money, *this; }
  Money worst_case() const noexcept { return worst_case_; }

  /// Sets what decides about a retry after a reply that is not a success. Default: `classify_by_headers`.
  Request& classifier(RetryClassifier classifier) { return classifier_ = std::move(classifier), *this; }
  const RetryClassifier& classifier() const noexcept { return classifier_; }

  /// Sets the receiver of the events of a `text/event-stream` reply, which then has an empty body. Other replies are
  /// returned as usual.
  Request& listener(std::shared_ptr<EventListener> listener) { return listener_ = std::move(listener), *this; }
  const std::shared_ptr<EventListener>& listener() const noexcept { return listener_; }

  /// True to reject a server whose address is not public (RFC 1918, loopback, link-local, reserved...): for a URL that somebody
  /// else wrote. Default: false. Behind a proxy, which resolves names itself, only hosts that are addresses are checked.
  Request& public_addresses_only(bool only) { return public_addresses_only_ = only, *this; }
  bool public_addresses_only() const noexcept { return public_addresses_only_; }

  /// True if the request may be repeated while its outcome is unknown: it is a GET, or costs nothing.
  bool is_repeatable() const noexcept { return method_ == Method::get || worst_case_.is_zero(); }

 private:
  Method method_;
  Url url_;
  Headers headers_;
  std::string credential_name_;
  std::string credential_prefix_;
  Secret credential_;
  Body body_;
  std::chrono::milliseconds timeout_ = std::chrono::minutes{10};
  std::size_t max_response_bytes_ = std::size_t{64} << 20;
  Money worst_case_;
  RetryClassifier classifier_ = classify_by_headers;
  std::shared_ptr<EventListener> listener_;
  bool public_addresses_only_ = false;
};

static_assert(!std::is_aggregate_v<Request>);

}  // namespace pentimento::http
