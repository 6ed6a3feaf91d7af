#include "http/attempt.hpp"

#include "http/is_cancelled.hpp"
#include <pentimento/http/body.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <charconv>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace pentimento::http {

namespace asio = boost::asio;

namespace {

// The size of the read buffer, and of the pieces in which base64 is encoded: four TLS records.
constexpr std::size_t buffer_size = std::size_t{64} << 10;
constexpr std::size_t small_buffer_size = std::size_t{4} << 10;
// After so many bytes, or so many reads or writes, a call yields to others and checks its time: a peer that is always
// ready must not occupy the thread.
constexpr std::size_t turn_bytes = std::size_t{256} << 10;
constexpr int turn_steps = 64;
constexpr std::size_t proxy_header_bytes = std::size_t{16} << 10;
// How long the end of an event stream is awaited after the listener ended the call, to keep the connection. It follows the last
// event at once, or late.
constexpr std::chrono::milliseconds wait_for_end{100};

std::string rate_text(double bytes_per_second) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), bytes_per_second, std::chars_format::fixed, 1);
  return std::string{text.data(), end.ptr};
}

/// The state that the parts of one attempt share.
class Attempt {
 public:
  Attempt(Stream& stream, Watchdog& watchdog, AttemptLimits limits, ReplyParser parser)
      : stream_{stream}, watchdog_{watchdog}, limits_{std::move(limits)}, parser_{std::move(parser)} {
    watchdog_.on_expiry([&socket = stream_.socket()] {
      boost::system::error_code ignored;
      socket.cancel(ignored);
    });
  }
  ~Attempt() { watchdog_.release(); }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  /// Writes bytes. Returns false if not all could be written: `error` says why, or a reply has begun.
  asio::awaitable<bool> write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      std::size_t count = 0;
      const Io state = stream_.try_write(bytes, count);
      written_ = written_ || count > 0;
      watchdog_.count(count);
      bytes = bytes.subspan(count);
      if (state == Io::done) {
        if (is_turn_over(count) && !co_await pass_turn()) co_return false;
        continue;
      }
      if (state == Io::cut_off || state == Io::closed) {
        // The server may have answered and closed the connection: then its reply is the result.
        co_await drain();
        if (!parser_.has_begun()) error_ = broken("the connection broke while the request was being sent");
        co_return false;
      }
      const boost::system::error_code error = co_await stream_.wait_for_either();
      if (interrupted(error)) co_return false;
      // A server may reply before it has read the whole request, and then stop reading. After an interim reply it reads on.
      std::size_t got = 0;
      const Io input = read(got);
      if (!error_ && (input == Io::closed || input == Io::cut_off)) end_of(input);
      if (error_ || parser_.has_head()) co_return false;
    }
    co_return true;
  }

  /// Reads until the reply is complete or an error occurs.
  asio::awaitable<void> read_reply() {
    while (!error_ && !parser_.is_done()) {
      std::size_t count = 0;
      const Io state = read(count);
      if (error_) co_return;
      if (parser_.is_stopped() && !std::exchange(stopped_, true))
        watchdog_.begin_phase(Watchdog::Clock::now() + wait_for_end);
      if (state == Io::done) {
        if (is_turn_over(count) && !co_await pass_turn()) co_return;
        continue;
      }
      if (state == Io::closed || state == Io::cut_off) {
        end_of(state);
        co_return;
      }
      const boost::system::error_code error = co_await stream_.wait(state);
      if (interrupted(error)) co_return;
    }
  }

  void require_speed() { watchdog_.require_speed(limits_.low_speed_floor, limits_.low_speed_window); }
  void allow_any_speed() { watchdog_.allow_any_speed(); }

  AttemptResult finish(bool sent_whole) {
    watchdog_.allow_any_speed();
    const Progress progress = parser_.has_head() ? Progress::answered
                              : sent_whole       ? Progress::sent
                              : written_         ? Progress::partly
                                                 : Progress::not_sent;
    if (error_) return AttemptResult{error_->request_id(parser_.request_id()), progress, false};
    return AttemptResult{parser_.take(), progress, sent_whole && parser_.keeps_alive()};
  }

  const std::optional<Error>& error() const { return error_; }
  int status() const { return parser_.status(); }

 private:
  Io read(std::size_t& count) {
    if (buffer_.empty()) buffer_.resize(small_buffer_size);
    const Io state = stream_.try_read(buffer_, count);
    if (count > 0) {
      // The large buffer is only for large replies: thousands of calls may be waiting.
      if (count == buffer_.size() && buffer_.size() < buffer_size) grow_ = true;
      watchdog_.count(count);
      const bool transferring = parser_.is_transferring();
      if (Result<void> taken = parser_.feed({buffer_.data(), count}); !taken) error_ = taken.error();
      if (!transferring && parser_.is_transferring()) require_speed();
      if (std::exchange(grow_, false)) buffer_.resize(buffer_size);
    }
    return state;
  }

  void end_of(Io state) {
    if (!parser_.has_begun()) {
      error_ = broken("the server closed the connection without a reply");
    } else if (Result<void> ended = parser_.end(state == Io::closed, stream_.is_tls()); !ended) {
      error_ = ended.error();
    }
  }

  /// Reads what has arrived already.
  asio::awaitable<void> drain() {
    while (!error_ && !parser_.is_done()) {
      std::size_t count = 0;
      const Io state = read(count);
      if (state == Io::done) {
        if (is_turn_over(count) && !co_await pass_turn()) co_return;
        continue;
      }
      if (state != Io::want_read && parser_.has_begun()) end_of(state);
      break;
    }
    co_return;
  }

  bool is_turn_over(std::size_t bytes) {
    turn_bytes_ += bytes;
    return turn_bytes_ >= turn_bytes || ++turn_steps_ >= turn_steps;
  }

  /// Yields to other work of the thread. Returns false if the call must end.
  asio::awaitable<bool> pass_turn() {
    turn_bytes_ = 0;
    turn_steps_ = 0;
    co_await asio::post(asio::use_awaitable);
    const bool stop = co_await is_cancelled();
    co_return !interrupted(stop ? make_error_code(asio::error::operation_aborted) : boost::system::error_code{});
  }

  bool interrupted(const boost::system::error_code& error) {
    // The reply is there already.
    if (stopped_) return error || watchdog_.expiry() != Watchdog::Expiry::none;
    switch (watchdog_.expiry()) {
      case Watchdog::Expiry::deadline:
        error_ = Error{errc::deadline_exceeded, "the deadline of the call has passed"};
        return true;
      case Watchdog::Expiry::too_slow:
        error_ = Error{errc::deadline_exceeded, "the transfer is too slow: " + rate_text(watchdog_.measured_rate()) +
                                                    " bytes per second; at least " +
                                                    std::to_string(limits_.low_speed_floor) + " are required"};
        return true;
      case Watchdog::Expiry::none: break;
    }
    if (!error) return false;
    error_ = error == asio::error::operation_aborted ? Error{errc::cancelled, "the call was cancelled"}
                                                     : broken("the connection failed: " + error.message());
    return true;
  }

  Error broken(std::string what) const {
    if (!stream_.last_error().empty()) what += ": " + stream_.last_error();
    return Error{errc::outcome_unknown, std::move(what)};
  }

  Stream& stream_;
  Watchdog& watchdog_;
  AttemptLimits limits_;
  ReplyParser parser_;
  std::vector<std::byte> buffer_;
  std::optional<Error> error_;
  std::size_t turn_bytes_ = 0;
  int turn_steps_ = 0;
  bool written_ = false;
  bool grow_ = false;
  bool stopped_ = false;
};

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span{text}); }

}  // namespace

asio::awaitable<AttemptResult> send_once(Stream& stream, Watchdog& watchdog, const std::string& head,
                                         const Request& request, AttemptLimits limits) {
  Attempt attempt{stream, watchdog, limits, ReplyParser{limits.reply, request.listener()}};
  attempt.require_speed();
  bool whole = co_await attempt.write(bytes_of(head));
  if (whole && !request.body().empty()) {
    // Not part of the coroutine's frame, which exists during the long wait for the reply.
    auto scratch = std::make_unique<std::array<std::byte, buffer_size>>();
    BodyReader reader{request.body()};
    for (auto bytes = reader.next(*scratch); whole && !bytes.empty(); bytes = reader.next(*scratch)) {
      whole = co_await attempt.write(bytes);
    }
  }
  attempt.allow_any_speed();
  if (!attempt.error()) co_await attempt.read_reply();
  // Otherwise the kernel would keep the unsent megabytes until a server that has stopped reading takes them.
  if (!whole) stream.abort(true);
  co_return attempt.finish(whole);
}

asio::awaitable<Result<void>> connect_through(Stream& stream, Watchdog& watchdog, const std::string& head) {
  const ReplyLimits limits{proxy_header_bytes, 100, proxy_header_bytes};
  Attempt attempt{stream, watchdog, AttemptLimits{limits, 0, std::chrono::hours{1}},
                  ReplyParser{limits, nullptr, true}};
  const bool whole = co_await attempt.write(bytes_of(head));
  if (!attempt.error()) co_await attempt.read_reply();
  if (attempt.error()) co_return *attempt.error();
  if (!whole || attempt.status() < 200 || attempt.status() > 299)
    co_return Error{errc::connect_failed, "it answered CONNECT with the status " + std::to_string(attempt.status())};
  co_return Result<void>{};
}

}  // namespace pentimento::http
