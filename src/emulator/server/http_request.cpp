#include "emulator/server/http_request.hpp"

#include "http/message_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace pentimento::emulator {

namespace beast_http = boost::beast::http;
using boost::system::error_code;
using http::Headers;

namespace {

constexpr std::size_t max_head = std::size_t{64} << 10;
constexpr std::size_t max_fields = 100;
constexpr std::uint64_t max_body = std::uint64_t{64} << 20;
constexpr std::size_t max_unparsed = std::size_t{16} << 10;  // of a chunk's size line, or of the trailers

}  // namespace

class RequestParser::Impl {
 public:
  Impl() {
    parser_.header_limit(static_cast<std::uint32_t>(max_head + 1));
    parser_.body_limit(max_body);
  }

  std::size_t feed(std::string_view bytes) {
    if (error || is_done()) return 0;
    return has_head ? take_body(bytes) : take_head(bytes);
  }

  bool is_done() const noexcept { return has_head && parser_.is_done(); }

  HttpRequest take() {
    request.body = std::move(parser_.get().body());
    return std::move(request);
  }

  HttpRequest request;
  std::optional<RequestError> error;
  bool has_head = false;

 private:
  std::size_t take_head(std::string_view bytes) {
    const std::size_t before = head_.size();
    head_.append(bytes.substr(0, max_head + 1 - before));
    std::size_t end = head_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
    if (end == std::string::npos) {
      if (head_.size() > max_head) {
        reject(431, "the head of the request has more than 65536 bytes");
      } else if (head_.find("\n\n") != std::string::npos || head_.find("\n\r\n") != std::string::npos) {
        reject(400, "a line of the request's head ends without a carriage return");
      }
      return head_.size() - before;
    }
    end += 4;
    head_.resize(end);
    if (const std::optional<std::string> why = http::validate_head(head_)) {
      reject(400, "the request is invalid: " + *why);
      return end - before;
    }
    error_code failed;
    const std::size_t used = parser_.put(boost::asio::buffer(head_), failed);
    if (failed == beast_http::error::body_limit) {
      reject(413, "the body of the request has more than 64 MiB");
    } else if ((failed && failed != beast_http::error::need_more) || used != end || !parser_.is_header_done()) {
      reject(400, "the request is invalid: " + failed.message());
    } else {
      check_head();
    }
    parser_.eager(true);
    has_head = !error;
    return end - before;
  }

  std::size_t take_body(std::string_view bytes) {
    // Bytes that the parser could not use yet, as half of a chunk's size, come before the new ones.
    const std::size_t kept = rest_.size();
    rest_.append(bytes);
    std::size_t used = 0;
    while (used < rest_.size() && !is_done() && !error) {
      error_code failed;
      const std::size_t taken = parser_.put(boost::asio::buffer(rest_.data() + used, rest_.size() - used), failed);
      used += taken;
      if (failed == beast_http::error::body_limit) {
        reject(413, "the body of the request has more than 64 MiB");
      } else if (failed && failed != beast_http::error::need_more) {
        reject(400, "the request is invalid: " + failed.message());
      }
      if (taken == 0 || failed) break;
    }
    if (is_done() || error) return used < kept ? 0 : used - kept;
    rest_.erase(0, used);
    if (rest_.size() > max_unparsed) reject(400, "a chunk's size or a trailer of the request is too long");
    return bytes.size();
  }

  void check_head() {
    const auto& message = parser_.get();
    request.method = std::string{message.method_string()};
    request.target = std::string{message.target()};
    request.keeps_alive = parser_.keep_alive();
    std::size_t fields = 0;
    std::size_t hosts = 0;
    for (const auto& field : message) {
      const std::string name{field.name_string()};
      const std::string value{field.value()};
      if (++fields > max_fields) return reject(431, "the head of the request has more than 100 fields");
      hosts += Headers::same_name(name, "host") ? 1U : 0U;
      if (Headers::same_name(name, "transfer-encoding") && !Headers::same_name(value, "chunked"))
        return reject(501, "the transfer coding of the request is not \"chunked\"");
      if (Headers::same_name(name, "content-encoding") && !Headers::same_name(value, "identity"))
        return reject(415, "the content coding of the request is not supported");
      if (Headers::same_name(name, "expect") && !Headers::same_name(value, "100-continue"))
        return reject(417, "the expectation of the request is not supported");
      request.headers.add(name, value);
    }
    if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return reject(400, "the request needs one \"Host\"");
    // Beast looks at the length only when bytes of the body arrive.
    if (parser_.content_length().value_or(0) > max_body)
      return reject(413, "the body of the request has more than 64 MiB");
    read_target();
  }

  void read_target() {
    std::string_view rest = request.target;
    if (request.method == "CONNECT") {
      request.path = request.target;
      return;
    }
    if (rest.starts_with("http://")) {  // for a proxy
      const std::size_t slash = rest.find('/', 7);
      rest = slash == std::string_view::npos ? std::string_view{"/"} : rest.substr(slash);
    }
    if (!rest.starts_with('/') && !(rest == "*" && request.method == "OPTIONS"))
      return reject(400, "the target of the request is neither a path nor an address");
    request.path = rest.substr(0, rest.find('?'));
    if (request.path.size() < rest.size()) request.query = rest.substr(request.path.size() + 1);
  }

  void reject(int status, std::string why) { error = RequestError{status, std::move(why)}; }

  beast_http::request_parser<beast_http::string_body> parser_;
  std::string head_;
  std::string rest_;
};

RequestParser::RequestParser() : impl_{std::make_unique<Impl>()} {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

std::size_t RequestParser::feed(std::span<const std::byte> bytes) {
  return impl_->feed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
bool RequestParser::has_head() const noexcept { return impl_->has_head; }
bool RequestParser::is_done() const noexcept { return impl_->is_done(); }
bool RequestParser::expects_continue() const noexcept {
  return has_head() && !is_done() && request().headers.find("expect") != nullptr;
}
const std::optional<RequestError>& RequestParser::error() const noexcept { return impl_->error; }
const HttpRequest& RequestParser::request() const noexcept { return impl_->request; }
HttpRequest RequestParser::take() { return impl_->take(); }

}  // namespace pentimento::emulator
