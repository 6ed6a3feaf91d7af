#include "support/images.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/http/body.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace pentimento;
using namespace pentimento::http;
using test::Bytes;
using test::picture;

namespace {

/// An image with so many bytes.
Image picture_of(std::size_t size) {
  Bytes bytes = test::png_bytes(8, 8);
  REQUIRE(size >= 33);  // of which nothing but the header matters here
  bytes.resize(33);
  for (std::size_t i = bytes.size(); i < size; ++i) bytes.push_back(static_cast<std::byte>(i * 37 % 251));
  return Image{std::move(bytes)};
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads a body with a scratch of this size.
std::string read(const Body& body, std::size_t scratch_size) {
  std::vector<std::byte> scratch(scratch_size);
  BodyReader reader{body};
  std::string text;
  while (true) {
    const std::span<const std::byte> run = reader.next(scratch);
    if (run.empty()) break;
    text += text_of(run);
  }
  CHECK(reader.next(scratch).empty());
  return text;
}

}  // namespace

TEST_SUITE("Body") {
  TEST_CASE("pieces in order") {
    const Image image = picture(1);
    Body body{"{\"a\":\""};
    body.add_base64(image).add("\",\"b\":\"").add(image).add("\"}");
    const std::string expected = "{\"a\":\"" + detail::encode_base64(image.bytes()) + "\",\"b\":\"" +
                                 std::string{text_of(image.bytes())} + "\"}";
    CHECK(body.to_string() == expected);
    CHECK(body.size() == expected.size());
    CHECK_FALSE(body.empty());
    for (std::size_t scratch : {4U, 5U, 7U, 8U, 63U, 64U, 4096U}) CHECK(read(body, scratch) == expected);
  }

  TEST_CASE("empty") {
    Body body;
    CHECK(body.empty());
    CHECK(body.size() == 0);
    CHECK(body.to_string().empty());
    CHECK(read(body, 16).empty());
    body.add("").add(Body{}).add(std::string{});
    CHECK(body.empty());
    CHECK(read(body, 16).empty());
    CHECK(Body{""}.empty());
  }

  TEST_CASE("base64 of any size") {
    for (std::size_t size = 40; size < 140; ++size) {
      const Image image = picture_of(size);
      Body body;
      body.add("<").add_base64(image).add_base64(image).add(">");
      const std::string text = detail::encode_base64(image.bytes());
      CHECK(body.size() == 2 * detail::base64_size(size) + 2);
      for (std::size_t scratch = 4; scratch < 40; ++scratch) CHECK(read(body, scratch) == "<" + text + text + ">");
      CHECK(read(body, 1024) == "<" + text + text + ">");
    }
  }

  TEST_CASE("bytes are not copied") {
    const Image image = picture_of(100'000);
    Body body;
    body.add(std::string(50'000, 'x')).add(image);
    std::vector<std::byte> scratch(64);
    const auto is_in_scratch = [&](std::span<const std::byte> run) {
      return std::ranges::any_of(scratch, [&](const std::byte& byte) { return &byte == run.data(); });
    };
    BodyReader reader{body};
    const std::span<const std::byte> text = reader.next(scratch);
    CHECK(text.size() == 50'000);
    CHECK_FALSE(is_in_scratch(text));
    const std::span<const std::byte> bytes = reader.next(scratch);
    CHECK(bytes.data() == image.bytes().data());
    CHECK(bytes.size() == image.bytes().size());
    CHECK(reader.next(scratch).empty());
  }

  TEST_CASE("base64 fills the scratch") {
    Body body;
    body.add_base64(picture_of(3000));
    std::vector<std::byte> scratch(1002);
    BodyReader reader{body};
    for (int i = 0; i < 4; ++i) {
      const std::span<const std::byte> run = reader.next(scratch);
      CHECK(run.data() == scratch.data());
      CHECK(run.size() == 1000);
    }
    CHECK(reader.next(scratch).empty());
  }

  TEST_CASE("join, copy, read twice") {
    const Image image = picture(2);
    Body tail{"b"};
    tail.add(image);
    Body body{"a"};
    body.add(tail).add(tail).add("c");
    const std::string once = "b" + std::string{text_of(image.bytes())};
    CHECK(body.to_string() == "a" + once + once + "c");
    CHECK(body.size() == body.to_string().size());
    body.add(body);
    CHECK(body.to_string() == "a" + once + once + "ca" + once + once + "c");
    const Body copy = body;
    CHECK(read(copy, 16) == read(body, 16));
    CHECK(tail.to_string() == once);
  }

  TEST_CASE("image without bytes") {
    const Image recorded = Image::recorded(MediaType::png, {8, 8}, 100, std::string(64, '0'));
    Body body{"a"};
    body.add(recorded).add_base64(recorded).add("b");
    CHECK(body.to_string() == "ab");
    CHECK(body.size() == 2);
    CHECK(read(body, 4) == "ab");
  }

  TEST_CASE("JSON escapes") {
    // RFC 8259 §7: quotation mark, reverse solidus and the control characters must be.
    CHECK(json_escaped("plain, caf\xC3\xA9 / \x7F") == "plain, caf\xC3\xA9 / \\u007f");
    CHECK(json_escaped("\"") == "\\\"");
    CHECK(json_escaped("\\") == "\\\\");
    CHECK(json_escaped("a\b\f\n\r\tb") == "a\\b\\f\\n\\r\\tb");
    CHECK(json_escaped(std::string_view{"\0\x1B\x1F", 3}) == "\\u0000\\u001b\\u001f");
    CHECK(json_escaped("") == "");
    // Invalid UTF-8 becomes U+FFFD: the result is valid JSON.
    CHECK(json_escaped("a\xFF"
                       "b") ==
          "a\xEF\xBF\xBD"
          "b");
  }
}
