#include "rig.hpp"
#include "support/images.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/http/event_stream.hpp>
#include <pentimento/http/form_data.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::openai_images_dialect_test {
namespace {

using namespace test;

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string generation(std::string_view json) { return post_json("/v1/images/generations", json); }

/// A request to edit these images, each under its name.
std::string edit(const Fields& fields, const std::vector<std::pair<std::string, Image>>& images) {
  http::FormData data;
  for (const auto& [name, value] : fields) data.add(name, value);
  for (const auto& [name, image] : images) data.add(name, image);
  const std::string type = "Content-Type: " + data.content_type() + "\r\n";
  return post("/v1/images/edits", type, data.take().to_string());
}

std::string base64(const Image& image) { return detail::encode_base64(image.bytes()); }

/// A PNG with an alpha channel.
Image transparent(std::uint32_t width, std::uint32_t height) {
  Bytes bytes = png_bytes(width, height);
  bytes[25] = std::byte{6};
  return Image{bytes};
}

}  // namespace

TEST_SUITE("OpenAI Images dialect") {
  TEST_CASE("images from text") {
    Rig rig;
    const std::string reply = rig.ask(generation(
        R"({"model": "gpt-image-2", "prompt": "a red bicycle", "n": 2, "size": "1536x1024", "quality": "high",
          "user": "u", "background": "opaque", "output_format": "png", "output_compression": 100, "moderation":
          "low"})"));
    CHECK(status_line(reply) == "HTTP/1.1 200 OK");
    CHECK(field(reply, "x-request-id") == "req_emulated_1");
    const std::string body = body_of(reply);
    CHECK(body.starts_with(
        R"({"created":1763800000,"background":"opaque","output_format":"png","quality":"high","size":"1536x1024",)"
        R"("data":[{"b64_json":")" +
        base64(picture(77, 1536, 1024)) + R"("},{"b64_json":")"));
    CHECK(body.ends_with(
        R"("}],"usage":{"total_tokens":12484,"input_tokens":4,"output_tokens":12480,"input_tokens_details":)"
        R"({"text_tokens":4,"image_tokens":0},"output_tokens_details":{"text_tokens":0,"image_tokens":12480}}})"));
    const auto requests = rig.generated();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].prompt() == "a red bicycle");
    CHECK(!requests[0].seed());
    CHECK(requests[1].seed());
    CHECK(requests[1].size() == PixelSize{1536, 1024});
  }

  TEST_CASE("defaults") {
    Rig rig;
    const std::string body = body_of(rig.ask(generation(R"({"model": "gpt-image-1.5", "prompt": "a", "n": null})")));
    CHECK(body.find(R"("background":"opaque","output_format":"png","quality":"medium","size":"1024x1024")") !=
          std::string::npos);
    CHECK(body.find(R"("output_tokens":1056)") != std::string::npos);
    CHECK(rig.generated().at(0).size() == PixelSize{1024, 1024});
  }

  TEST_CASE("sizes") {
    Rig rig;
    const auto size = [&](std::string_view model, std::string_view text) {
      return error_of(rig.ask(generation(R"({"prompt": "a", "model": ")" + std::string{model} + R"(", "size": ")" +
                                         std::string{text} + "\"}")));
    };
    const std::string fine = "200";
    CHECK(size("gpt-image-1.5", "1024x1536") == fine);
    CHECK(size("gpt-image-1.5", "auto") == fine);
    CHECK(size("gpt-image-1.5", "2048x1024").starts_with("400 invalid_value size"));
    CHECK(size("gpt-image-2", "2048x1024") == fine);
    CHECK(size("gpt-image-2-2026-04-21", "3840x2160") == fine);
    CHECK(size("gpt-image-2.5-flare", "1280x512") == fine);
    CHECK(size("gpt-image-2", "1000x1024").starts_with("400 invalid_size size"));
    CHECK(size("gpt-image-2", "3072x1008").starts_with("400 invalid_size size"));
    CHECK(size("gpt-image-2", "3856x2160").starts_with("400 invalid_size size"));
    CHECK(size("gpt-image-2", "3840x2176").starts_with("400 invalid_size size"));
    CHECK(size("gpt-image-2", "512x512").starts_with("400 invalid_size size"));
    CHECK(size("gpt-image-2", "1024").starts_with("400 invalid_value size"));
    CHECK(size("gpt-image-2", "1024x01024").starts_with("400 invalid_value size"));
  }

  TEST_CASE("rejects invalid fields") {
    Rig rig;
    const auto error = [&](std::string_view members) {
      return error_of(rig.ask(generation(R"({"prompt": "a", "model": "gpt-image-2", )" + std::string{members} + "}")));
    };
    const auto whole = [&](std::string_view json) { return error_of(rig.ask(generation(json))); };
    CHECK(whole(R"({"model": "gpt-image-2"})").find("\"prompt\" is missing") != std::string::npos);
    CHECK(whole(R"({"model": "gpt-image-2", "prompt": ""})").starts_with("400 invalid_value prompt"));
    CHECK(whole(R"({"model": "gpt-image-2", "prompt": ")" + std::string(32'001, 'x') + "\"}")
              .starts_with("400 invalid_value prompt"));
    CHECK(whole(R"({"prompt": "a"})") == "404 model_not_found model The model 'dall-e-2' has been shut down.");
    CHECK(whole(R"({"prompt": "a", "model": "gpt-image-1"})").starts_with("404 model_not_found model"));
    CHECK(whole(R"({"prompt": "a", "model": "nonesuch"})").starts_with("404 model_not_found model"));
    for (const std::string_view unknown : {"seed", "response_format", "negative_prompt", "style", "svg"}) {
      CAPTURE(unknown);
      const std::string why = error('"' + std::string{unknown} + "\": 1");
      CHECK(why.starts_with("400 "));
      CHECK(why.find('"' + std::string{unknown} + '"') != std::string::npos);
    }
    for (const std::string_view wrong :
         {R"("n": "1")", R"("n": 11)", R"("n": 0)", R"("quality": "hd")", R"("quality": "max")"}) {
      CAPTURE(wrong);
      CHECK(error(wrong).starts_with("400 invalid_value "));
    }
    CHECK(whole(R"({"prompt": "a", "model": "gpt-image-2.5-sunburst", "quality": "max"})") == "200");
    CHECK(error(R"("output_format": "gif")").starts_with("400 invalid_value output_format"));
    CHECK(error(R"("background": "transparent", "output_format": "jpeg")").starts_with("400 invalid_value background"));
    CHECK(error(R"("output_compression": 50)").starts_with("400 invalid_png_output_compression output_compression"));
    CHECK(error(R"("output_compression": 50, "output_format": "webp")").starts_with("200"));
    CHECK(error(R"("output_compression": 101, "output_format": "webp")").starts_with("400 invalid_value"));
    CHECK(error(R"("moderation": "none")").starts_with("400 invalid_value moderation"));
    CHECK(error(R"("stream": "yes")").starts_with("400 invalid_value stream"));
    CHECK(error(R"("partial_images": 1)").starts_with("400 invalid_value partial_images"));
    CHECK(whole("nonsense").starts_with("400 null null We could not parse the JSON body"));
    CHECK(whole("[]").starts_with("400 null null We could not parse the JSON body"));
    CHECK(error_of(rig.ask(post("/v1/images/generations", "Content-Type: text/plain\r\n", "{}")))
              .starts_with("400 unsupported_content_type"));
    CHECK(error_of(rig.ask("GET /v1/images/generations HTTP/1.1\r\nHost: h\r\n\r\n"))
              .starts_with("405 method_not_supported"));
    CHECK(error_of(rig.ask("POST /v1/images/generations HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"))
              .starts_with("401 "));
  }

  TEST_CASE("edits") {
    Rig rig;
    const Image base = picture(9, 800, 600);
    const std::string reply =
        rig.ask(edit({{"prompt", "make it red"}, {"model", "gpt-image-2"}, {"n", "1"}, {"size", "auto"}},
                     {{"image", base}, {"mask", transparent(800, 600)}}));
    CHECK(status_line(reply) == "HTTP/1.1 200 OK");
    CHECK(body_of(reply).find(R"("size":"800x600")") != std::string::npos);
    CHECK(body_of(reply).find(R"("input_tokens":478,)") != std::string::npos);  // 3 of text, 25 by 19 of the image
    CHECK(rig.generated().at(0).init_image() == base);
    CHECK(!rig.generated().at(0).mask());
    CHECK(!rig.generated().at(0).size());

    const auto error = [&](const Fields& fields, const std::vector<std::pair<std::string, Image>>& images) {
      Fields all{{"prompt", "a"}, {"model", "gpt-image-1.5"}};
      all.insert(all.end(), fields.begin(), fields.end());
      return error_of(rig.ask(edit(all, images)));
    };
    CHECK(error({}, {{"image[]", base}, {"image[]", base}}).starts_with("200"));
    CHECK(error({}, {{"image", base}, {"image", base}}).starts_with("400 duplicate_parameter image"));
    CHECK(error({}, {}) == "400 missing_required_parameter image Missing required parameter: 'image'.");
    CHECK(error({}, std::vector<std::pair<std::string, Image>>(17, {"image[]", base}))
              .starts_with("400 array_above_max_length"));
    CHECK(error({{"image", "text"}}, {}).starts_with("400 invalid_type image"));
    CHECK(error({{"moderation", "low"}}, {{"image", base}}).find("\"moderation\"") != std::string::npos);
    CHECK(error({{"n", "two"}}, {{"image", base}}).starts_with("400 invalid_value n"));
    CHECK(error({{"n", "12"}}, {{"image", base}}).starts_with("400 invalid_value n"));
    CHECK(error({{"input_fidelity", "high"}}, {{"image", base}}).starts_with("200"));
    CHECK(
        error({}, {{"image", base}, {"mask", picture(1, 800, 600)}}).starts_with("400 invalid_mask_image_format mask"));
    CHECK(error({}, {{"image", base}, {"mask", transparent(800, 601)}})
              .starts_with("400 invalid_mask_image_format mask"));
    CHECK(error_of(
              rig.ask(edit({{"prompt", "a"}, {"model", "gpt-image-2"}, {"input_fidelity", "low"}}, {{"image", base}})))
              .starts_with("400 invalid_input_fidelity_model input_fidelity"));
    CHECK(error_of(rig.ask(edit({{"prompt", "a"}, {"model", "gpt-image-1-mini"}, {"input_fidelity", "high"}},
                                {{"image", base}})))
              .starts_with("400 invalid_input_fidelity_model input_fidelity"));
  }

  TEST_CASE("rejects files that are not what they say") {
    Rig rig;
    const auto error = [&](std::string_view type, std::string_view content) {
      const std::string body =
          "--b\r\nContent-Disposition: form-data; name=prompt\r\n\r\na\r\n--b\r\nContent-Disposition: form-data; "
          "name=model\r\n\r\n"
          "gpt-image-2\r\n--b\r\nContent-Disposition: form-data; name=image; filename=x\r\nContent-Type: " +
          std::string{type} + "\r\n\r\n" + std::string{content} + "\r\n--b--\r\n";
      return error_of(rig.ask(post("/v1/images/edits", "Content-Type: multipart/form-data; boundary=b\r\n", body)));
    };
    const Image png = picture(1);
    const std::string bytes{reinterpret_cast<const char*>(png.bytes().data()), png.bytes().size()};
    CHECK(error("image/png", bytes).starts_with("200"));
    CHECK(error("application/octet-stream", bytes).starts_with("400 unsupported_file_mimetype image"));
    CHECK(error("image/jpeg", bytes).starts_with("400 invalid_image_file image"));
    CHECK(error("image/png", "GIF").starts_with("400 invalid_image_file image"));
    CHECK(error_of(rig.ask(post("/v1/images/edits", "Content-Type: multipart/form-data; boundary=b\r\n", "x")))
              .starts_with("400 null null Could not parse multipart form"));
  }

  TEST_CASE("stream") {
    Rig rig;
    const std::string reply = rig.ask(
        generation(R"({"model": "gpt-image-2", "prompt": "a red bicycle", "stream": true, "partial_images": 2})"));
    CHECK(field(reply, "content-type") == "text/event-stream");
    CHECK(field(reply, "transfer-encoding") == "chunked");
    http::EventStreamParser parser;
    const auto events = parser.feed(unchunked(body_of(reply)));
    REQUIRE(events.has_value());
    REQUIRE(events->size() == 3);
    const std::string encoded = base64(picture(77, 1024, 1024));
    const std::string facts =
        R"("background":"opaque","output_format":"png","quality":"medium","size":"1024x1024","created_at":1763800000)";
    CHECK((*events)[1].type() == "image_generation.partial_image");
    CHECK((*events)[1].data() == R"({"type":"image_generation.partial_image","b64_json":")" + encoded +
                                     R"(","partial_image_index":1,)" + facts + '}');
    CHECK((*events)[2].type() == "image_generation.completed");
    CHECK((*events)[2].data().starts_with(R"({"type":"image_generation.completed","b64_json":")" + encoded + "\"," +
                                          facts +
                                          R"(,"usage":{"total_tokens":1260,"input_tokens":4,"output_tokens":1256,)"));

    const std::string edited =
        rig.ask(edit({{"prompt", "a"}, {"model", "gpt-image-2"}, {"stream", "true"}}, {{"image", picture(1)}}));
    CHECK(unchunked(body_of(edited)).starts_with("event: image_edit.completed\ndata: {"));
  }

  TEST_CASE("refusals and errors of a scenario") {
    Rig rig{R"({"requests": [
    {"when": {"nth": 2}, "then": {"refuse": true}},
    {"when": {"nth": 3}, "then": {"refuse": "image"}},
    {"when": {"nth": 4}, "then": {"refuse": "image"}},
    {"when": {"nth": 5}, "then": {"stream_error": {"after": 1, "code": "server_is_tired"}}},
    {"when": {"nth": 6}, "then": {"stream_error": true}},
    {"when": {"nth": 7}, "then": {"error": {"status": 429, "code": "insufficient_quota"}}},
    {"when": {"nth": 8}, "then": {"payload": "no picture"}}]})"};
    const std::string plain = R"({"model": "gpt-image-2", "prompt": "a"})";
    const std::string streamed = R"({"model": "gpt-image-2", "prompt": "a", "stream": true, "partial_images": 1})";
    const std::string blocked =
        rig.ask(generation(R"({"model": "gpt-image-2", "prompt": "forbidden", "stream": true})"));
    CHECK(error_of(blocked).starts_with("400 moderation_blocked null Your request was rejected by the safety system."));
    CHECK(body_of(blocked).find(R"("type":"image_generation_user_error")") != std::string::npos);
    CHECK(error_of(rig.ask(generation(streamed))).starts_with("400 moderation_blocked"));
    CHECK(error_of(rig.ask(generation(plain))).starts_with("400 moderation_blocked"));
    const auto events = [&] { return unchunked(body_of(rig.ask(generation(streamed)))); };
    std::string text = events();
    CHECK(text.starts_with("event: image_generation.partial_image\n"));
    CHECK(text.find("event: error\ndata: {\"type\":\"error\",\"error\":{") != std::string::npos);
    CHECK(text.find("moderation_blocked") != std::string::npos);
    CHECK(text.find("completed") == std::string::npos);
    text = events();
    CHECK(text.find("server_is_tired") != std::string::npos);
    CHECK(text.find("completed") == std::string::npos);
    CHECK(error_of(rig.ask(generation(plain))).starts_with("500 "));
    const std::string quota = rig.ask(generation(plain));
    CHECK(error_of(quota).starts_with("429 insufficient_quota"));
    CHECK(body_of(quota).find(R"("type":"insufficient_quota")") != std::string::npos);
    CHECK(events().find(R"("b64_json":"bm8gcGljdHVyZQ==")") != std::string::npos);
  }

  TEST_CASE("Azure's path and key") {
    Rig rig;
    const std::string json = R"({"prompt": "a"})";
    const std::string reply = rig.ask(
        "POST /openai/deployments/gpt-image-2/images/generations?api-version=1 HTTP/1.1\r\nHost: h\r\napi-key: k\r\n"
        "Content-Type: application/json\r\nContent-Length: " +
        std::to_string(json.size()) + "\r\n\r\n" + json);
    CHECK(status_line(reply) == "HTTP/1.1 200 OK");
  }

  TEST_CASE("failures of the generator") {
    Rig rig;
    rig.generate = [](const GenerationRequest&) -> Result<Generation> {
      return Error{errc::backend_failed, "the paint is dry"};
    };
    CHECK(error_of(rig.ask(generation(R"({"model": "gpt-image-2", "prompt": "a"})"))) ==
          "500 null null the paint is dry");
  }
}

}  // namespace pentimento::openai_images_dialect_test
