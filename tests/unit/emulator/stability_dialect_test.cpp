#include "rig.hpp"
#include "support/images.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/http/form_data.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::stability_dialect_test {
namespace {

using namespace test;
using emulator::EmulatorOptions;
using emulator::Scenario;

using Fields = std::vector<std::pair<std::string, std::string>>;

const std::string sd3 = "/v2beta/stable-image/generate/sd3";
const std::string core = "/v2beta/stable-image/generate/core";
const std::string ultra = "/v2beta/stable-image/generate/ultra";

/// A request with these fields and, if given, this image.
std::string form(const std::string& path, const Fields& fields, const Image* image = nullptr,
                 std::string_view headers = "Accept: application/json\r\n") {
  http::FormData data;
  for (const auto& [name, value] : fields) data.add(name, value);
  if (image != nullptr) data.add("image", *image);
  const std::string type = "Content-Type: " + data.content_type() + "\r\n";
  return post(path, type + std::string{headers}, data.take().to_string());
}

std::string text_of(const Image& image) {
  return std::string{reinterpret_cast<const char*>(image.bytes().data()), image.bytes().size()};
}

/// The errors of a rejected request, as JSON.
std::string errors_of(const std::string& reply) {
  CHECK(status_line(reply) == "HTTP/1.1 400 Bad Request");
  CHECK(field(reply, "content-type") == "application/json");
  const std::string body = body_of(reply);
  CHECK(body.starts_with(R"({"id":"emulated-)"));
  CHECK(body.find(R"("name":"bad_request","errors":[)") != std::string::npos);
  return body.substr(body.find("\"errors\":") + 9);
}

}  // namespace

TEST_SUITE("Stability dialect") {
  TEST_CASE("image from text, as bytes and as JSON") {
    Rig rig;
    const Fields fields{{"prompt", "a red bicycle"}, {"model", "sd3.5-medium"},     {"seed", "42"},
                        {"aspect_ratio", "16:9"},    {"negative_prompt", "people"}, {"output_format", "png"},
                        {"style_preset", "anime"},   {"cfg_scale", "4.5"}};
    const Image expected = picture(42, 1344, 768);
    const std::string as_json = rig.ask(form(sd3, fields));
    CHECK(status_line(as_json) == "HTTP/1.1 200 OK");
    CHECK(field(as_json, "content-type") == "application/json; type=image/png");
    CHECK(field(as_json, "seed") == "(none)");
    CHECK(field(as_json, "finish-reason") == "(none)");
    CHECK(field(as_json, "x-request-id") == "req_emulated_1");
    CHECK(body_of(as_json) ==
          R"({"image":")" + detail::encode_base64(expected.bytes()) + R"(","seed":42,"finish_reason":"SUCCESS"})");

    const std::string as_image = rig.ask(form(sd3, fields, nullptr, "Accept: image/*\r\n"));
    CHECK(field(as_image, "content-type") == "image/png");
    CHECK(field(as_image, "seed") == "42");
    CHECK(field(as_image, "finish-reason") == "SUCCESS");
    CHECK(body_of(as_image) == text_of(expected));
    CHECK(field(rig.ask(form(sd3, fields, nullptr, "")), "content-type") == "image/png");

    const GenerationRequest request = rig.generated().at(0);
    CHECK(request.prompt() == "a red bicycle");
    CHECK(request.negative_prompt() == "people");
    CHECK(request.seed() == 42U);
    CHECK(request.size() == PixelSize{1344, 768});
    CHECK(!request.init_image());
  }

  TEST_CASE("core and ultra") {
    Rig rig;
    CHECK(status_line(rig.ask(form(core, {{"prompt", "a"}, {"seed", "0"}, {"none", ""}}))) == "HTTP/1.1 200 OK");
    CHECK(status_line(rig.ask(form(ultra, {{"prompt", "a"}, {"aspect_ratio", "9:21"}}))) == "HTTP/1.1 200 OK");
    CHECK(rig.generated().at(0).size() == PixelSize{1248, 1248});
    CHECK(!rig.generated().at(0).seed());
    CHECK(rig.generated().at(1).size() == PixelSize{640, 1536});
  }

  TEST_CASE("image from image") {
    Rig rig;
    const Image base = picture(9, 800, 600);
    const Fields fields{{"prompt", "a"}, {"mode", "image-to-image"}, {"strength", "0.25"}};
    CHECK(status_line(rig.ask(form(sd3, fields, &base))) == "HTTP/1.1 200 OK");
    CHECK(rig.generated().at(0).init_image() == base);
    CHECK(rig.generated().at(0).strength() == 0.25);
    CHECK(!rig.generated().at(0).size());
    CHECK(status_line(rig.ask(form(ultra, {{"prompt", "a"}, {"strength", "1"}}, &base))) == "HTTP/1.1 200 OK");
    CHECK(rig.generated().at(1).init_image() == base);
  }

  TEST_CASE("rejects invalid fields") {
    Rig rig;
    const Image base = picture(9, 800, 600);
    const auto errors = [&](const std::string& path, const Fields& fields, const Image* image = nullptr) {
      return errors_of(rig.ask(form(path, fields, image)));
    };
    CHECK(errors(sd3, {}) == R"(["prompt: is required"]})");
    CHECK(errors(sd3, {{"prompt", ""}}) == R"(["prompt: must be 1 to 10000 characters long"]})");
    CHECK(errors(sd3, {{"prompt", std::string(10'001, 'x')}}) == R"(["prompt: must be 1 to 10000 characters long"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"size", "1024x1024"}}) == R"(["size: is not a field of this endpoint"]})");
    CHECK(errors(core, {{"prompt", "a"}, {"model", "sd3.5-large"}}) ==
          R"(["model: is not a field of this endpoint"]})");
    CHECK(errors(ultra, {{"prompt", "a"}, {"mode", "image-to-image"}}) ==
          R"(["mode: is not a field of this endpoint"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"prompt", "b"}}) == R"(["prompt: must not be repeated"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"seed", "4294967295"}}) == R"(["seed: must be from 0 to 4294967294"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"seed", "1.5"}}) == R"(["seed: must be an integer"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"seed", "-1"}}) == R"(["seed: must be from 0 to 4294967294"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"cfg_scale", "11"}}) == R"(["cfg_scale: must be from 1 to 10"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"cfg_scale", "four"}}) == R"(["cfg_scale: must be a number"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"output_format", "gif"}}) ==
          R"(["output_format: must be one of png, jpeg, webp"]})");
    CHECK(
        errors(sd3, {{"prompt", "a"}, {"aspect_ratio", "4:3"}}).starts_with(R"(["aspect_ratio: must be one of 21:9,)"));
    CHECK(errors(sd3, {{"prompt", "a"}, {"style_preset", "nice"}})
              .starts_with(R"(["style_preset: must be one of enhance,)"));
    CHECK(errors(sd3, {{"prompt", "a"}, {"model", "sd4"}}).starts_with(R"(["model: must be one of sd3.5-large,)"));
    CHECK(errors(sd3, {{"prompt", "a"}, {"mode", "image-to-image"}}) ==
          R"(["image: is required in image-to-image mode","strength: is required in image-to-image mode"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"mode", "image-to-image"}, {"strength", "0.5"}, {"aspect_ratio", "1:1"}},
                 &base) == R"(["aspect_ratio: is not allowed in image-to-image mode"]})");
    CHECK(errors(sd3, {{"prompt", "a"}, {"strength", "0.5"}}, &base) ==
          R"(["image: is not allowed in text-to-image mode","strength: is not allowed in text-to-image mode"]})");
    CHECK(errors(ultra, {{"prompt", "a"}}, &base) == R"(["strength: is required when an image is given"]})");
    CHECK(errors(ultra, {{"prompt", "a"}, {"strength", "1.01"}}, &base)
              .starts_with(R"(["strength: must be from 0 to 1")"));
    const Image small = picture(9, 800, 63);
    CHECK(errors(ultra, {{"prompt", "a"}, {"strength", "1"}}, &small).find("64 pixels or more") != std::string::npos);
    CHECK(errors(ultra, {{"prompt", "a"}, {"strength", "1"}, {"image", "text"}}) == R"(["image: must be a file"]})");
    CHECK(rig.generated().empty());
  }

  TEST_CASE("keys, content types, sizes and paths") {
    EmulatorOptions options;
    options.api_key = "key-for-tests";
    Rig rig{{}, options};
    const auto body_with = [&](const std::string& request) { return rig.ask(request); };
    const std::string no_key = body_with("POST " + sd3 + " HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    CHECK(status_line(no_key) == "HTTP/1.1 401 Unauthorized");
    CHECK(body_of(no_key) == R"({"id":"emulated-1","name":"unauthorized","errors":["authorization: is missing"]})");
    const std::string wrong =
        body_with("POST " + sd3 + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer other\r\nContent-Length: 0\r\n\r\n");
    CHECK(body_of(wrong).find("authorization: is invalid or expired") != std::string::npos);
    CHECK(errors_of(rig.ask(post(sd3, "Content-Type: application/json\r\n", "{}"))) ==
          R"(["content-type: must be multipart/form-data"]})");
    CHECK(errors_of(rig.ask(form(sd3, {{"prompt", "a"}}, nullptr, "Accept: */*\r\n"))) ==
          R"(["accept: must be image/* or application/json"]})");
    CHECK(errors_of(rig.ask(
              form(sd3, {{"prompt", "a"}}, nullptr, "stability-client-id: " + std::string(257, 'x') + "\r\n"))) ==
          R"(["stability-client-id: must be at most 256 characters long"]})");
    CHECK(
        errors_of(rig.ask(post(sd3, "Content-Type: multipart/form-data; boundary=x\r\n", "nonsense"))).find("body: ") !=
        std::string::npos);
    const std::string large = rig.ask(form(sd3, {{"prompt", std::string(std::size_t{10} << 20, 'x')}}));
    CHECK(status_line(large) == "HTTP/1.1 413 Payload Too Large");
    CHECK(body_of(large).find(R"("name":"payload_too_large")") != std::string::npos);
    CHECK(status_line(rig.ask(form("/v2beta/stable-image/generate/sd4", {{"prompt", "a"}}))) ==
          "HTTP/1.1 404 Not Found");
    CHECK(status_line(rig.ask("GET " + sd3 + " HTTP/1.1\r\nHost: h\r\n\r\n")) == "HTTP/1.1 404 Not Found");
  }

  TEST_CASE("moderation") {
    Rig rig;
    const std::string refused = rig.ask(form(sd3, {{"prompt", "a Forbidden thing"}}));
    CHECK(status_line(refused) == "HTTP/1.1 403 Forbidden");
    CHECK(body_of(refused).find(R"("name":"content_moderation","errors":["Your request was flagged)") !=
          std::string::npos);
    CHECK(status_line(rig.ask(form(sd3, {{"prompt", "unforbidden forbiddenness"}}))) == "HTTP/1.1 200 OK");
    rig.emulator().play(Scenario::parse(R"({"requests": [{"when": {"nth": 1}, "then": {"refuse": true}},
                                                       {"when": {"nth": 2}, "then": {"refuse": "image"}},
                                                       {"when": {"nth": 3}, "then": {"refuse": "image"}},
                                                       {"when": {"nth": 4}, "then": {"stream_error": true}}]})")
                            .value());
    CHECK(status_line(rig.ask(form(sd3, {{"prompt", "a"}}))) == "HTTP/1.1 403 Forbidden");
    const std::string filtered = rig.ask(form(sd3, {{"prompt", "a"}}, nullptr, "Accept: image/*\r\n"));
    CHECK(status_line(filtered) == "HTTP/1.1 200 OK");
    CHECK(field(filtered, "finish-reason") == "CONTENT_FILTERED");
    CHECK(body_of(rig.ask(form(sd3, {{"prompt", "a"}}))).ends_with(R"("finish_reason":"CONTENT_FILTERED"})"));
    CHECK(status_line(rig.ask(form(sd3, {{"prompt", "a"}}))) == "HTTP/1.1 500 Internal Server Error");
  }

  TEST_CASE("errors and payloads of a scenario") {
    Rig rig{R"({"requests": [
    {"when": {"nth": 1}, "then": {"error": {"status": 402}}},
    {"when": {"nth": 2}, "then": {"error": {"status": 403, "code": "permission_denied", "message": "not yours"}}},
    {"then": {"payload": "no picture"}}]})"};
    const std::string payment = rig.ask(form(sd3, {{"prompt", "a"}}));
    CHECK(status_line(payment) == "HTTP/1.1 402 Payment Required");
    CHECK(body_of(payment).find(R"("name":"payment_required")") != std::string::npos);
    CHECK(body_of(rig.ask(form(sd3, {{"prompt", "a"}}))) ==
          R"({"id":"emulated-2","name":"permission_denied","errors":["not yours"]})");
    CHECK(body_of(rig.ask(form(sd3, {{"prompt", "a"}}, nullptr, ""))) == "no picture");
    CHECK(body_of(rig.ask(form(sd3, {{"prompt", "a"}}))).starts_with(R"({"image":"bm8gcGljdHVyZQ==","seed":77,)"));
  }

  TEST_CASE("failures of the generator") {
    Rig rig;
    errc code = errc::backend_failed;
    rig.generate = [&](const GenerationRequest&) -> Result<Generation> { return Error{code, "the paint is dry"}; };
    const std::string failed = rig.ask(form(sd3, {{"prompt", "a"}}));
    CHECK(status_line(failed) == "HTTP/1.1 500 Internal Server Error");
    CHECK(body_of(failed) == R"({"id":"emulated-1","name":"internal_error","errors":["the paint is dry"]})");
    code = errc::unreadable_image;
    CHECK(status_line(rig.ask(form(sd3, {{"prompt", "a"}}))) == "HTTP/1.1 400 Bad Request");
    code = errc::refused;
    CHECK(status_line(rig.ask(form(sd3, {{"prompt", "a"}}))) == "HTTP/1.1 403 Forbidden");
  }

  TEST_CASE("another format") {
    EmulatorOptions options;
    options.encode = [](const Image&, MediaType type) -> Result<Image> {
      CHECK(type == MediaType::jpeg);
      return picture(1, 66, 66);
    };
    Rig rig{{}, options};
    const std::string reply = rig.ask(form(sd3, {{"prompt", "a"}, {"output_format", "jpeg"}}, nullptr, ""));
    CHECK(body_of(reply) == text_of(picture(1, 66, 66)));
  }

  TEST_CASE("balance") {
    Rig rig;
    const std::string request =
        "GET /v1/user/balance HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer key-for-tests\r\n\r\n";
    CHECK(body_of(rig.ask(request)) == R"({"credits":1000})");
    rig.ask(form(sd3, {{"prompt", "a"}}));
    rig.ask(form(sd3, {{"prompt", "a"}, {"model", "sd3.5-flash"}}));
    rig.ask(form(sd3, {{"prompt", "forbidden"}}));
    rig.ask(form(core, {{"prompt", "a"}}));
    CHECK(body_of(rig.ask(request)) == R"({"credits":988})");
    CHECK(status_line(rig.ask("GET /v1/user/balance HTTP/1.1\r\nHost: h\r\n\r\n")) == "HTTP/1.1 401 Unauthorized");
  }
}

}  // namespace pentimento::stability_dialect_test
