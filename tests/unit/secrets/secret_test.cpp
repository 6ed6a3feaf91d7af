#include <pentimento/detail/base64.hpp>
#include <pentimento/money.hpp>
#include <pentimento/secrets/secret.hpp>

#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace pentimento;

namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

std::string base64(std::string_view text) { return detail::encode_base64(std::as_bytes(std::span{text})); }

std::string url_safe(std::string text) {
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::string without_padding(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  return text;
}

/// Encodes every character that is not unreserved (RFC 3986 §2.3).
std::string percent_encoded(std::string_view text, std::string_view digits) {
  std::string encoded;
  for (char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const bool unreserved = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                            std::string_view{"-._~"}.find(c) != std::string_view::npos;
    if (unreserved) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += digits[code >> 4];
      encoded += digits[code & 15];
    }
  }
  return encoded;
}

constexpr std::string_view upper = "0123456789ABCDEF";
constexpr std::string_view lower = "0123456789abcdef";

}  // namespace

TEST_SUITE("Secret") {
  TEST_CASE("only reveal gives the value") {
    const Secret secret{"not-a-real-key"};
    CHECK(secret.reveal() == "not-a-real-key");
    CHECK_FALSE(secret.empty());
    CHECK(Secret{}.empty());
    CHECK(Secret{""}.empty());
    CHECK(Secret{}.reveal().empty());
    static_assert(!Streamable<Secret>);
    static_assert(!std::convertible_to<Secret, std::string> && !std::convertible_to<Secret, std::string_view>);
    static_assert(!std::convertible_to<std::string, Secret>);
  }

  TEST_CASE("copies and equality") {
    const Secret secret{"not-a-real-key"};
    const Secret copy = secret;
    CHECK(copy.reveal().data() == secret.reveal().data());
    CHECK(copy == secret);
    CHECK(Secret{"not-a-real-key"} == secret);
    CHECK_FALSE(Secret{"another-key"} == secret);
    CHECK_FALSE(Secret{} == secret);
    CHECK(Secret{} == Secret{""});
  }

  TEST_CASE("redacts while a copy exists") {
    std::optional<Secret> copy;
    {
      const Secret secret{"canary-0123456789"};
      copy = secret;
      CHECK(redact("key=canary-0123456789;") == "key=[redacted];");
    }
    CHECK(redact("canary-0123456789") == "[redacted]");
    CHECK(redact("canary-0123456789canary-0123456789, canary-0123456789") == "[redacted][redacted], [redacted]");
    copy.reset();
    CHECK(redact("key=canary-0123456789;") == "key=canary-0123456789;");
  }

  TEST_CASE("two secrets of one value") {
    std::optional<Secret> first{Secret{"canary-0123456789"}};
    const std::optional<Secret> second{Secret{"canary-0123456789"}};
    first.reset();
    CHECK(redact("canary-0123456789") == "[redacted]");
  }

  TEST_CASE("leaves other text unchanged") {
    const std::string text{"a\0b % %2 %zz \\ \\u00 \\", 21};
    CHECK(redact(text) == text);
    CHECK(redact("") == "");
    const Secret secret{"canary-0123456789"};
    CHECK(redact(text) == text);
    CHECK(redact("") == "");
    CHECK(redact("%") == "%");
    CHECK(redact("canary") == "canary");
    CHECK(redact("anary-0123456789") == "anary-0123456789");
  }

  TEST_CASE("redacts the beginning of a secret") {
    const std::string value = "canary-0123456789";
    const Secret secret{value};
    for (std::size_t size = 0; size <= value.size(); ++size) {
      const std::string beginning = value.substr(0, size);
      const std::string shown = size < 12 ? beginning : "[redacted]";
      CHECK(redact("<" + beginning + ">") == "<" + shown + ">");
      CHECK(redact(beginning + "...") == shown + "...");
      CHECK(redact(beginning) == shown);
    }
  }

  TEST_CASE("short secrets") {
    const Secret six{"qwzxvy"};
    CHECK(redact("a qwzxvy b") == "a [redacted] b");
    CHECK(redact("a qwzxv b") == "a qwzxv b");
    const Secret eleven{"kjhgfdsapoi"};
    CHECK(redact("kjhgfdsapoi") == "[redacted]");
    CHECK(redact("kjhgfdsapo") == "kjhgfdsapo");
    const Secret five{"mnbvc"};
    CHECK(redact("a mnbvc " + base64("mnbvc")) == "a mnbvc " + base64("mnbvc"));
  }

  TEST_CASE("redacts base64") {
    // All lengths modulo 3, with characters that differ between the two alphabets.
    for (const std::string value : {"canary", "canary?", "canary??", "canary-0123456789", "canary-0123456789?>~",
                                    "?>?>~~?>?>~~", "canary?>?>~~\xFF\xFE"}) {
      const Secret secret{value};
      for (const std::string& text : {base64(value), without_padding(base64(value)), url_safe(base64(value)),
                                      url_safe(without_padding(base64(value)))}) {
        CHECK(redact("<" + text + ">") == "<[redacted]>");
        CHECK(redact(text) == "[redacted]");
      }
      for (std::string_view before : {"u:", "me:", "you:", "user:"}) {
        for (std::string_view after : {"", "1", "12", "123"}) {
          const std::string text = base64(std::string{before} + value + std::string{after});
          const std::string shown = redact("Basic " + text);
          CHECK_MESSAGE(shown.find("[redacted]") != std::string::npos, shown);
          // At most a part of a character is left at each end.
          CHECK(shown.size() - std::string_view{"Basic [redacted]"}.size() <=
                before.size() * 4 / 3 + after.size() * 4 / 3 + 4);
          CHECK(redact(url_safe(text)).find("[redacted]") != std::string::npos);
        }
      }
    }
  }

  TEST_CASE("redacts the beginning of base64") {
    const std::string value = "canary-0123456789";
    const Secret secret{value};
    const std::string text = base64(value);
    CHECK(redact(text.substr(0, 15)) == text.substr(0, 15));
    CHECK(redact(text.substr(0, 16)) == "[redacted]");
    CHECK(redact(text.substr(0, 20) + "...") == "[redacted]...");
  }

  TEST_CASE("redacts percent-encoding") {
    const std::string value = "p@ss/w:rd+1&2=3";
    const Secret secret{value};
    CHECK(redact("?key=" + percent_encoded(value, upper) + "&x") == "?key=[redacted]&x");
    CHECK(redact("?key=" + percent_encoded(value, lower) + "&x") == "?key=[redacted]&x");
    CHECK(redact("?key=p%40ss/w:rd%2b1&2%3D3&x") == "?key=[redacted]&x");
    std::string all;
    for (char c : value) {
      all += '%';
      all += upper[static_cast<unsigned char>(c) >> 4];
      all += upper[static_cast<unsigned char>(c) & 15];
    }
    CHECK(redact("<" + all + ">") == "<[redacted]>");
    // The beginning of a secret.
    CHECK(redact("p%40ss%2Fw%3Ard%2B1%26") == "[redacted]");
    CHECK(redact("p%40ss%2Fw%3Ard%2B1") == "p%40ss%2Fw%3Ard%2B1");
    const Secret base64_like{"abc+/def"};
    CHECK(redact(percent_encoded(base64("abc+/def"), upper)) == "[redacted]");
  }

  TEST_CASE("redacts JSON escapes") {
    const std::string value = "a%2Fb\\/c%d\"e";
    const Secret secret{value};
    CHECK(redact(value) == "[redacted]");
    CHECK(redact(percent_encoded(value, upper)) == "[redacted]");
    CHECK(redact(R"({"key":"a%2Fb\\/c%d\"e"})") == R"({"key":"[redacted]"})");
    CHECK(redact(R"({"key":"a%2Fb\\\/c%d\u0022e"})") == R"({"key":"[redacted]"})");
  }

  TEST_CASE("redacts a secret with invisible characters in it") {
    const Secret secret{"canary-0123456789"};
    for (const char* hidden : {"\u200b", "\u200c", "\u200d", "\u00ad", "\u202e", "\u2060", "\ufeff", "\U000e0041",
                               "\x01", "\x7f", "\u0085", "\\u200b", "\\u00AD", "\u200b\u200b\u2060"}) {
      CAPTURE(hidden);
      std::string between = "key: c";
      for (const char c : std::string_view{"anary-0123456789"}) between += hidden + std::string{c};
      CHECK(redact(between + "!") == "key: [redacted]!");
      CHECK(redact("key: canary-012" + std::string{hidden} + "3456789") == "key: [redacted]");
    }
    // What does not show stays where no secret is.
    CHECK(redact("can\u200bary \u200b-0\\u200b") == "can\u200bary \u200b-0\\u200b");
  }

  TEST_CASE("overlapping secrets") {
    const Secret inner{"cdefghij"};
    const Secret whole{"abcdefghijklmnop"};
    CHECK(redact("<abcdefghijklmnop>") == "<[redacted]>");
    CHECK(redact("<cdefghij>") == "<[redacted]>");
    // The end of one secret is the beginning of another.
    const Secret other{"ghijklXYZW"};
    CHECK(redact("<abcdefghijklXYZW>") == "<[redacted]>");
  }

  TEST_CASE("redacts an error") {
    const Secret secret{"canary-0123456789"};
    Error error{errc::unauthorized, "the key canary-0123456789 is refused"};
    error.provider_message("Incorrect API key provided: canary-01234***").request_id("req canary-0123456789");
    error.charge(Charge::maybe_billed(Money::from_micros(5)));
    const Error redacted = redact(error);
    CHECK(redacted.code() == errc::unauthorized);
    CHECK(redacted.message() == "the key [redacted] is refused");
    CHECK(redacted.provider_message() == "Incorrect API key provided: [redacted]***");
    CHECK(redacted.request_id() == "req [redacted]");
    CHECK(redacted.charge() == Charge::maybe_billed(Money::from_micros(5)));
  }

  TEST_CASE("from environment") {
    ::setenv("PENTIMENTO_TEST_SECRET", "canary-0123456789", 1);
    CHECK(Secret::from_environment("PENTIMENTO_TEST_SECRET").value().reveal() == "canary-0123456789");
    ::setenv("PENTIMENTO_TEST_SECRET", "  canary-0123456789\r\n", 1);
    CHECK(Secret::from_environment("PENTIMENTO_TEST_SECRET").value().reveal() == "canary-0123456789");
    const auto message = [](const char* value) {
      if (value == nullptr) {
        ::unsetenv("PENTIMENTO_TEST_SECRET");
      } else {
        ::setenv("PENTIMENTO_TEST_SECRET", value, 1);
      }
      const Result<Secret> secret = Secret::from_environment("PENTIMENTO_TEST_SECRET");
      REQUIRE(!secret.has_value());
      CHECK(secret.error().code() == errc::invalid_argument);
      CHECK(secret.error().message().find("PENTIMENTO_TEST_SECRET") != std::string::npos);
      CHECK(secret.error().message().find("canary") == std::string::npos);
      return secret.error().message();
    };
    CHECK(message("").find("empty") != std::string::npos);
    CHECK(message(" \r\n").find("empty") != std::string::npos);
    CHECK(message("canary\r\nX: 1").find("line break") != std::string::npos);
    CHECK(message(nullptr).find("not set") != std::string::npos);
    CHECK_FALSE(Secret::from_environment("").has_value());
    CHECK_FALSE(Secret::from_environment("A=B").has_value());
  }

  // Quadratic time would take this beyond the time limit of a test.
  TEST_CASE("redacts megabytes in linear time") {
    std::mt19937 random{4};
    std::vector<Secret> secrets;
    const auto random_text = [&](std::size_t size) {
      std::string text;
      while (text.size() < size)
        text += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random() % 64];
      return text;
    };
    for (int i = 0; i < 20; ++i) secrets.emplace_back("sk-" + random_text(60));
    std::string text = random_text(std::size_t{1} << 20);
    text.insert(1000, secrets[3].reveal());
    text.insert(text.size() - 10, secrets[19].reveal());
    for (const std::string& each : {text, std::string(std::size_t{1} << 20, '%'),
                                    std::string(std::size_t{1} << 20, 's'), std::string(std::size_t{1} << 20, '\\')}) {
      const std::string redacted = redact(each);
      for (const Secret& secret : secrets) CHECK((redacted.find(secret.reveal()) == std::string::npos));
    }
  }

  TEST_CASE("redacts random secrets") {
    std::mt19937 random{5};
    const auto random_text = [&](std::size_t size) {
      std::string text;
      while (text.size() < size) text += static_cast<char>(random() % 3 == 0 ? 'a' + random() % 3 : 1 + random() % 255);
      return text;
    };
    for (int run = 0; run < 2000; ++run) {
      const std::string value = random_text(12 + random() % 30);
      const Secret secret{value};
      const std::string forms[] = {value, base64(value), url_safe(without_padding(base64(value))),
                                   percent_encoded(value, upper), percent_encoded(value, lower)};
      const std::string before = random_text(random() % 20);
      const std::string after = random_text(random() % 20);
      for (const std::string& form : forms) {
        const std::string redacted = redact(before + form + after);
        CHECK(redacted.find("[redacted]") != std::string::npos);
        CHECK(redacted.find(form) == std::string::npos);
        CHECK(redacted.find(value.substr(0, 12)) == std::string::npos);
      }
    }
  }

  TEST_CASE("thread safety") {
    const Secret lasting{"canary-0123456789"};
    std::atomic<int> shown{0};
    {
      std::vector<std::jthread> threads;
      for (int thread = 0; thread < 6; ++thread) {
        threads.emplace_back([&, thread] {
          for (int run = 0; run < 500; ++run) {
            const std::string value = "passing-" + std::to_string(thread * 10'000 + run);
            const Secret secret{value};
            const Secret copy = secret;
            if (redact(value + " canary-0123456789") != "[redacted] [redacted]") ++shown;
          }
        });
      }
    }
    CHECK(shown == 0);
  }
}
