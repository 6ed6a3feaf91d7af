#include "fake_system.hpp"
#include "fault_matrix.hpp"
#include "margin.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace std::chrono_literals;
using test::BenchOptions;
using test::Bill;
using test::CallEnd;
using test::FaultBench;
using test::Role;
using test::Roles;
using test::soon;

namespace {

constexpr Role roles[] = {test::stability, test::openai, test::openai_stream, test::critic, test::local_critic};

/// The state before the call.
struct Before {
  std::size_t descriptors = 0;
  std::size_t connecting = 0;  // to the server, which fills its own queue where it never accepts
};

/// A state of a call, how to reach it, and the charge when it is cancelled there.
struct State {
  std::string name;
  std::string scenario;
  /// True if the call is in this state.
  std::function<bool(FaultBench& bench, const Before& before)> reached;
  Bill bill = Bill::nothing;
  std::uint64_t requests = 0;
  Roles for_roles = test::all_roles;
  bool plain = true;
  bool tls = true;
  test::CallOptions call{};
};

std::vector<State> states() {
  const auto one_request = [](FaultBench& bench, const Before&) { return bench.whole_requests() == 1; };
  test::CallOptions large;
  large.is_large = true;
  test::CallOptions patient;
  patient.timeout = 24h;
  patient.retry_base = 1h;
  patient.retry_cap = 1h;
  std::vector<State> all;
  all.push_back(
      {"connecting", test::connection_rule(R"({"accept":"never"})"),
       [](FaultBench& bench, const Before& before) { return test::connecting_to(bench.port()) > before.connecting; }});
  all.push_back({"shaking hands", test::connection_rule(R"({"opening":"stall"})"),
                 [](FaultBench& bench, const Before&) { return bench.open_connections() == 1; }});
  all.back().plain = false;
  all.push_back({"writing",
                 R"({"connections":[{"then":{"receive_buffer":262144}}],)"
                 R"("requests":[{"then":{"read_body":50000,"end":"stall"}}]})",
                 [](FaultBench& bench, const Before&) { return bench.bytes() >= 50'000; }, Bill::nothing, 1});
  all.back().call = large;
  all.push_back({"waiting for the reply", test::reply_rule(R"({"no_reply":true,"end":"stall"})"), one_request,
                 Bill::maybe, 1, test::all_roles | test::openai_stream});
  all.push_back({"reading the head", test::reply_rule(R"({"drip":{"bytes":1,"every_ms":100,"of":"head"}})"),
                 one_request, Bill::maybe, 1});
  all.push_back({"reading the body", test::reply_rule(R"({"truncate_at":{"byte":10,"of":"body"},"end":"stall"})"),
                 one_request, Bill::maybe, 1, test::all_roles | test::openai_stream});
  // After both sides have closed the only connection, the call waits for the next one.
  const auto all_closed = [](FaultBench& bench, const Before& before) {
    return bench.connections() == 1 && bench.open_connections() == 0 && test::open_descriptors() == before.descriptors;
  };
  all.push_back({"waiting as the server told it to",
                 test::reply_rule(R"({"error":{"status":429},"headers":{"retry-after":"60","connection":"close"},)"
                                  R"("end":"close"})"),
                 all_closed, Bill::nothing, 1});
  all.back().call = patient;
  all.push_back({"waiting after a failed connection", test::connection_rule(R"({"opening":"close"})"), all_closed});
  all.back().call = patient;
  all.back().plain = false;
  all.push_back({"waiting after a failed request that costs nothing",
                 test::reply_rule(R"({"status":502,"headers":{"connection":"close"},"end":"close"})"), all_closed,
                 Bill::nothing, 1, test::local_critic});
  all.back().call = patient;
  return all;
}

void check_cancelled(FaultBench& bench, const CallEnd& end, Bill bill, Role role, int ends = 1) {
  REQUIRE_MESSAGE(end.error.has_value(), "it succeeded");
  CAPTURE(end.words);
  CHECK(to_string(end.error->code()) == "cancelled");
  const bool is_free = role == test::local_critic;
  CHECK(end.charge == (bill == Bill::maybe && !is_free ? Charge::maybe_billed(bench.worst_case()) : Charge{}));
  CHECK(!test::shows_key(end.words, bench.key()));
  CHECK(bench.ends() == ends);
}

/// Runs a function for each of some roles, plain and over TLS, and checks that no descriptor stays open.
void in_each(Roles wanted, bool plain, bool tls, const std::function<void(BenchOptions options)>& run) {
  test::warm_up();
  for (const Role role : roles) {
    for (const bool with_tls : {false, true}) {
      if ((wanted & role) == 0 || !(with_tls ? tls : plain)) continue;
      const std::string name = std::string{to_string(role)} + (with_tls ? ", by TLS" : ", plain");
      CAPTURE(name);
      const std::size_t before = test::open_descriptors();
      BenchOptions options;
      options.role = role;
      options.tls = with_tls;
      run(std::move(options));
      CHECK(soon([&] { return test::open_descriptors() <= before; }));
      CHECK(test::broken_pipes() == 0);
    }
  }
}

}  // namespace

TEST_SUITE("Cancellation") {
  TEST_CASE("C01 in every state") {
    for (const State& state : states()) {
      CAPTURE(state.name);
      in_each(state.for_roles, state.plain, state.tls, [&](BenchOptions options) {
        const Role role = options.role;
        options.scenario = state.scenario;
        options.call = state.call;
        FaultBench bench{std::move(options)};
        const Before before{test::open_descriptors(), test::connecting_to(bench.port())};
        bench.begin();
        REQUIRE(soon([&] { return state.reached(bench, before); }));
        REQUIRE(bench.ends() == 0);
        const auto start = std::chrono::steady_clock::now();
        bench.cancel();
        bench.cancel();  // C02: once more is no matter
        const CallEnd end = bench.await_end();
        CHECK(std::chrono::steady_clock::now() - start <= test::cancel_margin);
        check_cancelled(bench, end, state.bill, role);
        bench.cancel();  // C02: nor is it when all is over
        bench.drop_client();
        CHECK(soon([&] { return bench.open_connections() == 0; }));
        CHECK(bench.requests() == state.requests);
        CHECK(bench.ends() == 1);
      });
    }
  }

  TEST_CASE("C01 before the start") {
    for (const bool is_warm : {false, true}) {
      CAPTURE(is_warm);  // there is a connection from a call before it
      in_each(test::all_roles, true, true, [&](BenchOptions options) {
        const Role role = options.role;
        FaultBench bench{std::move(options)};
        if (is_warm) REQUIRE(!bench.call().error.has_value());
        bench.reset_counts();
        bench.hold_client();
        bench.begin();
        bench.cancel();
        const auto start = std::chrono::steady_clock::now();
        bench.release_client();
        const CallEnd end = bench.await_end();
        CHECK(std::chrono::steady_clock::now() - start <= test::cancel_margin);
        check_cancelled(bench, end, Bill::nothing, role, is_warm ? 2 : 1);
        bench.drop_client();
        CHECK(soon([&] { return bench.open_connections() == 0; }));
        CHECK(bench.requests() == 0);
      });
    }
  }

  TEST_CASE("C01 during a look-up") {
    in_each(test::all_roles, true, true, [](BenchOptions options) {
      test::FakeNames names;
      names.hang("localhost", 1);
      const Role role = options.role;
      options.call.host = "localhost";
      FaultBench bench{std::move(options)};
      bench.begin();
      REQUIRE(soon([&] { return names.asked("localhost") == 1; }));
      const auto start = std::chrono::steady_clock::now();
      bench.cancel();
      const CallEnd end = bench.await_end();
      CHECK(std::chrono::steady_clock::now() - start <= test::cancel_margin);
      check_cancelled(bench, end, Bill::nothing, role);
      CHECK(bench.connections() == 0);
    });
  }

  TEST_CASE("C01 second question of a critic") {
    in_each(test::critic, true, true, [](BenchOptions options) {
      options.scenario = R"({"requests":[{"when":{"nth":1},"then":{"payload":"I like it."}},)"
                         R"({"then":{"no_reply":true,"end":"stall"}}]})";
      FaultBench bench{std::move(options)};
      bench.begin();
      REQUIRE(soon([&] { return bench.whole_requests() == 2; }));
      bench.cancel();
      const CallEnd end = bench.await_end();
      REQUIRE(end.error.has_value());
      CHECK(to_string(end.error->code()) == "cancelled");
      CHECK(end.charge == Charge::maybe_billed(bench.worst_case() + bench.worst_case()));
    });
  }

  TEST_CASE("C02 from other threads") {
    in_each(test::all_roles, true, true, [](BenchOptions options) {
      options.scenario = test::reply_rule(R"({"no_reply":true,"end":"stall"})");
      FaultBench bench{std::move(options)};
      bench.on_request_begin([&] { bench.cancel(); });
      bench.on_end([&] { bench.cancel(); });
      const CallEnd end = bench.call();
      REQUIRE(end.error.has_value());
      CHECK(to_string(end.error->code()) == "cancelled");
      CHECK(bench.ends() == 1);
      bench.on_end({});
    });
  }

  TEST_CASE("C01 at any time") {
    // The replies are in so many pieces that they would take minutes.
    const std::string slow = test::reply_rule(R"({"status":200,"headers":{"content-type":"application/json"},)"
                                              R"("body":{"repeat":100000,"of":" "},"drip":{"bytes":1,"every_ms":1}})");
    in_each(test::stability | test::critic, true, true, [&](BenchOptions options) {
      options.scenario = slow;
      options.call.low_speed_floor = 0;
      options.call.timeout = 10min;
      const bool tls = options.tls;
      for (int moment = 0; moment < 60; ++moment) {
        CAPTURE(moment);
        BenchOptions again = options;
        FaultBench bench{std::move(again)};
        const Money worst = bench.worst_case();
        bench.begin();
        for (int turn = 0; turn < moment * (tls ? 60 : 30); ++turn) std::this_thread::yield();
        const auto start = std::chrono::steady_clock::now();
        bench.cancel();
        const CallEnd end = bench.await_end();
        CHECK(std::chrono::steady_clock::now() - start <= test::cancel_margin);
        REQUIRE(end.error.has_value());
        CHECK(to_string(end.error->code()) == "cancelled");
        // A request that was not written is not billed; one that was is maybe billed.
        bench.drop_client();
        CHECK(soon([&] { return bench.open_connections() == 0; }));
        if (bench.whole_requests() > 0) CHECK(end.charge == Charge::maybe_billed(worst));
      }
    });
  }
}
