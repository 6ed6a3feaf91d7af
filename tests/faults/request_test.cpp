#include "fault_matrix.hpp"
#include "margin.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace pentimento::test {

// Faults while the request is written, or before the reply begins.
std::vector<FaultRow> request_faults() {
  std::vector<FaultRow> rows;

  // Fresh connections.
  rows.push_back(
      FaultRow{"N11", "the server closes after the request, without a byte", reply_rule(R"({"no_reply":true})")}
          .unsettled(errc::outcome_unknown, "the server closed the connection without a reply"));
  rows.push_back(FaultRow{"N11", "the server resets the connection after the request, without a byte",
                          reply_rule(R"({"no_reply":true,"end":"reset"})")}
                     .unsettled(errc::outcome_unknown));
  rows.push_back(FaultRow{"N11", "the server closes without farewell after the request, without a byte",
                          reply_rule(R"({"no_reply":true,"end":"unclean"})")}
                     .unsettled(errc::outcome_unknown));
  rows.push_back(FaultRow{"N11", "the server closes when it has something to say, and what it says is nothing",
                          connection_rule(R"({"opening":{"raw":""}})")}
                     .plain_only()
                     .then(paid, fails(errc::outcome_unknown, Bill::maybe, 0))
                     .then(local_critic, fails(errc::outcome_unknown, Bill::nothing, 0)));
  CallOptions short_call;
  short_call.timeout = short_time;
  rows.push_back(
      FaultRow{"N11", "the server takes the request and is silent", reply_rule(R"({"no_reply":true,"end":"stall"})")}
          .options(short_call)
          .hangs(short_time)
          .then(fails(errc::deadline_exceeded, Bill::maybe, 1, "the deadline of the call")));
  rows.push_back(FaultRow{"N11", "only the second attempt is answered",
                          R"({"requests":[{"when":{"nth":1},"then":{"no_reply":true}}]})"}
                     .then(paid, fails(errc::outcome_unknown, Bill::maybe))
                     .then(local_critic, succeeds(2)));

  // Connections that were used before.
  const std::string silent_when_used = R"({"requests":[{"when":{"request_of_connection":2},"then":{"no_reply":true)";
  rows.push_back(
      FaultRow{"N12", "a used connection is closed after the request, without a byte", silent_when_used + "}}]}"}
          .after(1)
          .then(paid, fails(errc::outcome_unknown, Bill::maybe))
          .then(local_critic, succeeds(2)));
  rows.push_back(FaultRow{"N12", "a used connection is reset after the request, without a byte",
                          silent_when_used + R"(,"end":"reset"}}]})"}
                     .after(1)
                     .then(paid, fails(errc::outcome_unknown, Bill::maybe))
                     .then(local_critic, succeeds(2)));
  rows.push_back(FaultRow{"N12", "a used connection was closed while it was idle",
                          R"({"requests":[{"when":{"nth":1},"then":{"close_idle_after_ms":1}}]})"}
                     .after(1, true)
                     .connections(1)
                     .then(succeeds()));
  rows.push_back(FaultRow{"N12", "a used connection said something while it was idle",
                          R"({"requests":[{"when":{"nth":1},"then":{"garbage":{"at":9999}}}]})"}
                     .after(1, true)
                     .connections(1)
                     .then(succeeds()));
  CallOptions no_idling;
  no_idling.max_idle = 0ms;
  rows.push_back(FaultRow{"N12", "a connection that was idle for longer than it may be is not used again", ""}
                     .after(1)
                     .options(no_idling)
                     .connections(1)
                     .then(succeeds()));

  // Large requests: an image of 6 MB is more than the socket buffers hold for a server that does not read.
  CallOptions large;
  large.is_large = true;
  const std::string small_buffer = R"("connections":[{"then":{"receive_buffer":262144}}])";
  const auto large_fault = [&](const std::string& when, const std::string& then) {
    return "{" + small_buffer + R"(,"requests":[{"when":{)" + when + R"(},"then":)" + then + "}]}";
  };
  rows.push_back(FaultRow{"N13", "the connection is reset in the middle of the body, once",
                          large_fault(R"("nth":1)", R"({"read_body":50000,"end":"reset"})")}
                     .options(large)
                     .connections(2)
                     .then(succeeds(2)));
  rows.push_back(
      FaultRow{"N13", "the connection is reset in the middle of the body, each time",
               large_fault("", R"({"read_body":50000,"end":"reset"})")}
          .options(large)
          .then(paid, fails(errc::connect_failed, Bill::nothing, 2, "the request was not sent completely"))
          .then(local_critic, fails(errc::connect_failed, Bill::nothing, 4, "the request was not sent completely")));
  CallOptions large_and_short = large;
  large_and_short.timeout = 2 * short_time;
  rows.push_back(FaultRow{"N13", "the server stops reading in the middle of the body",
                          large_fault("", R"({"read_body":50000,"end":"stall"})")}
                     .options(large_and_short)
                     .hangs(2 * short_time)
                     .then(fails(errc::deadline_exceeded, Bill::nothing, 1, "the request was not sent completely")));
  CallOptions large_and_impatient = large;
  large_and_impatient.low_speed_floor = 1'000'000;
  large_and_impatient.low_speed_window = 200ms;
  rows.push_back(
      FaultRow{"N17", "the server reads the body too slowly", large_fault("", R"({"read_body":50000,"end":"stall"})")}
          .options(large_and_impatient)
          .within(400ms)
          .then(fails(errc::deadline_exceeded, Bill::nothing, 1, "the transfer is too slow")));

  rows.push_back(FaultRow{"N14", "413 comes before the body has been sent",
                          large_fault("", R"({"early":true,"error":{"status":413},"end":"close"})")}
                     .options(large)
                     .then(fails(errc::too_large, Bill::nothing, 1, "too large")));
  rows.push_back(FaultRow{"N14", "401 comes before the body has been sent, and then a reset",
                          large_fault("", R"({"early":true,"error":{"status":401},"end":"reset"})")}
                     .options(large)
                     .then(fails(errc::unauthorized, Bill::nothing, 1, "does not accept the key")));
  rows.push_back(FaultRow{"N14", "429 comes before the body has been sent, once",
                          large_fault(R"("nth":1)", R"({"early":true,"error":{"status":429},"headers":)"
                                                    R"({"retry-after":"0"},"end":"close"})")}
                     .options(large)
                     .connections(2)
                     .then(succeeds(2)));

  // Slow servers without a fault.
  CallOptions impatient;
  impatient.low_speed_window = 100ms;
  impatient.low_speed_floor = 1'000'000;
  rows.push_back(FaultRow{"N18", "the reply comes after a long silence", reply_rule(R"({"delay_ms":150})")}
                     .options(impatient)
                     .then(succeeds()));
  return rows;
}

}  // namespace pentimento::test

TEST_SUITE_BEGIN("Request faults");

TEST_CASE("matrix") { pentimento::test::run_matrix(pentimento::test::request_faults()); }

using namespace pentimento;

namespace {

/// Makes a call of each role, plain and over TLS, after a warm-up.
void prepared(const std::string& scenario, bool plain, const std::function<void(test::FaultBench& bench)>& run) {
  test::warm_up();
  for (const test::Role role : {test::stability, test::openai, test::critic, test::local_critic}) {
    for (const bool tls : {false, true}) {
      if (!tls && !plain) continue;
      const std::string name = std::string{to_string(role)} + (tls ? ", by TLS" : ", plain");
      CAPTURE(name);
      const std::size_t before = test::open_descriptors();
      {
        test::BenchOptions options;
        options.role = role;
        options.tls = tls;
        options.scenario = scenario;
        options.call.connect_timeout = 300ms * test::slowness;
        test::FaultBench bench{std::move(options)};
        bench.warm_up();
        run(bench);
      }
      CHECK(test::soon([&] { return test::open_descriptors() <= before; }));
    }
  }
}

}  // namespace

TEST_CASE("N12 warm connection is used") {
  // All other connections hang in their handshake.
  std::string stalls;
  for (const char* nth : {"2", "3", "4", "5"})
    stalls +=
        (stalls.empty() ? "" : ",") + (R"({"when":{"nth":)" + std::string{nth} + R"(},"then":{"opening":"stall"}})");
  prepared(R"({"connections":[)" + stalls + "]}", false, [](test::FaultBench& bench) {
    REQUIRE(test::soon([&] { return bench.connections() == 1; }));
    const test::CallEnd end = bench.call();
    CHECK_MESSAGE(!end.error.has_value(), end.words);
    CHECK(bench.requests() == 1);
  });
}

TEST_CASE("N12 closed warm connection is not used") {
  prepared(R"({"connections":[{"when":{"nth":1},"then":{"close_idle_after_ms":1}}]})", true,
           [](test::FaultBench& bench) {
             REQUIRE(test::soon([&] { return bench.connections() == 1 && bench.open_connections() == 0; }));
             const test::CallEnd end = bench.call();
             CHECK_MESSAGE(!end.error.has_value(), end.words);
             CHECK(bench.requests() == 1);
             CHECK(bench.connections() == 2);
           });
}

TEST_CASE("N12 hanging warm-up does not delay") {
  prepared(R"({"connections":[{"when":{"nth":1},"then":{"opening":"stall"}}]})", false, [](test::FaultBench& bench) {
    REQUIRE(test::soon([&] { return bench.connections() == 1; }));
    const test::CallEnd end = bench.call();
    CHECK_MESSAGE(!end.error.has_value(), end.words);
    CHECK(end.duration < 200ms * test::slowness);
    CHECK(bench.requests() == 1);
  });
}

TEST_SUITE_END();
