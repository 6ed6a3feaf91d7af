#pragma once

#include "emulator/scenario/rules.hpp"
#include "emulator/server/http_request.hpp"
#include "emulator/server/reply.hpp"
#include "emulator/server/server.hpp"
#include "http/stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pentimento::emulator {

/// One connection, from accepting it to closing it. **Executor**: the strand of its socket.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Server> server, boost::asio::ip::tcp::socket socket, std::uint64_t number,
             ConnectionAction action);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  static void start(std::shared_ptr<Connection> self);
  /// Closes the connection at once. Thread-safe.
  void interrupt() noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;
  template <class T>
  using awaitable = boost::asio::awaitable<T>;

  class Record;
  struct Wire;

  static awaitable<void> run(std::shared_ptr<Connection> self);
  awaitable<void> serve();
  void close(bool reset) noexcept;

  // Opening.
  awaitable<bool> open();
  awaitable<void> misbehave(const Opening& opening);

  // Waiting.
  awaitable<bool> wait(http::Io wanted, Clock::time_point until);
  awaitable<void> sleep(milliseconds time);
  awaitable<bool> linger(milliseconds time);

  // Reading.
  awaitable<http::Io> fill(std::size_t most, Clock::time_point until);
  std::size_t feed(RequestParser& parser, std::size_t most);
  awaitable<bool> read_head(RequestParser& parser, Record& record);
  awaitable<bool> read_body(RequestParser& parser, std::uint64_t most, Record& record);

  // Answering. Each returns true if the connection can serve another request.
  awaitable<bool> serve_request();
  awaitable<bool> answer(RequestParser& parser, Record& record, const RequestAction& action);
  awaitable<bool> reject(const RequestError& error, Record& record);
  awaitable<bool> forward(RequestParser& parser, Record& record, const RequestAction& action);
  awaitable<EmulatedReply> ask_dialect(HttpRequest request, const RequestAction& action, std::uint64_t number);
  awaitable<bool> finish(End end, RequestParser& parser, Record& record);

  // Writing. Each returns false if the client has gone; the inner ones also at the end of what may be sent.
  awaitable<bool> send(EmulatedReply reply, std::optional<ByteScript> script, const RequestAction& action,
                       bool has_body, Record& record);
  awaitable<bool> send_raw(const RequestAction& action, Record& record);
  awaitable<bool> put(std::span<const std::byte> bytes, Wire& wire);
  awaitable<bool> put_body(BodySource& source, std::uint64_t count, Wire& wire);
  awaitable<bool> put_chunked(BodySource& source, const Chunking& chunking, Wire& wire);
  awaitable<void> put_garbage(const GarbageScript& garbage, Wire& wire);
  awaitable<bool> write(std::span<const std::byte> bytes);
  awaitable<bool> write_below_tls(std::span<const std::byte> bytes);

  // Ending.
  awaitable<void> close_in_order(bool notify, bool unread);
  awaitable<void> reset();
  awaitable<void> stall();

  std::shared_ptr<Server> server_;
  const std::uint64_t number_;
  const ConnectionAction action_;
  std::shared_ptr<http::Stream> stream_;
  boost::asio::steady_timer timer_;
  std::uint64_t alarm_ = 0;  // the number of the alarm that is set
  bool expired_ = false;
  std::vector<std::byte> inbox_;  // [begin_, end_) has been read and not used
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t requests_ = 0;
  std::optional<milliseconds> close_idle_after_;
  boost::asio::cancellation_signal signal_;

  std::mutex mutex_;  // guards whether the socket is open
  bool closed_ = false;
  const int descriptor_;
};

}  // namespace pentimento::emulator
