#include "emulator/server/connection.hpp"

#include "emulator/server/proxy.hpp"
#include "emulator/server/request_record.hpp"
#include <pentimento/error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace pentimento::emulator {

namespace asio = boost::asio;
using boost::system::error_code;
using http::Io;

namespace {

constexpr std::size_t inbox_size = std::size_t{4} << 10;
constexpr std::size_t large_inbox_size = std::size_t{64} << 10;
constexpr std::uint64_t all = ByteScript::endless;
constexpr std::chrono::milliseconds patience_at_end{1000};
constexpr std::chrono::milliseconds look_around{50};

const RequestAction nothing_special;

}  // namespace

Connection::Connection(std::shared_ptr<Server> server, asio::ip::tcp::socket socket, std::uint64_t number,
                       ConnectionAction action)
    : server_{std::move(server)},
      number_{number},
      action_{std::move(action)},
      stream_{std::make_shared<http::Stream>(std::move(socket))},
      timer_{stream_->socket().get_executor()},
      inbox_(inbox_size),
      close_idle_after_{action_.close_idle_after},
      descriptor_{stream_->socket().native_handle()} {}

void Connection::start(std::shared_ptr<Connection> self) {
  const asio::any_io_executor strand = self->stream_->socket().get_executor();
  // The coroutine is started on the strand. Otherwise an interruption could come before its first step, and Asio would
  // throw the cancellation out of the executor.
  const auto begin = [self = std::move(self), strand] {
    if (self->closed_) return self->server_->forget(self->number_);
    const auto on_end = [self](const std::exception_ptr&) {
      self->close(false);
      self->server_->forget(self->number_);
    };
    asio::co_spawn(strand, run(self), asio::bind_cancellation_slot(self->signal_.slot(), on_end));
  };
  asio::post(strand, begin);
}

asio::awaitable<void> Connection::run(std::shared_ptr<Connection> self) {
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  co_await self->serve();
}

void Connection::interrupt() noexcept {
  {
    const std::lock_guard lock{mutex_};
    if (closed_) return;
    ::shutdown(descriptor_, SHUT_RDWR);
  }
  try {
    const auto end = [self = shared_from_this()] {
      self->signal_.emit(asio::cancellation_type::all);
      self->close(false);
    };
    asio::post(stream_->socket().get_executor(), end);
  } catch (...) {  // out of memory: the socket has been shut down at least
  }
}

void Connection::close(bool reset) noexcept {
  const std::lock_guard lock{mutex_};
  if (std::exchange(closed_, true)) return;
  stream_->abort(reset);
}

asio::awaitable<void> Connection::serve() {
  bool going = co_await open();
  while (going) going = co_await serve_request();
}

// Opening -------------------------------------------------------------------------------------------------

asio::awaitable<bool> Connection::open() {
  if (action_.receive_buffer) {
    error_code ignored;
    stream_->socket().set_option(asio::socket_base::receive_buffer_size{*action_.receive_buffer}, ignored);
  }
  if (action_.delay.count() > 0) co_await sleep(action_.delay);
  if (action_.opening) {
    co_await misbehave(*action_.opening);
    co_return false;
  }
  if (!server_->options().tls) co_return true;
  const http::TlsContext context = server_->tls(action_.certificate, action_.tls_version);
  if (!stream_->use_server_tls(context)) co_return false;
  while (true) {
    const Io state = stream_->try_handshake();
    if (state == Io::done) co_return true;
    if (state == Io::closed || state == Io::cut_off) co_return false;
    co_await wait(state, Clock::time_point::max());
  }
}

asio::awaitable<void> Connection::misbehave(const Opening& opening) {
  if (opening.kind == Opening::Kind::close) co_return;
  if (opening.kind == Opening::Kind::reset) {
    close(true);
    co_return;
  }
  // The client speaks first.
  Io state = co_await fill(inbox_.size(), Clock::time_point::max());
  if (opening.kind == Opening::Kind::stall) {
    while (state == Io::done) state = co_await fill(inbox_.size(), Clock::time_point::max());
    co_return;
  }
  if (state != Io::done) co_return;
  ByteScriptReader reader{opening.bytes};
  std::vector<std::byte> piece(large_inbox_size);
  for (std::size_t count = reader.read(piece); count > 0; count = reader.read(piece)) {
    const bool written = co_await write(std::span{piece}.first(count));
    if (!written) co_return;
  }
  co_await close_in_order(true, true);
}

// Waiting -------------------------------------------------------------------------------------------------------------

/// Waits until the socket is ready. Returns false if the time is up first.
asio::awaitable<bool> Connection::wait(Io wanted, Clock::time_point until) {
  expired_ = false;
  const std::uint64_t alarm = ++alarm_;
  if (until != Clock::time_point::max()) {
    timer_.expires_at(until);
    timer_.async_wait([weak = weak_from_this(), alarm](const error_code& error) {
      const std::shared_ptr<Connection> self = weak.lock();
      if (error || self == nullptr || self->alarm_ != alarm) return;
      self->expired_ = true;
      error_code ignored;
      self->stream_->socket().cancel(ignored);
    });
  }
  co_await stream_->wait(wanted);
  ++alarm_;
  if (until != Clock::time_point::max()) timer_.cancel();
  // The descriptor may have been reused.
  if (closed_) throw boost::system::system_error{asio::error::operation_aborted};
  co_return !expired_;
}

asio::awaitable<void> Connection::sleep(milliseconds time) {
  timer_.expires_after(time);
  co_await timer_.async_wait(asio::use_awaitable);
}

/// Sleeps while watching the client. Returns false if it has gone. Keeps what it sends meanwhile, up to the size of the
/// inbox.
asio::awaitable<bool> Connection::linger(milliseconds time) {
  const Clock::time_point until = Clock::now() + time;
  if (begin_ == end_) {
    begin_ = 0;
    end_ = 0;
  }
  while (Clock::now() < until) {
    if (end_ == inbox_.size()) {
      timer_.expires_at(until);
      co_await timer_.async_wait(asio::use_awaitable);
      break;
    }
    std::size_t count = 0;
    const Io state = stream_->try_read(std::span{inbox_}.subspan(end_), count);
    end_ += count;
    if (state == Io::closed || state == Io::cut_off) co_return false;
    if (state != Io::done) co_await wait(state, until);
  }
  co_return true;
}

// Reading -------------------------------------------------------------------------------------------------------------

/// Reads at most so many bytes into the empty inbox. `want_read` if the time is up.
asio::awaitable<Io> Connection::fill(std::size_t most, Clock::time_point until) {
  begin_ = 0;
  end_ = 0;
  while (true) {
    std::size_t count = 0;
    const Io state = stream_->try_read(std::span{inbox_}.first(std::min(most, inbox_.size())), count);
    end_ = count;
    if (count > 0) co_return Io::done;
    if (state == Io::closed || state == Io::cut_off) co_return state;
    const bool ready = co_await wait(state, until);
    if (!ready) co_return Io::want_read;
  }
}

/// Gives the parser at most so many bytes of the inbox. Returns how many it took.
std::size_t Connection::feed(RequestParser& parser, std::size_t most) {
  const std::size_t there = std::min(end_ - begin_, most);
  const std::size_t used = parser.feed(std::span<const std::byte>{inbox_}.subspan(begin_, there));
  begin_ += used;
  return used;
}

/// Returns true if there is a head or an error in it.
asio::awaitable<bool> Connection::read_head(RequestParser& parser, Record& record) {
  Clock::time_point until = Clock::time_point::max();
  if (close_idle_after_) until = Clock::now() + *close_idle_after_;
  while (!parser.has_head() && !parser.error()) {
    if (begin_ == end_) {
      const Io state = co_await fill(inbox_.size(), until);
      if (state == Io::want_read) co_await close_in_order(true, false);
      if (state != Io::done) co_return false;
    }
    const std::size_t used = feed(parser, inbox_.size());
    record.received(used);
    until = Clock::time_point::max();
  }
  co_return true;
}

/// Reads at most so many bytes of the body. Returns false if the client has gone.
asio::awaitable<bool> Connection::read_body(RequestParser& parser, std::uint64_t most, Record& record) {
  while (!parser.is_done() && !parser.error() && most > 0) {
    if (begin_ == end_) {
      if (most > inbox_.size()) inbox_.resize(large_inbox_size);
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(most, inbox_.size()));
      const Io state = co_await fill(wanted, Clock::time_point::max());
      if (state != Io::done) co_return false;
    }
    const std::size_t used = feed(parser, static_cast<std::size_t>(std::min<std::uint64_t>(most, inbox_.size())));
    record.received(used);
    most -= std::min<std::uint64_t>(most, used);
  }
  if (parser.is_done()) record.arrived();
  if (begin_ == end_ && inbox_.size() > inbox_size) {
    inbox_ = std::vector<std::byte>(inbox_size);
    begin_ = 0;
    end_ = 0;
  }
  co_return true;
}

// Answering -----------------------------------------------------------------------------------------------------------

asio::awaitable<bool> Connection::serve_request() {
  Record record{*server_, number_};
  RequestParser parser;
  const bool headed = co_await read_head(parser, record);
  if (!headed) co_return false;
  if (parser.error()) {
    const RequestError error = *parser.error();
    co_return co_await reject(error, record);
  }
  RequestFacts facts;
  facts.method = parser.request().method;
  facts.path = parser.request().path;
  facts.request_of_connection = ++requests_;
  const std::shared_ptr<const RequestRule> rule = server_->rule_for(facts);
  if (parser.is_done()) record.arrived();
  record.headed(parser.request(), rule == nullptr ? std::string{} : rule->name);
  const RequestAction& action = rule == nullptr ? nothing_special : rule->action;
  close_idle_after_ = action.close_idle_after ? action.close_idle_after : action_.close_idle_after;
  const bool going = co_await answer(parser, record, action);
  co_return going;
}

asio::awaitable<bool> Connection::answer(RequestParser& parser, Record& record, const RequestAction& action) {
  if (parser.expects_continue() && !action.early && action.read_body != 0U) {
    std::string proceed = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool written = co_await write(std::as_bytes(std::span{proceed}));
    if (!written) co_return false;
  }
  if (!action.early) {
    const bool arrived = co_await read_body(parser, action.read_body.value_or(all), record);
    if (!arrived) co_return false;
    if (parser.error()) {
      const RequestError error = *parser.error();
      co_return co_await reject(error, record);
    }
  }
  if (action.delay.count() > 0) {
    const bool there = co_await linger(action.delay);
    if (!there) co_return false;
  }
  if (action.read_body || action.no_reply) {
    record.answered = true;
    co_return co_await finish(action.end, parser, record);
  }

  const bool has_body = parser.request().method != "HEAD";
  bool sent = false;
  if (action.raw) {
    sent = co_await send_raw(action, record);
  } else if (action.fixed) {
    EmulatedReply reply{action.fixed->status};
    if (!action.fixed->content_type.empty()) reply.header("content-type", action.fixed->content_type);
    std::optional<ByteScript> script{action.fixed->body};
    sent = co_await send(std::move(reply), std::move(script), action, has_body, record);
  } else if (!action.error && is_for_proxy(parser.request()) && server_->options().proxy) {
    co_return co_await forward(parser, record, action);
  } else {
    const std::uint64_t number = record.log.number;
    HttpRequest request = action.early ? parser.request() : parser.take();
    EmulatedReply reply = co_await ask_dialect(std::move(request), action, number);
    std::optional<ByteScript> no_script;
    sent = co_await send(std::move(reply), std::move(no_script), action, has_body, record);
  }
  if (!sent) co_return false;
  record.answered = true;
  co_return co_await finish(action.end, parser, record);
}

asio::awaitable<EmulatedReply> Connection::ask_dialect(HttpRequest request, const RequestAction& action,
                                                       std::uint64_t number) {
  Dialect& dialect = server_->dialect_for(request);
  if (action.error) co_return dialect.error(*action.error, number);
  std::string why;
  try {
    EmulatedRequest emulated{std::move(request), action.overrides, number};
    EmulatedReply reply = co_await dialect.handle(std::move(emulated));
    co_return reply;
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    why = error.what();
  } catch (const std::exception& error) {
    why = error.what();
  }
  co_return dialect.error(ErrorScript{500, "", "The emulator failed: " + why, ""}, number);
}

/// Answers a request that is not valid HTTP.
asio::awaitable<bool> Connection::reject(const RequestError& error, Record& record) {
  http::Body body{"{\"error\":{\"message\":\"" + http::json_escaped(error.why) +
                  "\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}"};
  EmulatedReply reply{error.status, "application/json", std::move(body)};
  reply.header("connection", "close");
  std::optional<ByteScript> no_script;
  const bool sent = co_await send(std::move(reply), std::move(no_script), nothing_special, true, record);
  if (sent) co_await close_in_order(true, true);
  co_return false;
}

asio::awaitable<bool> Connection::forward(RequestParser& parser, Record& record, const RequestAction& action) {
  const std::string& wanted = server_->options().proxy_authorization;
  if (!wanted.empty() && parser.request().headers.value("proxy-authorization") != wanted) {
    EmulatedReply reply{407};
    reply.header("proxy-authenticate", "Basic realm=\"emulator\"");
    std::optional<ByteScript> no_script;
    const bool sent = co_await send(std::move(reply), std::move(no_script), action, true, record);
    record.answered = sent;
    co_return sent;
  }
  const bool is_tunnel = parser.request().method == "CONNECT";
  Result<std::shared_ptr<http::Stream>> origin = co_await connect_to_origin(parser.request());
  if (!origin) {
    EmulatedReply reply{502, "text/plain", http::Body{origin.error().message()}};
    std::optional<ByteScript> no_script;
    const bool sent = co_await send(std::move(reply), std::move(no_script), action, true, record);
    record.answered = sent;
    co_return sent;
  }
  if (is_tunnel) {
    record.log.status = 200;
    std::string connected = "HTTP/1.1 200 Connection established\r\n\r\n";
    const bool written = co_await write(std::as_bytes(std::span{connected}));
    if (!written) co_return false;
  }
  record.answered = true;
  std::string first = is_tunnel ? std::string{} : request_to_origin(parser.take());
  const auto* unread = reinterpret_cast<const char*>(inbox_.data());
  first.append(unread + begin_, unread + end_);
  co_await relay(stream_, std::move(*origin), std::move(first));
  co_return false;
}

/// Does with the connection what the scenario says, after the reply.
asio::awaitable<bool> Connection::finish(End end, RequestParser& parser, Record& record) {
  switch (end) {
    case End::keep:
      if (!parser.is_done()) {
        const bool arrived = co_await read_body(parser, all, record);
        if (!arrived || parser.error()) co_return false;
      }
      if (parser.request().keeps_alive) co_return true;
      co_await close_in_order(true, false);
      break;
    case End::close: co_await close_in_order(true, !parser.is_done()); break;
    case End::unclean: co_await close_in_order(false, !parser.is_done()); break;
    case End::reset: co_await reset(); break;
    case End::stall: co_await stall(); break;
  }
  co_return false;
}

// Ending --------------------------------------------------------------------------------------------------------------

/// Ends the connection, with or without `close_notify`. Reads what the client still sends first: otherwise the system
/// resets the connection, and the client may lose the reply.
asio::awaitable<void> Connection::close_in_order(bool notify, bool unread) {
  if (notify) {
    const Clock::time_point soon = Clock::now() + patience_at_end;
    co_await wait(Io::want_write, soon);  // until there is room for `close_notify`
    stream_->try_close();
  } else {
    ::shutdown(descriptor_, SHUT_WR);
  }
  if (unread || begin_ != end_) {
    const Clock::time_point until = Clock::now() + patience_at_end;
    Io state = Io::done;
    while (state == Io::done && Clock::now() < until) state = co_await fill(inbox_.size(), until);
  }
  close(false);
}

asio::awaitable<void> Connection::reset() {
  // A reset discards what has not been sent yet.
  int unsent = 0;
  for (int i = 0; i < 1000 && ::ioctl(descriptor_, SIOCOUTQNSD, &unsent) == 0 && unsent > 0; ++i)
    co_await sleep(milliseconds{1});
  close(true);
}

/// Neither reads nor writes until the client has gone.
asio::awaitable<void> Connection::stall() {
  while (true) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(descriptor_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) co_return;
    if (info.tcpi_state != TCP_ESTABLISHED) co_return;
    co_await sleep(look_around);
  }
}

}  // namespace pentimento::emulator
