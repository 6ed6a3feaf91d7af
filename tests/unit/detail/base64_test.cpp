#include <pentimento/detail/base64.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::detail;

namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::string_view text) {
  Bytes bytes;
  for (char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

Bytes random_bytes(std::size_t size, std::mt19937& random) {
  Bytes bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// What the text stands for, or the error's message.
std::string decoded(std::string_view text) {
  const Result<Bytes> bytes = decode_base64(text, no_limit);
  if (!bytes) return bytes.error().message();
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

void check_wrong(std::string_view text, std::size_t offset, std::string_view why) {
  const Result<Bytes> bytes = decode_base64(text, no_limit);
  REQUIRE_MESSAGE(!bytes.has_value(), text);
  CHECK(bytes.error().code() == errc::parse_failed);
  const std::string message = bytes.error().message();
  CHECK_MESSAGE(message.starts_with("this is not base64, at offset " + std::to_string(offset) + ": "), message);
  CHECK_MESSAGE(message.find(why) != std::string::npos, message);
}

constexpr std::pair<std::string_view, std::string_view> published[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

}  // namespace

TEST_SUITE_BEGIN("base64");

TEST_CASE("test vectors of RFC 4648") {
  for (const auto& [plain, text] : published) {
    CHECK(encode_base64(bytes_of(plain)) == text);
    CHECK(decoded(text) == plain);
    CHECK(base64_size(plain.size()) == text.size());
  }
}

TEST_CASE("the alphabet of RFC 4648") {
  // The numbers 0 to 63 in six bits each.
  Bytes bytes;
  for (unsigned i = 0; i < 64; i += 4) {
    const unsigned bits = i << 18 | (i + 1) << 12 | (i + 2) << 6 | (i + 3);
    for (unsigned shift : {16U, 8U, 0U}) bytes.push_back(static_cast<std::byte>(bits >> shift & 0xFF));
  }
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  CHECK(encode_base64(bytes) == alphabet);
  CHECK(decode_base64(alphabet, no_limit).value() == bytes);
}

TEST_CASE("round-trips every length") {
  std::mt19937 random{7};
  for (std::size_t size = 0; size <= 100; ++size) {
    for (int run = 0; run < 20; ++run) {
      const Bytes bytes = random_bytes(size, random);
      const std::string text = encode_base64(bytes);
      REQUIRE(text.size() == base64_size(size));
      CHECK(decode_base64(text, size).value() == bytes);
      // Without padding, too.
      CHECK(decode_base64(std::string_view{text}.substr(0, text.find('=')), size).value() == bytes);
    }
  }
}

TEST_CASE("writes the stated size") {
  std::mt19937 random{8};
  for (std::size_t size = 0; size <= 100; ++size) {
    const Bytes bytes = random_bytes(size, random);
    std::string room(base64_size(size) + 8, '#');
    char* const end = encode_base64(bytes, room.data());
    CHECK(end == room.data() + base64_size(size));
    CHECK(room.substr(base64_size(size)) == "########");
    CHECK(room.substr(0, base64_size(size)) == encode_base64(bytes));
  }
}

TEST_CASE("accepts white space") {
  for (const auto& [plain, text] : published) {
    for (std::size_t at = 0; at <= text.size(); ++at) {
      std::string with_space{text};
      with_space.insert(at, " \r\n\t\f");
      CHECK_MESSAGE(decoded(with_space) == plain, with_space);
    }
  }
  CHECK(decoded(" ") == "");
  // Lines of 76 characters, as mail has them.
  std::mt19937 random{9};
  const Bytes bytes = random_bytes(1000, random);
  std::string lines = encode_base64(bytes);
  for (std::size_t at = 76; at < lines.size(); at += 78) lines.insert(at, "\r\n");
  CHECK(decode_base64(lines, 1000).value() == bytes);
}

TEST_CASE("rejects what is not canonical") {
  check_wrong("Z", 1, "middle of a byte");
  check_wrong("Zm9vY", 5, "middle of a byte");
  check_wrong("Zg=", 3, "second '='");
  check_wrong("=", 0, "nothing to pad");
  check_wrong("Z=", 1, "nothing to pad");
  check_wrong("Z===", 1, "nothing to pad");
  check_wrong("Zg===", 4, "nothing to pad");
  check_wrong("Zm8==", 4, "nothing to pad");
  check_wrong("Zm9v=", 4, "nothing to pad");
  check_wrong("Zm9v====", 4, "nothing to pad");
  check_wrong("====", 0, "nothing to pad");
  check_wrong("Zg==Zg==", 4, "after the padding");
  check_wrong("Zm8=\nZ", 5, "after the padding");
  // The last character has bits that no byte takes: RFC 4648 §3.5.
  check_wrong("Zh==", 1, "bits that belong to no byte");
  check_wrong("Zh", 1, "bits that belong to no byte");
  check_wrong("Zm9", 2, "bits that belong to no byte");
  check_wrong("Zm9=", 2, "bits that belong to no byte");
  check_wrong("Zm9vZm9", 6, "bits that belong to no byte");
}

TEST_CASE("rejects other bytes") {
  constexpr std::string_view taken = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/ \t\n\f\r=";
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    if (taken.find(c) != std::string_view::npos) continue;
    for (std::size_t at = 0; at < 12; ++at) {
      std::string text = "Zm9vYmFyZm9v";
      text[at] = c;
      check_wrong(text, at, "A to Z");
    }
  }
  check_wrong("Zm9-", 3, "'+' and '/'");
  check_wrong("data:image/png;base64,Zm9v", 4, "A to Z");
}

TEST_CASE("rejects too much before allocating") {
  const auto code = [](std::string_view text, std::size_t limit) {
    const Result<Bytes> bytes = decode_base64(text, limit);
    return bytes ? errc{} : bytes.error().code();
  };
  CHECK(code("Zm9v", 3) == errc{});
  CHECK(code("Zm9v", 2) == errc::too_large);
  CHECK(code("Zm8=", 2) == errc{});
  CHECK(code("Zm8=", 1) == errc::too_large);
  CHECK(code("Zm8", 2) == errc{});
  CHECK(code("Zm8", 1) == errc::too_large);
  CHECK(code("Zg==", 1) == errc{});
  CHECK(code("Zg==", 0) == errc::too_large);
  CHECK(code("", 0) == errc{});
  CHECK(code(" \n ", 0) == errc{});
  CHECK(code("Z m 9 v", 3) == errc{});
  CHECK(code("Z m 9 v", 2) == errc::too_large);
  CHECK(decode_base64("Zm9vYmFy", 5).error().message() == "the base64 text stands for 6 bytes; at most 5 are accepted");
}

TEST_CASE("random texts round-trip") {
  std::mt19937 random{10};
  constexpr std::string_view characters = "AQgwZm9v+/= \n-\xFF";
  int read = 0;
  for (int run = 0; run < 20'000; ++run) {
    std::string text;
    for (auto count = random() % 12; count > 0; --count) text += characters[random() % characters.size()];
    const Result<Bytes> bytes = decode_base64(text, no_limit);
    if (!bytes) {
      CHECK(bytes.error().code() == errc::parse_failed);
      continue;
    }
    ++read;
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '='; });
    std::string again = encode_base64(*bytes);
    std::erase(again, '=');
    CHECK(again == text);
  }
  CHECK(read > 500);
}

TEST_SUITE_END();
