#include "http/reply_parser.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

using namespace pentimento;
using namespace pentimento::http;

namespace {

/// The reply of a server that sends these bytes in pieces and closes the connection.
Result<Response> read(std::string_view text, std::size_t piece) {
  ReplyParser parser{{4'096, 50, 10'000}, nullptr};
  std::span<const std::byte> bytes = std::as_bytes(std::span{text});
  while (!bytes.empty()) {
    const std::size_t size = std::min(piece, bytes.size());
    if (const Result<void> fed = parser.feed(bytes.first(size)); !fed) return fed.error();
    bytes = bytes.subspan(size);
  }
  if (const Result<void> ended = parser.end(true, false); !ended) return ended.error();
  return parser.take();
}

void check(std::string_view text, std::string_view body) {
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    CAPTURE(piece);
    const Result<Response> reply = read(text, piece);
    REQUIRE_MESSAGE(reply.has_value(), reply.error().message());
    CHECK(reply->status() == 200);
    CHECK(reply->text() == body);
  }
}

}  // namespace

TEST_SUITE("Reply parser") {
  TEST_CASE("reads bodies in pieces") {
    check("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello");
    check("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "");
    check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nEnd: 1\r\n\r\n",
          "hello world");
  }

  TEST_CASE("reads an empty chunked body in pieces") {
    check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "");
    check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nEnd: 1\r\n\r\n", "");
  }

  TEST_CASE("reads a body until the connection ends") {
    const std::string_view text = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nuntil the end";
    check(text, "until the end");
    CHECK(read(text, 100)->is_unbounded());
    CHECK(!read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 100)->is_unbounded());
  }

  TEST_CASE("rejects what breaks off") {
    CHECK(!read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", 1).has_value());
    CHECK(!read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 3).has_value());
    CHECK(!read("HTTP/1.1 200 OK\r\n", 3).has_value());
  }

  TEST_CASE("rejects a status below 100") {
    CHECK(!read("HTTP/1.1 002 OK\r\nContent-Length: 0\r\n\r\n", 100).has_value());
    CHECK(!read("HTTP/1.1 000 OK\r\n\r\nhello", 100).has_value());
  }
}
