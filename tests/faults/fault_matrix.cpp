#include "fault_matrix.hpp"

#include "margin.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pentimento::test {

namespace {

constexpr std::array roles{stability, openai, openai_stream, critic, local_critic, anthropic_critic};

bool is_free(Role role) { return role == local_critic; }

Charge charge_for(Bill bill, Money worst) {
  switch (bill) {
    case Bill::maybe: return Charge::maybe_billed(worst);
    case Bill::estimated: return Charge::estimated(worst);
    case Bill::estimated_twice: return Charge::estimated(worst + worst);
    default: return {};
  }
}

void check_end(const CallEnd& end, const Expected& expected, Role role, Money worst) {
  const std::string message = end.error ? end.error->message() : std::string{"(it succeeded)"};
  CAPTURE(message);
  CHECK(end.error.has_value() == expected.error.has_value());
  if (end.error.has_value() != expected.error.has_value()) return;
  if (expected.error) {
    CHECK(to_string(end.error->code()) == to_string(*expected.error));
    CHECK_MESSAGE(message.find(expected.says) != std::string::npos, "it does not say: ", expected.says);
    const std::string& words = end.error->provider_message();
    CHECK_MESSAGE(words.find(expected.quotes) != std::string::npos, "\"", words, "\" does not hold: ", expected.quotes);
  }
  CAPTURE(to_string(end.charge.billing()));
  CAPTURE(to_string(end.charge.amount()));
  if (is_free(role)) {
    CHECK(end.charge.amount().is_zero());
    CHECK(end.charge.billing() <= Billing::paid);
  } else if (expected.bill == Bill::charged) {
    CHECK(end.charge.billing() != Billing::unpaid);
    CHECK(end.charge.billing() != Billing::maybe_billed);
  } else {
    CHECK(end.charge == charge_for(expected.bill, worst));
    // The message alone must say it too.
    if (expected.bill == Bill::maybe) CHECK(message.find("may have been") != std::string::npos);
  }
}

void run_case(const FaultRow& row, const Expected& expected, Role role, bool tls) {
  BenchOptions options;
  options.role = role;
  options.tls = tls;
  options.scenario = row.scenario();
  options.call = row.options();
  FaultBench bench{std::move(options)};
  for (int i = 0; i < row.good_calls(); ++i) {
    const CallEnd good = bench.call();
    REQUIRE_MESSAGE(!good.error.has_value(), "a preceding call failed: ", good.words);
  }
  if (row.is_closed_before()) CHECK(soon([&] { return bench.open_connections() == 0; }));
  bench.reset_counts();
  if (row.is_deserted()) bench.stop_server();

  const Money worst = bench.worst_case();
  std::chrono::milliseconds longest{0};
  for (int i = 0; i < row.calls(); ++i) {
    const CallEnd end = bench.call();
    longest = std::max(longest, end.duration);
    check_end(end, expected, role, worst);
    CHECK_MESSAGE(!shows_key(end.words, bench.key()), end.words);
  }
  CHECK(longest <= row.limit() + deadline_margin);
  if (row.hangs()) CHECK(longest >= row.limit());

  // After the client is gone, everything that was sent has arrived.
  bench.drop_client();
  CHECK(soon([&] { return bench.open_connections() == 0; }));
  CHECK(bench.requests() == expected.requests);
  if (expected.requests == 0) CHECK(bench.bytes() == 0);
  if (row.connections()) CHECK(bench.connections() == *row.connections());
  CHECK(bench.connections_elsewhere() == 0);
  // A request that costs money is sent at most once without a known outcome.
  const int sent_on_purpose = row.calls() + static_cast<int>(row.is_asked_twice());
  if (!is_free(role)) CHECK(bench.unsettled_requests() <= static_cast<std::uint64_t>(sent_on_purpose));
  CHECK(bench.ends() == row.good_calls() + row.calls());
}

}  // namespace

void warm_up() {
  static const bool done = [] {
    broken_pipes();
    for (const bool tls : {false, true}) {
      BenchOptions options;
      options.tls = tls;
      FaultBench{std::move(options)}.call();
    }
    return true;
  }();
  REQUIRE(done);
}

std::size_t case_count(const std::vector<FaultRow>& rows) {
  std::size_t count = 0;
  for (const FaultRow& row : rows) {
    for (const Role role : roles) {
      if (row.expected(role) == nullptr) continue;
      for (const bool tls : {false, true}) count += static_cast<std::size_t>(row.takes(role, tls));
    }
  }
  return count;
}

void run_matrix(const std::vector<FaultRow>& rows, Transports transports) {
  warm_up();
  std::size_t cases = 0;
  std::size_t turn = 0;
  for (const FaultRow& row : rows) {
    for (const Role role : roles) {
      const Expected* expected = row.expected(role);
      if (expected == nullptr) continue;
      const bool tls_turn = turn++ % 2 == 1;
      // A hanging case is waited for in full.
      const bool alternating = transports == Transports::alternating || row.hangs();
      for (const bool tls : {false, true}) {
        if (!row.takes(role, tls)) continue;
        if (alternating && row.takes(role, !tls) && tls != tls_turn) continue;
        const std::string name =
            row.id() + ' ' + row.name() + ", " + std::string{to_string(role)} + (tls ? ", by TLS" : ", plain");
        CAPTURE(name);
        ++cases;
        const std::size_t before = open_descriptors();
        run_case(row, *expected, role, tls);
        CHECK_MESSAGE(soon([&] { return open_descriptors() <= before; }), before, " descriptors have become ",
                      open_descriptors());
        CHECK(broken_pipes() == 0);
      }
    }
  }
  CHECK(cases > 0);
  CHECK(cases <= case_count(rows));
  MESSAGE(cases, " cases");
}

std::string reply_rule(const std::string& then) { return R"({"requests":[{"then":)" + then + "}]}"; }
std::string connection_rule(const std::string& then) { return R"({"connections":[{"then":)" + then + "}]}"; }

}  // namespace pentimento::test
