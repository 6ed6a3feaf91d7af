#include "emulator/server/http_request.hpp"

#include "http/message_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <utility>

namespace pentimento::emulator {

namespace beast_http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;
using http::Headers;

namespace {

constexpr std::size_t max_head = std::size_t{64} << 10;
constexpr std::size_t max_fields = 100;
constexpr std::size_t max_body = std::size_t{64} << 20;
constexpr std::size_t max_unparsed = std::size_t{16} << 10;  // of a chunk's size line, or a trailer

std::string too_much(std::string_view what, std::string_view most) {
  return "the request's " + std::string{what} + " has more than " + std::string{most};
}

}  // namespace

class RequestParser::Impl final : private beast_http::basic_parser<true> {
  using Base = beast_http::basic_parser<true>;

 public:
  Impl() {
    Base::eager(true);
    Base::header_limit(static_cast<std::uint32_t>(max_head + 1));
    Base::body_limit(boost::none);  // ours says which limit it was
  }

  std::size_t feed(std::string_view bytes) {
    if (fault_ || is_done()) return 0;
    const std::size_t used = headed_ ? take_body(bytes) : take_head(bytes);
    received_ += used;
    return used;
  }

  bool has_head() const noexcept { return headed_; }
  bool is_done() const noexcept { return headed_ && Base::is_done(); }
  std::uint64_t received() const noexcept { return received_; }

  HttpRequest request;
  std::optional<RequestFault> fault_;

 private:
  std::size_t take_head(std::string_view bytes) {
    const std::size_t before = head_.size();
    head_.append(bytes.substr(0, max_head + 1 - before));
    std::size_t end = head_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
    if (end == std::string::npos) {
      const std::size_t used = head_.size() - before;
      if (head_.size() > max_head) {
        refuse(431, too_much("head", "65536 bytes"));
      } else if (head_.find("\n\n") != std::string::npos || head_.find("\n\r\n") != std::string::npos) {
        refuse(400, "a line of the request's head ends without a carriage return");
      }
      return used;
    }
    end += 4;
    head_.resize(end);
    const std::string head = std::exchange(head_, {});
    if (const std::optional<std::string> fault = http::fault_of_head(head)) {
      refuse(400, "the request is wrong: " + *fault);
      return end - before;
    }
    error_code error;
    const std::size_t used = Base::put(boost::asio::buffer(head), error);
    if (error && error != beast_http::error::need_more) {
      refuse(400, "the request is wrong: " + error.message());
    } else if (used != head.size() || !Base::is_header_done()) {
      refuse(400, "the request's head is not understood");
    }
    if (!fault_) check_head();
    headed_ = !fault_;
    return end - before;
  }

  std::size_t take_body(std::string_view bytes) {
    // What the parser could not use alone, as half of a chunk's size, is kept before what comes next.
    const std::size_t kept = rest_.size();
    if (kept > 0) rest_.append(bytes);
    const std::string_view all = kept == 0 ? bytes : std::string_view{rest_};
    std::size_t used = 0;
    while (used < all.size() && !is_done() && !fault_) {
      error_code error;
      const std::size_t taken = Base::put(boost::asio::buffer(all.data() + used, all.size() - used), error);
      used += taken;
      if (error == beast_http::error::need_more) break;
      if (error && !fault_) refuse(400, "the request is wrong: " + error.message());
      if (taken == 0) break;
    }
    if (is_done() || fault_) {
      rest_.clear();
      return used < kept ? 0 : used - kept;
    }
    std::string rest{all.substr(used)};  // `all` may lie within `rest_`
    rest_ = std::move(rest);
    if (rest_.size() > max_unparsed) refuse(400, "a chunk's size or a trailer of the request is too long");
    return bytes.size();
  }

  void check_head() {
    std::size_t hosts = 0;
    for (const auto& [name, value] : request.headers.fields()) {
      hosts += Headers::same_name(name, "host") ? 1U : 0U;
      if (Headers::same_name(name, "transfer-encoding") && !Headers::same_name(value, "chunked"))
        return refuse(501, "the request's transfer coding is not \"chunked\"");
      if (Headers::same_name(name, "content-encoding") && !Headers::same_name(value, "identity"))
        return refuse(415, "the request's content coding is not taken");
      if (Headers::same_name(name, "expect") && !Headers::same_name(value, "100-continue"))
        return refuse(417, "the request expects what is not known");
    }
    if (hosts > 1 || (hosts == 0 && version_ >= 11)) return refuse(400, "the request needs one \"Host\"");
    // Beast asks of the length only when bytes of the body have come.
    const boost::optional<std::uint64_t> length = Base::content_length();
    if (length && *length > max_body) return refuse(413, too_much("body", "64 MiB"));
    const std::string& target = request.target;
    request.keeps_alive = Base::keep_alive();
    if (request.method == "CONNECT") {
      request.path = target;
      return;
    }
    std::string_view rest = target;
    if (rest.starts_with("http://")) {  // for a proxy
      const std::size_t slash = rest.find('/', 7);
      rest = slash == std::string_view::npos ? std::string_view{"/"} : rest.substr(slash);
    }
    if (!rest.starts_with('/') && !(rest == "*" && request.method == "OPTIONS"))
      return refuse(400, "the request's target is neither a path nor an address");
    request.path = rest.substr(0, rest.find('?'));
    if (request.path.size() < rest.size()) request.query = rest.substr(request.path.size() + 1);
  }

  void refuse(int status, std::string why) {
    if (!fault_) fault_ = RequestFault{status, std::move(why)};
  }
  void refuse(int status, std::string why, error_code& error) {
    refuse(status, std::move(why));
    error = beast_http::error::bad_value;
  }

  void on_request_impl(beast_http::verb, string_view method, string_view target, int version, error_code&) override {
    request.method = std::string{method};
    request.target = std::string{target};
    version_ = version;
  }
  void on_response_impl(int, string_view, int, error_code&) override {}

  void on_field_impl(beast_http::field, string_view name, string_view value, error_code& error) override {
    if (++fields_ > max_fields) return refuse(431, too_much("head", "100 fields"), error);
    if (!headed_) request.headers.add(std::string{name}, std::string{value});  // and not what follows the body
  }
  void on_header_impl(error_code&) override {}

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (!length) return;
    // Only as much as may be believed before a byte of it has come.
    request.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, std::uint64_t{4} << 20)));
  }
  std::size_t on_body_impl(string_view bytes, error_code& error) override {
    if (bytes.size() > max_body - request.body.size()) {
      refuse(413, too_much("body", "64 MiB"), error);
      return 0;
    }
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t size, string_view, error_code& error) override {
    if (size > max_body - request.body.size()) refuse(413, too_much("body", "64 MiB"), error);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& error) override {
    return on_body_impl(bytes, error);
  }
  void on_finish_impl(error_code&) override {}

  std::string head_;
  std::string rest_;
  std::uint64_t received_ = 0;
  std::size_t fields_ = 0;
  int version_ = 11;
  bool headed_ = false;
};

RequestParser::RequestParser() : impl_{std::make_unique<Impl>()} {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

std::size_t RequestParser::feed(std::span<const std::byte> bytes) {
  return impl_->feed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
bool RequestParser::has_begun() const noexcept { return impl_->received() > 0; }
bool RequestParser::has_head() const noexcept { return impl_->has_head(); }
bool RequestParser::is_done() const noexcept { return impl_->is_done(); }
bool RequestParser::expects_continue() const noexcept {
  return has_head() && !is_done() && request().headers.find("expect") != nullptr;
}
const std::optional<RequestFault>& RequestParser::fault() const noexcept { return impl_->fault_; }
std::uint64_t RequestParser::received() const noexcept { return impl_->received(); }
const HttpRequest& RequestParser::request() const noexcept { return impl_->request; }
HttpRequest RequestParser::take() { return std::move(impl_->request); }

}  // namespace pentimento::emulator
