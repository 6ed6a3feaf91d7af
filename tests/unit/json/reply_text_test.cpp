#include "json/reply_text.hpp"

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace pentimento;

namespace {

/// The text of the member "a".
std::string read(std::string_view text) {
  const Result<boost::json::value> value = json_form::parse_reply(text);
  REQUIRE_MESSAGE(value.has_value(), value.error().message());
  return std::string{value->at("a").as_string()};
}

}  // namespace

TEST_SUITE("JSON of a reply") {
  TEST_CASE("skips a byte order mark") { CHECK(read("\xEF\xBB\xBF{\"a\":\"b\"}") == "b"); }

  TEST_CASE("mends what is no Unicode") {
    CHECK(read(R"({"a":"x\ud83dy"})") == "x\uFFFDy");
    CHECK(read(R"({"a":"x\ude00"})") == "x\uFFFD");
    CHECK(read(R"({"a":"\ud83d\ud83d\ude00"})") == "\uFFFD\U0001F600");
    CHECK(read("{\"a\":\"caf\xE9\"}") == "caf\uFFFD");
    CHECK(read(R"({"a":"\\ud83d \u00e9 \\\ud83d"})") == "\\ud83d \u00e9 \\\uFFFD");
    CHECK(read(R"({"a":"\ud83d\ude00"})") == "\U0001F600");
  }

  TEST_CASE("is JSON all the same") {
    for (const char* text : {"", "{", "{\"a\":\"b\"}}", R"({"a":"\ud8"})", R"({"a":"\x"})", "{\"a\":1,\"a\":2}"}) {
      CAPTURE(text);
      CHECK(json_form::parse_reply(text).error().code() == errc::parse_failed);
    }
  }

  TEST_CASE("has at most 100,000 values") {
    const auto numbers = [](std::size_t count) {
      std::string text = "[0";
      for (std::size_t i = 1; i < count; ++i) text += ",0";
      return text + ']';
    };
    CHECK(json_form::parse_reply(numbers(99'999)).has_value());  // and the array
    const Result<boost::json::value> more = json_form::parse_reply(numbers(100'001));
    REQUIRE(!more.has_value());
    CHECK(more.error().message().find("100000 values") != std::string::npos);
  }
}
