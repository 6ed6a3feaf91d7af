#include <pentimento/http/headers.hpp>
#include <pentimento/http/response.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento::http;

namespace {

Response response(Headers headers, int status = 200, std::string_view body = {}) {
  std::vector<std::byte> bytes;
  for (char c : body) bytes.push_back(static_cast<std::byte>(c));
  return {status, std::move(headers), std::move(bytes)};
}

}  // namespace

TEST_SUITE("Headers and response") {
  TEST_CASE("find is case-insensitive") {
    Headers headers;
    headers.add("Content-Type", "image/png").add("X-Request-Id", "a").add("x-request-id", "b").add("Empty", "");
    REQUIRE(headers.find("content-type") != nullptr);
    CHECK(*headers.find("CONTENT-TYPE") == "image/png");
    CHECK(headers.value("x-request-ID") == "a");
    CHECK(headers.value("empty").empty());
    CHECK(headers.find("empty") != nullptr);
    CHECK(headers.find("Content-Typ") == nullptr);
    CHECK(headers.find("") == nullptr);
    CHECK(headers.value("none").empty());
    CHECK(Headers{}.find("a") == nullptr);
  }

  TEST_CASE("order") {
    Headers headers;
    headers.add("B", "1").add("a", "2").add("b", "3");
    const std::vector<Headers::Field> expected{{"B", "1"}, {"a", "2"}, {"b", "3"}};
    CHECK(headers.fields() == expected);
    Headers same;
    same.add("B", "1").add("a", "2").add("b", "3");
    CHECK(headers == same);
    same.add("c", "");
    CHECK_FALSE(headers == same);
  }

  TEST_CASE("only ASCII letters have case") {
    CHECK(Headers::same_name("AZaz-09", "azAZ-09"));
    CHECK(Headers::same_name("", ""));
    CHECK_FALSE(Headers::same_name("a", ""));
    CHECK_FALSE(Headers::same_name("a@", "a`"));
    CHECK_FALSE(Headers::same_name("a[", "a{"));
    CHECK_FALSE(Headers::same_name("\xC3\x89", "\xC3\xA9"));
  }

  TEST_CASE("success") {
    for (int status : {200, 201, 204, 299}) CHECK(response({}, status).is_success());
    for (int status : {100, 199, 300, 404, 429, 500}) CHECK_FALSE(response({}, status).is_success());
  }

  TEST_CASE("media type") {
    const auto type = [](std::string value) {
      Headers headers;
      headers.add("Content-Type", std::move(value));
      return response(headers).media_type();
    };
    CHECK(type("image/png") == "image/png");
    CHECK(type("Application/JSON; charset=utf-8") == "application/json");
    CHECK(type("text/event-stream ;x") == "text/event-stream");
    CHECK(type("text/html\t ") == "text/html");
    CHECK(type("") == "");
    CHECK(type(";") == "");
    CHECK(response({}).media_type() == "");
  }

  TEST_CASE("request id") {
    Headers headers;
    headers.add("Request-Id", "b");
    CHECK(response(headers).request_id() == "b");
    headers.add("X-Request-Id", "a");
    CHECK(response(headers).request_id() == "a");
    CHECK(response({}).request_id() == "");
  }

  TEST_CASE("body") {
    Response reply = response({}, 200, std::string_view{"a\0b", 3});
    CHECK(reply.text() == std::string_view{"a\0b", 3});
    CHECK(reply.body().size() == 3);
    const std::byte* const data = reply.body().data();
    const std::vector<std::byte> body = std::move(reply).take_body();
    CHECK(body.data() == data);
    CHECK(response({}).text().empty());
  }
}
