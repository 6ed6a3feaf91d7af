#include "http/proxy.hpp"

#include "fake_system.hpp"
#include "fault_matrix.hpp"
#include "margin.hpp"
#include "process.hpp"
#include <pentimento/http/url.hpp>

#include <doctest/doctest.h>
#include <netdb.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace std::chrono_literals;
using test::BenchOptions;
using test::CallEnd;
using test::FaultBench;
using test::Role;
using test::soon;

namespace {

constexpr std::string_view password = "proxy-canary-password";
constexpr std::string_view credentials_in_base64 = "bWU6cHJveHktY2FuYXJ5LXBhc3N3b3Jk";  // "me:" and the password

/// Sets the proxy variables of the environment until the end of the scope, and unsets all others.
class ProxyVariables {
 public:
  explicit ProxyVariables(const std::vector<std::pair<std::string, std::string>>& variables) {
    clear();
    for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  }
  ~ProxyVariables() { clear(); }
  ProxyVariables(const ProxyVariables&) = delete;
  ProxyVariables& operator=(const ProxyVariables&) = delete;

 private:
  static void clear() {
    for (const char* name :
         {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"})
      ::unsetenv(name);
  }
};

/// Runs each role with the emulator as the proxy to https://origin.test, which does not exist.
void by_a_proxy(const std::string& scenario, const std::function<void(FaultBench& bench, Role role)>& run,
                const test::CallOptions& call = {}, const std::string& except = {}) {
  test::warm_up();
  for (const Role role : {test::stability, test::openai, test::critic, test::local_critic}) {
    CAPTURE(to_string(role));
    const std::size_t before = test::open_descriptors();
    {
      BenchOptions options;
      options.role = role;
      options.proxy = true;
      options.scenario = scenario;
      options.call = call;
      options.call.base_url = "https://origin.test";
      options.call.proxy_from_environment = true;
      options.call.environment = [&](const std::string& address) {
        ::setenv("https_proxy", ("http://me:" + std::string{password} + '@' + address).c_str(), 1);
        if (!except.empty()) ::setenv("no_proxy", except.c_str(), 1);
      };
      const ProxyVariables none{{}};
      FaultBench bench{std::move(options)};
      run(bench, role);
    }
    CHECK(soon([&] { return test::open_descriptors() <= before; }));
    CHECK(test::broken_pipes() == 0);
  }
}

void check_failed(const FaultBench& bench, const CallEnd& end, const std::string& says) {
  REQUIRE(end.error.has_value());
  CAPTURE(end.words);
  CHECK(to_string(end.error->code()) == "connect_failed");
  CHECK(end.charge == Charge{});
  CHECK(end.error->message().find("the proxy") != std::string::npos);
  CHECK(end.error->message().find(says) != std::string::npos);
  CHECK(!test::shows_key(end.words, bench.key()));
  CHECK(end.words.find(password) == std::string::npos);
  CHECK(end.words.find(credentials_in_base64) == std::string::npos);
}

http::Url url(std::string_view text) { return http::Url::parse(text).value(); }

}  // namespace

TEST_SUITE("Proxy faults") {
  TEST_CASE("N43 refused connection") {
    by_a_proxy({}, [](FaultBench& bench, Role) {
      bench.stop_server();
      check_failed(bench, bench.call(), "no connection to 127.0.0.1:" + std::to_string(bench.port()));
      CHECK(bench.requests() == 0);
    });
  }

  TEST_CASE("N43 rejected by the proxy") {
    for (const std::string status : {"407", "403", "502", "302"}) {
      CAPTURE(status);
      by_a_proxy(test::reply_rule(R"({"status":)" + status + "}"), [&](FaultBench& bench, Role) {
        check_failed(bench, bench.call(), "it answered CONNECT with the status " + status);
        CHECK(bench.requests() == 1);
        CHECK(bench.connections() == 1);
      });
    }
  }

  TEST_CASE("N43 invalid reply") {
    for (const std::string reply :
         {R"("220 mail.example.org ESMTP\r\n\r\n")", R"("HTTP/1.1 200 OK\nX: y\n\n")", R"({"random":500})",
          R"(["HTTP/1.1 200 OK\r\nX: ",{"repeat":"forever","of":"a"}])", R"("HTTP/1.1 200 O")"}) {
      CAPTURE(reply);
      by_a_proxy(test::reply_rule(R"({"raw":)" + reply + "}"), [&](FaultBench& bench, Role) {
        check_failed(bench, bench.call(), "http://127.0.0.1:");
        CHECK(bench.requests() == 1);
      });
    }
    by_a_proxy(test::reply_rule(R"({"no_reply":true})"), [&](FaultBench& bench, Role) {
      check_failed(bench, bench.call(), "the server closed the connection without a reply");
    });
  }

  TEST_CASE("N43 slow proxy") {
    test::CallOptions call;
    call.connect_timeout = 150ms;
    call.max_attempts = 1;
    const auto run = [](FaultBench& bench, Role) {
      const CallEnd end = bench.call();
      check_failed(bench, end, "the deadline of the call");
      CHECK(end.duration >= 150ms);
      CHECK(end.duration <= 150ms + test::deadline_margin);
    };
    by_a_proxy(test::reply_rule(R"({"no_reply":true,"end":"stall"})"), run, call);
    by_a_proxy(test::reply_rule(R"({"drip":{"bytes":1,"every_ms":20},"status":200})"), run, call);
  }

  TEST_CASE("N43 wrong certificate behind the proxy") {
    const std::string through = "HTTP/1.1 200 Connection established\\r\\n\\r\\n";
    for (const std::string end : {"close", "reset"}) {
      CAPTURE(end);
      by_a_proxy(test::reply_rule(R"({"raw":")" + through + R"(","end":")" + end + "\"}"), [](FaultBench& bench, Role) {
        const CallEnd call = bench.call();
        REQUIRE(call.error.has_value());
        CAPTURE(call.words);
        CHECK(to_string(call.error->code()) == "connect_failed");
        CHECK(call.error->message().find("nothing was sent") != std::string::npos);
        CHECK(call.charge == Charge{});
        CHECK(!test::shows_key(call.words, bench.key()));
      });
    }
  }

  TEST_CASE("N43 cancel") {
    by_a_proxy(test::reply_rule(R"({"no_reply":true,"end":"stall"})"), [](FaultBench& bench, Role) {
      bench.begin();
      REQUIRE(soon([&] { return bench.whole_requests() == 1; }));
      const auto start = std::chrono::steady_clock::now();
      bench.cancel();
      const CallEnd end = bench.await_end();
      CHECK(std::chrono::steady_clock::now() - start <= test::cancel_margin);
      REQUIRE(end.error.has_value());
      CHECK(to_string(end.error->code()) == "cancelled");
      CHECK(end.charge == Charge{});
    });
  }

  TEST_CASE("N43 no_proxy") {
    for (const std::string except : {"origin.test", "ORIGIN.TEST", "test", ".test", ".origin.test", "*",
                                     "localhost, origin.test", "10.0.0.0/8,origin.test"}) {
      CAPTURE(except);
      test::FakeNames names;
      names.fail("origin.test", EAI_NONAME, 1'000);
      by_a_proxy(
          {},
          [&](FaultBench& bench, Role) {
            const CallEnd end = bench.call();
            REQUIRE(end.error.has_value());
            CHECK(end.error->message().find("the name origin.test has no address") != std::string::npos);
            CHECK(bench.connections() == 0);
          },
          {}, except);
    }
    for (const std::string except : {"rigin.test", "origin.tes", "other.test", "origin", "127.0.0.0/8"}) {
      CAPTURE(except);
      by_a_proxy(
          test::reply_rule(R"({"status":407})"),
          [&](FaultBench& bench, Role) {
            check_failed(bench, bench.call(), "407");
            CHECK(bench.connections() == 1);
          },
          {}, except);
    }
  }

  TEST_CASE("N44 HTTP_PROXY is ignored") {
    const ProxyVariables variables{{{"HTTP_PROXY", "http://127.0.0.1:9"}}};
    const http::ProxySettings settings = http::ProxySettings::from_environment().value();
    CHECK(settings.find(url("http://example.test/")) == nullptr);
    CHECK(settings.find(url("https://example.test/")) == nullptr);
  }

  TEST_CASE("N43 variables") {
    {
      const ProxyVariables variables{{{"http_proxy", "http://127.0.0.1:1"}, {"HTTPS_PROXY", "127.0.0.1:2"}}};
      const http::ProxySettings settings = http::ProxySettings::from_environment().value();
      REQUIRE(settings.find(url("http://example.test/")) != nullptr);
      CHECK(settings.find(url("http://example.test/"))->url().port() == 1);
      REQUIRE(settings.find(url("https://example.test/")) != nullptr);
      CHECK(settings.find(url("https://example.test/"))->url().port() == 2);
      CHECK(settings.find(url("http://127.0.0.1/")) == nullptr);  // this machine needs none
    }
    for (const std::string value : {"socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://", "http://host:99999",
                                    "http://me:proxy-canary-password@host name"}) {
      CAPTURE(value);
      const ProxyVariables variables{{{"https_proxy", value}}};
      const Result<http::ProxySettings> settings = http::ProxySettings::from_environment();
      REQUIRE(!settings.has_value());
      CHECK(to_string(settings.error().code()) == "invalid_argument");
      CHECK(settings.error().message().find("https_proxy") != std::string::npos);
      CHECK(settings.error().message().find(password) == std::string::npos);
    }
  }
}
