#include "rig.hpp"
#include "support/images.hpp"
#include "vision/questions.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace pentimento;
using test::body_of;
using test::field;
using test::Rig;
using test::status_line;
using test::unchunked;

namespace {

namespace json = boost::json;

std::string url_of(const Image& image) { return "data:image/png;base64," + detail::encode_base64(image.bytes()); }

std::string request(std::string_view json) {
  return test::post("/v1/chat/completions", "Content-Type: application/json\r\n", json);
}

/// A request with this member in place of, or besides, what is usual.
std::string with(std::string_view members) {
  return request(R"({"model": "gpt-6.1-sol", "messages": [{"role": "user", "content": "hello"}], )" +
                 std::string{members} + "}");
}

/// A request whose only message is the user's, with these parts.
std::string with_parts(std::string_view parts) {
  return request(R"({"model": "gpt-6.1-sol", "messages": [{"role": "user", "content": [)" + std::string{parts} +
                 "]}]}");
}

/// A question of our critic, as it sends it.
std::string asking(const Question& question) {
  json::array parts;
  for (const Question::Part& part : question.parts()) {
    json::object item;
    if (const auto* text = std::get_if<std::string>(&part)) {
      item["type"] = "text";
      item["text"] = *text;
    } else {
      json::object image;
      image["url"] = url_of(std::get<Image>(part));
      item["type"] = "image_url";
      item["image_url"] = std::move(image);
    }
    parts.push_back(std::move(item));
  }
  json::object system;
  system["role"] = "system";
  system["content"] = question.instructions();
  json::object user;
  user["role"] = "user";
  user["content"] = std::move(parts);
  json::array messages;
  messages.push_back(std::move(system));
  messages.push_back(std::move(user));
  json::object body;
  body["model"] = "gpt-6.1-sol";
  body["messages"] = std::move(messages);
  body["max_completion_tokens"] = 4000;
  if (!question.schema().empty()) {
    json::object schema;
    schema["name"] = question.schema_name();
    schema["strict"] = true;
    schema["schema"] = parse_json(question.schema()).value();
    json::object format;
    format["type"] = "json_schema";
    format["json_schema"] = std::move(schema);
    body["response_format"] = std::move(format);
  }
  return request(to_text(body));
}

std::string content_of(const std::string& reply) {
  CHECK_MESSAGE(status_line(reply) == "HTTP/1.1 200 OK", reply);
  const json::value body = parse_json(body_of(reply)).value();
  const json::value& content = body.at("choices").at(0).at("message").at("content");
  return content.is_string() ? std::string{content.get_string().data(), content.get_string().size()} : to_text(content);
}

std::string error_of(const std::string& reply) {
  const Result<json::value> body = parse_json(body_of(reply));
  if (!body || !body->get_object().contains("error")) return status_line(reply).substr(9, 3);
  const json::object& error = body->at("error").get_object();
  const auto text = [&](const char* name) {
    const json::value& value = error.at(name);
    return value.is_string() ? std::string{value.get_string().data(), value.get_string().size()} : to_text(value);
  };
  return status_line(reply).substr(9, 3) + ' ' + text("code") + ' ' + text("param") + ' ' + text("message");
}

Brief brief() {
  Brief brief{"three red mugs"};
  brief.must("the mugs are red").must("the table is white");
  return brief;
}

}  // namespace

TEST_CASE("a plan is the critic's") {
  Rig rig;
  const std::string reply = rig.ask(asking(plan_question(brief(), 20)));
  CHECK(content_of(reply) ==
        R"({"items":[{"id":"count","text":"exactly three mugs","importance":"must","depends_on":[]},)"
        R"({"id":"colour","text":"the mugs are red","importance":"should","depends_on":["count"]}]})");
  CHECK(rig.planned().at(0).goal() == "three red mugs");
  CHECK(content_of(rig.ask(asking(plan_question(brief(), 1)))).find("colour") == std::string::npos);
}

TEST_CASE("a critique is the critic's, by the ids of the question") {
  Rig rig;
  const Image image = test::picture(5, 1024, 1000);
  const std::string reply = rig.ask(asking(critique_question(brief(), brief().requirements(), image)));
  CHECK(content_of(reply) ==
        R"({"sees_picture":"yes","visible_text":[],"answers":[{"id":"q1","evidence":"seen","answer":"yes"},)"
        R"({"id":"q2","evidence":"seen","answer":"no"}],"worst_problem":"the table is white: seen, wanted wished",)"
        R"("suggested_prompt":"another prompt"})");
  CHECK(rig.judged().at(0).image() == image);
  CHECK(rig.judged().at(0).brief().goal() == "three red mugs");
  CHECK(field(reply, "x-request-id") == "req_emulated_1");
  const json::value body = parse_json(body_of(reply)).value();
  CHECK(body.at("object").as_string() == "chat.completion");
  CHECK(body.at("model").as_string() == "gpt-6.1-sol");
  CHECK(body.at("choices").at(0).at("finish_reason").as_string() == "stop");
  CHECK(body.at("choices").at(0).at("message").at("refusal").is_null());
  const json::value& usage = body.at("usage");
  CHECK(usage.at("prompt_tokens_details").at("image_tokens").as_int64() == 32 * 32);
  CHECK(usage.at("completion_tokens_details").at("reasoning_tokens").as_int64() == 64);
  CHECK(usage.at("total_tokens").to_number<std::int64_t>() ==
        usage.at("prompt_tokens").to_number<std::int64_t>() + usage.at("completion_tokens").to_number<std::int64_t>());
}

TEST_CASE("a comparison is decided by what passes") {
  Rig rig;
  const std::string reply = rig.ask(
      asking(comparison_question(brief(), brief().requirements(), test::picture(1), test::picture(2), true)));
  CHECK(content_of(reply).ends_with(R"("better":"tie"})"));
  CHECK(rig.judged().size() == 2);
  CHECK(rig.judged().at(1).image() == test::picture(2));
}

TEST_CASE("the article's question gets prose, others what their form allows") {
  Rig rig;
  CHECK(content_of(rig.ask(asking(free_text_question(brief(), test::picture(1))))) == "another prompt");
  CHECK(content_of(rig.ask(with(R"("n": 1)"))).starts_with("This is an emulator"));
  CHECK(content_of(rig.ask(with(R"("response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema":
            {"type": "object", "properties": {"ok": {"type": "boolean"}}}}})"))) == R"({"ok":false})");
  CHECK(
      content_of(rig.ask(request(R"({"model": "gpt-4o", "response_format": {"type": "json_object"}, "temperature": 0.2,
            "max_tokens": 50, "messages": [{"role": "user", "content": "Answer in JSON"}]})"))) == "{}");
}

TEST_CASE("messages that are not as they may be") {
  Rig rig;
  const std::string png = url_of(test::picture(1));
  const auto message = [&](std::string_view json) {
    return error_of(rig.ask(request(R"({"model": "gpt-6.1-sol", "messages": [)" + std::string{json} + "]}")));
  };
  const auto image = [&](std::string_view json) {
    return error_of(rig.ask(with_parts(R"({"type": "image_url", "image_url": )" + std::string{json} + "}")));
  };
  CHECK(message("") ==
        "400 empty_array messages Invalid 'messages': empty array. Expected an array with minimum length 1, but got "
        "an empty array instead.");
  CHECK(message("1").starts_with("400 invalid_type messages[0]"));
  CHECK(message(R"({"content": "x"})").starts_with("400 missing_required_parameter messages[0].role"));
  CHECK(message(R"({"role": "judge", "content": "x"})").starts_with("400 invalid_value messages[0].role"));
  CHECK(message(R"({"role": "user"})").starts_with("400 missing_required_parameter messages[0].content"));
  CHECK(message(R"({"role": "user", "content": 7})") ==
        "400 invalid_type messages[0].content Invalid type for 'messages[0].content': expected one of a string or "
        "array of objects, "
        "but got an integer instead.");
  CHECK(message(R"({"role": "user", "content": []})").starts_with("400 empty_array messages[0].content"));
  CHECK(message(R"({"role": "user", "content": "x", "images": []})")
            .starts_with("400 unknown_parameter messages[0].images"));
  CHECK(message(R"({"role": "system", "content": [{"type": "image_url", "image_url": {"url": ")" + png + "\"}}]}") ==
        "400 invalid_value messages[0].content[0].type Invalid value: 'image_url'. Supported values are: 'text'.");
  CHECK(image('"' + png + '"') ==
        "400 invalid_type messages[0].content[0].image_url Invalid type for 'messages[0].content[0].image_url': "
        "expected an object, "
        "but got a string instead.");
  CHECK(image(R"({"url": ")" + png + R"(", "detail": "high"})") == "200");
  CHECK(image(R"({"url": ")" + png + R"(", "detail": "best"})").starts_with("400 invalid_value"));
  CHECK(image(R"({"url": ")" + png + R"(", "size": 1})")
            .starts_with("400 unknown_parameter messages[0].content[0].image_url.size"));
  CHECK(image(R"({"url": "https://example.com/a.png"})").starts_with("400 invalid_image_url"));
  CHECK(image(R"({"url": "data:image/png,abc"})").starts_with("400 invalid_base64_image"));
  CHECK(image(R"({"url": "data:image/png;base64,a*b"})").starts_with("400 invalid_base64_image"));
  CHECK(image(R"({"url": "data:image/png;base64,"})").starts_with("400 empty_image_file"));
  CHECK(image(R"({"url": "data:image/png;base64,AAAA"})").starts_with("400 invalid_image_format"));
  CHECK(image(R"({"url": "data:image/bmp;base64,)" + png.substr(22) + "\"}").starts_with("400 invalid_image_format"));
  CHECK(image(R"({"url": "data:image/jpeg;base64,)" + png.substr(22) + "\"}") ==
        "400 invalid_image_format messages[0].content[0].image_url.url The image is stated to be image/jpeg and is "
        "image/png.");
  CHECK(error_of(rig.ask(with_parts(R"({"type": "file"})"))).starts_with("400 unsupported_value"));
  CHECK(error_of(rig.ask(with_parts(R"({"type": "text"})")))
            .starts_with("400 missing_required_parameter messages[0].content[0].text"));
}

TEST_CASE("settings that are not as they may be") {
  Rig rig;
  const auto error = [&](std::string_view members) { return error_of(rig.ask(with(members))); };
  CHECK(
      error(R"("max_tokens": 5)") ==
      "400 unsupported_parameter max_tokens Unsupported parameter: 'max_tokens' is not supported with this model. Use "
      "'max_completion_tokens' instead.");
  CHECK(error(R"("temperature": 0.2)").starts_with("400 unsupported_value temperature"));
  CHECK(error(R"("temperature": 1)") == "200");
  CHECK(error(R"("max_completion_tokens": 0)").starts_with("400 integer_below_min_value"));
  CHECK(error(R"("n": 129)").starts_with("400 integer_above_max_value"));
  CHECK(error(R"("reasoning_effort": "huge")").starts_with("400 invalid_value reasoning_effort"));
  CHECK(error(R"("num_predict": 5)") == "400 unknown_parameter num_predict Unknown parameter: 'num_predict'.");
  CHECK(error(R"("stream_options": {})").starts_with("400 null stream_options"));
  CHECK(error(R"("response_format": {"type": "json"})").starts_with("400 invalid_value response_format.type"));
  CHECK(error(R"("response_format": {"type": "json_object"})")
            .starts_with("400 null messages 'messages' must contain the word"));
  CHECK(error(R"("response_format": {"type": "json_schema"})").starts_with("400 missing_required_parameter"));
  CHECK(error(R"("response_format": {"type": "json_schema", "json_schema": {"name": "a b", "schema": {}}})")
            .starts_with("400 invalid_value response_format.json_schema.name"));
  CHECK(error(R"("response_format": {"type": "json_schema", "json_schema": {"name": "a"}})")
            .starts_with("400 missing_required_parameter response_format.json_schema.schema"));
  CHECK(error(R"("response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": true, "schema":
                 {"type": "object", "properties": {"ok": {"type": "boolean"}}, "additionalProperties": false}}})") ==
        "400 null response_format Invalid schema for response_format 'a': In context=(), 'required' is required to be "
        "supplied and to "
        "be an array including every key in properties. Missing 'ok'.");
  const auto model = [&](std::string_view name) {
    return error_of(rig.ask(
        request(R"({"model": ")" + std::string{name} + R"(", "messages": [{"role": "user", "content": "x"}]})")));
  };
  CHECK(model("gpt-4-vision-preview") ==
        "404 model_not_found null The model `gpt-4-vision-preview` does not exist or you do not have access to it.");
  CHECK(model("nonesuch").starts_with("404 model_not_found"));
  CHECK(model("gpt-image-2").starts_with("404 model_not_found"));
  CHECK(model("gpt-4o") == "200");
  CHECK(error_of(rig.ask(request(R"({"messages": [{"role": "user", "content": "x"}]})")))
            .starts_with("400 missing_required_parameter model"));
  CHECK(error_of(rig.ask(request("{"))).starts_with("400 null null We could not parse the JSON body"));
  CHECK(error_of(rig.ask("GET /v1/chat/completions HTTP/1.1\r\nHost: h\r\n\r\n"))
            .starts_with("405 method_not_supported"));
  CHECK(error_of(rig.ask("POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"))
            .starts_with("401"));
}

TEST_CASE("an answer is cut off at the cap, of which hidden reasoning takes its part") {
  Rig rig{R"({"requests": [{"then": {"payload": "0123456789abcdef"}}]})"};
  const auto choice = [&](int cap) {
    const std::string reply = rig.ask(with("\"max_completion_tokens\": " + std::to_string(cap)));
    const json::value body = parse_json(body_of(reply)).value();
    return content_of(reply) + ' ' + std::string{body.at("choices").at(0).at("finish_reason").as_string().c_str()};
  };
  CHECK(choice(1000) == "0123456789abcdef stop");
  CHECK(choice(68) == "0123456789abcdef stop");
  CHECK(choice(66) == "01234567 length");
  CHECK(choice(10) == " length");
}

TEST_CASE("refusals, filters, errors and other answers") {
  Rig rig{R"({"requests": [
    {"when": {"nth": 2}, "then": {"refuse": true}},
    {"when": {"nth": 3}, "then": {"refuse": "picture"}},
    {"when": {"nth": 4}, "then": {"stream_error": true}},
    {"when": {"nth": 5}, "then": {"error": {"status": 429}, "headers": {"retry-after": "7"}}},
    {"when": {"nth": 6}, "then": {"payload": {"repeat": 1000000, "of": "x"}}}]})"};
  const std::string forbidden = rig.ask(with_parts(R"({"type": "text", "text": "a Forbidden thing"})"));
  CHECK(content_of(forbidden) == "null");
  CHECK(body_of(forbidden).find(R"("refusal":"I'm sorry, but I can't assist with that request.")") !=
        std::string::npos);
  CHECK(content_of(rig.ask(with("\"n\": 1"))) == "null");
  CHECK(body_of(rig.ask(with("\"n\": 1"))).find(R"("finish_reason":"content_filter")") != std::string::npos);
  CHECK(error_of(rig.ask(with("\"n\": 1"))).starts_with("500 "));
  const std::string limited = rig.ask(with("\"n\": 1"));
  CHECK(error_of(limited).starts_with("429 rate_limit_exceeded"));
  CHECK(field(limited, "retry-after") == "7");
  CHECK(content_of(rig.ask(with("\"n\": 1"))).size() == 1'000'000);
}

TEST_CASE("an answer as a stream") {
  Rig rig{
      R"({"requests": [{"when": {"nth": 1}, "then": {"payload": "an answer that is longer than one piece of it"}},
                       {"when": {"nth": 2}, "then": {"stream_error": {"after": 2, "message": "it broke"}}}]})"};
  const std::string wanted = with(R"("stream": true, "stream_options": {"include_usage": true})");
  const std::string text = unchunked(body_of(rig.ask(wanted)));
  CHECK(text.starts_with(R"(data: {"id":"chatcmpl-emulated-1","object":"chat.completion.chunk",)"));
  CHECK(text.find(R"("delta":{"content":"an answer that is longer than on"})") != std::string::npos);
  CHECK(text.find(R"("finish_reason":"stop")") != std::string::npos);
  CHECK(text.find(R"("choices":[],"usage":{"prompt_tokens":)") != std::string::npos);
  CHECK(text.ends_with("data: [DONE]\n\n"));
  const std::string broken = unchunked(body_of(rig.ask(wanted)));
  CHECK(broken.ends_with(
      "data: {\"error\":{\"message\":\"it broke\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n"));
}
