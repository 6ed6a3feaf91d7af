#include "http/reply_parser.hpp"

#include "http/message_head.hpp"
#include <pentimento/http/event_stream.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::http {

namespace beast_http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

namespace {

// The limit of a chunk's size line and of a trailer.
constexpr std::size_t max_unparsed = 16 << 10;
constexpr int max_interim_replies = 16;
// The limit of a stream is so many times that of one event.
constexpr std::size_t events_in_a_stream = 16;

Error unusable(std::string what) { return Error{errc::unusable_reply, "the reply is unusable: " + std::move(what)}; }

}  // namespace

class ReplyParser::Impl final : private beast_http::basic_parser<false> {
  using Base = beast_http::basic_parser<false>;

 public:
  Impl(const ReplyLimits& limits, std::shared_ptr<EventListener> listener, bool expects_no_body)
      : limits_{limits}, listener_{std::move(listener)} {
    Base::eager(true);
    Base::skip(expects_no_body);
    Base::header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits_.header_bytes + 1, 0x7fffffff)));
    Base::body_limit(boost::none);  // checked here, for a better message
  }

  Result<void> feed(std::string_view bytes) {
    begun_ = begun_ || !bytes.empty();
    while (!bytes.empty() && !is_done() && !error_) {
      if (!headed_) {
        take_head(bytes);
      } else {
        take_body(bytes);
      }
    }
    if (is_done() && !bytes.empty()) surplus_ = true;
    // What is wrong behind the part that the listener wanted only costs the connection.
    if (error_ && !stopped_) return *error_;
    return {};
  }

  Result<void> end(bool clean, bool proven) {
    surplus_ = true;  // the connection cannot be reused
    if (is_done() || stopped_) return {};
    if (!headed_) return unusable("the connection ended within its head");
    // Without a length, only a proper close says that the body is complete.
    if (!Base::need_eof() || !clean) return unusable("the connection ended before the reply was complete");
    error_code error;
    Base::put_eof(error);
    unbounded_ = !proven;
    return result_of(error);
  }

  bool has_begun() const noexcept { return begun_; }
  bool has_head() const noexcept { return headed_; }
  bool is_transferring() const noexcept { return received_ > 0 && !is_event_stream_; }
  bool is_done() const noexcept { return (headed_ && Base::is_done()) || (stopped_ && error_); }
  bool keeps_alive() const noexcept { return is_done() && !surplus_ && !error_ && Base::keep_alive(); }
  bool is_stopped() const noexcept { return stopped_; }
  int status() const noexcept { return status_; }
  std::string request_id() const { return Response{status_, headers_, {}}.request_id(); }
  Response take() {
    Response response{status_, std::move(headers_), std::move(body_)};
    return std::move(response.unbounded(unbounded_));
  }

 private:
  // The head is collected first, to validate it before Beast parses it.
  void take_head(std::string_view& bytes) {
    const std::size_t before = head_.size();
    const std::size_t room = limits_.header_bytes + 1 - std::min(head_.size(), limits_.header_bytes + 1);
    head_.append(bytes.substr(0, room));
    const std::size_t from = before < 3 ? 0 : before - 3;
    std::size_t end = head_.find("\r\n\r\n", from);
    if (end == std::string::npos) {
      bytes.remove_prefix(head_.size() - before);
      if (head_.size() > limits_.header_bytes) {
        error_ = Error{errc::too_large,
                       "the reply's header has more than " + std::to_string(limits_.header_bytes) + " bytes"};
      } else if (head_.find("\n\n") != std::string::npos || head_.find("\n\r\n") < head_.find("\r\n\r\n")) {
        error_ = unusable("a line of its head ends without a carriage return");
      } else if (head_.size() >= 5 && head_.compare(0, 5, "HTTP/") != 0) {
        error_ = unusable("it is not HTTP");
      }
      return;
    }
    end += 4;
    bytes.remove_prefix(end - before);
    head_.resize(end);
    if (const std::optional<std::string> invalid = validate_head(head_)) {
      error_ = unusable(*invalid);
      return;
    }
    // An interim reply, such as 103: the final one follows.
    if (head_.size() > 12 && head_.starts_with("HTTP/1.") && head_[8] == ' ' && head_[9] == '1') {
      if (head_.compare(9, 3, "101") == 0) error_ = unusable("it changes to another protocol");
      if (++interim_replies_ > max_interim_replies) error_ = unusable("it has too many interim replies");
      head_.clear();
      return;
    }
    error_code error;
    const std::string head = std::move(head_);
    const std::size_t used = Base::put(boost::asio::buffer(head), error);
    if (error && error != beast_http::error::need_more) {
      if (!error_) error_ = result_of(error).error();
      return;
    }
    if (used != head.size() || !Base::is_header_done()) error_ = unusable("its head is invalid");
    headed_ = !error_;
  }

  void take_body(std::string_view& bytes) {
    std::string_view all = bytes;
    if (!rest_.empty()) {
      rest_.append(bytes);
      all = rest_;
    }
    bytes = {};
    // Beast asserts that the last chunk, of which it has seen a part, has this many bytes.
    constexpr std::size_t last_chunk = std::string_view{"0\r\n\r\n"}.size();
    if (!rest_.empty() && rest_.size() < last_chunk) return;
    while (!all.empty() && !is_done() && !error_) {
      error_code error;
      const std::size_t used = Base::put(boost::asio::buffer(all.data(), all.size()), error);
      all.remove_prefix(used);
      if (error == beast_http::error::need_more) break;
      if (error && !error_) error_ = result_of(error).error();
      if (used == 0) break;
    }
    if (is_done()) {
      surplus_ = surplus_ || !all.empty();
      return;
    }
    if (all.size() > max_unparsed && !error_) error_ = unusable("a chunk size or a trailer is too long");
    std::string rest{all};  // `all` may point into `rest_`
    rest_ = std::move(rest);
  }

  Result<void> result_of(const error_code& error) {
    if (error_) return *error_;
    if (!error) return {};
    if (error == beast_http::error::header_limit)
      return Error{errc::too_large,
                   "the reply's header has more than " + std::to_string(limits_.header_bytes) + " bytes"};
    if (error == beast_http::error::partial_message) return unusable("the connection ended before it was complete");
    return unusable(error.message());
  }

  void fail(Error why, error_code& error) {
    error_ = std::move(why);
    error = beast_http::error::bad_value;
  }

  void on_request_impl(beast_http::verb, string_view, string_view, int, error_code&) override {}

  void on_response_impl(int code, string_view, int, error_code& error) override {
    status_ = code;
    if (code < 100) fail(unusable("its status is below 100"), error);
  }

  void on_field_impl(beast_http::field, string_view name, string_view value, error_code& error) override {
    if (headers_.fields().size() >= limits_.headers) {
      return fail(
          Error{errc::too_large, "the reply has more than " + std::to_string(limits_.headers) + " header fields"},
          error);
    }
    // A trailer must not count as a header field.
    if (headed_) {
      if (++trailers_ > limits_.headers) fail(unusable("it has too many trailers"), error);
      return;
    }
    headers_.add(std::string{name}, std::string{value});
    if (Headers::same_name(name, "transfer-encoding") && !Headers::same_name(value, "chunked"))
      return fail(unusable("its transfer coding is not \"chunked\""), error);
    if (Headers::same_name(name, "content-encoding") && !Headers::same_name(value, "identity"))
      return fail(unusable("its content coding was not asked for"), error);
  }

  void on_header_impl(error_code&) override {
    const std::string_view type = headers_.value("content-type");
    constexpr std::string_view stream = "text/event-stream";
    is_event_stream_ = listener_ && status_ >= 200 && status_ < 300 &&
                       Headers::same_name(type.substr(0, std::min(type.find_first_of("; \t"), type.size())), stream);
    if (is_event_stream_) events_.emplace(limits_.body_bytes);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) override {
    if (!length || is_event_stream_) return;
    if (*length > limits_.body_bytes) return too_large(error);
    // Limited: the length is only a claim.
    body_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, std::uint64_t{4} << 20)));
  }

  std::size_t on_body_impl(string_view bytes, error_code& error) override {
    received_ += bytes.size();
    if (is_event_stream_) {
      if (received_ / events_in_a_stream > limits_.body_bytes) {
        too_large(error);
        return 0;
      }
      parse_events({bytes.data(), bytes.size()}, error);
      return bytes.size();
    }
    if (bytes.size() > limits_.body_bytes - body_.size()) {
      too_large(error);
      return 0;
    }
    const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
    body_.insert(body_.end(), first, first + bytes.size());
    return bytes.size();
  }

  void parse_events(std::string_view bytes, error_code& error) {
    const Result<std::vector<ServerEvent>> events = events_->feed(bytes);
    if (!events) return fail(events.error(), error);
    for (const ServerEvent& event : *events) {
      if (stopped_) return;
      stopped_ = !listener_->on_event(event);
    }
  }

  void on_chunk_header_impl(std::uint64_t size, string_view, error_code& error) override {
    if (!is_event_stream_ && size > limits_.body_bytes - std::min(body_.size(), limits_.body_bytes)) too_large(error);
  }

  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& error) override {
    return on_body_impl(bytes, error);
  }

  void on_finish_impl(error_code&) override {}

  void too_large(error_code& error) {
    fail(Error{errc::too_large,
               "the reply has more than the " + std::to_string(limits_.body_bytes) + " bytes that are accepted"},
         error);
  }

  ReplyLimits limits_;
  std::shared_ptr<EventListener> listener_;
  std::string head_;
  std::string rest_;
  std::optional<EventStreamParser> events_;
  std::optional<Error> error_;
  Headers headers_;
  std::vector<std::byte> body_;
  std::uint64_t received_ = 0;
  std::size_t trailers_ = 0;
  int status_ = 0;
  int interim_replies_ = 0;
  bool begun_ = false;
  bool headed_ = false;
  bool is_event_stream_ = false;
  bool stopped_ = false;
  bool surplus_ = false;
  bool unbounded_ = false;
};

ReplyParser::ReplyParser(const ReplyLimits& limits, std::shared_ptr<EventListener> listener, bool expects_no_body)
    : impl_{std::make_unique<Impl>(limits, std::move(listener), expects_no_body)} {}
ReplyParser::~ReplyParser() = default;
ReplyParser::ReplyParser(ReplyParser&&) noexcept = default;

Result<void> ReplyParser::feed(std::span<const std::byte> bytes) {
  return impl_->feed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
Result<void> ReplyParser::end(bool clean, bool proven) { return impl_->end(clean, proven); }
bool ReplyParser::has_begun() const noexcept { return impl_->has_begun(); }
bool ReplyParser::has_head() const noexcept { return impl_->has_head(); }
bool ReplyParser::is_transferring() const noexcept { return impl_->is_transferring(); }
bool ReplyParser::is_done() const noexcept { return impl_->is_done(); }
bool ReplyParser::keeps_alive() const noexcept { return impl_->keeps_alive(); }
bool ReplyParser::is_stopped() const noexcept { return impl_->is_stopped(); }
int ReplyParser::status() const noexcept { return impl_->status(); }
std::string ReplyParser::request_id() const { return impl_->request_id(); }
Response ReplyParser::take() { return impl_->take(); }

}  // namespace pentimento::http
