#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <sys/socket.h>

#include <cstddef>
#include <deque>
#include <initializer_list>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace pentimento::test {

/// A request that the server received.
struct ServedRequest {
  std::string head;  // the request line and the headers
  std::string body;

  bool has(std::string_view line) const { return head.find(line) != std::string::npos; }
};

/// A reply of the server.
struct ServedReply {
  ServedReply(std::string b) : body{std::move(b)} {}
  ServedReply(const char* b) : body{b} {}
  ServedReply(int s, std::string b, std::string h = {}) : status{s}, body{std::move(b)}, headers{std::move(h)} {}
  /// Never replies.
  static ServedReply silence() {
    ServedReply reply{0, {}};
    return reply;
  }

  int status = 200;
  std::string body;
  std::string headers;  // further lines, with their line ends
};

/// An HTTP server that sends its replies in order, one per connection. Afterwards it replies with status 500.
class ScriptedServer {
 public:
  ScriptedServer(std::initializer_list<ServedReply> replies) : replies_{replies} {
    acceptor_.listen();
    thread_ = std::thread{[this] { serve(); }};
  }
  ~ScriptedServer() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    // Wakes all waiting threads.
    boost::system::error_code ignored;
    boost::asio::ip::tcp::socket last{context_};
    last.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
    for (Connection& connection : connections_) {
      ::shutdown(connection.socket.native_handle(), SHUT_RDWR);
      connection.thread.join();
    }
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/v1"; }

  /// The requests until now.
  std::vector<ServedRequest> requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
  }

 private:
  struct Connection {
    explicit Connection(boost::asio::ip::tcp::socket s) : socket{std::move(s)} {}
    boost::asio::ip::tcp::socket socket;
    std::thread thread;
  };

  void serve() {
    for (;;) {
      boost::asio::ip::tcp::socket socket{context_};
      boost::system::error_code ec;
      acceptor_.accept(socket, ec);
      {
        const std::lock_guard lock{mutex_};
        if (ec || stopping_) return;
      }
      Connection& connection = connections_.emplace_back(std::move(socket));
      connection.thread = std::thread{[this, &connection] { answer(connection.socket); }};
    }
  }

  void answer(boost::asio::ip::tcp::socket& socket) {
    boost::system::error_code ec;
    std::string data;
    const std::size_t end = boost::asio::read_until(socket, boost::asio::dynamic_buffer(data), "\r\n\r\n", ec);
    if (ec) return;
    ServedRequest request;
    request.head = data.substr(0, end);
    request.body = data.substr(end);
    const std::size_t length = request.head.find("Content-Length: ");
    const std::size_t size = length == std::string::npos ? 0 : std::stoul(request.head.substr(length + 16));
    const std::size_t have = request.body.size();
    request.body.resize(size);
    boost::asio::read(socket, boost::asio::buffer(request.body.data() + have, size - have), ec);
    if (ec) return;
    ServedReply reply{500, "{}"};
    {
      const std::lock_guard lock{mutex_};
      requests_.push_back(std::move(request));
      if (!replies_.empty()) {
        reply = std::move(replies_.front());
        replies_.pop_front();
      }
    }
    if (reply.status == 0) {
      char byte = 0;
      boost::asio::read(socket, boost::asio::buffer(&byte, 1), ec);  // until the client disconnects
      return;
    }
    boost::asio::write(
        socket,
        boost::asio::buffer("HTTP/1.1 " + std::to_string(reply.status) +
                            " X\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " +
                            std::to_string(reply.body.size()) + "\r\n" + reply.headers + "\r\n" + reply.body),
        ec);
    socket.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ec);
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_{context_,
                                           boost::asio::ip::tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::deque<ServedReply> replies_;
  std::vector<ServedRequest> requests_;
  std::list<Connection> connections_;  // used by the accepting thread until it ends
  std::thread thread_;
};

}  // namespace pentimento::test
