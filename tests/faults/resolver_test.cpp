#include "fake_system.hpp"
#include "fault_matrix.hpp"
#include "margin.hpp"
#include "process.hpp"
#include <pentimento/http/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <netdb.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace pentimento;
namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::BenchOptions;
using test::CallEnd;
using test::FakeNames;
using test::FaultBench;
using test::Role;
using test::soon;

namespace {

/// Runs a function for each role, plain and over TLS, with the name "localhost". Checks that no descriptor stays open.
void at_a_name(const std::function<void(BenchOptions options, FakeNames& names)>& run) {
  test::warm_up();
  for (const Role role : {test::stability, test::openai, test::critic, test::local_critic}) {
    for (const bool tls : {false, true}) {
      const std::string name = std::string{to_string(role)} + (tls ? ", by TLS" : ", plain");
      CAPTURE(name);
      const std::size_t before = test::open_descriptors();
      {
        FakeNames names;
        BenchOptions options;
        options.role = role;
        options.tls = tls;
        options.call.host = "localhost";
        run(std::move(options), names);
      }
      CHECK(soon([&] { return test::open_descriptors() <= before; }));
    }
  }
}

void check_unreachable(const FaultBench& bench, const CallEnd& end, const std::string& says) {
  REQUIRE(end.error.has_value());
  CAPTURE(end.words);
  CHECK(to_string(end.error->code()) == "connect_failed");
  CHECK(end.charge == Charge{});
  CHECK(end.error->message().find(says) != std::string::npos);
  CHECK(end.error->message().find("localhost") != std::string::npos);
  CHECK(!test::shows_key(end.words, bench.key()));
  CHECK(bench.connections() == 0);
}

}  // namespace

TEST_SUITE("Resolver faults") {
  TEST_CASE("N01 unknown name") {
    at_a_name([](BenchOptions options, FakeNames& names) {
      names.fail("localhost", EAI_NONAME, 1'000);
      FaultBench bench{std::move(options)};
      check_unreachable(bench, bench.call(), "has no address");
      CHECK(names.asked("localhost") == 1);
    });
  }

  TEST_CASE("N01 temporary failure") {
    at_a_name([](BenchOptions options, FakeNames& names) {
      names.answer("localhost", {"127.0.0.1"});
      names.fail("localhost", EAI_AGAIN, 2);
      FaultBench bench{std::move(options)};
      const CallEnd end = bench.call();
      CHECK_MESSAGE(!end.error.has_value(), end.words);
      CHECK(names.asked("localhost") == 3);
      CHECK(bench.requests() == 1);
    });
    at_a_name([](BenchOptions options, FakeNames& names) {
      names.fail("localhost", EAI_AGAIN, 1'000);
      FaultBench bench{std::move(options)};
      check_unreachable(bench, bench.call(), "has no address");
      CHECK(names.asked("localhost") == 4);
    });
  }

  TEST_CASE("N02 hanging look-up times out") {
    at_a_name([](BenchOptions options, FakeNames& names) {
      names.hang("localhost", 1);
      options.call.connect_timeout = 100ms;
      options.call.max_attempts = 1;
      FaultBench bench{std::move(options)};
      const CallEnd end = bench.call();
      check_unreachable(bench, end, "timed out");
      CHECK(end.duration >= 100ms);
      CHECK(end.duration <= 100ms + test::deadline_margin);
    });
  }

  TEST_CASE("N02 hanging look-up does not block others") {
    at_a_name([](BenchOptions options, FakeNames& names) {
      names.answer("localhost", {"127.0.0.1"});
      names.hang("localhost", 1);
      FaultBench bench{std::move(options)};
      bench.begin();
      REQUIRE(soon([&] { return names.asked("localhost") == 1; }));
      // Another call of the same client, while the first still hangs.
      const CallEnd other = bench.call();
      CHECK_MESSAGE(!other.error.has_value(), other.words);
      REQUIRE(soon([&] { return bench.ends() == 2; }));
      CHECK(bench.requests() == 2);
    });
  }

  TEST_CASE("N02 hanging look-ups leave threads") {
    FakeNames names;
    names.hang("hangs.test", 1'000);
    names.answer("other.test", {"127.0.0.1"});
    http::ClientOptions options;
    options.retry.max_attempts = 1;
    const http::Client client{options};
    const auto get = [](http::Client through, std::string address,
                        std::optional<Result<http::Response>>* kept) -> asio::awaitable<void> {
      http::Request request{http::Method::get, http::Url::parse(address).value()};
      request.timeout(2 * test::short_time);
      kept->emplace(co_await through.send(std::move(request)));
    };
    asio::io_context context;
    std::vector<std::optional<Result<http::Response>>> replies(41);
    for (std::size_t i = 0; i < 40; ++i)
      asio::co_spawn(context, get(client, "http://hangs.test/", &replies[i]), asio::detached);
    context.poll();
    REQUIRE(soon([&] { return names.asked("hangs.test") > 0; }));
    asio::co_spawn(context, get(client, "http://other.test:1/", &replies[40]), asio::detached);  // nobody listens
    context.restart();
    context.run();
    for (const std::optional<Result<http::Response>>& reply : replies) {
      REQUIRE(reply.has_value());
      REQUIRE(!reply->has_value());
      const bool is_other = &reply == &replies[40];
      CHECK((reply->error().message().find("Connection refused") != std::string::npos) == is_other);
    }
  }

  TEST_CASE("N02 more hanging look-ups than threads") {
    at_a_name([](BenchOptions options, FakeNames& names) {
      constexpr int calls = 24;
      names.hang("localhost", calls);
      options.call.timeout = 100ms;
      FaultBench bench{std::move(options)};
      const auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < calls; ++i) bench.begin();
      REQUIRE(soon([&] { return bench.ends() == calls; }));
      CHECK(std::chrono::steady_clock::now() - start <= 100ms + test::deadline_margin);
      const CallEnd end = bench.await_end();
      REQUIRE(end.error.has_value());
      CHECK(to_string(end.error->code()) == "deadline_exceeded");
      CHECK(end.charge == Charge{});
    });
  }

  TEST_CASE("N02 client with its own thread") {
    at_a_name([](BenchOptions options, FakeNames& names) {
      names.hang("localhost", 1);
      options.call.connect_timeout = 50ms;
      options.call.max_attempts = 1;
      options.call.has_own_thread = true;
      FaultBench bench{std::move(options)};
      check_unreachable(bench, bench.call(), "timed out");
      const auto start = std::chrono::steady_clock::now();
      bench.drop_client();
      CHECK(std::chrono::steady_clock::now() - start <= test::cancel_margin);
      CHECK(names.asked("localhost") == 1);
    });
  }

  TEST_CASE("N05 unresponsive address") {
    const std::pair<const char*, std::vector<std::string>> orders[] = {{"::1", {"::1", "127.0.0.1"}},
                                                                       {"127.0.0.1", {"127.0.0.1", "::1"}}};
    for (const auto& [silent, addresses] : orders) {
      CAPTURE(silent);
      at_a_name([&](BenchOptions options, FakeNames& names) {
        names.answer("localhost", addresses);
        options.ipv6 = true;
        options.scenario =
            R"({"connections":[{"when":{"address":")" + std::string{silent} + R"("},"then":{"accept":"never"}}]})";
        FaultBench bench{std::move(options)};
        const CallEnd end = bench.call();
        CHECK_MESSAGE(!end.error.has_value(), end.words);
        CHECK(end.duration >= 250ms);
        CHECK(end.duration <= 250ms + test::deadline_margin);
        CHECK(bench.connections() == 1);
        CHECK(bench.requests() == 1);
      });
    }
  }

  TEST_CASE("N05 refusing address") {
    at_a_name([&](BenchOptions options, FakeNames& names) {
      names.answer("localhost", {"::1", "127.0.0.1"});  // nobody listens at the first
      FaultBench bench{std::move(options)};
      const CallEnd end = bench.call();
      CHECK_MESSAGE(!end.error.has_value(), end.words);
      CHECK(end.duration < 200ms * test::slowness);
      CHECK(bench.requests() == 1);
    });
  }

  TEST_CASE("N05 no address answers") {
    at_a_name([&](BenchOptions options, FakeNames& names) {
      names.answer("localhost", {"::1", "127.0.0.1"});
      options.ipv6 = true;
      options.scenario = test::connection_rule(R"({"accept":"never"})");
      options.call.connect_timeout = 300ms;
      options.call.max_attempts = 1;
      FaultBench bench{std::move(options)};
      const CallEnd end = bench.call();
      check_unreachable(bench, end, "timed out");
      CHECK(end.duration >= 300ms);
      CHECK(end.duration <= 300ms + test::deadline_margin);
    });
  }

  TEST_CASE("C04 wall clock jumps") {
    for (const std::chrono::seconds jump : {std::chrono::seconds{3'600}, std::chrono::seconds{-3'600}}) {
      CAPTURE(jump.count());
      at_a_name([&](BenchOptions options, FakeNames& names) {
        names.answer("localhost", {"127.0.0.1"});
        options.call.timeout = 100ms;
        options.scenario = test::reply_rule(R"({"no_reply":true,"end":"stall"})");
        FaultBench bench{std::move(options)};
        bench.on_request_begin([&] { test::shift_wall_clock(jump); });
        const CallEnd end = bench.call();
        bench.on_request_begin({});
        test::shift_wall_clock(-jump);
        REQUIRE(end.error.has_value());
        CHECK(to_string(end.error->code()) == "deadline_exceeded");
        CHECK(end.duration >= 100ms);
        CHECK(end.duration <= 100ms + test::deadline_margin);
      });
      at_a_name([&](BenchOptions options, FakeNames& names) {
        names.answer("localhost", {"127.0.0.1"});
        options.scenario = test::reply_rule(R"({"delay_ms":20})");
        FaultBench bench{std::move(options)};
        bench.on_request_begin([&] { test::shift_wall_clock(jump); });
        const CallEnd end = bench.call();
        bench.on_request_begin({});
        test::shift_wall_clock(-jump);
        CHECK_MESSAGE(!end.error.has_value(), end.words);
      });
    }
  }
}
