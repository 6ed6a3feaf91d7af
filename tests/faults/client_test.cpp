// Faults that the emulator cannot produce: each test has its own server on a raw socket.

#include "margin.hpp"
#include "process.hpp"
#include "support/wait_for.hpp"
#include <pentimento/http/client.hpp>
#include <pentimento/http/event_stream.hpp>

#include <arpa/inet.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace asio = boost::asio;

namespace {

constexpr std::size_t large = 30'000'000;

/// A listening socket. The destructor waits for its connections to end.
class Server {
 public:
  Server() : listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_, any, size) == 0);
    REQUIRE(::getsockname(listener_, any, &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    for (std::thread& conversation : conversations_) conversation.join();
    ::close(listener_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Starts to accept connections, and calls `conversation` for each on its own thread.
  void serve(std::function<void(int connection)> conversation) {
    REQUIRE(::listen(listener_, 16) == 0);
    conversation_ = std::move(conversation);
    thread_ = std::thread{[this] {
      while (true) {
        const int connection = ::accept(listener_, nullptr, nullptr);
        if (connection < 0) return;
        ++connections;
        conversations_.emplace_back([this, connection] {
          conversation_(connection);
          ::close(connection);
        });
      }
    }};
  }

  http::Url url() const { return http::Url::parse("http://127.0.0.1:" + std::to_string(port_) + "/").value(); }

  std::atomic<int> connections{0};

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::list<std::thread> conversations_;  // used by the accepting thread until it ends
  std::function<void(int connection)> conversation_;
  std::thread thread_;
};

bool say(int connection, std::string_view text) {
  return ::send(connection, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

/// Reads until so many bytes of the body have arrived, or the end. Returns how many have.
std::size_t hear(int connection, std::size_t body) {
  std::string head;
  std::string buffer(1 << 16, '\0');
  std::optional<std::size_t> got;
  while (!got || *got < body) {
    const ssize_t count = ::recv(connection, buffer.data(), buffer.size(), 0);
    if (count <= 0) break;
    if (got) {
      *got += static_cast<std::size_t>(count);
      continue;
    }
    head.append(buffer, 0, static_cast<std::size_t>(count));
    if (const std::size_t end = head.find("\r\n\r\n"); end != std::string::npos) got = head.size() - end - 4;
  }
  return got.value_or(0);
}

http::Request post(const Server& server, std::size_t bytes = 10) {
  http::Request request{http::Method::post, server.url()};
  request.worst_case(usd(0.065)).timeout(10s).body(http::Body{std::string(bytes, 'x')}, "text/plain");
  return request;
}

Result<http::Response> answer_to(http::Request request, const http::ClientOptions& options = {}) {
  const http::Client client{options};
  return test::wait_for(client.send(std::move(request)));
}

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

/// Ends the call with the first event.
class FirstEvent final : public http::EventListener {
 public:
  bool on_event(const http::ServerEvent& event) noexcept override {
    ++events;
    first = event.data();
    return false;
  }
  std::string first;
  int events = 0;
};

/// Sends a reply that is an event stream, once for each request of a connection.
void stream(int connection, std::string_view events, std::chrono::milliseconds pause, std::string_view end) {
  while (hear(connection, 10) == 10) {
    say(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    say(connection, events);
    std::this_thread::sleep_for(pause);
    say(connection, end);
  }
}

/// Ignores all events.
class IgnoreEvents final : public http::EventListener {
 public:
  bool on_event(const http::ServerEvent&) noexcept override { return true; }
};

}  // namespace

TEST_SUITE("Client faults") {
  TEST_CASE("N16 interim reply while sending") {
    std::atomic<std::size_t> heard{0};
    Server server;
    server.serve([&](int connection) {
      say(connection, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
      heard = hear(connection, large);
      say(connection, ok);
    });
    const Result<http::Response> reply = answer_to(post(server, large));
    REQUIRE_MESSAGE(reply.has_value(), (reply ? std::string{} : reply.error().message()));
    CHECK(reply->text() == "OK");
    CHECK(heard == large);
  }

  TEST_CASE("N13 server closes and stops reading") {
    std::promise<void> over;
    Server server;
    server.serve([&](int connection) {
      ::shutdown(connection, SHUT_WR);
      over.get_future().wait();
    });
    http::ClientOptions once;
    once.retry.max_attempts = 1;
    const auto start = Clock::now();
    const Result<http::Response> reply = answer_to(post(server, large), once);
    CHECK(Clock::now() - start < 5s);  // the timeout is 10 s
    over.set_value();
    REQUIRE(!reply.has_value());
    CHECK(to_string(reply.error().code()) == "connect_failed");
    CHECK(reply.error().charge() == Charge{});
  }

  TEST_CASE("N19 endless data ends in time") {
    for (const char* pieces : {": ping\n", "1;extension=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n \r\n"}) {
      CAPTURE(pieces);
      const bool is_stream = *pieces == ':';
      Server server;
      server.serve([&](int connection) {
        hear(connection, 10);
        say(connection, is_stream ? "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                                  : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        std::string many;
        while (many.size() < 100'000) many += pieces;
        while (say(connection, many)) {}
      });
      const auto start = Clock::now();
      const Result<http::Response> reply =
          answer_to(std::move(post(server).timeout(test::short_time).listener(std::make_shared<IgnoreEvents>())));
      CHECK(Clock::now() - start <= test::short_time + test::deadline_margin);
      REQUIRE(!reply.has_value());
      CHECK(to_string(reply.error().code()) == "deadline_exceeded");
      CHECK(reply.error().charge() == Charge::maybe_billed(usd(0.065)));
    }
  }

  TEST_CASE("N19 limit of a stream") {
    Server server;
    server.serve([&](int connection) {
      hear(connection, 10);
      say(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
      while (say(connection, ": ping\n")) {}
    });
    const Result<http::Response> reply =
        answer_to(std::move(post(server).max_response_bytes(1'000).listener(std::make_shared<IgnoreEvents>())));
    REQUIRE(!reply.has_value());
    CHECK(to_string(reply.error().code()) == "too_large");
  }

  TEST_CASE("N19 cancel during endless data") {
    std::promise<void> begun;
    Server server;
    server.serve([&](int connection) {
      hear(connection, 10);
      say(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
      begun.set_value();
      const std::string many(100'000, '\n');
      while (say(connection, many)) {}
    });
    const http::Client client;
    asio::io_context context;
    asio::cancellation_signal signal;
    std::optional<Result<http::Response>> reply;
    const auto call = [](http::Client c, http::Request request,
                         std::optional<Result<http::Response>>* kept) -> asio::awaitable<void> {
      co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
      kept->emplace(co_await c.send(std::move(request)));
    };
    asio::co_spawn(context, call(client, std::move(post(server).listener(std::make_shared<IgnoreEvents>())), &reply),
                   asio::bind_cancellation_slot(signal.slot(), asio::detached));
    context.poll();
    begun.get_future().wait();
    const auto start = Clock::now();
    signal.emit(asio::cancellation_type::all);
    context.restart();
    context.run();
    CHECK(Clock::now() - start <= test::cancel_margin);
    REQUIRE(reply.has_value());
    REQUIRE(!reply->has_value());
    CHECK(to_string(reply->error().code()) == "cancelled");
  }

  TEST_CASE("N06 connect timeout ends with the connection") {
    Server server;  // refuses connections: it does not listen yet
    http::ClientOptions options;
    options.connect_timeout = test::short_time;
    options.retry.base = 3 * test::short_time;
    options.retry.cap = 3 * test::short_time;
    options.retry.max_attempts = 50;
    options.retry.cost = 0;
    const http::Client client{options};
    std::atomic<bool> over{false};
    std::thread others{[&] {
      std::this_thread::sleep_for(test::short_time / 2);
      server.serve([](int connection) {
        hear(connection, 10);
        std::this_thread::sleep_for(2 * test::short_time);
        say(connection, ok);
      });
      // The second attempt finds a warm connection.
      while (!over) {
        client.warm_up(server.url());
        std::this_thread::sleep_for(5ms);
      }
    }};
    const Result<http::Response> reply = test::wait_for(client.send(post(server)));
    over = true;
    others.join();
    CHECK_MESSAGE(reply.has_value(), (reply ? std::string{} : reply.error().message()));
  }

  TEST_CASE("N20 request id of a broken reply") {
    Server server;
    server.serve([](int connection) {
      hear(connection, 10);
      say(connection, "HTTP/1.1 200 OK\r\nX-Request-Id: req_7\r\nContent-Length: 100\r\n\r\npart");
    });
    const Result<http::Response> reply = answer_to(post(server));
    REQUIRE(!reply.has_value());
    CHECK(to_string(reply.error().code()) == "unusable_reply");
    CHECK(reply.error().request_id() == "req_7");
    CHECK(reply.error().charge() == Charge::maybe_billed(usd(0.065)));
  }

  TEST_CASE("N12 no warm-up without idle connections") {
    Server server;
    server.serve([](int connection) {
      hear(connection, 10);
      std::this_thread::sleep_for(test::short_time);
      say(connection, ok);
    });
    http::ClientOptions options;
    options.max_idle = 0ms;
    const http::Client client{options};
    client.warm_up(server.url());
    const Result<http::Response> reply = test::wait_for(client.send(post(server)));
    CHECK_MESSAGE(reply.has_value(), (reply ? std::string{} : reply.error().message()));
    CHECK(server.connections == 1);
  }

  TEST_CASE("stream that ended keeps its connection") {
    for (const auto& [pause, behind] : {std::pair{0ms, "0\r\n\r\n"}, std::pair{10ms, "0\r\n\r\n"},
                                        std::pair{10ms, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"}}) {
      CAPTURE(pause.count());
      CAPTURE(behind);
      Server server;
      server.serve([&, pause = pause, behind = behind](int connection) {
        stream(connection, "d\r\ndata: image\n\n\r\n", pause, behind);
      });
      {
        const http::Client client{http::ClientOptions{}};
        for (int i = 0; i < 3; ++i) {
          const auto listener = std::make_shared<FirstEvent>();
          const Result<http::Response> reply = test::wait_for(client.send(std::move(post(server).listener(listener))));
          REQUIRE_MESSAGE(reply.has_value(), reply.error().message());
          CHECK(listener->first == "image");
          CHECK(listener->events == 1);
        }
      }
      CHECK(server.connections == 1);
    }
  }

  TEST_CASE("stream without a usable end costs its connection alone") {
    const auto start = Clock::now();
    for (const char* const behind : {"", "d\r\ndata: more", "no chunk\r\n\r\n"}) {
      CAPTURE(behind);
      std::promise<void> over;
      Server server;
      server.serve([&, done = over.get_future().share()](int connection) {
        hear(connection, 10);
        say(connection,
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            "d\r\ndata: image\n\n\r\n");
        say(connection, behind);
        done.wait();
      });
      const http::Client client{http::ClientOptions{}};
      for (int i = 0; i < 2; ++i) {
        const auto listener = std::make_shared<FirstEvent>();
        const Result<http::Response> reply = test::wait_for(client.send(std::move(post(server).listener(listener))));
        REQUIRE_MESSAGE(reply.has_value(), reply.error().message());
        CHECK(listener->first == "image");
      }
      over.set_value();
      CHECK(server.connections == 2);
    }
    CHECK(Clock::now() - start < 5s);  // a call has 10 s
  }

  TEST_CASE("N38 a wait is announced") {
    std::atomic<int> requests{0};
    Server server;
    server.serve([&](int connection) {
      while (hear(connection, 10) == 10) {
        say(connection,
            requests++ == 0 ? "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0.05\r\nContent-Length: 0\r\n\r\n" : ok);
      }
    });
    http::ClientOptions options;
    std::vector<http::RetryWait> waits;
    options.on_wait = [&waits](const http::RetryWait& wait) {
      waits.push_back(wait);
      throw std::runtime_error{"which is ignored"};
    };
    {
      const http::Client client{options};
      const Result<http::Response> reply = test::wait_for(client.send(post(server)));
      REQUIRE_MESSAGE(reply.has_value(), reply.error().message());
      CHECK(reply->status() == 200);
    }
    REQUIRE(waits.size() == 1);
    CHECK(waits[0].origin() == server.url().origin());
    CHECK(waits[0].duration() == 50ms);
    CHECK(waits[0].why().find("429") != std::string::npos);
  }

  TEST_CASE("messages say what to do") {
    const auto message = [](http::Request request, const http::ClientOptions& options = {}) {
      const Result<http::Response> reply = answer_to(std::move(request), options);
      REQUIRE(!reply.has_value());
      return reply.error().message();
    };
    const auto has = [](const std::string& text, std::string_view part) {
      CAPTURE(text);
      CAPTURE(part);
      return text.find(part) != std::string::npos;
    };
    http::ClientOptions once;
    once.retry.max_attempts = 1;
    {
      Server server;  // refuses connections
      CHECK(has(message(post(server), once), "nothing was sent; start the server"));
    }
    http::Request elsewhere{http::Method::get, http::Url::parse("https://no-such-host.invalid/").value()};
    CHECK(has(message(std::move(elsewhere), once), "check the address and the network"));
    {
      Server server;
      server.serve([](int connection) { hear(connection, 10); });
      const std::string paid = message(post(server), once);
      CHECK(has(paid, "may have been carried out and billed; check the network"));
      CHECK(has(paid, "your account"));
      const std::string free = message(std::move(post(server).worst_case(Money{})), once);
      CHECK(has(free, "check the network, or try again"));
    }
    std::promise<void> over;
    Server server;
    server.serve([done = over.get_future().share()](int connection) {
      hear(connection, 10);
      done.wait();
    });
    const std::string late = message(std::move(post(server).timeout(test::short_time)), once);
    over.set_value();
    CHECK(has(late, "billed; allow more time"));
  }

  TEST_CASE("only public addresses") {
    Server server;
    server.serve([](int connection) {
      hear(connection, 0);
      say(connection, ok);
    });
    http::Request request{http::Method::get, server.url()};
    const http::Client client{http::ClientOptions{}};
    // A connection that an unrestricted request left behind is not used either.
    CHECK(test::wait_for(client.send(http::Request{request})).has_value());
    const Result<http::Response> reply = test::wait_for(client.send(std::move(request.public_addresses_only(true))));
    REQUIRE(!reply.has_value());
    CHECK(to_string(reply.error().code()) == "connect_failed");
    CHECK(reply.error().message().find("127.0.0.1 is not public; nothing was sent") != std::string::npos);
    CHECK(server.connections == 1);
  }

  TEST_CASE("N45 unencrypted key and header injection") {
    http::Request request{http::Method::get, http::Url::parse("http://192.0.2.1/").value()};
    request.authorize("Authorization", "Bearer ", Secret{"sk-canary-in-the-clear"});
    const Result<http::Response> reply = answer_to(std::move(request));
    REQUIRE(!reply.has_value());
    CHECK(to_string(reply.error().code()) == "invalid_argument");
    CHECK(reply.error().message().find("use https; nothing was sent") != std::string::npos);

    http::ClientOptions options;
    options.user_agent = "mine\r\nX-Other: 1";
    CHECK_THROWS_AS(http::Client{options}, Failure);
  }

  TEST_CASE("C05 program stopped beyond the deadline") {
    // Nothing runs the client's event loop for a while, as after SIGSTOP or during sleep.
    const char* const meanwhile[] = {"",
                                     "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
                                     "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"};
    for (const char* const words : meanwhile) {
      CAPTURE(words);
      std::promise<void> over;
      std::promise<void> said;
      std::atomic<int> requests{0};
      Server server;
      server.serve([&](int connection) {
        if (hear(connection, 10) != 10) return;
        if (++requests > 1) return;
        say(connection, words);
        said.set_value();
        over.get_future().wait();
      });
      const http::Client client{http::ClientOptions{}};
      asio::io_context context;
      std::optional<Result<http::Response>> reply;
      asio::co_spawn(context, test::keep_result(client.send(std::move(post(server).timeout(test::short_time))), &reply),
                     asio::detached);
      const auto start = Clock::now();
      std::future<void> saying = said.get_future();
      while (saying.wait_for(0s) != std::future_status::ready && Clock::now() < start + test::short_time)
        context.run_for(1ms);
      std::this_thread::sleep_until(start + 2 * test::short_time);
      const auto awake = Clock::now();
      context.run_for(test::patience);
      CHECK(Clock::now() - awake < test::deadline_margin);
      over.set_value();
      REQUIRE(reply.has_value());
      REQUIRE(!reply->has_value());
      CHECK(to_string(reply->error().code()) == "deadline_exceeded");
      CHECK(reply->error().charge() == Charge::maybe_billed(usd(0.065)));
      CHECK(server.connections == 1);
      CHECK(requests == 1);
    }
  }
}
