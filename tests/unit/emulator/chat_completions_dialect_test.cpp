#include "rig.hpp"
#include "support/images.hpp"

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pentimento::chat_completions_dialect_test {
namespace {

namespace json = boost::json;
using namespace test;
using emulator::EmulatorOptions;

std::string request(std::string_view json) { return post_json("/v1/chat/completions", json); }

/// A request with these members besides the usual ones.
std::string with(std::string_view members) {
  return request(R"({"model": "gpt-6.1-sol", "messages": [{"role": "user", "content": "hello"}], )" +
                 std::string{members} + "}");
}

/// A request whose only message is the user's, with these parts.
std::string with_parts(std::string_view parts) {
  return request(R"({"model": "gpt-6.1-sol", "messages": [{"role": "user", "content": [)" + std::string{parts} +
                 "]}]}");
}

/// The content of the reply and why it ended: "hello stop".
std::string content_of(std::string_view reply) {
  CHECK_MESSAGE(status_of(reply) == "200", reply);
  const json::value choice = json_of(reply).at("choices").at(0);
  const json::value& content = choice.at("message").at("content");
  return std::string{content.is_string() ? content.get_string().c_str() : "null"} + ' ' +
         choice.at("finish_reason").as_string().c_str();
}

constexpr std::string_view ok_schema =
    R"("response_format": {"type": "json_schema", "json_schema": {"name": "x", "strict": true, "schema": {"type":
       "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"], "additionalProperties": false}}})";

}  // namespace

TEST_SUITE("Chat Completions dialect") {
  TEST_CASE("asks the answer function") {
    EmulatorOptions options;
    emulator::ModelQuestion asked;
    options.answer = [&](emulator::ModelQuestion question) -> boost::asio::awaitable<Result<json::value>> {
      asked = std::move(question);
      co_return json::value{{"ok", true}};
    };
    Rig rig{{}, options};
    const Image image = picture(5, 1024, 1000);
    const std::string reply = rig.ask(request(
        R"({"model": "gpt-6.1-sol", "messages": [{"role": "system", "content": "judge"}, {"role": "user", "content": [)"
        R"({"type": "image_url", "image_url": {"url": ")" +
        data_url(image) + R"("}}, {"type": "text", "text": "is it ok?"}]}], )" + std::string{ok_schema} + "}"));
    CHECK(content_of(reply) == R"({"ok":true} stop)");
    CHECK(asked.text == "is it ok?\n");
    CHECK(asked.images == std::vector<Image>{image});
    CHECK(asked.schema.at("properties").as_object().contains("ok"));
    CHECK(field(reply, "x-request-id") == "req_emulated_1");
    const json::value body = json_of(reply);
    CHECK(body.at("object") == "chat.completion");
    CHECK(body.at("model") == "gpt-6.1-sol");
    CHECK(body.at("choices").at(0).at("message").at("refusal").is_null());
    const json::value& usage = body.at("usage");
    CHECK(usage.at("prompt_tokens_details").at("image_tokens") == 32 * 32);
    CHECK(usage.at("completion_tokens_details").at("reasoning_tokens") == 64);
    CHECK(usage.at("completion_tokens") == 64 + 3);
    CHECK(usage.at("total_tokens").to_number<int>() ==
          usage.at("prompt_tokens").to_number<int>() + usage.at("completion_tokens").to_number<int>());
  }

  TEST_CASE("failures of the answer function") {
    EmulatorOptions options;
    errc code = errc::backend_failed;
    options.answer = [&](emulator::ModelQuestion) -> boost::asio::awaitable<Result<json::value>> {
      co_return Error{code, "no idea"};
    };
    Rig rig{{}, options};
    CHECK(error_of(rig.ask(with("\"n\": 1"))) == "500 null null no idea");
    code = errc::unreadable_image;
    CHECK(error_of(rig.ask(with("\"n\": 1"))).starts_with("400 invalid_image_file"));
  }

  TEST_CASE("answers by the schema without an answer function") {
    Rig rig;
    CHECK(content_of(rig.ask(with(ok_schema))) == R"({"ok":false} stop)");
    CHECK(content_of(rig.ask(with("\"n\": 1"))).starts_with("This is an emulator"));
  }

  TEST_CASE("messages") {
    Rig rig;
    const std::string png = data_url(picture(1));
    const auto message = [&](std::string_view json) {
      return error_of(rig.ask(request(R"({"model": "gpt-6.1-sol", "messages": [)" + std::string{json} + "]}")));
    };
    const auto image = [&](std::string_view json) {
      return error_of(rig.ask(with_parts(R"({"type": "image_url", "image_url": )" + std::string{json} + "}")));
    };
    CHECK(message("").starts_with("400 invalid_value messages $.messages: "));
    CHECK(message("1").starts_with("400 invalid_value messages[0]"));
    CHECK(message(R"({"content": "x"})").find("\"role\" is missing") != std::string::npos);
    CHECK(message(R"({"role": "judge", "content": "x"})").starts_with("400 invalid_value messages[0].role"));
    CHECK(message(R"({"role": "user", "content": 7})").starts_with("400 invalid_value messages[0].content"));
    CHECK(message(R"({"role": "user", "content": []})").starts_with("400 invalid_value messages[0].content"));
    CHECK(message(R"({"role": "user", "content": "x", "images": []})").find("\"images\"") != std::string::npos);
    CHECK(message(R"({"role": "system", "content": [{"type": "image_url", "image_url": {"url": ")" + png + "\"}}]}")
              .starts_with("400 invalid_value messages[0].content[0].type"));
    CHECK(image('"' + png + '"').starts_with("400 invalid_value messages[0].content[0].image_url"));
    CHECK(image(R"({"url": ")" + png + R"(", "detail": "high"})") == "200");
    CHECK(image(R"({"url": ")" + png + R"(", "detail": "best"})").starts_with("400 invalid_value"));
    CHECK(image(R"({"url": ")" + png + R"(", "size": 1})").find("\"size\"") != std::string::npos);
    CHECK(image(R"({"url": "https://example.com/a.png"})").starts_with("400 invalid_image_url"));
    CHECK(image(R"({"url": "data:image/png,abc"})").starts_with("400 invalid_base64_image"));
    CHECK(image(R"({"url": "data:image/png;base64,a*b"})").starts_with("400 invalid_base64_image"));
    CHECK(image(R"({"url": "data:image/png;base64,"})").starts_with("400 invalid_image_format"));
    CHECK(image(R"({"url": "data:image/png;base64,AAAA"})").starts_with("400 invalid_image_format"));
    CHECK(image(R"({"url": "data:image/jpeg;base64,)" + png.substr(22) + "\"}")
              .starts_with("400 invalid_image_format messages[0].content[0].image_url.url"));
  }

  TEST_CASE("settings") {
    Rig rig;
    const auto error = [&](std::string_view members) { return error_of(rig.ask(with(members))); };
    CHECK(error(ok_schema) == "200");
    CHECK(error(R"("max_tokens": 5)").starts_with("400 unsupported_parameter max_tokens"));
    CHECK(error(R"("temperature": 0.2)").starts_with("400 unsupported_value temperature"));
    CHECK(error(R"("temperature": 1)") == "200");
    CHECK(error(R"("max_completion_tokens": 0)").starts_with("400 invalid_value max_completion_tokens"));
    CHECK(error(R"("n": 129)").starts_with("400 invalid_value n"));
    CHECK(error(R"("stream": true)").starts_with("400 unsupported_parameter stream"));
    CHECK(error(R"("reasoning_effort": "huge")").starts_with("400 invalid_value reasoning_effort"));
    CHECK(error(R"("num_predict": 5)").find("\"num_predict\"") != std::string::npos);
    CHECK(error(R"("response_format": {"type": "json"})").starts_with("400 invalid_value response_format.type"));
    CHECK(error(R"("response_format": {"type": "json_object"})").find("the word 'json'") != std::string::npos);
    CHECK(error(R"("response_format": {"type": "json_schema", "json_schema": {"name": "a b", "schema": {}}})")
              .starts_with("400 invalid_value response_format.json_schema.name"));
    CHECK(error(R"("response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": true, "schema":
                   {"type": "object", "properties": {"ok": {"type": "boolean"}}, "additionalProperties": false}}})")
              .starts_with("400 null response_format Invalid schema for response_format 'a'"));
    CHECK(error_of(rig.ask(request(R"({"model": "gpt-4o", "temperature": 0.2, "max_tokens": 50, "response_format":
                                      {"type": "json_object"}, "messages": [{"role": "user", "content": "in JSON"}]})"))) ==
          "200");
  }

  TEST_CASE("models, methods and keys") {
    Rig rig;
    const auto model = [&](std::string_view name) {
      return error_of(rig.ask(
          request(R"({"model": ")" + std::string{name} + R"(", "messages": [{"role": "user", "content": "x"}]})")));
    };
    for (const std::string_view name : {"gpt-4-vision-preview", "nonesuch", "gpt-image-2"})
      CHECK(model(name).starts_with("404 model_not_found"));
    CHECK(model("gpt-4o") == "200");
    CHECK(error_of(rig.ask(request("{"))).starts_with("400 null null We could not parse the JSON body"));
    CHECK(error_of(rig.ask("GET /v1/chat/completions HTTP/1.1\r\nHost: h\r\n\r\n"))
              .starts_with("405 method_not_supported"));
    CHECK(error_of(rig.ask("POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"))
              .starts_with("401"));
  }

  TEST_CASE("cuts off at the token cap") {
    Rig rig{request_rule(R"({"payload": "0123456789abcdef"})")};
    const auto capped = [&](int cap) {
      return content_of(rig.ask(with("\"max_completion_tokens\": " + std::to_string(cap))));
    };
    CHECK(capped(1000) == "0123456789abcdef stop");
    CHECK(capped(68) == "0123456789abcdef stop");
    CHECK(capped(66) == "01234567 length");
    CHECK(capped(10) == " length");
  }

  TEST_CASE("refusals and errors of a scenario") {
    Rig rig{R"({"requests": [
      {"when": {"nth": 1}, "then": {"refuse": true}},
      {"when": {"nth": 2}, "then": {"refuse": "image"}},
      {"when": {"nth": 3}, "then": {"stream_error": true}},
      {"when": {"nth": 4}, "then": {"error": {"status": 429}, "headers": {"retry-after": "7"}}},
      {"when": {"nth": 5}, "then": {"payload": {"repeat": 1000000, "of": "x"}}}]})"};
    const std::string refused = rig.ask(with("\"n\": 1"));
    CHECK(content_of(refused) == "null stop");
    CHECK(json_of(refused).at("choices").at(0).at("message").at("refusal").is_string());
    CHECK(content_of(rig.ask(with("\"n\": 1"))) == " content_filter");
    CHECK(error_of(rig.ask(with("\"n\": 1"))).starts_with("500 "));
    const std::string limited = rig.ask(with("\"n\": 1"));
    CHECK(error_of(limited).starts_with("429 rate_limit_exceeded"));
    CHECK(field(limited, "retry-after") == "7");
    CHECK(content_of(rig.ask(with("\"n\": 1"))).size() == 1'000'005);
  }
}

}  // namespace pentimento::chat_completions_dialect_test
