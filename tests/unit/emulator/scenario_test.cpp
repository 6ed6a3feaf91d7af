#include "emulator/scenario/rules.hpp"
#include <pentimento/emulator/scenario.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace pentimento;
using namespace pentimento::emulator;

namespace {

RequestAction then(std::string_view json) {
  const Result<Scenario> scenario = Scenario::parse(R"({"requests":[{"then":)" + std::string{json} + "}]}");
  REQUIRE_MESSAGE(scenario.has_value(), scenario.error().message());
  return scenario->rules()->requests.at(0).action;
}

std::string complaint(std::string_view json) {
  const Result<Scenario> scenario = Scenario::parse(json);
  return scenario ? "(none)" : scenario.error().message();
}

std::string complaint_about_then(std::string_view json) {
  return complaint(R"({"requests":[{"then":)" + std::string{json} + "}]}");
}

std::string bytes(std::string_view json) {
  const RequestAction action = then(R"({"raw":)" + std::string{json} + "}");
  return action.raw->to_string(1000);
}

}  // namespace

TEST_CASE("a scenario without rules changes nothing") {
  CHECK(Scenario{}.rules()->requests.empty());
  CHECK(Scenario{}.about().empty());
  const Result<Scenario> empty = Scenario::parse("{}");
  REQUIRE(empty.has_value());
  CHECK(empty->rules()->connections.empty());
  CHECK(then("{}").end == End::keep);
}

TEST_CASE("when a rule fires") {
  const Result<Scenario> scenario = Scenario::parse(R"({
    "about": "four rules",
    "connections": [{"when": {"address": "::1", "from": 3}, "then": {"accept": "never"}}],
    "requests": [
      {"name": "one", "when": {"method": "POST", "path": "/v1/", "nth": 2}, "then": {}},
      {"when": {"every": 3, "connection": 4, "request_of_connection": 2}, "then": {}},
      {"when": {"first": 2}, "then": {}}]})");
  REQUIRE_MESSAGE(scenario.has_value(), scenario.error().message());
  CHECK(scenario->about() == "four rules");
  const Rules& rules = *scenario->rules();
  CHECK(rules.connections[0].address == "::1");
  CHECK(rules.connections[0].action.never);
  CHECK(rules.requests[0].name == "one");
  CHECK(rules.requests[1].name == "requests[1]");
  CHECK(rules.requests[0].method == "POST");
  CHECK(rules.requests[0].path == "/v1/");
  CHECK(rules.requests[1].connection == 4);
  CHECK(rules.requests[1].request_of_connection == 2);
  const auto fires = [](const Turn& turn) {
    std::string when;
    for (std::uint64_t i = 1; i <= 6; ++i) when += turn.has_come(i) ? 'x' : '-';
    return when;
  };
  CHECK(fires(rules.requests[0].turn) == "-x----");
  CHECK(fires(rules.requests[1].turn) == "--x--x");
  CHECK(fires(rules.requests[2].turn) == "xx----");
  CHECK(fires(rules.connections[0].turn) == "--xxxx");
  CHECK(fires(Turn{}) == "xxxxxx");
}

TEST_CASE("bytes are texts, base64, noise, repetitions, and lists of these") {
  CHECK(bytes(R"("a\u0000\r\nä")") == std::string{"a\0\r\n\xC3\xA4", 6});
  CHECK(bytes(R"({"base64": "/wA="})") == std::string{"\xFF\0", 2});
  CHECK(bytes(R"(["a", {"repeat": 3, "of": ["b", {"repeat": 2, "of": "c"}]}, "d"])") == "abccbccbccd");
  CHECK(bytes(R"({"random": 5, "seed": 7})") == bytes(R"({"random": 5, "seed": 7})"));
  CHECK(bytes(R"({"random": 5, "seed": 7})") != bytes(R"({"random": 5, "seed": 8})"));
  CHECK(bytes(R"({"random": 5})").size() == 5);
  CHECK(bytes(R"({"repeat": 0, "of": "x"})").empty());
  CHECK(bytes(R"({"repeat": "forever", "of": []})").empty());
  CHECK(bytes(R"({"repeat": "forever", "of": "xy"})").size() == 1000);
  CHECK(then(R"({"raw": {"repeat": 1073741824, "of": "x"}})").raw->size() == 1073741824);
  CHECK(then(R"({"raw": ["x", {"repeat": "forever", "of": "x"}]})").raw->size() == ByteScript::endless);
  CHECK(then(R"({"raw": {"repeat": 9007199254740992, "of": {"repeat": 9007199254740992, "of": "x"}}})").raw->size() ==
        ByteScript::endless);
}

TEST_CASE("long repetitions come out right, whatever the size of what is read at once") {
  const ByteScript script = ByteScript::sequence(
      {ByteScript::text("<"), ByteScript::repeat(100'001, ByteScript::text("abc")), ByteScript::text(">")});
  CHECK(script.size() == 300'005);
  for (const std::size_t step : {1UL, 7UL, 4096UL, 400'000UL}) {
    ByteScriptReader reader{script};
    std::string all;
    std::vector<std::byte> buffer(step);
    for (std::size_t count = reader.read(buffer); count > 0; count = reader.read(buffer))
      all.append(reinterpret_cast<const char*>(buffer.data()), count);
    REQUIRE(all.size() == 300'005);
    CHECK(all.front() == '<');
    CHECK(all.back() == '>');
    CHECK(all.substr(299'998, 6) == "abcabc");
  }
  const ByteScript noise = ByteScript::random(1000, 3);
  std::string parts;
  ByteScriptReader reader{noise};
  std::vector<std::byte> buffer(13);
  for (std::size_t count = reader.read(buffer); count > 0; count = reader.read(buffer))
    parts.append(reinterpret_cast<const char*>(buffer.data()), count);
  CHECK(parts == noise.to_string(1000));
}

TEST_CASE("what a request may meet with") {
  const RequestAction fixed = then(
      R"({"status": 429, "headers": [["Retry-After", "1"], ["Retry-After", "2"]], "json": {"a": [1]}, "delay_ms": 5})");
  CHECK(fixed.fixed->status == 429);
  CHECK(fixed.fixed->body.to_string(100) == R"({"a":[1]})");
  CHECK(fixed.fixed->content_type == "application/json");
  CHECK(fixed.headers.size() == 2);
  CHECK(fixed.delay.count() == 5);
  CHECK(fixed.end == End::keep);
  CHECK(then(R"({"headers": {"x-should-retry": "true"}})").headers.at(0).second == "true");
  CHECK(then(R"({"status": 200, "content_length": 7})").content_length == "7");
  CHECK(then(R"({"status": 200, "content_length": "5, 5"})").content_length == "5, 5");
  CHECK(then(R"({"error": {"status": 402, "code": "payment_required"}})").error->code == "payment_required");
  CHECK(then(R"({"refuse": true})").twist->refuse == Refusal::prompt);
  CHECK(then(R"({"refuse": "picture"})").twist->refuse == Refusal::picture);
  CHECK(then(R"({"refuse": false})").twist == nullptr);
  CHECK(then(R"({"stream_error": {"after": 2}})").twist->stream_error->after == 2);
  CHECK(then(R"({"payload": ["a", {"repeat": 2, "of": "b"}]})").twist->payload == "abb");
  const RequestAction chunked =
      then(R"({"chunked": {"sizes": [1, 7], "cut": {"in": "data", "chunk": 2}, "trailers": {"a": "b"}}})");
  CHECK(chunked.chunking->sizes == std::vector<std::uint64_t>{1, 7});
  CHECK(chunked.chunking->cut == ChunkPart::data);
  CHECK(chunked.chunking->cut_chunk == 2);
  CHECK(chunked.end == End::close);
  CHECK(then(R"({"chunked": true})").end == End::keep);
  CHECK(then(R"({"truncate_at": -3, "end": "reset"})").truncate_at->byte == -3);
  CHECK(then(R"({"truncate_at": {"byte": 3, "of": "body"}})").truncate_at->of_body);
  CHECK(then(R"({"garbage": {"at": 10, "bytes": 5, "below_tls": true}})").garbage->below_tls);
  CHECK(then(R"({"drip": {"bytes": 2, "every_ms": 3, "of": "head"}})").drip->of == ReplyPart::head);
  CHECK(then(R"({"read_body": 0, "end": "stall"})").read_body == 0U);
  CHECK(then(R"({"no_reply": true})").end == End::close);
  CHECK(then(R"({"no_length": true, "end": "unclean"})").end == End::unclean);
  CHECK(then(R"({"close_idle_after_ms": 50})").close_idle_after->count() == 50);
}

TEST_CASE("what is wrong is named with the path to it") {
  CHECK(complaint("[]") == "$: an object is needed, not an array");
  CHECK(complaint(R"({"rules": []})") == "$: there is no member \"rules\"; there are about, connections, requests");
  CHECK(complaint(R"({"requests": [{}]})") == "$.requests[0]: \"then\" is missing");
  CHECK(complaint(R"({"requests": [{"then": {}, "when": {"nth": 0}}]})").starts_with("$.requests[0].when.nth: "));
  CHECK(complaint(R"({"requests": [{"then": {}, "when": {"nth": 1, "first": 2}}]})") ==
        "$.requests[0].when: only one of nth, first, from and every may stand here");
  CHECK(complaint(R"({"connections": [{"when": {"every": 2}, "then": {"accept": "never"}}]})")
            .starts_with("$.connections[0].when: "));
  CHECK(complaint(R"({"connections": [{"then": {"certificate": "good"}}]})") ==
        "$.connections[0].then.certificate: \"good\" is not one of valid, expired, not_yet_valid, self_signed, "
        "wrong_host, "
        "no_ip_san, weak_key, other_ca");
  CHECK(complaint(R"({"connections": [{"then": {"opening": {}}}]})") ==
        "$.connections[0].then.opening: \"alert\" or \"raw\" is needed");
  CHECK(complaint_about_then(R"({"end": "stop"})") ==
        "$.requests[0].then.end: \"stop\" is not one of keep, close, unclean, reset, stall");
  CHECK(complaint_about_then(R"({"raw": {"base64": "*"}})").starts_with("$.requests[0].then.raw.base64: "));
  CHECK(complaint_about_then(R"({"raw": [{"repeat": "ever", "of": "x"}]})") ==
        "$.requests[0].then.raw[0].repeat: \"ever\" is neither a number nor \"forever\"");
  CHECK(complaint_about_then(R"({"payload": {"repeat": "forever", "of": "x"}})") ==
        "$.requests[0].then.payload: a payload has at most 64 MiB");
  CHECK(complaint_about_then(R"({"chunked": {"cut": {"in": "last", "chunk": 2}}})") ==
        "$.requests[0].then.chunked.cut.chunk: there is but one last chunk");
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
    CHECK(complaint_about_then(nonsense).starts_with("$.requests[0].then"));
  }
}

TEST_CASE("a scenario is read from a file") {
  const std::string examples = PENTIMENTO_EXAMPLES "/emulator";
  for (const std::string_view name : {"bad_day.json", "bad_network.json"}) {
    const Result<Scenario> example = Scenario::from_file(examples + '/' + std::string{name});
    REQUIRE_MESSAGE(example.has_value(), example.error().message());
    CHECK(!example->about().empty());
    CHECK(!example->rules()->requests.empty());
  }
  const Result<Scenario> missing = Scenario::from_file("/nonexistent/scenario.json");
  REQUIRE(!missing.has_value());
  CHECK(missing.error().code() == errc::io_failed);
  CHECK(missing.error().message().find("/nonexistent/scenario.json") != std::string::npos);
  const Result<Scenario> folder = Scenario::from_file("/tmp");
  REQUIRE(!folder.has_value());
  CHECK(folder.error().code() == errc::io_failed);
}
