#include "rig.hpp"
#include "support/images.hpp"

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::anthropic_messages_dialect_test {
namespace {

namespace json = boost::json;
using namespace test;
using emulator::EmulatorOptions;

constexpr std::string_view usual_headers = "x-api-key: key-for-tests\r\nanthropic-version: 2023-06-01\r\n";

std::string request(std::string_view body, std::string_view headers = usual_headers) {
  return "POST /v1/messages HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n" + std::string{headers} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

/// A request with this content of the user's message, and these members besides the usual ones.
std::string with(std::string_view content, std::string_view members = "", std::string_view model = "claude-haiku-5-5") {
  return request(R"({"model": ")" + std::string{model} + R"(", "max_tokens": 1000, "messages": [{"role": "user",)" +
                 R"("content": )" + std::string{content} + "}]" + std::string{members} + "}");
}

std::string image_block(std::string_view source) {
  return R"([{"type": "image", "source": )" + std::string{source} + "}]";
}

/// "400 invalid_request_error why", or the status alone.
std::string failure_of(std::string_view reply) {
  const json::value body = json_of(reply);
  if (body.at("type") != "error") return status_of(reply);
  CHECK(body.at("request_id").as_string().c_str() == field(reply, "request-id"));
  const json::value& error = body.at("error");
  return status_of(reply) + ' ' + error.at("type").as_string().c_str() + ' ' + error.at("message").as_string().c_str();
}

}  // namespace

TEST_SUITE("Anthropic Messages dialect") {
  TEST_CASE("asks the answer function") {
    EmulatorOptions options;
    emulator::ModelQuestion asked;
    options.answer = [&](emulator::ModelQuestion question) -> boost::asio::awaitable<Result<json::value>> {
      asked = std::move(question);
      co_return json::value{{"ok", true}};
    };
    Rig rig{{}, options};
    const Image image = picture(5, 1092, 1000);
    const std::string base64 = data_url(image).substr(22);
    const std::string reply = rig.ask(
        with(R"([{"type": "text", "text": "Image 1:"}, {"type": "image", "source": {"type": "base64", "media_type":
                "image/png", "data": ")" +
                 base64 + R"("}}])",
             R"(, "system": "Judge.", "output_config": {"effort": "low", "format": {"type": "json_schema", "schema":
                {"type": "object", "properties": {"ok": {"type": "boolean"}}, "additionalProperties": false}}})",
             "claude-opus-5-5"));
    CHECK(asked.text == "Image 1:\n");
    CHECK(asked.images == std::vector<Image>{image});
    CHECK(asked.schema.at("properties").as_object().contains("ok"));
    CHECK(field(reply, "request-id") == "req_emulated_1");
    const json::value body = json_of(reply);
    CHECK(body.at("type") == "message");
    CHECK(body.at("model") == "claude-opus-5-5");
    CHECK(body.at("stop_reason") == "end_turn");
    CHECK(body.at("content").at(0).at("type") == "thinking");
    CHECK(body.at("content").at(1).at("text") == R"({"ok":true})");
    CHECK(body.at("usage").at("input_tokens") == 39 * 36 + 2 + 2);
    CHECK(body.at("usage").at("output_tokens") == 40 + 3);
  }

  TEST_CASE("keys and versions") {
    EmulatorOptions options;
    options.api_key = "key-for-tests";
    Rig rig{{}, options};
    const auto with_headers = [&](std::string_view headers) { return failure_of(rig.ask(request("{}", headers))); };
    CHECK(with_headers("anthropic-version: 2023-06-01\r\n") == "401 authentication_error x-api-key header is required");
    CHECK(with_headers("anthropic-version: 2023-06-01\r\nx-api-key: other\r\n") ==
          "401 authentication_error invalid x-api-key");
    CHECK(with_headers("anthropic-version: 2023-06-01\r\nAuthorization: Bearer key-for-tests\r\n").starts_with("401"));
    CHECK(with_headers("anthropic-version: 2026-10-21\r\nAuthorization: Bearer key-for-tests\r\n").starts_with("400"));
    CHECK(with_headers("x-api-key: key-for-tests\r\n").find("anthropic-version") != std::string::npos);
    CHECK(with_headers("x-api-key: key-for-tests\r\nanthropic-version: 2024-01-01\r\n").find("not a valid version") !=
          std::string::npos);
    CHECK(failure_of(rig.ask("GET /v1/messages HTTP/1.1\r\nHost: h\r\n\r\n")).starts_with("405"));
    const std::string models = rig.ask("GET /v1/models HTTP/1.1\r\nHost: h\r\n" + std::string{usual_headers} + "\r\n");
    CHECK(json_of(models).at("data").at(0).at("id") == "claude-opus-5-5");
  }

  TEST_CASE("rejects invalid requests") {
    Rig rig;
    const auto rejects = [&](const std::string& sent, std::string_view word) {
      const std::string why = failure_of(rig.ask(sent));
      CAPTURE(why);
      CHECK(why.starts_with("400 invalid_request_error "));
      CHECK(why.find(word) != std::string::npos);
    };
    CHECK(failure_of(rig.ask(with("\"hello\""))) == "200");
    rejects(request("{"), "not valid JSON");
    rejects(request(R"({"model": "claude-haiku-5-5", "messages": [{"role": "user", "content": "x"}]})"), "max_tokens");
    rejects(with("[]"), "at least one block");
    rejects(with(R"([{"type": "text", "text": ""}])"), "non-empty");
    rejects(with(R"([{"type": "audio"}])"), "content[0].type");
    rejects(with("\"x\"", R"(, "temperature": 1)"), "`temperature` is deprecated");
    rejects(with("\"x\"", R"(, "stream": true)"), "stream");
    rejects(with("\"x\"", R"(, "response_format": {})"), "response_format");
    rejects(with("\"x\"", R"(, "output_config": {"effort": "huge"})"), "effort");
    rejects(with("\"x\"", R"(, "output_config": {"format": {"type": "json_schema", "schema": {"type": "object",
                 "properties": {"n": {"type": "integer", "minimum": 1}}, "additionalProperties": false}}})"),
            "'minimum'");
    rejects(request(R"({"model": "claude-haiku-5-5", "max_tokens": 9, "messages": [{"role": "assistant",
                        "content": "{"}]})"),
            "prefill");
    rejects(with(image_block(R"({"type": "url", "url": "https://example.com"})")), "source.type");
    rejects(with(image_block(R"({"type": "base64", "media_type": "image/bmp", "data": ""})")), "media_type");
    rejects(with(image_block(R"({"type": "base64", "media_type": "image/jpeg", "data": ")" +
                             data_url(picture(1)).substr(22) + "\"}")),
            "stated to be image/jpeg");
    CHECK(failure_of(rig.ask(with("\"x\"", "", "gpt-6"))) == "404 not_found_error model: gpt-6");
    const std::string large = rig.ask(with(image_block(R"({"type": "base64", "media_type": "image/png", "data": ")" +
                                                       data_url(picture(1, 8001, 64)).substr(22) + "\"}")));
    CHECK(json_of(large).at("error").at("details").at("error_code") == "image_dimensions_too_large");
  }

  TEST_CASE("cuts off at max_tokens, of which thinking takes its part") {
    Rig rig{request_rule(R"({"payload": ")" + std::string(4000, 'x') + "\"}")};
    const json::value body = json_of(rig.ask(with("\"hello\"", "", "claude-opus-5-5")));
    CHECK(body.at("stop_reason") == "max_tokens");
    CHECK(body.at("content").at(1).at("text").as_string().size() == 4 * (1000 - 40));
    CHECK(body.at("usage").at("output_tokens") == 1000);
  }

  TEST_CASE("refusals and errors of a scenario") {
    Rig rig{R"({"requests": [
      {"when": {"nth": 1}, "then": {"refuse": true}},
      {"when": {"nth": 2}, "then": {"error": {"status": 529}, "headers": {"retry-after": "3"}}},
      {"when": {"nth": 3}, "then": {"error": {"status": 429, "code": "enforced_spend_limit_reached"}}},
      {"when": {"nth": 4}, "then": {"stream_error": true}}]})"};
    const json::value refused = json_of(rig.ask(with("\"hello\"")));
    CHECK(refused.at("stop_reason") == "refusal");
    CHECK(refused.at("stop_details").at("type") == "refusal");
    CHECK(refused.at("content").as_array().empty());
    const std::string overloaded = rig.ask(with("\"hello\""));
    CHECK(failure_of(overloaded).starts_with("529 overloaded_error"));
    CHECK(field(overloaded, "retry-after") == "3");
    const std::string limited = rig.ask(with("\"hello\""));
    CHECK(failure_of(limited).starts_with("429 rate_limit_error"));
    CHECK(json_of(limited).at("error").at("details").at("error_code") == "enforced_spend_limit_reached");
    CHECK(failure_of(rig.ask(with("\"hello\""))).starts_with("500 api_error"));
  }
}

}  // namespace pentimento::anthropic_messages_dialect_test
