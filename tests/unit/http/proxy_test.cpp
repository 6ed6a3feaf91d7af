#include "http/proxy.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace pentimento;
using namespace pentimento::http;

namespace {

bool is_excepted(std::string_view url, std::string_view no_proxy) {
  return http::is_excepted(Url::parse(url).value(), no_proxy);
}

}  // namespace

TEST_SUITE("NO_PROXY") {
  TEST_CASE("covers domains and their subdomains") {
    for (const char* entry : {"api.test", "API.test", ".api.test", "*.api.test", "test", "api.test.", "other, api.test",
                              "other api.test", "*", ",,api.test", "api.test:443"}) {
      CAPTURE(entry);
      CHECK(is_excepted("https://api.test/v1", entry));
      CHECK(is_excepted("https://eu.api.test/v1", entry));
    }
    for (const char* entry : {"", ",", "pi.test", "api", "eu.api.test", "api.test:80", "api.test:", ".", "*.", "a*"}) {
      CAPTURE(entry);
      CHECK(!is_excepted("https://api.test/v1", entry));
    }
  }

  TEST_CASE("covers addresses in any spelling, and networks") {
    CHECK(is_excepted("http://10.1.2.3:8080/", "10.0.0.0/8"));
    CHECK(is_excepted("http://10.1.2.3:8080/", "10.1.2.3:8080"));
    CHECK(!is_excepted("http://10.1.2.3:8080/", "10.1.2.3:80"));
    CHECK(!is_excepted("http://10.1.2.3/", "2.3"));
    CHECK(!is_excepted("http://10.1.2.3/", "11.0.0.0/8"));
    CHECK(is_excepted("http://[fd00::1]/", "fd00:0:0:0:0:0:0:1"));
    CHECK(is_excepted("http://[fd00::1]/", "[fd00:0000::0001]"));
    CHECK(is_excepted("http://[fd00::1]:81/", "[fd00::1]:81"));
    CHECK(!is_excepted("http://[fd00::1]:81/", "[fd00::1]:82"));
    CHECK(is_excepted("http://[fd00::1]/", "fd00::/8"));
    CHECK(!is_excepted("http://[fd00::1]/", "fe80::/10, 10.0.0.0/8, :, [, []"));
  }
}
