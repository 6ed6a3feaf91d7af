// JSON text, limits, and what is said of JSON that is wrong.

#include <pentimento/brief.hpp>
#include <pentimento/event.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

using namespace pentimento;
namespace json = boost::json;

namespace {

template <class T>
Error error_of(std::string_view text) {
  const Result<T> result = from_text<T>(text);
  REQUIRE_MESSAGE(!result.has_value(), text);
  return result.error();
}

template <class T>
std::string complaint(std::string_view text) {
  const Error error = error_of<T>(text);
  CHECK_MESSAGE(error.code() == errc::parse_failed, error.message());
  return error.message();
}

/// A brief with this in the place of its goal.
std::string goal(std::string_view json) { return "{\"goal\":" + std::string{json} + "}"; }

std::string weight(std::string_view json) {
  return R"({"id":"a","text":"b","importance":"must","weight":)" + std::string{json} + "}";
}

}  // namespace

// Text -------------------------------------------------------------------------------------------------------------------

TEST_SUITE_BEGIN("JSON text");

TEST_CASE("layout of text") {
  Brief brief{"a tree"};
  brief.avoid("text").avoid("people").size({800, 600});
  CHECK(to_text(brief) == R"({"goal":"a tree","avoid":["text","people"],"size":{"width":800,"height":600}})");
  CHECK(to_text(brief, JsonLayout::indented) == R"({
  "goal": "a tree",
  "avoid": [
    "text",
    "people"
  ],
  "size": {
    "width": 800,
    "height": 600
  }
})");
  CHECK(to_text(json::value(json::object{}), JsonLayout::indented) == "{}");
  CHECK(to_text(json::value{nullptr, true, false, -1, 2.5}) == "[null,true,false,-1,2.5]");
}

TEST_CASE("escapes control characters") {
  const std::string text = to_text(Brief{std::string{"\"\\/\b\f\n\r\t\x01\x1f\x7f\0\xC3\xA9", 14}});
  CHECK(text == "{\"goal\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\\u0000\xC3\xA9\"}");
  CHECK(from_text<Brief>(text)->goal() == std::string{"\"\\/\b\f\n\r\t\x01\x1f\x7f\0\xC3\xA9", 14});
}

TEST_CASE("escapes bidirectional characters") {
  const std::string goal = "a\u0080b\u009f\u202e\u2066\u2028\u200f\u061c, \u00a0\u00e9\u2030";
  const std::string text = to_text(Brief{goal});
  CHECK(text == "{\"goal\":\"a\\u0080b\\u009f\\u202e\\u2066\\u2028\\u200f\\u061c, \u00a0\u00e9\u2030\"}");
  CHECK(from_text<Brief>(text)->goal() == goal);
}

TEST_CASE("replaces invalid UTF-8") {
  const struct {
    std::string_view in;
    std::string_view out;
  } cases[] = {
      {"caf\xE9", "caf\uFFFD"},                                                // Latin-1
      {"\x80\xBF", "\uFFFD\uFFFD"},                                            // continuation without a start
      {"\xC0\xAF", "\uFFFD\uFFFD"},                                            // an overlong slash
      {"\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD"},                                  // another
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},                                  // a surrogate
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},                        // beyond U+10FFFF
      {"\xF0\x9F\x98", "\uFFFD"},                                              // cut off
      {"\xE2\x82(", "\uFFFD("},                                                // cut off by something else
      {"\xF0\x9F\x98\x80 \xE2\x82\xAC \xC3\xA9", "\U0001F600 \u20AC \u00E9"},  // good
      {"\xF4\x8F\xBF\xBF\xEF\xBF\xBF", "\U0010FFFF\uFFFF"},                    // the last ones
  };
  for (const auto& [in, out] : cases) {
    const std::string text = to_text(Brief{std::string{in}});
    const Result<Brief> read = from_text<Brief>(text);
    REQUIRE(read.has_value());
    CHECK(read->goal() == out);
    CHECK(to_text(*read) == text);
  }
  GenerationRequest request{"a"};
  request.option("\xFF", "\xFE");
  CHECK(to_text(request) == "{\"prompt\":\"a\",\"options\":{\"\uFFFD\":\"\uFFFD\"}}");
}

TEST_CASE("numbers are exact and short") {
  const auto round_trip = [](double number) {
    Requirement requirement{"a", "b"};
    requirement.weight(number);
    return from_text<Requirement>(to_text(requirement)).value().weight();
  };
  CHECK(to_text(Requirement{"a", "b"}.weight(0.1)) == weight("0.1"));
  CHECK(to_text(Requirement{"a", "b"}.weight(2)) == weight("2"));
  CHECK(to_text(Requirement{"a", "b"}.weight(1e-7)) == weight("1e-07"));
  std::mt19937_64 random{1};
  for (int i = 0; i < 2000; ++i) {
    const double number = std::ldexp(static_cast<double>(random()), -static_cast<int>(random() % 128) - 45);
    REQUIRE(round_trip(number) == number);
  }
  // Where Boost's own reading of 1.81 is off by one in the last digit.
  for (double number : {0.1 + 0.2, 5e-324, 2.2250738585072011e-308, 123456.78901234567})
    CHECK(round_trip(number) == number);
}

TEST_CASE("non-finite numbers") {
  const auto strength = [](double number) { return to_text(GenerationRequest{"a"}.strength(number)); };
  CHECK(strength(std::nan("")) == R"({"prompt":"a","strength":0})");
  CHECK(strength(-0.0) == R"({"prompt":"a","strength":0})");
  CHECK(strength(std::numeric_limits<double>::infinity()) == R"({"prompt":"a","strength":1.7976931348623157e+308})");
  CHECK(strength(-std::numeric_limits<double>::infinity()) == R"({"prompt":"a","strength":-1.7976931348623157e+308})");
}

TEST_CASE("seeds have all their 64 bits") {
  for (std::uint64_t seed :
       {std::uint64_t{0}, (std::uint64_t{1} << 53) + 1, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    const std::string text = to_text(GenerationRequest{"a"}.seed(seed));
    CHECK(text == R"({"prompt":"a","seed":)" + std::to_string(seed) + "}");
    CHECK(from_text<GenerationRequest>(text)->seed() == seed);
  }
}

TEST_CASE("value_from and value_to") {
  const Brief brief{"a tree"};
  const json::value value = json::value_from(brief);
  CHECK(value == to_json(brief));
  CHECK(json::value_to<Brief>(value) == brief);
  CHECK(json::try_value_to<Brief>(value).has_value());
  const json::value wrong{1, 2};
  CHECK(json::try_value_to<Brief>(wrong).error() == errc::parse_failed);
  CHECK_THROWS_WITH_AS(json::value_to<Brief>(wrong), doctest::Contains("$: an object is needed, not an array"),
                       Failure);
}

// What is wrong, and where -----------------------------------------------------------------------------------------------

TEST_CASE("errors name the path") {
  CHECK(complaint<Brief>(R"({"goal":"a","requirements":[
      {"id":"a","text":"b","importance":"must"},{"id":"c","text":"d","importance":"maybe"}]})") ==
        R"($.requirements[1].importance: "maybe" is not one of must, should)");
  CHECK(complaint<Brief>("{}") == R"($: "goal" is missing)");
  CHECK(complaint<Brief>(goal("17")) == "$.goal: a string is needed, not 17");
  CHECK(complaint<Brief>(goal("null")) == "$.goal: a string is needed, not null");
  CHECK(complaint<Brief>(R"({"gaol":"a","goal":"b"})") == R"($: there is no member "gaol"; did you mean "goal"?)");
  CHECK(complaint<Brief>(R"({"goal":"a","size":{"width":-1,"height":5}})") ==
        "$.size.width: a whole number from 0 to 4294967295 is needed, not -1");
  CHECK(complaint<Brief>(R"({"goal":"a","aspect_ratio":{"width":16,"height":0}})") ==
        "$.aspect_ratio.height: a whole number from 1 to 4294967295 is needed, not 0");
  CHECK(complaint<GenerationRequest>(R"({"prompt":"a","options":{"style preset":5}})") ==
        R"($.options["style preset"]: a string is needed, not 5)");
  CHECK(complaint<Requirement>(weight("\"2\"")) == R"($.weight: a number is needed, not "2")");
  CHECK(complaint<Requirement>(weight("-0.5")) == "$.weight: a number from 0 to 1e+06 is needed, not -0.5");
}

TEST_CASE("rejects repeated members") {
  CHECK(complaint<Brief>(R"({"goal":"a","goal":"b"})") == "$.goal: the member is repeated");
  CHECK(complaint<Brief>(R"({"goal":"a","avoid":[],"reference_images":[{},{"a":[1,{"x":1,"x":2}]}]})") ==
        "$.reference_images[1].a[1].x: the member is repeated");
  CHECK(complaint<Brief>(R"({"goal":"a","requirements":[
      {"id":"a","text":"b","importance":"must"},{"id":"a","text":"d","importance":"must"}]})") ==
        "$.requirements[1]: it is about the same as item [0]");
}

TEST_CASE("whole numbers are whole and in range") {
  const auto seed = [](std::string_view number) {
    return complaint<GenerationRequest>(R"({"prompt":"a","seed":)" + std::string{number} + "}");
  };
  const std::string needed = "$.seed: a whole number from 0 to 18446744073709551615 is needed, not ";
  CHECK(seed("1.5") == needed + "1.5");
  CHECK(seed("-1") == needed + "-1");
  CHECK(seed("18446744073709551616") == needed + "18446744073709551616");
  CHECK(seed("1e3") == needed + "1000");
  CHECK(seed("true") == needed + "true");
  CHECK(seed("1e400") == "$.seed: the number 1e400 is out of range");
  CHECK(seed(std::string(5000, '9')) == "$.seed: the number " + std::string(40, '9') + "... is out of range");
}

TEST_CASE("quotes from hostile JSON") {
  const std::string message = complaint<Brief>("{\"" + std::string(4000, 'x') + "\":1,\"goal\":\"a\"}");
  CHECK(message.size() < 200);
  CHECK(complaint<Brief>("{\"a\\u001b[31m\\n\":1,\"goal\":\"a\"}").find("\"a[31m\"") != std::string::npos);
  CHECK(complaint<Money>("\"" + std::string(100, 'y') + "\"").ends_with("not \"" + std::string(40, 'y') + "...\""));
}

TEST_CASE("errors name the place") {
  for (std::string_view text : {"", "{", "[1,2", "nul", "{\"goal\":\"a\",}", "{'goal':1}", "01", "\"\xFF\"",
                                "\"\\ud800\"", "NaN", "[1] [2]", "1 2", "// a\n1", "{\"a\" 1}", "\"a\nb\""}) {
    const std::string message = complaint<Brief>(text);
    CHECK_MESSAGE(message.starts_with("this is not JSON, at "), message);
  }
  CHECK(complaint<Brief>("{\n  \"goal\": ?\n}").starts_with("this is not JSON, at line 2, column 11: "));
  CHECK(complaint<Brief>("{\"goal\": ?}").starts_with("this is not JSON, at column 10: "));
}

// Limits -----------------------------------------------------------------------------------------------------------------

TEST_CASE("text has limits") {
  JsonLimits limits;
  limits.bytes = 10;
  CHECK(parse_json("[1,2,3,45]", limits).has_value());
  const Result<json::value> long_text = parse_json("[1,2,3,456]", limits);
  REQUIRE(!long_text.has_value());
  CHECK(long_text.error().code() == errc::too_large);
  CHECK(long_text.error().message() == "the JSON has 11 bytes; at most 10 are accepted");
  limits = {};
  limits.depth = 3;
  CHECK(parse_json("[[[1]]]", limits).has_value());
  CHECK(parse_json("[[[[1]]]]", limits).error().message() == "this is not JSON, at column 4: nested deeper than 3");
}

TEST_CASE("deep, wide and long JSON") {
  const std::string deep(1'000'000, '[');
  CHECK(complaint<Brief>(deep).find("nested deeper than 32") != std::string::npos);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK(complaint<Brief>(objects).find("nested deeper than 32") != std::string::npos);
  std::string keys = "{";
  for (int i = 0; i < 5000; ++i) keys += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  CHECK(complaint<Brief>(keys + "}").starts_with("this is not JSON, at "));
  CHECK(complaint<Brief>("{\"" + std::string(10'000, 'k') + "\":0}").starts_with("this is not JSON, at "));
  CHECK(complaint<Brief>(goal("[" + std::string(100'000, ' ') + "]")) == "$.goal: a string is needed, not an array");
}

TEST_CASE("wrong types") {
  const std::string good =
      R"({"sequence":5,"time":"2026-11-22T10:00:00.000000Z","type":"generation_finished","id":"1a","generation":{"images":[)"
      R"({"media_type":"image/png","width":64,"height":48,"bytes":37,"sha256":")" +
      std::string(64, 'a') +
      R"("}],"seed":7,"revised_prompt":"b","request_id":"c","charge":{"billing":"paid","micros":40000}}})";
  REQUIRE(parse_event(good).has_value());
  const auto try_all = [&](auto&& self, const json::value& whole, json::value& part) -> void {
    const json::value kept = part;
    const json::value hostile[] = {
        nullptr, true, -1, 1.5, 1e300, ~std::uint64_t{0}, "", "x", json::array{}, json::object{}, json::array{nullptr}};
    for (const json::value& wrong : hostile) {
      part = wrong;
      const Result<Event> result = from_json<Event>(whole);
      if (result) {
        CHECK(from_json<Event>(to_json(*result)).value() == *result);  // it happened to be right
      } else {
        CHECK(result.error().code() == errc::parse_failed);
        CHECK_MESSAGE(result.error().message().starts_with("$"), result.error().message());
        CHECK(result.error().message().find('\n') == std::string::npos);
      }
    }
    part = kept;
    if (part.is_object()) {
      for (json::key_value_pair& item : part.get_object()) self(self, whole, item.value());
      for (std::size_t i = 0; i < kept.get_object().size(); ++i) {
        json::object& object = part.get_object();
        const std::string key{(kept.get_object().begin() + static_cast<std::ptrdiff_t>(i))->key()};
        object.erase(key);
        const Result<Event> without = from_json<Event>(whole);
        if (!without)
          CHECK_MESSAGE(without.error().message().ends_with('"' + key + "\" is missing"), without.error().message());
        part = kept;
        part.get_object()["extra"] = 1;
        CHECK(from_json<Event>(whole).error().message().find("there is no member \"extra\"") != std::string::npos);
        part = kept;
      }
    } else if (part.is_array()) {
      for (json::value& item : part.get_array()) self(self, whole, item);
    }
  };
  json::value whole = parse_json(good).value();
  try_all(try_all, whole, whole);
}

TEST_CASE("truncated and damaged text") {
  const std::string good =
      R"({"id":"a","text":"b \u00e9","importance":"must","weight":2.5,"depends_on":["x","y"],"owner":"z"})";
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK(!from_text<Requirement>(std::string_view{good}.substr(0, size)).has_value());
  std::mt19937 random{7};
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = good;
    for (int j = 0; j < 3; ++j) damaged[random() % damaged.size()] = static_cast<char>(random());
    const Result<Requirement> result = from_text<Requirement>(damaged);
    if (result) CHECK(from_text<Requirement>(to_text(*result)).value() == *result);
  }
}

TEST_SUITE_END();
