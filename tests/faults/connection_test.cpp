#include "fault_matrix.hpp"
#include "margin.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

namespace pentimento::test {

// Faults before the request is sent: nothing is billed, and the
// server receives no byte of a request.
std::vector<FaultRow> connection_faults() {
  std::vector<FaultRow> rows;
  const Expected no_connection = fails(errc::connect_failed, Bill::nothing, 0, "nothing was sent");

  rows.push_back(FaultRow{"N06", "the connection is refused", ""}.deserted().then(
      fails(errc::connect_failed, Bill::nothing, 0, "Connection refused; nothing was sent; start the server")));

  const std::string no_answer = connection_rule(R"({"accept":"never"})");
  CallOptions short_connect;
  short_connect.connect_timeout = 100ms;
  short_connect.max_attempts = 1;
  rows.push_back(FaultRow{"N07", "the SYN is never answered", no_answer}
                     .options(short_connect)
                     .hangs(100ms)
                     .connections(0)
                     .then(fails(errc::connect_failed, Bill::nothing, 0, "timed out; nothing was sent; start the server")));
  CallOptions short_call;
  short_call.timeout = 100ms;
  rows.push_back(FaultRow{"N07", "the SYN is never answered, and the call has less time than the connection", no_answer}
                     .options(short_call)
                     .hangs(100ms)
                     .then(fails(errc::deadline_exceeded, Bill::nothing, 0, "nothing was sent")));
  CallOptions four_connects;
  four_connects.connect_timeout = 50ms;
  rows.push_back(FaultRow{"N07", "the SYN is never answered, four times", no_answer}
                     .options(four_connects)
                     .hangs(200ms)
                     .then(no_connection));

  for (const char* const kind :
       {"expired", "not_yet_valid", "self_signed", "wrong_host", "no_ip_san", "weak_key", "other_ca"}) {
    // A rejected certificate is permanent: one connection and no retry.
    rows.push_back(FaultRow{"N08", std::string{"the certificate is not to be trusted: "} + kind,
                            connection_rule(R"({"certificate":")" + std::string{kind} + "\"}")}
                       .tls_only()
                       .connections(1)
                       .then(fails(errc::connect_failed, Bill::nothing, 0, "nothing was sent; check the address, or trust the authority")));
  }
  for (const char* const version : {"1.0", "1.1"}) {
    rows.push_back(FaultRow{"N08", std::string{"the server speaks nothing newer than TLS "} + version,
                            connection_rule(R"({"tls_version":")" + std::string{version} + "\"}")}
                       .tls_only()
                       .then(no_connection));
  }

  const std::string stalls = connection_rule(R"({"opening":"stall"})");
  rows.push_back(FaultRow{"N09", "the handshake stalls after the ClientHello", stalls}
                     .tls_only()
                     .options(short_connect)
                     .hangs(100ms)
                     .connections(1)
                     .then(fails(errc::connect_failed, Bill::nothing, 0, "the TLS handshake with 127.0.0.1")));
  rows.push_back(FaultRow{"N09", "the handshake stalls, and the call has less time than the connection", stalls}
                     .tls_only()
                     .options(short_call)
                     .hangs(100ms)
                     .then(fails(errc::deadline_exceeded, Bill::nothing, 0, "nothing was sent")));
  CallOptions two_connects;
  two_connects.connect_timeout = short_time;
  rows.push_back(FaultRow{"N09", "the first handshake stalls and the second does not",
                          R"({"connections":[{"when":{"nth":1},"then":{"opening":"stall"}}]})"}
                     .tls_only()
                     .options(two_connects)
                     .connections(2)
                     .then(succeeds()));

  rows.push_back(FaultRow{"N10", "garbage comes in place of the handshake", connection_rule(R"({"opening":"garbage"})")}
                     .tls_only()
                     .connections(4)
                     .then(no_connection));
  for (const char* const alert : {"40", "70", "80", "112"}) {
    rows.push_back(FaultRow{"N10", std::string{"an alert comes in place of the handshake: "} + alert,
                            connection_rule(R"({"opening":{"alert":)" + std::string{alert} + "}}")}
                       .tls_only()
                       .then(no_connection));
  }
  rows.push_back(FaultRow{"N10", "HTTP comes in place of the handshake",
                          connection_rule(R"({"opening":{"raw":"HTTP/1.1 400 Bad Request\r\n\r\n"}})")}
                     .tls_only()
                     .then(no_connection));
  rows.push_back(
      FaultRow{"N10", "the connection is closed in place of the handshake", connection_rule(R"({"opening":"close"})")}
          .tls_only()
          .connections(4)
          .then(no_connection));
  rows.push_back(
      FaultRow{"N10", "the connection is reset in place of the handshake", connection_rule(R"({"opening":"reset"})")}
          .tls_only()
          .connections(4)
          .then(no_connection));
  return rows;
}

}  // namespace pentimento::test

TEST_SUITE("Connection faults") {
  TEST_CASE("matrix") { pentimento::test::run_matrix(pentimento::test::connection_faults()); }
}
