#include "emulator/scenario/rules.hpp"
#include <pentimento/emulator/scenario.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::scenario_test {
namespace {

using namespace emulator;

RequestAction then(std::string_view json) {
  const Result<Scenario> scenario = Scenario::parse(R"({"requests":[{"then":)" + std::string{json} + "}]}");
  REQUIRE_MESSAGE(scenario.has_value(), scenario.error().message());
  return scenario->rules()->requests.at(0).action;
}

std::string error(std::string_view json) {
  const Result<Scenario> scenario = Scenario::parse(json);
  return scenario ? "(none)" : scenario.error().message();
}

std::string error_in_then(std::string_view json) {
  return error(R"({"requests":[{"then":)" + std::string{json} + "}]}");
}

std::string bytes(std::string_view json) { return then(R"({"raw":)" + std::string{json} + "}").raw->to_string(1000); }

std::string read_all(const ByteScript& script, std::size_t step) {
  ByteScriptReader reader{script};
  std::string all;
  std::vector<std::byte> buffer(step);
  for (std::size_t count = reader.read(buffer); count > 0; count = reader.read(buffer))
    all.append(reinterpret_cast<const char*>(buffer.data()), count);
  return all;
}

}  // namespace

TEST_SUITE("Scenario") {
  TEST_CASE("without rules") {
    CHECK(Scenario{}.rules()->requests.empty());
    const Result<Scenario> empty = Scenario::parse("{}");
    REQUIRE(empty.has_value());
    CHECK(empty->rules()->connections.empty());
    CHECK(then("{}").end == End::keep);
  }

  TEST_CASE("when a rule applies") {
    const Result<Scenario> scenario = Scenario::parse(R"({
      "about": "two rules",
      "connections": [{"when": {"address": "::1"}, "then": {"accept": "never"}}],
      "requests": [
        {"name": "one", "when": {"method": "POST", "path": "/v1/", "nth": 2}, "then": {}},
        {"when": {"every": 3, "request_of_connection": 2}, "then": {}}]})");
    REQUIRE_MESSAGE(scenario.has_value(), scenario.error().message());
    CHECK(scenario->about() == "two rules");
    const Rules& rules = *scenario->rules();
    CHECK(rules.connections[0].address == "::1");
    CHECK(rules.connections[0].action.never);
    CHECK(rules.requests[0].name == "one");
    CHECK(rules.requests[1].name == "requests[1]");
    CHECK(rules.requests[0].method == "POST");
    CHECK(rules.requests[0].path == "/v1/");
    CHECK(rules.requests[1].request_of_connection == 2);
    const auto applies = [](const Turn& turn) {
      std::string when;
      for (std::uint64_t i = 1; i <= 6; ++i) when += turn.applies(i) ? 'x' : '-';
      return when;
    };
    CHECK(applies(rules.requests[0].turn) == "-x----");
    CHECK(applies(rules.requests[1].turn) == "--x--x");
    CHECK(applies(Turn{}) == "xxxxxx");
  }

  TEST_CASE("bytes") {
    CHECK(bytes(R"("a\u0000\r\nä")") == std::string{"a\0\r\n\xC3\xA4", 6});
    CHECK(bytes(R"({"base64": "/wA="})") == std::string{"\xFF\0", 2});
    CHECK(bytes(R"(["a", {"repeat": 3, "of": "bc"}, "d"])") == "abcbcbcd");
    CHECK(bytes(R"({"random": 5})").size() == 5);
    CHECK(bytes(R"({"random": 5})") == bytes(R"({"random": 5})"));
    CHECK(bytes(R"({"repeat": 0, "of": "x"})").empty());
    CHECK(bytes(R"({"repeat": "forever", "of": ""})").empty());
    CHECK(bytes(R"({"repeat": "forever", "of": "xy"})").size() == 1000);
    CHECK(then(R"({"raw": {"repeat": 1073741824, "of": "x"}})").raw->size() == 1073741824);
    CHECK(then(R"({"raw": ["x", {"repeat": "forever", "of": "x"}]})").raw->size() == ByteScript::endless);
  }

  TEST_CASE("long repetitions, whatever is read at once") {
    const ByteScript script = ByteScript{}.add("<").add("abc", 100'001).add(">").add_random(100);
    CHECK(script.size() == 300'105);
    const std::string all = read_all(script, 400'000);
    CHECK(all.size() == 300'105);
    CHECK(all.substr(299'998, 7) == "abcabc>");
    for (const std::size_t step : {1UL, 7UL, 4096UL}) CHECK(read_all(script, step) == all);
  }

  TEST_CASE("what happens to a request") {
    const RequestAction fixed = then(
        R"({"status": 429, "headers": [["Retry-After", "1"], ["Retry-After", "2"]], "json": {"a": [1]}, "delay_ms": 5})");
    CHECK(fixed.fixed->status == 429);
    CHECK(fixed.fixed->body.to_string(100) == R"({"a":[1]})");
    CHECK(fixed.fixed->content_type == "application/json");
    CHECK(fixed.headers.size() == 2);
    CHECK(fixed.delay.count() == 5);
    CHECK(then(R"({"headers": {"x-should-retry": "true"}})").headers.at(0).second == "true");
    CHECK(then(R"({"status": 200, "content_length": 7})").content_length == "7");
    CHECK(then(R"({"status": 200, "content_length": "5, 5"})").content_length == "5, 5");
    CHECK(then(R"({"error": {"status": 402, "code": "payment_required"}})").error->code == "payment_required");
    CHECK(then(R"({"refuse": true})").overrides->refuse == Refusal::prompt);
    CHECK(then(R"({"refuse": "image"})").overrides->refuse == Refusal::image);
    CHECK(then(R"({"refuse": false})").overrides == nullptr);
    CHECK(then(R"({"stream_error": {"after": 2}})").overrides->stream_error->after == 2);
    CHECK(then(R"({"payload": ["a", {"repeat": 2, "of": "b"}]})").overrides->payload == "abb");
    const RequestAction chunked = then(R"({"chunked": {"sizes": [1, 7], "trailers": {"a": "b"}}})");
    CHECK(chunked.chunking->sizes == std::vector<std::uint64_t>{1, 7});
    CHECK(chunked.chunking->trailers.size() == 1);
    CHECK(then(R"({"truncate_at": -3, "end": "reset"})").truncate_at->byte == -3);
    CHECK(then(R"({"truncate_at": {"byte": 3, "of": "body"}})").truncate_at->of_body);
    CHECK(then(R"({"garbage": {"at": 10, "below_tls": true}})").garbage->below_tls);
    CHECK(then(R"({"drip": {"bytes": 2, "every_ms": 3, "of": "head"}})").drip->of == ReplyPart::head);
    CHECK(then(R"({"read_body": 0, "end": "stall"})").read_body == 0U);
    CHECK(then(R"({"no_reply": true})").end == End::close);
    CHECK(then(R"({"no_length": true, "end": "unclean"})").end == End::unclean);
    CHECK(then(R"({"close_idle_after_ms": 50})").close_idle_after->count() == 50);
  }

  TEST_CASE("errors name the path") {
    CHECK(error("[]").starts_with("$: "));
    CHECK(error(R"({"rules": []})").find("\"rules\"") != std::string::npos);
    CHECK(error(R"({"requests": [{}]})").starts_with("$.requests[0]: \"then\""));
    CHECK(error(R"({"requests": [{"then": {}, "when": {"nth": 0}}]})").starts_with("$.requests[0].when.nth: "));
    CHECK(error(R"({"requests": [{"then": {}, "when": {"nth": 1, "every": 2}}]})").starts_with("$.requests[0].when: "));
    CHECK(error(R"({"connections": [{"when": {"every": 2}, "then": {"accept": "never"}}]})").find("\"every\"") !=
          std::string::npos);
    CHECK(error(R"({"connections": [{"then": {"certificate": "good"}}]})")
              .starts_with("$.connections[0].then.certificate: \"good\" is not one of valid, expired"));
    CHECK(error(R"({"connections": [{"then": {"opening": {}}}]})").starts_with("$.connections[0].then.opening: "));
    CHECK(error_in_then(R"({"end": "stop"})") ==
          "$.requests[0].then.end: \"stop\" is not one of keep, close, unclean, reset, stall");
    CHECK(error_in_then(R"({"raw": {"base64": "*"}})").starts_with("$.requests[0].then.raw.base64: "));
    CHECK(
        error_in_then(R"({"raw": [{"repeat": "ever", "of": "x"}]})").starts_with("$.requests[0].then.raw[0].repeat: "));
    CHECK(error_in_then(R"({"payload": {"repeat": "forever", "of": "x"}})").find("64 MiB") != std::string::npos);
    for (const std::string_view nonsense : {
             R"({"status": 200, "refuse": true})",
             R"({"raw": "x", "status": 200})",
             R"({"body": "x"})",
             R"({"status": 200, "body": "x", "json": 1})",
             R"({"no_reply": true, "status": 200})",
             R"({"no_reply": true, "end": "keep"})",
             R"({"read_body": 3, "drip": {}})",
             R"({"no_length": true, "end": "keep"})",
             R"({"early": true})",
             R"({"early": true, "refuse": true})",
             R"({"content_length": 5, "chunked": true})",
             R"({"truncate_at": 5, "garbage": {}})",
             R"({"raw": "x", "headers": {}})",
             R"({"drip": {"bytes": 0}})",
             R"({"status": 99})",
             R"({"delay_ms": -1})",
         }) {
      CAPTURE(nonsense);
      CHECK(error_in_then(nonsense).starts_with("$.requests[0].then"));
    }
  }

  TEST_CASE("from a file") {
    const std::string examples = PENTIMENTO_EXAMPLES "/emulator";
    for (const std::string_view name : {"bad_day.json", "bad_network.json"}) {
      const Result<Scenario> example = Scenario::from_file(examples + '/' + std::string{name});
      REQUIRE_MESSAGE(example.has_value(), example.error().message());
      CHECK(!example->about().empty());
      CHECK(!example->rules()->requests.empty());
    }
    for (const std::string path : {"/nonexistent/scenario.json", "/tmp"}) {
      const Result<Scenario> missing = Scenario::from_file(path);
      REQUIRE(!missing.has_value());
      CHECK(missing.error().code() == errc::io_failed);
      CHECK(missing.error().message().find(path) != std::string::npos);
    }
  }
}

}  // namespace pentimento::scenario_test
