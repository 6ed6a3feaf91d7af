#include "providers/stability/codec.hpp"
#include "support/images.hpp"
#include "support/wire.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento;
using test::base64_of;
using test::body_of;
using test::part;
using test::picture;
using test::reply;

namespace {

StabilityOptions options(std::string model = "sd3.5-medium") {
  StabilityOptions options;
  options.api_key = Secret{std::string{"not-a-real-key"}};
  options.model = std::move(model);
  return options;
}

http::Request encoded(const GenerationRequest& request, const StabilityOptions& with = options()) {
  Result<http::Request> wire = stability::encode(request, with);
  REQUIRE_MESSAGE(wire.has_value(), wire.error().message());
  return *wire;
}

Error refused(const GenerationRequest& request, const StabilityOptions& with = options()) {
  const Result<http::Request> wire = stability::encode(request, with);
  REQUIRE(!wire.has_value());
  CHECK(wire.error().charge() == Charge{});  // nothing was sent
  return wire.error();
}

Generation decoded(http::Response response, const StabilityOptions& with = options()) {
  Result<Generation> generation = stability::decode(std::move(response), with);
  REQUIRE_MESSAGE(generation.has_value(), generation.error().message());
  return *generation;
}

Error failed(http::Response response, const StabilityOptions& with = options()) {
  const Result<Generation> generation = stability::decode(std::move(response), with);
  REQUIRE(!generation.has_value());
  return generation.error();
}

Image gif() {
  test::Bytes bytes;
  test::operator<<(bytes, "GIF89a");
  test::put(bytes, {100, 0, 100, 0, 0, 0, 0});
  return Image{bytes};
}

}  // namespace

TEST_SUITE_BEGIN("providers/stability");

// The minimal literal exchange of the document (v2beta, sd3), fields in our order.
TEST_CASE("text to image, as the document writes it") {
  GenerationRequest request{"a red bicycle against a white wall"};
  request.seed(42);
  StabilityOptions with = options();
  with.reply = StabilityReply::json;
  const http::Request wire = encoded(request, with);
  CHECK(wire.method() == http::Method::post);
  CHECK(wire.url().to_string() == "https://api.stability.ai/v2beta/stable-image/generate/sd3");
  CHECK(wire.credential_name() == "Authorization");
  CHECK(wire.credential_prefix() == "Bearer ");
  CHECK(wire.credential().reveal() == "not-a-real-key");
  CHECK(wire.headers().value("Accept") == "application/json");
  CHECK(wire.headers().value("Content-Type").starts_with("multipart/form-data; boundary="));
  CHECK(body_of(wire) == part("prompt", "a red bicycle against a white wall") + part("model", "sd3.5-medium") +
                             part("seed", "42") + part("output_format", "png") + "--b0und--\r\n");
  CHECK(wire.worst_case() == usd(0.035));
  CHECK(wire.timeout() == std::chrono::minutes{5});
  CHECK(wire.retry_after() == std::chrono::seconds{60});  // trap 10: a 429 has no Retry-After, the penalty is 60 s
  CHECK(!wire.is_repeatable());
}

TEST_CASE("all that text to image can say") {
  GenerationRequest request{"a cat"};
  request.negative_prompt("dogs").size(PixelSize{1920, 1080}).seed(7);
  request.option("style_preset", "photographic").option("cfg_scale", "4.50").option("output_format", "webp");
  const http::Request wire = encoded(request);
  CHECK(wire.headers().value("Accept") == "image/*");  // the default: bytes, not base64
  CHECK(body_of(wire) == part("prompt", "a cat") + part("model", "sd3.5-medium") + part("aspect_ratio", "16:9") +
                             part("negative_prompt", "dogs") + part("seed", "7") + part("cfg_scale", "4.5") +
                             part("output_format", "webp") + part("style_preset", "photographic") + "--b0und--\r\n");
}

// Trap 5: mode, strength and image only from a picture, aspect_ratio only without.
TEST_CASE("image to image of each service") {
  const Image base = picture(1);
  GenerationRequest request{"a cat"};
  request.init_image(base).strength(0.6).size(PixelSize{1920, 1080});
  CHECK(body_of(encoded(request)) == part("prompt", "a cat") + part("model", "sd3.5-medium") +
                                         part("mode", "image-to-image") + part("image", base) +
                                         part("strength", "0.6") + part("output_format", "png") + "--b0und--\r\n");
  const http::Request ultra = encoded(request, options("ultra"));
  CHECK(ultra.url().target() == "/v2beta/stable-image/generate/ultra");
  CHECK(body_of(ultra) == part("prompt", "a cat") + part("image", base) + part("strength", "0.6") +
                              part("output_format", "png") + "--b0und--\r\n");
  CHECK(refused(request, options("core")).code() == errc::unsupported);
}

TEST_CASE("core and ultra have no model field") {
  const http::Request core = encoded(GenerationRequest{"a cat"}, options("core"));
  CHECK(core.url().target() == "/v2beta/stable-image/generate/core");
  CHECK(body_of(core) == part("prompt", "a cat") + part("output_format", "png") + "--b0und--\r\n");
  CHECK(core.worst_case() == usd(0.03));
  CHECK(encoded(GenerationRequest{"a cat"}, options("ultra")).worst_case() == usd(0.08));
}

// Trap 9: the model is a free text.
TEST_CASE("a model that nobody has heard of is sent, and its price is unknown") {
  const http::Request wire = encoded(GenerationRequest{"a cat"}, options("sd4-huge"));
  CHECK(body_of(wire).find(part("model", "sd4-huge")) != std::string::npos);
  CHECK(wire.worst_case() == Money::unbounded());
  StabilityOptions with = options("sd4-huge");
  with.worst_case = usd(0.2);
  CHECK(encoded(GenerationRequest{"a cat"}, with).worst_case() == usd(0.2));
  CHECK(refused(GenerationRequest{"a cat"}, options("")).code() == errc::invalid_argument);
}

// Trap 6: 0 is "any", the last is 4294967294.
TEST_CASE("seeds are mapped into the range, and 0 is a seed like any other") {
  CHECK(stability::seed_for(1) == 1);
  CHECK(stability::seed_for(4'294'967'294) == 4'294'967'294);
  CHECK(stability::seed_for(0) == 4'294'967'294);
  CHECK(stability::seed_for(4'294'967'295) == 1);
  CHECK(stability::seed_for(UINT64_MAX) >= 1);
  CHECK(stability::seed_for(UINT64_MAX) <= 4'294'967'294);
  GenerationRequest request{"a cat"};
  CHECK(body_of(encoded(request)).find("seed") == std::string::npos);
  request.seed(0);
  CHECK(body_of(encoded(request)).find(part("seed", "4294967294")) != std::string::npos);
}

TEST_CASE("a size becomes the nearest aspect ratio") {
  const std::vector<std::pair<PixelSize, std::string_view>> rows{
      {{1024, 1024}, "1:1"},  {{768, 768}, "1:1"},   {{1920, 1080}, "16:9"}, {{1080, 1920}, "9:16"},
      {{1280, 1024}, "5:4"},  {{800, 1000}, "4:5"},  {{1500, 1000}, "3:2"},  {{1000, 1500}, "2:3"},
      {{2560, 1080}, "21:9"}, {{900, 2100}, "9:21"}, {{8000, 64}, "21:9"},   {{64, 8000}, "9:21"},
      {{1200, 1000}, "5:4"},  {{1100, 1000}, "1:1"}, {{1400, 1000}, "3:2"},
  };
  for (const auto& [size, ratio] : rows) {
    CAPTURE(size);
    CHECK(stability::aspect_ratio_for(size) == ratio);
  }
}

TEST_CASE("what cannot be asked for is refused before it is sent") {
  GenerationRequest request{"a cat"};
  request.option("style_presets", "anime");
  CHECK(refused(request).message().find("no option \"style_presets\"; did you mean \"style_preset\"?") !=
        std::string::npos);
  request = GenerationRequest{"a cat"};
  request.option("cfg_scale", "5");
  CHECK(refused(request, options("ultra")).message().find("there are style_preset, output_format") !=
        std::string::npos);
  for (const char* scale : {"0.5", "10.1", "nan", "inf", "five", "", "5x"}) {
    CAPTURE(scale);
    request = GenerationRequest{"a cat"};
    request.option("cfg_scale", scale);
    const bool taken = stability::encode(request, options()).has_value();
    CHECK(taken == std::string_view{scale}.empty());  // an empty option is none
  }
  request = GenerationRequest{"a cat"};
  request.option("output_format", "gif");
  CHECK(refused(request).code() == errc::invalid_argument);

  CHECK(refused(GenerationRequest{""}).code() == errc::invalid_argument);
  CHECK(refused(GenerationRequest{std::string(10'001, 'x')}).code() == errc::too_large);
  CHECK(stability::encode(GenerationRequest{std::string(10'000, 'x')}, options()).has_value());
  std::string umlauts;
  for (int i = 0; i < 10'000; ++i) umlauts += "\xC3\xA4";
  CHECK(stability::encode(GenerationRequest{umlauts}, options()).has_value());  // characters, not bytes
  request = GenerationRequest{"a cat"};
  request.negative_prompt(umlauts + "x");
  CHECK(refused(request).code() == errc::too_large);

  request = GenerationRequest{"a cat"};
  request.init_image(picture(1)).mask(picture(2));
  CHECK(refused(request).code() == errc::unsupported);
}

// Trap 7: every side at least 64, all of the body at most 10 MiB.
TEST_CASE("pictures to start from are checked before they are sent") {
  GenerationRequest request{"a cat"};
  CHECK(refused(request.init_image(picture(1, 63, 100))).code() == errc::invalid_argument);
  CHECK(refused(request.init_image(gif())).code() == errc::unsupported);
  CHECK(refused(request.init_image(Image::recorded(MediaType::png, {64, 64}, 9, std::string(64, 'a')))).code() ==
        errc::invalid_argument);
  CHECK(refused(request.init_image(picture(1, 16'385, 100)), options("ultra")).code() == errc::invalid_argument);
  CHECK(stability::encode(request.init_image(picture(1, 16'385, 100)), options()).has_value());

  test::Bytes bytes = test::png_bytes(100, 100);
  bytes.resize((std::size_t{10} << 20) - 700);
  CHECK(stability::encode(request.init_image(Image{bytes}), options()).has_value());
  bytes.resize((std::size_t{10} << 20) - 100);  // fits alone, not with what is around it
  CHECK(refused(request.init_image(Image{bytes})).code() == errc::too_large);
  bytes.resize((std::size_t{10} << 20) + 1);
  CHECK(refused(request.init_image(Image{bytes})).code() == errc::too_large);
}

TEST_CASE("addresses and keys") {
  const GenerationRequest request{"a cat"};
  StabilityOptions with = options();
  with.base_url = "not an address";
  CHECK(refused(request, with).code() == errc::invalid_argument);
  with.base_url = "http://api.example.com";
  CHECK(refused(request, with).message().find("https") != std::string::npos);
  with.base_url = "http://127.0.0.1:8080";
  CHECK(encoded(request, with).url().to_string() == "http://127.0.0.1:8080/v2beta/stable-image/generate/sd3");
  with.api_key = {};
  CHECK(stability::encode(request, with).has_value());
  with.base_url = "https://api.stability.ai";
  CHECK(refused(request, with).message() == "Stability AI needs a key: set STABILITY_API_KEY; nothing was sent");
  CHECK(refused(request, with).code() == errc::unauthorized);
}

TEST_CASE("capabilities are those of the service") {
  const Capabilities sd3 = stability::capabilities_of(options());
  CHECK(sd3.name() == "stability/sd3.5-medium");
  CHECK(sd3.image_to_image());
  CHECK(!sd3.mask());
  CHECK(sd3.seed());
  CHECK(sd3.negative_prompt());
  CHECK(sd3.max_prompt_bytes() == 10'000);
  CHECK(!stability::capabilities_of(options("core")).image_to_image());
  CHECK(stability::capabilities_of(options("ultra")).image_to_image());
}

// Trap 1: with image/* the seed and the finish reason are headers.
TEST_CASE("a picture as bytes") {
  const Image image = picture(3, 1024, 1024);
  const Generation generation = decoded(reply(
      200,
      {{"Content-Type", "image/png"}, {"finish-reason", "SUCCESS"}, {"seed", "343940597"}, {"x-request-id", "req-1"}},
      test::text_of(image)));
  REQUIRE(generation.images().size() == 1);
  CHECK(generation.images().front() == image);
  CHECK(generation.seed() == 343'940'597);
  CHECK(generation.request_id() == "req-1");
  CHECK(generation.charge() == Charge::estimated(usd(0.035)));
  // Headers that are missing or nonsense are no reason to throw a picture away.
  CHECK(decoded(reply(200, {{"Content-Type", "image/png"}, {"seed", "many"}}, test::text_of(image))).seed() ==
        std::nullopt);
  CHECK(decoded(reply(200, {}, test::text_of(image))).images().size() == 1);
}

// Trap 2: the type of a JSON reply has a parameter; compare the media type only.
TEST_CASE("a picture as JSON, whichever form was asked for") {
  const Image image = picture(4, 1024, 1024);
  const auto json = [&](const std::string& more) {
    return reply(200, {{"Content-Type", "application/json; type=image/png"}, {"x-request-id", "req-2"}},
                 R"({"image":")" + base64_of(image) + '"' + more + '}');
  };
  const Generation generation = decoded(json(R"(,"seed":42,"finish_reason":"SUCCESS")"));
  CHECK(generation.images().front() == image);
  CHECK(generation.seed() == 42);
  CHECK(generation.request_id() == "req-2");
  CHECK(generation.charge() == Charge::estimated(usd(0.035)));
  CHECK(decoded(json("")).seed() == std::nullopt);
  CHECK(decoded(json(R"(,"seed":"42")")).seed() == 42);
  CHECK(decoded(json(R"(,"seed":-1)")).seed() == std::nullopt);
  CHECK(decoded(json(R"(,"seed":1e99,"finish_reason":null,"extra":[{}])")).seed() == std::nullopt);
}

// Trap 4: CONTENT_FILTERED comes with 200 and a blurred picture.
TEST_CASE("a blurred picture is a refusal, in both forms, and may have been charged") {
  const Image image = picture(5);
  const Error as_image =
      failed(reply(200, {{"Content-Type", "image/png"}, {"finish-reason", "CONTENT_FILTERED"}, {"x-request-id", "r"}},
                   test::text_of(image)));
  const Error as_json =
      failed(reply(200, {{"Content-Type", "application/json; type=image/png"}},
                   R"({"image":")" + base64_of(image) + R"(","finish_reason":"CONTENT_FILTERED","seed":1})"));
  for (const Error& error : {as_image, as_json}) {
    CHECK(error.code() == errc::refused);
    CHECK(error.charge() == Charge::maybe_billed(usd(0.035)));
  }
  CHECK(as_image.request_id() == "r");
  CHECK(failed(reply(200, {{"Content-Type", "image/png"}, {"finish-reason", "ERROR"}}, test::text_of(image))).code() ==
        errc::unusable_reply);
}

TEST_CASE("refusals by status are free") {
  const Error moderated =
      failed(reply(403, {{"Content-Type", "application/json"}},
                   R"({"id":"ed14","name":"content_moderation","errors":["Your request was flagged"]})"));
  CHECK(moderated.code() == errc::refused);
  CHECK(moderated.charge() == Charge{});
  CHECK(moderated.message() ==
        "Stability AI declined the request (HTTP 403, content_moderation): change the prompt, or the picture to start "
        "from; nothing was charged");
  const Error language = failed(
      reply(422, {}, R"({"id":"1","name":"invalid_language","errors":["English is the only supported language"]})"));
  CHECK(language.code() == errc::refused);
  CHECK(language.message().find("English") != std::string::npos);
  CHECK(language.charge() == Charge{});
  CHECK(failed(reply(422, {}, R"({"id":"1","name":"public_figure","errors":["x"]})")).charge() == Charge{});
}

TEST_CASE("other errors of the document") {
  const Error encoding = failed(
      reply(400, {}, R"({"id":"1","name":"bad_request","errors":["content-type: must be multipart/form-data"]})"));
  CHECK(encoding.code() == errc::invalid_argument);
  CHECK(encoding.provider_message() == "content-type: must be multipart/form-data");
  CHECK(encoding.charge() == Charge{});
  CHECK(failed(reply(413, {}, R"({"id":"1","name":"payload_too_large","errors":["x"]})")).code() == errc::too_large);
  CHECK(failed(reply(429, {}, R"({"id":"1","name":"rate_limit_exceeded","errors":["x"]})")).code() ==
        errc::rate_limited);
  CHECK(failed(reply(402, {}, R"({"id":"1","name":"payment_required","errors":["x"]})")).code() ==
        errc::payment_required);
  // "Failed generations are not charged", where it is Stability that says they failed.
  CHECK(failed(reply(500, {}, R"({"id":"1","name":"internal_error","errors":["x"]})")).charge() == Charge{});
  CHECK(failed(reply(500, {}, "oops")).charge() == Charge::maybe_billed(usd(0.035)));
  CHECK(failed(reply(401, {}, R"({"id":"1","name":"unauthorized","message":"bad key"})")).message() ==
        "Stability AI does not accept the key in STABILITY_API_KEY (HTTP 401, unauthorized): set a valid one; nothing "
        "was charged");
}

TEST_CASE("successes that cannot be used were charged, perhaps") {
  const std::vector<http::Response> replies{
      reply(200, {{"Content-Type", "text/html"}}, "<html><title>Sign in to the hotel</title></html>"),
      reply(200, {{"Content-Type", "image/png"}}, ""),
      reply(200, {{"Content-Type", "image/png"}}, "not a picture"),
      reply(200, {{"Content-Type", "image/svg+xml"}}, "<svg/>"),
      reply(200, {{"Content-Type", "application/json"}}, ""),
      reply(200, {{"Content-Type", "application/json"}}, "null"),
      reply(200, {{"Content-Type", "application/json"}}, "[]"),
      reply(200, {{"Content-Type", "application/json"}}, "{}"),
      reply(200, {{"Content-Type", "application/json"}}, R"({"image":7})"),
      reply(200, {{"Content-Type", "application/json"}}, R"({"image":""})"),
      reply(200, {{"Content-Type", "application/json"}}, R"({"image":"????"})"),
      reply(200, {{"Content-Type", "application/json"}}, R"({"image":"AAAA"})"),
      reply(200, {{"Content-Type", "application/json"}}, R"({"image":"AAAA","image":"AAAA"})"),
      reply(200, {{"Content-Type", "application/json"}}, R"({"id":"async"})"),
      reply(202, {{"Content-Type", "application/json"}}, R"({"id":"1","status":"in-progress"})"),
      reply(204, {}, ""),
  };
  for (const http::Response& each : replies) {
    CAPTURE(each.status());
    CAPTURE(each.text());
    const Error error = failed(each);
    CHECK(error.code() == errc::unusable_reply);
    CHECK(error.charge() == Charge::maybe_billed(usd(0.035)));
  }
  CHECK(failed(replies.front()).message() ==
        "the reply of Stability AI cannot be used: it is no picture but text/html; up to $0.035 may have been charged");
}

TEST_CASE("a type that is no name does not reach the sentence") {
  const Error error =
      failed(reply(200, {{"Content-Type", "ignore all that; now \x1b[31m" + std::string(500, 'x')}}, ""));
  CHECK(error.message() ==
        "the reply of Stability AI cannot be used: it is no picture but of another type; up to $0.035 may have been "
        "charged");
}

TEST_CASE("what has no price is charged without bound, what is free not at all") {
  const Image image = picture(6);
  const auto charge = [&](const StabilityOptions& with) {
    return decoded(reply(200, {{"Content-Type", "image/png"}}, test::text_of(image)), with).charge();
  };
  StabilityOptions with = options("sd4");
  CHECK(charge(with) == Charge::estimated(Money::unbounded()));
  with.worst_case = usd(0.2);
  CHECK(charge(with) == Charge::estimated(usd(0.2)));
  with.prices =
      PriceTable::from_json(R"({"date":"2026-01-01","prices":[{"provider":"stability","model":"*","usd_per_call":0}]})")
          .value();
  CHECK(charge(with) == Charge{});
}

TEST_SUITE_END();
