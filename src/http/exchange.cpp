#include "http/exchange.hpp"

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

// A connection reads into one buffer of this size, and base64 is made in pieces of this size: four TLS records.
constexpr std::size_t buffer_size = std::size_t{64} << 10;
constexpr std::size_t small_buffer_size = std::size_t{4} << 10;
// After so many bytes a call lets others have their turn, and looks at the time: a peer that is always ready must not
// keep a strand for itself.
constexpr std::size_t turn_size = std::size_t{256} << 10;
// And after so many reads, for a peer that sends a few bytes at a time.
constexpr int turn_reads = 64;
constexpr std::size_t proxy_header_bytes = std::size_t{16} << 10;

std::string rate_text(double bytes_per_second) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), bytes_per_second, std::chars_format::fixed, 1);
  return std::string{text.data(), end.ptr};
}

/// One attempt, as an object: its parts share the connection and what is known of it.
class Attempt {
 public:
  Attempt(Stream& stream, Watchdog& watchdog, ExchangeTerms terms, ReplyParser parser)
      : stream_{stream}, watchdog_{watchdog}, terms_{std::move(terms)}, parser_{std::move(parser)} {
    watchdog_.guard([&socket = stream_.socket()] {
      boost::system::error_code ignored;
      socket.cancel(ignored);
    });
  }
  ~Attempt() { watchdog_.release(); }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  /// Writes some bytes. Returns whether they all went; if not, `fault` says why or a reply has come.
  asio::awaitable<bool> write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      std::size_t count = 0;
      const Io state = stream_.try_write(bytes, count);
      written_ = written_ || count > 0;
      watchdog_.moved(count);
      bytes = bytes.subspan(count);
      if (state == Io::done) {
        if (is_turn_over(count) && !co_await pass_turn()) co_return false;
        continue;
      }
      if (state == Io::cut_off || state == Io::closed) {
        // The server may have answered and closed without reading on: that answer is the result.
        co_await drain();
        if (!parser_.has_begun()) fault_ = broken("the connection broke while the request was being sent");
        co_return false;
      }
      const boost::system::error_code error = co_await stream_.wait_for_either();
      if (interrupted(error)) co_return false;
      // A server that refuses early answers now, and may read no more; one that has left will not answer. An interim
      // reply is no answer: the rest is to follow.
      std::size_t got = 0;
      const Io heard = read(got);
      if (!fault_ && (heard == Io::closed || heard == Io::cut_off)) end_of(heard);
      if (fault_ || parser_.has_head()) co_return false;
    }
    co_return true;
  }

  /// Reads until the reply is complete or cannot be.
  asio::awaitable<void> read_reply() {
    while (!fault_ && !parser_.is_done()) {
      std::size_t count = 0;
      const Io state = read(count);
      if (fault_) co_return;
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

  void transfers() { watchdog_.demand(terms_.low_speed_floor, terms_.low_speed_window); }
  void waits() { watchdog_.relent(); }

  Exchange finish(bool sent_whole) {
    watchdog_.relent();
    const Progress progress = parser_.has_head() ? Progress::answered
                              : sent_whole       ? Progress::sent
                              : written_         ? Progress::partly
                                                 : Progress::not_sent;
    if (fault_) return Exchange{fault_->request_id(parser_.request_id()), progress, false};
    return Exchange{parser_.take(), progress, sent_whole && parser_.keeps_alive()};
  }

  const std::optional<Error>& fault() const { return fault_; }
  int status() const { return parser_.status(); }

 private:
  Io read(std::size_t& count) {
    if (buffer_.empty()) buffer_.resize(small_buffer_size);
    const Io state = stream_.try_read(buffer_, count);
    if (count > 0) {
      // Only a reply that is large needs a large buffer; thousands of calls may be waiting.
      if (count == buffer_.size() && buffer_.size() < buffer_size) grow_ = true;
      watchdog_.moved(count);
      const bool transferring = parser_.is_transferring();
      if (Result<void> taken = parser_.feed({buffer_.data(), count}); !taken) fault_ = taken.error();
      if (!transferring && parser_.is_transferring()) transfers();
      if (std::exchange(grow_, false)) buffer_.resize(buffer_size);
    }
    return state;
  }

  void end_of(Io state) {
    if (!parser_.has_begun()) {
      fault_ = broken("the server ended the connection without a reply");
    } else if (Result<void> ended = parser_.end(state == Io::closed && stream_.is_tls()); !ended) {
      fault_ = ended.error();
    }
  }

  /// Takes in what has come already.
  asio::awaitable<void> drain() {
    while (!fault_ && !parser_.is_done()) {
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

  bool is_turn_over(std::size_t moved) {
    moved_ += moved;
    return moved_ >= turn_size || ++moves_ >= turn_reads;
  }

  /// Lets others at the strand and the thread go on. Returns whether the call is to go on as well.
  asio::awaitable<bool> pass_turn() {
    moved_ = 0;
    moves_ = 0;
    co_await asio::post(asio::use_awaitable);
    const bool stop = co_await is_cancelled();
    co_return !interrupted(stop ? make_error_code(asio::error::operation_aborted) : boost::system::error_code{});
  }

  bool interrupted(const boost::system::error_code& error) {
    switch (watchdog_.verdict()) {
      case Watchdog::Verdict::too_late:
        fault_ = Error{errc::deadline_exceeded, "the time for the call is up"};
        return true;
      case Watchdog::Verdict::too_slow:
        fault_ = Error{errc::deadline_exceeded, "the transfer is too slow: " + rate_text(watchdog_.measured_rate()) +
                                                    " bytes a second, and " + std::to_string(terms_.low_speed_floor) +
                                                    " are the least"};
        return true;
      case Watchdog::Verdict::none: break;
    }
    if (!error) return false;
    fault_ = error == asio::error::operation_aborted ? Error{errc::cancelled, "the call was cancelled"}
                                                     : broken("the connection failed: " + error.message());
    return true;
  }

  Error broken(std::string what) const {
    if (!stream_.complaint().empty()) what += ": " + stream_.complaint();
    return Error{errc::outcome_unknown, std::move(what)};
  }

  Stream& stream_;
  Watchdog& watchdog_;
  ExchangeTerms terms_;
  ReplyParser parser_;
  std::vector<std::byte> buffer_;
  std::optional<Error> fault_;
  std::size_t moved_ = 0;  // in this turn
  int moves_ = 0;
  bool written_ = false;
  bool grow_ = false;
};

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span{text}); }

}  // namespace

asio::awaitable<Exchange> exchange(Stream& stream, Watchdog& watchdog, const std::string& head, const Request& request,
                                   ExchangeTerms terms) {
  Attempt attempt{stream, watchdog, terms, ReplyParser{terms.limits, request.listener()}};
  attempt.transfers();
  bool whole = co_await attempt.write(bytes_of(head));
  if (whole && !request.body().empty()) {
    // Not part of the coroutine's frame, which lives through the long wait for the reply.
    auto scratch = std::make_unique<std::array<std::byte, buffer_size>>();
    BodyReader reader{request.body()};
    for (auto bytes = reader.next(*scratch); whole && !bytes.empty(); bytes = reader.next(*scratch)) {
      whole = co_await attempt.write(bytes);
    }
  }
  attempt.waits();
  if (!attempt.fault()) co_await attempt.read_reply();
  // What is left of a request that nobody can act on would stay with the system until a server that has stopped reading
  // takes it: megabytes of it, long after the call has ended.
  if (!whole) stream.abort(true);
  co_return attempt.finish(whole);
}

asio::awaitable<Result<void>> connect_through(Stream& stream, Watchdog& watchdog, const std::string& head) {
  const ReplyLimits limits{proxy_header_bytes, 100, proxy_header_bytes};
  Attempt attempt{stream, watchdog, ExchangeTerms{limits, 0, std::chrono::hours{1}},
                  ReplyParser{limits, nullptr, true}};
  const bool whole = co_await attempt.write(bytes_of(head));
  if (!attempt.fault()) co_await attempt.read_reply();
  if (attempt.fault()) co_return *attempt.fault();
  if (!whole || attempt.status() < 200 || attempt.status() > 299)
    co_return Error{errc::connect_failed, "it answered CONNECT with the status " + std::to_string(attempt.status())};
  co_return Result<void>{};
}

}  // namespace pentimento::http
