#include "emulator/server/proxy.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::emulator {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using http::Io;
using http::Stream;

namespace {

constexpr std::string_view scheme = "http://";
constexpr std::size_t buffer_size = std::size_t{16} << 10;

Result<tcp::endpoint> endpoint_of(std::string_view authority) {
  const Error refused{
      errc::invalid_argument,
      "the proxy forwards to this machine only: localhost, 127.0.0.1, [::1] and names that end with .test"};
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  const std::string_view host = has_port ? authority.substr(0, colon) : authority;
  std::uint16_t port = 80;
  if (has_port) {
    const std::string_view digits = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size()) return refused;
  }
  if (host == "[::1]") return tcp::endpoint{asio::ip::make_address("::1"), port};
  if (host == "localhost" || host == "127.0.0.1" || host.ends_with(".test"))
    return tcp::endpoint{asio::ip::make_address("127.0.0.1"), port};
  return refused;
}

/// One direction through the proxy.
struct Lane {
  Stream& from;
  Stream& to;
  std::vector<std::byte> buffer;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool read_out = false;  // nothing more will arrive
  bool over = false;      // and everything has been sent

  /// Moves what can be moved without waiting. Returns true if that was anything.
  bool move() {
    bool moved = false;
    while (!over) {
      if (begin == end && read_out) {
        over = true;
        to.try_close();
        return true;
      }
      std::size_t count = 0;
      Io state = Io::done;
      if (begin == end) {
        begin = 0;
        end = 0;
        if (buffer.size() < buffer_size) buffer.resize(buffer_size);
        state = from.try_read(buffer, count);
        end = count;
        read_out = state == Io::closed || state == Io::cut_off;
      } else {
        state = to.try_write(std::span<const std::byte>{buffer}.subspan(begin, end - begin), count);
        begin += count;
        if (state == Io::cut_off || state == Io::closed) {
          read_out = true;
          begin = end;
        }
      }
      if (state == Io::want_read || state == Io::want_write) return moved;
      moved = true;
    }
    return moved;
  }
};

}  // namespace

bool is_for_proxy(const HttpRequest& request) {
  return request.method == "CONNECT" || request.target.starts_with(scheme);
}

asio::awaitable<Result<std::shared_ptr<Stream>>> connect_to_origin(const HttpRequest& request) {
  std::string_view authority = request.target;
  if (authority.starts_with(scheme)) {
    authority.remove_prefix(scheme.size());
    authority = authority.substr(0, authority.find('/'));
  }
  const Result<tcp::endpoint> endpoint = endpoint_of(authority);
  if (!endpoint) co_return endpoint.error();
  tcp::socket socket{co_await asio::this_coro::executor};
  error_code error;
  co_await socket.async_connect(*endpoint, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return Error{errc::connect_failed, "the origin cannot be reached: " + error.message()};
  co_return std::make_shared<Stream>(std::move(socket));
}

std::string request_to_origin(HttpRequest request) {
  std::string text = request.method + ' ' + request.path;
  if (!request.query.empty()) text += '?' + request.query;
  text += " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers.fields()) {
    const bool is_for_proxy =
        http::Headers::same_name(name, "proxy-authorization") || http::Headers::same_name(name, "proxy-connection") ||
        http::Headers::same_name(name, "connection") || http::Headers::same_name(name, "content-length") ||
        http::Headers::same_name(name, "transfer-encoding") || http::Headers::same_name(name, "expect");
    if (!is_for_proxy) text += name + ": " + value + "\r\n";
  }
  if (!request.body.empty() || request.method == "POST")
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return text + "Connection: close\r\n\r\n" + request.body;
}

asio::awaitable<void> relay(std::shared_ptr<Stream> client, std::shared_ptr<Stream> origin, std::string first) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto* bytes = reinterpret_cast<const std::byte*>(first.data());
  Lane there{*client, *origin, std::vector<std::byte>(bytes, bytes + first.size()), 0, first.size()};
  Lane back{*origin, *client, {}};
  while (!there.over || !back.over) {
    const bool moved_there = there.move();
    const bool moved_back = back.move();
    if (moved_there || moved_back) continue;
    const auto waiting = std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
    const auto wake = [waiting](const error_code&) { waiting->cancel(); };
    for (Lane* lane : {&there, &back}) {
      if (lane->over) continue;
      if (lane->begin == lane->end) {
        lane->from.socket().async_wait(tcp::socket::wait_read, asio::bind_executor(executor, wake));
      } else {
        lane->to.socket().async_wait(tcp::socket::wait_write, asio::bind_executor(executor, wake));
      }
    }
    error_code error;
    co_await waiting->async_wait(asio::redirect_error(asio::use_awaitable, error));
    client->socket().cancel(error);
    origin->socket().cancel(error);
    if (!client->socket().is_open()) co_return;
  }
}

}  // namespace pentimento::emulator
