#include <pentimento/http/url.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

using namespace pentimento;
using namespace pentimento::http;

namespace {

/// Returns the parsed URL, or the message of the error.
std::string parsed(std::string_view text) {
  const Result<Url> url = Url::parse(text);
  return url ? url->to_string() : url.error().message();
}

std::string host(std::string_view text) {
  const Result<Url> url = Url::parse(text);
  return url ? url->host() : url.error().message();
}

void check_invalid(std::string_view text, std::string_view why) {
  const Result<Url> url = Url::parse(text);
  REQUIRE_MESSAGE(!url.has_value(), text);
  CHECK(url.error().code() == errc::invalid_argument);
  const std::string message = url.error().message();
  CHECK_MESSAGE(message.starts_with("the URL is invalid"), message);
  CHECK_MESSAGE(message.find(why) != std::string::npos, text << ": " << message);
}

}  // namespace

TEST_SUITE("Url") {
  TEST_CASE("parts") {
    const Url url = Url::parse("https://API.Example.com:8443/v1/images?size=2&n=%20x").value();
    CHECK(url.is_https());
    CHECK(url.host() == "api.example.com");
    CHECK(url.port() == 8443);
    CHECK(url.target() == "/v1/images?size=2&n=%20x");
    CHECK(url.authority() == "api.example.com:8443");
    CHECK(url.origin() == "https://api.example.com:8443");
    CHECK(url.to_string() == "https://api.example.com:8443/v1/images?size=2&n=%20x");
  }

  TEST_CASE("defaults") {
    CHECK(Url::parse("https://h").value().port() == 443);
    CHECK(Url::parse("http://h").value().port() == 80);
    CHECK_FALSE(Url::parse("http://h").value().is_https());
    CHECK(parsed("https://h") == "https://h/");
    CHECK(parsed("HTTPS://h:443/") == "https://h/");
    CHECK(parsed("http://h:80?q") == "http://h/?q");
    CHECK(parsed("http://h:443/") == "http://h:443/");
    CHECK(parsed("https://h:80/") == "https://h:80/");
    CHECK(parsed("https://h?") == "https://h/?");
    CHECK(parsed("https://h/a/?b=/c?d") == "https://h/a/?b=/c?d");
    CHECK(Url::parse("https://h").value() == Url::parse("https://H:443/").value());
    CHECK_FALSE(Url::parse("https://h").value() == Url::parse("http://h:443/").value());
    CHECK(parsed("https://h:65535") == "https://h:65535/");
    CHECK(parsed("https://h:1") == "https://h:1/");
  }

  TEST_CASE("host names") {
    CHECK(host("https://a-b_c.example-9.org") == "a-b_c.example-9.org");
    CHECK(host("https://xn--bcher-kva.example") == "xn--bcher-kva.example");
    CHECK(host("https://1and1.com") == "1and1.com");
    CHECK(host("https://1.2.3.4.com") == "1.2.3.4.com");
    CHECK(host("https://0x.com") == "0x.com");
    CHECK(host("https://a" + std::string(62, 'b') + ".c") == "a" + std::string(62, 'b') + ".c");
    check_invalid("https://a" + std::string(63, 'b') + ".c", "1 to 63");
    check_invalid("https://" + std::string(300, 'a'), "253");
    check_invalid("https://a..b", "1 to 63");
    check_invalid("https://.a", "1 to 63");
    check_invalid("https://a.", "ends in a dot");
    check_invalid("https://.", "ends in a dot");
    check_invalid("https://a,b", "invalid character");
    check_invalid("https://a%41", "invalid character");
    check_invalid(
        "https://b\xC3\xBC"
        "cher.example",
        "ASCII");
    check_invalid("https://a*b", "invalid character");
    check_invalid("https://a]b", "invalid character");
  }

  TEST_CASE("IPv4") {
    CHECK(host("http://127.0.0.1:8080/") == "127.0.0.1");
    CHECK(host("http://255.255.255.255") == "255.255.255.255");
    CHECK(host("http://0.0.0.0") == "0.0.0.0");
    for (std::string_view text : {"http://127.1", "http://2130706433", "http://0x7f000001", "http://0x7F.0.0.1",
                                  "http://0177.0.0.1", "http://127.0.0.01", "http://1.2.3", "http://1.2.3.4.5",
                                  "http://256.1.1.1", "http://1.1.1.1111", "http://a.1", "http://example.0x1f",
                                  "http://0x", "http://0", "http://1.2.3.0x4", "http://09.1.1.1", "http://1..2.3"}) {
      check_invalid(text, "four decimal numbers");
    }
  }

  TEST_CASE("IPv6") {
    // The examples of RFC 5952 and RFC 4291.
    for (const auto& [given, canonical] : {
             std::pair{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
             std::pair{"2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
             std::pair{"2001:db8::1:0:0:1", "2001:db8::1:0:0:1"},
             std::pair{"2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"},
             std::pair{"2001:DB8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"},
             std::pair{"2001:db8:aaaa:bbbb:cccc:dddd::1", "2001:db8:aaaa:bbbb:cccc:dddd:0:1"},
             std::pair{"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
             std::pair{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
             std::pair{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
             std::pair{"0:0:0:0:0:0:0:1", "::1"},
             std::pair{"::", "::"},
             std::pair{"::1", "::1"},
             std::pair{"1::", "1::"},
             std::pair{"ff01::101", "ff01::101"},
             std::pair{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
             std::pair{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
             std::pair{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
             std::pair{"::13.1.68.3", "::13.1.68.3"},
             std::pair{"::ffff:129.144.52.38", "::ffff:129.144.52.38"},
             std::pair{"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
         }) {
      CHECK(host("https://[" + std::string{given} + "]/x") == canonical);
      CHECK(host("https://[" + std::string{canonical} + "]/x") == canonical);
    }
    const Url url = Url::parse("http://[2001:DB8::1]:8080/a").value();
    CHECK(url.host() == "2001:db8::1");
    CHECK(url.authority() == "[2001:db8::1]:8080");
    CHECK(url.to_string() == "http://[2001:db8::1]:8080/a");
    CHECK(Url::parse("http://[::1]").value().authority() == "[::1]");
    for (std::string_view text : {"",
                                  ":",
                                  ":::",
                                  "1",
                                  "1:2:3:4:5:6:7",
                                  "1:2:3:4:5:6:7:8:9",
                                  "1:2:3:4:5:6:7:8::",
                                  "::1:2:3:4:5:6:7:8",
                                  "1::2::3",
                                  ":1",
                                  ":1::",
                                  "1:",
                                  "::1:",
                                  "12345::",
                                  "g::",
                                  "1.2.3.4",
                                  "::1.2.3",
                                  "::1.2.3.256",
                                  "::1.2.3.4:5",
                                  "::01.2.3.4",
                                  "1:2:3:4:5:6:7:1.2.3.4",
                                  "fe80::1%25eth0",
                                  "::-1",
                                  "::+1",
                                  "::0x1",
                                  "1:2:3:4:5:6:7:8.1"}) {
      check_invalid("https://[" + std::string{text} + "]", "IPv6");
    }
    check_invalid("https://[::1", "IPv6");
    check_invalid("https://[", "IPv6");
    check_invalid("https://[::1]x", "only a port");
    check_invalid("https://::1/", "no host");
    check_invalid("https://a::1/", "brackets");
    check_invalid("https://2001:db8::1/", "four decimal");
  }

  TEST_CASE("port") {
    for (std::string_view port : {"", "0", "65536", "99999999999", "-1", "+1", "080", "0x50", "8a", "8.0", "00"}) {
      check_invalid("https://h:" + std::string{port} + "/", "1 to 65535");
    }
    check_invalid("https://h:1:2/", "brackets");
  }

  TEST_CASE("invalid URLs") {
    check_invalid("", "scheme");
    check_invalid("example.com", "scheme");
    check_invalid("//example.com", "scheme");
    check_invalid("ftp://example.com", "scheme");
    check_invalid("https:/example.com", "scheme");
    check_invalid("https:example.com", "scheme");
    check_invalid("file:///etc/passwd", "scheme");
    check_invalid("https://", "no host");
    check_invalid("http://", "no host");
    check_invalid("https:///x", "no host");
    check_invalid("https://?x", "no host");
    check_invalid("https://:80/", "no host");
    check_invalid("https://h/a#b", "fragment");
    check_invalid("https://h#", "character 10");
  }

  TEST_CASE("credentials are rejected and not repeated") {
    for (std::string_view text : {"https://user:pass1234@h/", "https://user@h", "https://pass1234@", "https://@h",
                                  "https://h:80@evil.example/", "https://[::1]@h/"}) {
      check_invalid(text, "user name");
    }
    for (std::string_view text : {"pass1234", "https://pass1234,x/", "https://h:pass1234", "https://h/?key=pass1234#",
                                  "https://[pass1234]", "https://h/pass1234/../x"}) {
      const Result<Url> url = Url::parse(text);
      REQUIRE(!url.has_value());
      CHECK_MESSAGE(url.error().message().find("pass1234") == std::string::npos, url.error().message());
    }
    CHECK(parsed("https://h/@x?a@b") == "https://h/@x?a@b");
  }

  TEST_CASE("characters") {
    for (int value = 0; value < 256; ++value) {
      const char c = static_cast<char>(value);
      const bool forbidden =
          value <= 0x20 || value >= 0x7F || std::string_view{"\"#<>\\^`{|}%"}.find(c) != std::string_view::npos;
      const std::string text = std::string{"https://h/a"} + c + "b";
      CHECK_MESSAGE(Url::parse(text).has_value() == !forbidden, value);
      if (!forbidden) continue;
      CHECK(parsed(text).starts_with("the URL is invalid at character 12: "));
      CHECK_FALSE(Url::parse(std::string{"https://h"} + c).has_value());
      CHECK_FALSE(Url::parse(std::string{"https://h/?"} + c).has_value());
      CHECK_FALSE(Url::parse(c + std::string{"https://h/"}).has_value());
    }
    check_invalid("https://h/\r\nHost: evil.example", "white space");
    check_invalid(std::string_view{"https://h\0.example/", 19}, "control");
    check_invalid("https://h/%", "hexadecimal");
    check_invalid("https://h/%2", "hexadecimal");
    check_invalid("https://h/%g0", "hexadecimal");
    CHECK(parsed("https://h/%2F%aA") == "https://h/%2F%aA");
  }

  TEST_CASE("dot segments") {
    for (std::string_view path : {"/..", "/.", "/a/../b", "/a/./b", "/a/..", "/%2e%2E/b", "/.%2e", "/%2e", "/a/..?x"}) {
      check_invalid("https://h" + std::string{path}, "\".\" or \"..\"");
    }
    CHECK(parsed("https://h/...") == "https://h/...");
    CHECK(parsed("https://h/.a/b..") == "https://h/.a/b..");
    CHECK(parsed("https://h/a?b=/../") == "https://h/a?b=/../");
    CHECK(parsed("https://h//a//") == "https://h//a//");
  }

  TEST_CASE("size limit") {
    const std::string start = "https://h/";
    CHECK(Url::parse(start + std::string(8192 - start.size(), 'a')).has_value());
    check_invalid(start + std::string(8193 - start.size(), 'a'), "8192");
    const Url url = Url::parse("https://h/v1").value();
    CHECK(url.joined(std::string(8192 - url.to_string().size() - 1, 'a')).has_value());
    CHECK_FALSE(url.joined(std::string(8192 - url.to_string().size(), 'a')).has_value());
    CHECK_FALSE(url.joined(std::string(100'000, 'a')).has_value());
  }

  TEST_CASE("loopback") {
    for (std::string_view text : {"http://localhost", "http://LOCALHOST:1", "http://127.0.0.1", "http://127.255.0.9",
                                  "http://[::1]:80", "http://[0:0::1]"}) {
      CHECK_MESSAGE(Url::parse(text).value().is_loopback(), text);
    }
    for (std::string_view text :
         {"http://localhost.example", "http://127.example.com", "http://128.0.0.1", "http://[::2]",
          "http://[::ffff:127.0.0.1]", "http://0.0.0.0", "http://[::]", "http://127.0.0.1.nip.io"}) {
      CHECK_FALSE_MESSAGE(Url::parse(text).value().is_loopback(), text);
    }
  }

  TEST_CASE("join") {
    const auto joined = [](std::string_view base, std::string_view path) {
      const Result<Url> url = Url::parse(base).value().joined(path);
      return url ? url->to_string() : url.error().message();
    };
    CHECK(joined("https://h/v1", "images") == "https://h/v1/images");
    CHECK(joined("https://h/v1/", "images") == "https://h/v1/images");
    CHECK(joined("https://h/v1", "/images") == "https://h/v1/images");
    CHECK(joined("https://h/v1/", "/images/") == "https://h/v1/images/");
    CHECK(joined("https://h", "images") == "https://h/images");
    CHECK(joined("https://h", "//evil.example/x") == "https://h/evil.example/x");
    CHECK(joined("https://h", "@evil.example") == "https://h/@evil.example");
    CHECK(joined("https://h/v1", "") == "https://h/v1");
    CHECK(joined("https://h/v1/", "/") == "https://h/v1/");
    CHECK(joined("https://h/v1?key=1", "images") == "https://h/v1/images?key=1");
    CHECK(joined("https://h/v1", "images?n=2") == "https://h/v1/images?n=2");
    CHECK(joined("https://h/v1?key=1", "images?n=2") == "https://h/v1/images?n=2&key=1");
    CHECK(joined("https://h/v1?key=1", "?n=2") == "https://h/v1?n=2&key=1");
    CHECK(joined("https://h:8443/a/b", "c/d") == "https://h:8443/a/b/c/d");
    for (std::string_view path :
         {"..", "../secret", "a/../b", "%2e%2e/a", ".", "a b", "a\r\nb", "a#b", "a%", "\xC3\xA9"}) {
      const Result<Url> url = Url::parse("https://h/v1").value().joined(path);
      REQUIRE_MESSAGE(!url.has_value(), path);
      CHECK(url.error().code() == errc::invalid_argument);
    }
  }

  TEST_CASE("round trip") {
    for (std::string_view text : {"https://h", "http://a.b.example:81/x/y?z=1", "https://[2001:db8::1]:8443/?q",
                                  "https://127.0.0.1/%2F", "http://h?[a]=b"}) {
      const Url url = Url::parse(text).value();
      CHECK(Url::parse(url.to_string()).value() == url);
    }
  }

  TEST_CASE("validate for secrets") {
    for (std::string_view text : {"https://h", "http://localhost:8080", "http://127.0.0.1", "http://[::1]"})
      CHECK(validate_for_secrets(Url::parse(text).value()).has_value());
    const Result<void> open = validate_for_secrets(Url::parse("http://h/v1?x=1").value());
    REQUIRE(!open.has_value());
    CHECK(open.error().code() == errc::invalid_argument);
    CHECK(open.error().message().find("use https") != std::string::npos);
  }
}
