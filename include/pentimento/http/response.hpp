#pragma once

#include <pentimento/http/headers.hpp>
#include <pentimento/secrets/secret.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::http {

/// A complete reply, of any status.
class Response {
 public:
  Response(int status, Headers headers, std::vector<std::byte> body)
      : status_{status}, headers_{std::move(headers)}, body_{std::move(body)} {}

  int status() const noexcept { return status_; }
  bool is_success() const noexcept { return status_ >= 200 && status_ < 300; }
  const Headers& headers() const noexcept { return headers_; }

  std::span<const std::byte> body() const noexcept { return body_; }
  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(body_.data()), body_.size()}; }
  /// True if nothing but the end of the connection says that the body is complete (plain HTTP without a length, RFC 9112 §8):
  /// it may have been cut, so check that the content is whole.
  bool is_unbounded() const noexcept { return unbounded_; }
  Response& unbounded(bool unbounded) noexcept { return unbounded_ = unbounded, *this; }
  /// Moves the body out.
  std::vector<std::byte> take_body() && noexcept { return std::move(body_); }

  /// Returns the media type, in lower case and without parameters; empty if none is stated.
  std::string media_type() const {
    const std::string_view value = headers_.value("content-type");
    std::string type{value.substr(0, value.find(';'))};
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
    for (char& c : type) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return type;
  }

  /// Returns the provider's id of the request, from `x-request-id` or `request-id`, redacted. Empty if there is none.
  std::string request_id() const {
    const std::string* id = headers_.find("x-request-id");
    if (id == nullptr) id = headers_.find("request-id");
    return id == nullptr ? std::string{} : redact(*id);
  }

 private:
  int status_;
  Headers headers_;
  std::vector<std::byte> body_;
  bool unbounded_ = false;
};

static_assert(!std::is_aggregate_v<Response>);

}  // namespace pentimento::http
