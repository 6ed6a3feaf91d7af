#include "rig.hpp"
#include <pentimento/emulator/emulator.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::emulator_test {
namespace {

using namespace test;
using emulator::EmulatorOptions;
using emulator::RequestCounts;
using emulator::RequestLog;
using emulator::Scenario;

/// All bytes of a reply, and how the connection ended. For scenarios that end it.
struct Outcome {
  std::string bytes;
  Ended ended = Ended::not_yet;
};

Outcome run(std::string_view scenario, bool tls = false) {
  EmulatorOptions options;
  options.tls = tls;
  Rig rig{scenario, options};
  RawClient client = rig.connect();
  client.write(get_models);
  Outcome outcome;
  outcome.bytes = client.read_all();
  outcome.ended = client.ended();
  return outcome;
}

}  // namespace

TEST_SUITE("Emulator") {
  TEST_CASE("counts and logs requests") {
    Rig rig;
    RawClient client = rig.connect();
    for (int i = 0; i < 3; ++i) {
      client.write(get_models);
      const std::string reply = client.read_reply();
      CHECK(status_line(reply) == "HTTP/1.1 200 OK");
      CHECK(field(reply, "content-type") == "application/json");
      CHECK(field(reply, "x-request-id") == "req_emulated_" + std::to_string(i + 1));
      CHECK(body_of(reply).starts_with(R"({"object":"list","data":[{)"));
    }
    CHECK(rig.emulator().connections() == 1);
    CHECK(rig.emulator().open_connections() == 1);
    const RequestCounts counts = rig.emulator().requests();
    CHECK(counts.total == 3);
    CHECK(counts.whole == 3);
    CHECK(counts.bytes == 3 * get_models.size());
    CHECK(counts.by_path.at("/v1/models") == 3);
    const std::vector<RequestLog> logs = rig.logs(3);
    CHECK(logs[1].connection == 1);
    CHECK(logs[1].number == 2);
    CHECK(logs[1].method == "GET");
    CHECK(logs[1].path == "/v1/models");
    CHECK(logs[1].status == 200);
    CHECK(logs[1].bytes_received == get_models.size());
    CHECK(logs[1].bytes_sent > 100);
    CHECK(logs[1].complete);
    CHECK(logs[1].rule.empty());
    rig.emulator().reset_counts();
    CHECK(rig.emulator().requests().total == 0);
    client.close();
    rig.await_closed();
  }

  TEST_CASE("pipelined requests") {
    Rig rig;
    RawClient client = rig.connect();
    client.write(std::string{get_models} + std::string{get_models});
    CHECK(status_line(client.read_reply()) == "HTTP/1.1 200 OK");
    CHECK(status_line(client.read_reply()) == "HTTP/1.1 200 OK");
    CHECK(rig.emulator().requests().bytes == 2 * get_models.size());
  }

  TEST_CASE("keys") {
    EmulatorOptions options;
    options.api_key = "another-key-for-tests";
    Rig rig{{}, options};
    const std::string none = rig.ask("GET /v1/models HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(status_line(none) == "HTTP/1.1 401 Unauthorized");
    CHECK(body_of(none).find("You didn't provide an API key") != std::string::npos);
    const std::string wrong = rig.ask(get_models);
    CHECK(status_line(wrong) == "HTTP/1.1 401 Unauthorized");
    CHECK(body_of(wrong).find(R"("code":"invalid_api_key")") != std::string::npos);
    CHECK(body_of(wrong).find("key-for-tests") == std::string::npos);
    const std::string right = rig.ask("GET /v1/models HTTP/1.1\r\nHost: h\r\napi-key: another-key-for-tests\r\n\r\n");
    CHECK(status_line(right) == "HTTP/1.1 200 OK");
  }

  TEST_CASE("rejects invalid HTTP and closes") {
    const auto answer = [](std::string_view request) {
      CAPTURE(request.substr(0, 100));
      Rig rig;
      RawClient client = rig.connect();
      client.write(request);
      const std::string reply = client.read_all();
      CHECK(client.ended() == Ended::in_order);
      return status_line(reply);
    };
    CHECK(answer("GET / HTTP/1.1\r\n\r\n") == "HTTP/1.1 400 Bad Request");
    CHECK(answer("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == "HTTP/1.1 400 Bad Request");
    CHECK(answer("GET / HTTP/1.1\nHost: a\n\n") == "HTTP/1.1 400 Bad Request");
    CHECK(answer("GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n") == "HTTP/1.1 400 Bad Request");
    CHECK(answer("GET / HTTP/1.1\r\nHost: a\r\nname : b\r\n\r\n") == "HTTP/1.1 400 Bad Request");
    CHECK(answer("GET relative HTTP/1.1\r\nHost: a\r\n\r\n") == "HTTP/1.1 400 Bad Request");
    CHECK(answer("\x16\x03\x01 not HTTP\r\n\r\n") == "HTTP/1.1 400 Bad Request");
    CHECK(answer("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello") == "HTTP/1.1 400 Bad Request");
    CHECK(answer("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello") ==
          "HTTP/1.1 400 Bad Request");
    CHECK(answer("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") ==
          "HTTP/1.1 400 Bad Request");
    CHECK(answer("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 67108865\r\n\r\n") == "HTTP/1.1 413 Payload Too Large");
    CHECK(answer("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n") ==
          "HTTP/1.1 413 Payload Too Large");
    CHECK(answer("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n") ==
          "HTTP/1.1 400 Bad Request");
    CHECK(answer("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n") ==
          "HTTP/1.1 501 Not Implemented");
    CHECK(answer("POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n") ==
          "HTTP/1.1 415 Unsupported Media Type");
    CHECK(answer("GET / HTTP/1.1\r\nHost: a\r\nx: " + std::string(70'000, 'x') + "\r\n\r\n") ==
          "HTTP/1.1 431 Request Header Fields Too Large");
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 101; ++i) many += "x: y\r\n";
    CHECK(answer(many + "\r\n") == "HTTP/1.1 431 Request Header Fields Too Large");
  }

  TEST_CASE("chunked request") {
    Rig rig{request_rule(R"({"status": 200, "body": "ok"})")};
    RawClient client = rig.connect();
    const std::string request =
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nx: "
        "y\r\n\r\n";
    for (const char c : request) client.write(std::string_view{&c, 1});
    CHECK(body_of(client.read_reply()) == "ok");
    client.write(request);
    CHECK(body_of(client.read_reply()) == "ok");
    CHECK(rig.emulator().requests().whole == 2);
    CHECK(rig.emulator().requests().bytes == 2 * request.size());
  }

  TEST_CASE("100 Continue") {
    Rig rig{request_rule(R"({"status": 200, "body": "ok"})")};
    RawClient client = rig.connect();
    client.write("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.write("hello");
    CHECK(body_of(client.read_reply()) == "ok");
  }

  TEST_CASE("fixed reply") {
    Rig rig{
        request_rule(R"({"status": 429, "headers": [["Retry-After", "1"], ["Retry-After", "2"]], "json": {"a": 1}})")};
    const std::string reply = rig.ask(get_models);
    CHECK(reply ==
          "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nserver: pentimento-emulator\r\n"
          "Retry-After: 1\r\nRetry-After: 2\r\ncontent-length: 7\r\n\r\n{\"a\":1}");
    CHECK(rig.logs(1)[0].rule == "requests[0]");
    CHECK(rig.logs(1)[0].status == 429);
  }

  TEST_CASE("headers of a scenario override the provider's") {
    Rig rig{request_rule(R"({"headers": {"Content-Type": "text/html", "x-more": "1", "server": "other"}})")};
    const std::string reply = rig.ask(get_models);
    CHECK(field(reply, "content-type") == "(none)");
    CHECK(field(reply, "Content-Type") == "text/html");
    CHECK(field(reply, "x-more") == "1");
    CHECK(field(reply, "server") == "other");
    CHECK(body_of(reply).starts_with(R"({"object":"list")"));
  }

  TEST_CASE("rules by number, path, method and request of the connection") {
    Rig rig{R"({"requests": [
    {"when": {"path": "/v1/other"}, "then": {"status": 501}},
    {"when": {"method": "POST"}, "then": {"status": 502}},
    {"when": {"nth": 2, "path": "/v1/m"}, "then": {"status": 503}},
    {"when": {"request_of_connection": 3}, "then": {"status": 504}},
    {"when": {"every": 4}, "then": {"status": 505}}]})"};
    std::string statuses;
    for (int connection = 0; connection < 2; ++connection) {
      RawClient client = rig.connect();
      for (int i = 0; i < 4; ++i) {
        client.write(get_models);
        statuses += status_of(client.read_reply()) + ' ';
      }
    }
    CHECK(statuses == "200 503 504 505 200 200 504 505 ");
    CHECK(status_of(rig.ask("GET /v1/other/x?y HTTP/1.1\r\nHost: a\r\n\r\n")) == "501");
    CHECK(status_of(rig.ask(post("/v1/models", "", ""))) == "502");
    rig.emulator().play(Scenario{});
    CHECK(status_of(rig.ask(get_models)) == "200");
  }

  TEST_CASE("truncate_at and end") {
    const std::string whole = run(request_rule(R"({"status": 200, "body": "0123456789", "end": "close"})")).bytes;
    for (const bool tls : {false, true}) {
      CAPTURE(tls);
      const auto cut = [&](const std::string& place, std::string_view end) {
        return run(request_rule(R"({"status": 200, "body": "0123456789", "truncate_at": )" + place + R"(, "end": ")" +
                                std::string{end} + "\"}"),
                   tls);
      };
      const std::size_t head = whole.size() - 10;
      for (const auto& [place, size] :
           std::vector<std::pair<std::string, std::size_t>>{{"0", 0},
                                                            {"1", 1},
                                                            {std::to_string(head), head},
                                                            {"-1", whole.size() - 1},
                                                            {"-10", head},
                                                            {"-11", head - 1},
                                                            {"-10000", 0},
                                                            {"10000", whole.size()},
                                                            {R"({"byte": 4, "of": "body"})", head + 4},
                                                            {R"({"byte": -4, "of": "body"})", head + 6},
                                                            {R"({"byte": -40, "of": "body"})", head}}) {
        CAPTURE(place);
        const Outcome outcome = cut(place, "close");
        CHECK(outcome.bytes == whole.substr(0, size));
        CHECK(outcome.ended == Ended::in_order);
      }
      const Outcome unclean = cut("-1", "unclean");
      CHECK(unclean.bytes == whole.substr(0, whole.size() - 1));
      CHECK(unclean.ended == (tls ? Ended::cut_off : Ended::in_order));
      const Outcome reset = cut("-1", "reset");
      CHECK(reset.bytes == whole.substr(0, whole.size() - 1));
      CHECK(reset.ended == Ended::cut_off);
    }
  }

  TEST_CASE("truncates a large reply at its last byte") {
    for (const bool tls : {false, true}) {
      for (const std::string_view end : {"close", "unclean", "reset"}) {
        CAPTURE(tls);
        CAPTURE(end);
        const Outcome outcome =
            run(request_rule(R"({"status": 200, "body": {"random": 3000000}, "truncate_at": -1, "end": ")" +
                             std::string{end} + "\"}"),
                tls);
        CHECK(body_of(outcome.bytes).size() == 2'999'999);
      }
    }
  }

  TEST_CASE("no_reply") {
    for (const bool tls : {false, true}) {
      CAPTURE(tls);
      const Outcome closed = run(request_rule(R"({"no_reply": true})"), tls);
      CHECK(closed.bytes.empty());
      CHECK(closed.ended == Ended::in_order);
      const Outcome unclean = run(request_rule(R"({"no_reply": true, "end": "unclean"})"), tls);
      CHECK(unclean.bytes.empty());
      CHECK(unclean.ended == (tls ? Ended::cut_off : Ended::in_order));
      const Outcome reset = run(request_rule(R"({"no_reply": true, "end": "reset"})"), tls);
      CHECK(reset.bytes.empty());
      CHECK(reset.ended == Ended::cut_off);
    }
  }

  TEST_CASE("garbage") {
    CHECK(run(request_rule(R"({"status": 200, "garbage": {}})")).bytes.size() == 1000);
    const Outcome middle = run(request_rule(R"({"status": 200, "body": "0123456789", "garbage": {"at": -5}})"));
    CHECK(body_of(middle.bytes).size() == 1005);
    CHECK(body_of(middle.bytes).starts_with("01234"));
    const Outcome below =
        run(request_rule(R"({"status": 200, "body": "0123456789", "garbage": {"at": -5, "below_tls": true}})"), true);
    CHECK(body_of(below.bytes) == "01234");
    CHECK(below.ended == Ended::cut_off);
  }

  TEST_CASE("content_length and no_length") {
    const Outcome more = run(request_rule(R"({"status": 200, "body": "abc", "content_length": 5, "end": "close"})"));
    CHECK(field(more.bytes, "content-length") == "5");
    CHECK(body_of(more.bytes) == "abc");
    const Outcome odd = run(request_rule(R"({"status": 200, "body": "abc", "content_length": "0x3", "end": "close"})"));
    CHECK(field(odd.bytes, "content-length") == "0x3");
    const Outcome none = run(request_rule(R"({"status": 200, "body": "abc", "no_length": true})"));
    CHECK(field(none.bytes, "content-length") == "(none)");
    CHECK(field(none.bytes, "connection") == "close");
    CHECK(body_of(none.bytes) == "abc");
    const Outcome empty = run(request_rule(R"({"status": 204, "end": "close"})"));
    CHECK(empty.bytes == "HTTP/1.1 204 No Content\r\nserver: pentimento-emulator\r\n\r\n");
  }

  TEST_CASE("chunked reply") {
    const auto chunked = [](const std::string& how) {
      return body_of(
          run(request_rule(R"({"status": 200, "body": "0123456789", "end": "close", "chunked": )" + how + "}")).bytes);
    };
    CHECK(chunked("true") == "a\r\n0123456789\r\n0\r\n\r\n");
    CHECK(chunked(R"({"sizes": [1, 4]})") == "1\r\n0\r\n4\r\n1234\r\n4\r\n5678\r\n1\r\n9\r\n0\r\n\r\n");
    CHECK(chunked(R"({"sizes": [100]})") == "a\r\n0123456789\r\n0\r\n\r\n");
    CHECK(chunked(R"({"trailers": {"x": "y"}})") == "a\r\n0123456789\r\n0\r\nx: y\r\n\r\n");
  }

  TEST_CASE("positions in a chunked reply count bytes on the wire") {
    const Outcome outcome =
        run(request_rule(R"({"status": 200, "body": {"repeat": 1000, "of": "x"}, "chunked": {"sizes": [1, 20, 3]},
                                       "truncate_at": {"byte": -3, "of": "body"}})"));
    const std::string body = body_of(outcome.bytes);
    CHECK(body.ends_with("3\r\nxxx\r\n1\r\nx\r\n0\r"));
  }

  TEST_CASE("raw") {
    const Outcome two =
        run(request_rule(R"({"raw": "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"})"));
    CHECK(two.bytes == "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
    CHECK(two.ended == Ended::in_order);
    const Outcome nul =
        run(request_rule(R"({"raw": ["HTTP/1.1 200 OK\r\nx: a\u0000b\r\n folded\n", {"base64": "/w=="}]})"), true);
    CHECK(nul.bytes == std::string{"HTTP/1.1 200 OK\r\nx: a\0b\r\n folded\n\xFF", 34});
    const Outcome many =
        run(request_rule(R"({"raw": ["HTTP/1.1 200 OK\r\n", {"repeat": 100000, "of": "x: y\r\n"}, "\r\n"]})"));
    CHECK(many.bytes.size() == 17 + 600'000 + 2);
  }

  TEST_CASE("an endless reply ends with the client") {
    Rig rig{request_rule(R"({"raw": {"repeat": "forever", "of": "HTTP/1.1 103 Early Hints\r\n\r\n"}})")};
    RawClient client = rig.connect();
    client.write(get_models);
    CHECK(client.read(1'000'000).size() == 1'000'000);
    client.close(true);
    const RequestLog log = rig.logs(1)[0];
    CHECK(log.bytes_sent >= 1'000'000);
    CHECK(!log.complete);
    rig.await_closed();
  }

  TEST_CASE("drip") {
    Rig rig{request_rule(R"({"status": 200, "body": "0123456789", "drip": {"bytes": 3, "every_ms": 1}})")};
    CHECK(body_of(rig.ask(get_models)) == "0123456789");
    const RequestLog log = rig.logs(1)[0];
    CHECK(log.duration.count() * 3 >= static_cast<std::int64_t>(log.bytes_sent) - 6);
    rig.emulator().play(*Scenario::parse(
        request_rule(R"({"status": 200, "body": "0123456789", "drip": {"bytes": 1, "every_ms": 5, "of": "body"}})")));
    CHECK(body_of(rig.ask(get_models)) == "0123456789");
    CHECK(rig.logs(2)[1].duration.count() >= 45);
    CHECK(rig.logs(2)[1].duration.count() < 5000);
  }

  TEST_CASE("notices a client that leaves during a delay") {
    for (const bool tls : {false, true}) {
      CAPTURE(tls);
      EmulatorOptions options;
      options.tls = tls;
      Rig rig{request_rule(R"({"delay_ms": 3600000})"), options};
      RawClient client = rig.connect();
      client.write(get_models);
      rig.await_begun(1);
      CHECK(rig.emulator().requests().whole == 1);
      client.close();
      const RequestLog log = rig.logs(1)[0];
      CHECK(log.status == 0);
      CHECK(!log.complete);
      rig.await_closed();
    }
  }

  TEST_CASE("delay_ms") {
    Rig rig{request_rule(R"({"delay_ms": 30})")};
    CHECK(status_line(rig.ask(get_models)) == "HTTP/1.1 200 OK");
    CHECK(rig.logs(1)[0].duration.count() >= 30);
  }

  TEST_CASE("early") {
    const std::string head = "POST /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
    Rig rig{request_rule(R"({"early": true, "status": 413, "body": "too much"})")};
    RawClient client = rig.connect();
    client.write(head + "abc");
    CHECK(body_of(client.read_reply()) == "too much");
    client.write(std::string(997, 'x') + std::string{get_models});
    CHECK(body_of(client.read_reply()) == "too much");
    CHECK(rig.logs(1)[0].complete);
    CHECK(rig.emulator().requests().whole == 2);

    rig.emulator().play(*Scenario::parse(request_rule(R"({"early": true, "error": {"status": 401}, "end": "close"})")));
    RawClient other = rig.connect();
    other.write(head + "abc");
    const std::string reply = other.read_all();
    CHECK(status_line(reply) == "HTTP/1.1 401 Unauthorized");
    CHECK(body_of(reply).find(R"("code":"invalid_api_key")") != std::string::npos);
    CHECK(other.ended() == Ended::in_order);
  }

  TEST_CASE("read_body") {
    for (const std::string_view end : {"close", "reset"}) {
      CAPTURE(end);
      Rig rig{request_rule(R"({"read_body": 10, "end": ")" + std::string{end} + "\"}")};
      RawClient client = rig.connect();
      client.write("POST /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n0123456789");
      CHECK(client.read_all().empty());
      CHECK(client.ended() == (end == "close" ? Ended::in_order : Ended::cut_off));
      CHECK(rig.emulator().requests().total == 1);
      CHECK(rig.emulator().requests().whole == 0);
      CHECK(!rig.logs(1)[0].complete);
      CHECK(rig.logs(1)[0].bytes_received == 69);
    }
  }

  TEST_CASE("stalls until the client leaves") {
    Rig rig{R"({"connections": [{"then": {"receive_buffer": 4096}}],
              "requests": [{"then": {"read_body": 0, "end": "stall"}}]})"};
    RawClient client = rig.connect();
    client.write("POST /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n\r\nsome of it");
    rig.await_begun(1);
    CHECK(rig.emulator().open_connections() == 1);
    client.close(true);
    rig.await_closed();
    CHECK(rig.emulator().requests().whole == 0);
  }

  TEST_CASE("close_idle_after_ms") {
    Rig rig{R"({"connections": [{"when": {"nth": 2}, "then": {"close_idle_after_ms": 1}}],
              "requests": [{"then": {"close_idle_after_ms": 1}}]})"};
    RawClient used = rig.connect();
    used.write(get_models);
    CHECK(status_line(used.read_reply()) == "HTTP/1.1 200 OK");
    CHECK(used.read_all().empty());
    CHECK(used.ended() == Ended::in_order);
    RawClient fresh = rig.connect();
    CHECK(fresh.read_all().empty());
    CHECK(fresh.ended() == Ended::in_order);
    CHECK(rig.emulator().requests().total == 1);
  }

  TEST_CASE("stop closes everything") {
    Rig rig{R"({"requests": [{"when": {"nth": 1}, "then": {"delay_ms": 3600000}},
                           {"when": {"nth": 2}, "then": {"no_reply": true, "end": "stall"}},
                           {"when": {"nth": 3}, "then": {"raw": {"repeat": "forever", "of": "x"}}}]})"};
    std::vector<RawClient> clients;
    for (std::size_t i = 0; i < 4; ++i) {
      clients.push_back(rig.connect());
      if (i == 3) break;
      clients.back().write(get_models);
      rig.await_begun(i + 1);
    }
    const std::uint16_t port = rig.emulator().port();
    rig.emulator().stop();
    CHECK_THROWS(RawClient{port});
    for (RawClient& client : clients) {
      client.read_all();
      CHECK(client.ended() != Ended::not_yet);
    }
    rig.emulator().stop();
    CHECK(rig.emulator().open_connections() == 0);
  }

  TEST_CASE("destructor with requests in progress") {
    for (int i = 0; i < 20; ++i) {
      Rig rig{request_rule(R"({"delay_ms": 3600000})")};
      RawClient client = rig.connect();
      client.write(get_models);
      if (i % 2 == 0) rig.await_begun(1);
    }
  }

  TEST_CASE("port in use") {
    Rig rig;
    EmulatorOptions options;
    options.port = rig.emulator().port();
    CHECK_THROWS_WITH_AS((Rig{{}, options}), doctest::Contains("cannot listen at port"), Failure);
  }

  TEST_CASE("IPv6") {
    EmulatorOptions options;
    options.ipv6 = true;
    Rig rig{R"({"connections": [{"when": {"address": "::1"}, "then": {"opening": "close"}}]})", options};
    RawClient six = rig.connect("::1");
    CHECK(six.read_all().empty());
    RawClient four = rig.connect();
    four.write(get_models);
    CHECK(status_line(four.read_reply()) == "HTTP/1.1 200 OK");
    CHECK(rig.emulator().describe().find("http://[::1]:" + std::to_string(rig.emulator().port())) != std::string::npos);
  }

  TEST_CASE("describe") {
    Rig rig;
    const std::string text = rig.emulator().describe();
    CHECK(text.starts_with("http://127.0.0.1:" + std::to_string(rig.emulator().port()) + "\n"));
    CHECK(text.find("GET  /v1/models") != std::string::npos);
  }
}

}  // namespace pentimento::emulator_test
