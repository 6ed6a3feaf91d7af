#pragma once

#include <pentimento/http/body.hpp>
#include <pentimento/http/event_stream.hpp>
#include <pentimento/http/headers.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/money.hpp>
#include <pentimento/secrets/secret.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::http {

enum class Method { get, post };

constexpr std::string_view to_string(Method method) noexcept { return method == Method::get ? "GET" : "POST"; }

/// Gets the events of a streamed reply as they come.
class EventListener {
 public:
  virtual ~EventListener() = default;
  /// Called on the client's executor, one event after the other. Returns whether to go on: `false` ends the call, with
  /// what came so far as its reply. Must not throw.
  virtual bool on_event(const ServerEvent& event) noexcept = 0;
};

/**
 * What is to be sent, how long it may take and what it may cost.
 *
 * The last decides what the client may do when it cannot tell whether the request was carried out: one that may cost
 * something is never sent a second time, and its error carries the worst case as `maybe_billed`.
 */
class Request {
 public:
  Request(Method method, Url url) : method_{method}, url_{std::move(url)} {}

  Method method() const noexcept { return method_; }
  const Url& url() const noexcept { return url_; }

  /// Adds a header field. `Host`, `Content-Length`, `Connection`, `Accept-Encoding` and `User-Agent` are the client's.
  Request& header(std::string name, std::string value) {
    return headers_.add(std::move(name), std::move(value)), *this;
  }
  const Headers& headers() const noexcept { return headers_; }

  /// Sets the header that proves who asks: `authorize("Authorization", "Bearer ", key)`. An empty secret sends none.
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

  /// The longest that the call may take, over all attempts and waits between them; ten minutes unless told.
  Request& timeout(std::chrono::milliseconds timeout) { return timeout_ = timeout, *this; }
  std::chrono::milliseconds timeout() const noexcept { return timeout_; }

  /// The most bytes that the body of the reply may have; 64 MiB unless told. Of a reply that is heard event by event
  /// that is the limit of one event, and the whole may have sixteen times as many.
  Request& max_response_bytes(std::size_t bytes) { return max_response_bytes_ = bytes, *this; }
  std::size_t max_response_bytes() const noexcept { return max_response_bytes_; }

  /// The most that this request may cost if it is carried out; nothing unless told.
  Request& worst_case(Money money) { return worst_case_ = money, *this; }
  Money worst_case() const noexcept { return worst_case_; }

  /// The statuses besides 429, and 503 with `Retry-After`, after which this provider is known to have done and billed nothing, so that the
  /// request may be sent again.
  Request& resend_on(std::vector<int> statuses) { return resend_on_ = std::move(statuses), *this; }
  const std::vector<int>& resend_on() const noexcept { return resend_on_; }

  /// How long to wait after a 429 that does not say it, or a 503 where the request may be repeated all the same (one that
  /// costs something is sent again only after a 503 that says when); as the client's retry policy has it unless told.
  Request& retry_after(std::optional<std::chrono::milliseconds> wait) { return retry_after_ = wait, *this; }
  const std::optional<std::chrono::milliseconds>& retry_after() const noexcept { return retry_after_; }

  /// Who gets the events of a `text/event-stream` reply; the body of the reply is empty then. Other replies are as usual.
  Request& listener(std::shared_ptr<EventListener> listener) { return listener_ = std::move(listener), *this; }
  const std::shared_ptr<EventListener>& listener() const noexcept { return listener_; }

  /// Whether it may be sent again though nobody knows what became of the first: reading, and what costs nothing.
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
  std::vector<int> resend_on_;
  std::optional<std::chrono::milliseconds> retry_after_;
  std::shared_ptr<EventListener> listener_;
};

static_assert(!std::is_aggregate_v<Request>);

}  // namespace pentimento::http
