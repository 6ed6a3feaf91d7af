#include "rig.hpp"
#include "support/ca_file.hpp"
#include "support/wait_for.hpp"
#include <pentimento/emulator/emulator.hpp>
#include <pentimento/http/client.hpp>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace pentimento::connections_test {
namespace {

using namespace test;
using emulator::EmulatorOptions;
using emulator::Scenario;

/// True if a connection is made within this time.
bool connects_within(std::uint16_t port, int milliseconds) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  bool connected = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (!connected && errno == EINPROGRESS) {
    pollfd waiting{descriptor, POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof error;
    connected = ::poll(&waiting, 1, milliseconds) == 1 &&
                ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  }
  ::close(descriptor);
  return connected;
}

}  // namespace

TEST_SUITE("Emulated connections") {
  TEST_CASE("TLS") {
    Rig rig{{}, with_tls()};
    CHECK(rig.emulator().base_url() == "https://127.0.0.1:" + std::to_string(rig.emulator().port()));
    CHECK(rig.emulator().ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
    for (const std::string host : {"127.0.0.1", "localhost"}) {
      RawClient client = rig.connect(host);
      REQUIRE_MESSAGE(client.handshake(), client.complaint());
      client.write(get_models);
      CHECK(status_line(client.read_reply()) == "HTTP/1.1 200 OK");
    }
    Rig other{{}, with_tls()};
    const RawClient stranger{rig.emulator().port(), other.emulator().ca_pem()};
    CHECK(!stranger.handshake());
  }

  TEST_CASE("invalid certificates") {
    const auto complaint = [](std::string_view kind) {
      Rig rig{connection_rule(R"({"certificate": ")" + std::string{kind} + "\"}"), with_tls()};
      const RawClient client = rig.connect();
      CHECK(!client.handshake());
      CHECK(rig.emulator().requests().total == 0);
      CHECK(rig.emulator().requests().bytes == 0);
      CHECK(rig.emulator().connections() == 1);
      return client.complaint();
    };
    const std::string refused = "the certificate is rejected: ";
    CHECK(complaint("expired") == refused + "certificate has expired");
    CHECK(complaint("not_yet_valid") == refused + "certificate is not yet valid");
    CHECK(complaint("self_signed") == refused + "self-signed certificate");
    CHECK(complaint("wrong_host") == refused + "IP address mismatch");
    CHECK(complaint("no_ip_san") == refused + "IP address mismatch");
    CHECK(complaint("weak_key") == refused + "EE certificate key too weak");
    CHECK(complaint("other_ca") == refused + "unable to get local issuer certificate");
  }

  TEST_CASE("certificate without an address") {
    Rig rig{connection_rule(R"({"certificate": "no_ip_san"})"), with_tls()};
    CHECK(rig.connect("localhost").handshake());
  }

  TEST_CASE("tls_version") {
    for (const auto& [version, accepted] : {std::pair{"1.0", false}, {"1.1", false}, {"1.2", true}, {"1.3", true}}) {
      CAPTURE(version);
      Rig rig{connection_rule(R"({"tls_version": ")" + std::string{version} + "\"}"), with_tls()};
      CHECK(rig.connect().handshake() == accepted);
    }
  }

  TEST_CASE("failing handshakes") {
    const auto begin = [](std::string_view opening, bool tls) {
      Rig rig{connection_rule(R"({"opening": )" + std::string{opening} + "}"), tls ? with_tls() : EmulatorOptions{}};
      const RawClient client = rig.connect();
      CHECK(!client.handshake());
      CHECK(rig.emulator().requests().total == 0);
      return client.complaint();
    };
    CHECK(begin(R"("close")", true) == "unexpected eof while reading");
    CHECK(begin(R"("reset")", true) == "Connection reset by peer");
    CHECK(begin(R"({"alert": 40})", true) == "sslv3 alert handshake failure");
    CHECK(begin(R"("garbage")", true) != "");
    CHECK(begin(R"({"raw": "HTTP/1.1 400 Bad Request\r\n\r\n"})", true) != "");
  }

  TEST_CASE("stalled handshake") {
    Rig rig{connection_rule(R"({"opening": "stall"})"), with_tls()};
    const std::uint16_t port = rig.emulator().port();
    RawClient client{port};  // what a ClientHello looks like is no matter here
    client.write("hello");
    while (rig.emulator().connections() == 0) ::usleep(100);
    CHECK(rig.emulator().open_connections() == 1);
    client.close();
    rig.await_closed();
  }

  TEST_CASE("openings of plain connections") {
    Rig rig{R"({"connections": [{"when": {"nth": 1}, "then": {"opening": {"raw": "SSH-2.0-x\r\n"}}},
                              {"when": {"nth": 2}, "then": {"opening": "reset", "delay_ms": 1}},
                              {"when": {"nth": 3}, "then": {"delay_ms": 1}}]})"};
    RawClient other = rig.connect();
    other.write(get_models);
    CHECK(other.read_all() == "SSH-2.0-x\r\n");
    RawClient reset = rig.connect();
    CHECK(reset.read_all().empty());
    CHECK(reset.ended() == Ended::cut_off);
    RawClient late = rig.connect();
    late.write(get_models);
    CHECK(status_line(late.read_reply()) == "HTTP/1.1 200 OK");
  }

  TEST_CASE("accept never, until the scenario ends") {
    Rig rig{R"({"connections": [{"when": {"nth": 2}, "then": {"accept": "never"}}]})"};
    RawClient first = rig.connect();
    first.write(get_models);
    CHECK(status_line(first.read_reply()) == "HTTP/1.1 200 OK");
    // It stops to accept right after the first, which need not be before its reply.
    bool through = true;
    for (int i = 0; i < 200 && through; ++i) through = connects_within(rig.emulator().port(), 50);
    CHECK(!through);
    CHECK(!connects_within(rig.emulator().port(), 100));
    CHECK(rig.emulator().connections() == 1);
    rig.emulator().play(Scenario{});
    for (int i = 0; i < 200 && !through; ++i) through = connects_within(rig.emulator().port(), 50);
    CHECK(through);
    CHECK(status_line(rig.ask(get_models)) == "HTTP/1.1 200 OK");
  }

  TEST_CASE("accept never from the start") {
    Rig rig{R"({"connections": [{"then": {"accept": "never"}}]})"};
    CHECK(!connects_within(rig.emulator().port(), 200));
    CHECK(rig.emulator().connections() == 0);
  }

  TEST_CASE("out of descriptors") {
    Rig rig;
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(rig.emulator().port());
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{0, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const bool connected = ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const bool sent = ::send(client, get_models.data(), get_models.size(), MSG_NOSIGNAL) > 0;
    // `poll` would not take a descriptor past the limit.
    const auto answered_within = [&](time_t seconds, suseconds_t microseconds) {
      const timeval patience{seconds, microseconds};
      ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      char byte = 0;
      return ::recv(client, &byte, 1, MSG_PEEK) == 1;
    };
    const bool answered = answered_within(0, 250'000);
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(connected);
    CHECK(sent);
    CHECK(!answered);
    CHECK(answered_within(20, 0));
    ::close(client);
    CHECK(status_line(rig.ask(get_models)) == "HTTP/1.1 200 OK");
  }

  TEST_CASE("many clients on several threads") {
    constexpr int clients = 8;
    constexpr int requests = 15;
    for (const bool tls : {false, true}) {
      Rig rig{R"({"requests": [{"when": {"every": 5}, "then": {"delay_ms": 1}},
                             {"when": {"every": 7}, "then": {"error": {"status": 503}}}]})",
              tls ? with_tls() : EmulatorOptions{}, 3};
      std::atomic<int> good{0};
      std::vector<std::thread> threads;
      for (int i = 0; i < clients; ++i) {
        threads.emplace_back([&] {
          RawClient client = rig.connect();
          for (int k = 0; k < requests; ++k) {
            client.write(get_models);
            if (client.read_reply().starts_with("HTTP/1.1 ")) ++good;
          }
          client.close();
        });
      }
      for (std::thread& thread : threads) thread.join();
      CHECK(good == clients * requests);
      CHECK(rig.emulator().requests().whole == clients * requests);
      int errors = 0;
      for (const auto& log : rig.logs(clients * requests)) errors += log.status == 503 ? 1 : 0;
      // Every seventh of 120, but those that are also fifths, for which the first rule fires.
      CHECK(errors == 17 - 3);
      rig.await_closed();
    }
  }

  TEST_CASE("stop under load") {
    for (int i = 0; i < 5; ++i) {
      Rig rig{{}, with_tls(), 2};
      std::vector<std::thread> threads;
      for (int k = 0; k < 4; ++k) {
        threads.emplace_back([&, port = rig.emulator().port(), ca = rig.emulator().ca_pem()] {
          try {
            while (true) {
              RawClient client{port, ca};
              if (!client.handshake() || !client.write(get_models) || client.read_reply().empty()) return;
            }
          } catch (const std::exception&) {  // nobody listens any more
          }
        });
      }
      rig.logs(10);
      rig.emulator().stop();
      for (std::thread& thread : threads) thread.join();
    }
  }

  TEST_CASE("stop while accepting") {
    for (int i = 0; i < 100; ++i) {
      Rig rig{{}, {}, 2};
      std::thread client{[port = rig.emulator().port()] {
        try {
          while (true) {
            RawClient connected{port};
            connected.close(true);
          }
        } catch (const std::exception&) {  // nobody listens any more
        }
      }};
      while (rig.emulator().connections() < 1 + static_cast<std::uint64_t>(i % 5)) std::this_thread::yield();
      rig.emulator().stop();
      client.join();
      CHECK(rig.emulator().open_connections() == 0);
    }
  }

  TEST_CASE("proxy with CONNECT") {
    Rig origin{{}, with_tls()};
    EmulatorOptions options;
    options.proxy = true;
    options.proxy_authorization = "Basic dXNlcjpwYXNz";
    Rig proxy{{}, options};
    const std::string target = "127.0.0.1:" + std::to_string(origin.emulator().port());
    const std::string refused = proxy.ask("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n");
    CHECK(status_line(refused) == "HTTP/1.1 407 Proxy Authentication Required");
    CHECK(field(refused, "proxy-authenticate") == "Basic realm=\"emulator\"");
    CHECK(origin.emulator().connections() == 0);

    RawClient client = proxy.connect();
    client.write("CONNECT " + target + " HTTP/1.1\r\nHost: " + target +
                 "\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 200 Connection established\r\n\r\n");
    client.write("no ClientHello");
    const std::string alert = client.read_all();
    CHECK(alert.empty());
    CHECK(origin.emulator().connections() == 1);
    CHECK(proxy.emulator().requests().by_path.at(target) == 2);
  }

  TEST_CASE("client of the library through a proxy") {
    Rig proxy{{}, [] {
                EmulatorOptions options;
                options.proxy = true;
                options.proxy_authorization = "Basic dXNlcjpwYXNz";
                return options;
              }()};
    const std::string address = "http://user:pass@127.0.0.1:" + std::to_string(proxy.emulator().port());
    ::setenv("https_proxy", address.c_str(), 1);
    ::setenv("http_proxy", address.c_str(), 1);
    std::size_t asked = 0;
    for (const bool tls : {true, false}) {
      CAPTURE(tls);
      Rig origin{{}, tls ? with_tls() : EmulatorOptions{}};
      const CaFile authority{origin.emulator().ca_pem()};
      http::ClientOptions options;
      if (tls) options.ca_file = authority.path();
      options.proxy_from_environment = true;
      const http::Client client{options};
      const std::string target = "origin.test:" + std::to_string(origin.emulator().port());
      http::Request request{http::Method::get,
                            http::Url::parse((tls ? "https://" : "http://") + target + "/v1/models").value()};
      // A key goes by TLS only, as it is no loopback that it goes to.
      if (tls) request.authorize("Authorization", "Bearer ", Secret{"sk-through-a-tunnel"});
      const Result<http::Response> reply = wait_for(client.send(std::move(request)));
      REQUIRE_MESSAGE(reply.has_value(), (reply ? std::string{} : reply.error().message()));
      CHECK(reply->status() == (tls ? 200 : 401));
      CHECK(origin.logs(1)[0].path == "/v1/models");
      CHECK(proxy.emulator().requests().by_path.contains(tls ? target : "/v1/models"));
      CHECK(proxy.emulator().connections() == ++asked);
    }
    ::unsetenv("https_proxy");
    ::unsetenv("http_proxy");
  }

  TEST_CASE("proxy for plain HTTP") {
    Rig origin{R"({"requests": [{"when": {"path": "/echo"}, "then": {"status": 200, "body": "from the origin"}}]})"};
    EmulatorOptions options;
    options.proxy = true;
    Rig proxy{{}, options};
    const std::string base = "http://127.0.0.1:" + std::to_string(origin.emulator().port());
    RawClient client = proxy.connect();
    client.write("POST " + base +
                 "/echo?q HTTP/1.1\r\nHost: h\r\nProxy-Authorization: Basic eA==\r\nContent-Length: 5\r\n\r\nhello");
    CHECK(body_of(client.read_all()) == "from the origin");
    CHECK(origin.logs(1)[0].method == "POST");
    CHECK(origin.logs(1)[0].path == "/echo");
    // First line, Host, Content-Length, Connection, the empty line and the body; no Proxy-Authorization.
    CHECK(origin.logs(1)[0].bytes_received ==
          std::string_view{"POST /echo?q HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"}
              .size());

    CHECK(status_line(proxy.ask("GET http://example.com/ HTTP/1.1\r\nHost: h\r\n\r\n")) == "HTTP/1.1 502 Bad Gateway");
    Rig no_proxy;
    CHECK(status_line(no_proxy.ask("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: h\r\n\r\n")) == "HTTP/1.1 404 Not Found");
  }
}

}  // namespace pentimento::connections_test
