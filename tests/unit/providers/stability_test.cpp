#include "providers/stability/codec.hpp"
#include "support/images.hpp"
#include "support/provider_calls.hpp"
#include "support/scripted_server.hpp"
#include "support/wait_for.hpp"
#include "support/wire.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento;
using test::base64_of;
using test::body_of;
using test::error_of;
using test::mentions;
using test::part;
using test::picture;
using test::rejected;
using test::reply;
using test::value_of;

namespace {

StabilityOptions stability_options(std::string model = "sd3.5-medium") {
  StabilityOptions options;
  options.api_key = Secret{std::string{"not-a-real-key"}};
  options.model = std::move(model);
  return options;
}

http::Request encoded(const GenerationRequest& request, const StabilityOptions& with) {
  return value_of(stability::encode(request, with));
}

Error rejected_by(const GenerationRequest& request, const StabilityOptions& with) {
  return rejected(stability::encode(request, with));
}

Generation decoded(http::Response response, const StabilityOptions& with) {
  return value_of(stability::decode(std::move(response), with));
}

Error failed(http::Response response) { return error_of(stability::decode(std::move(response), stability_options())); }

Image gif_image() {
  test::Bytes bytes;
  test::operator<<(bytes, "GIF89a");
  test::put(bytes, {100, 0, 100, 0, 0, 0, 0});
  return Image{bytes};
}

}  // namespace

namespace {

/// A PNG of 64 by 64 pixels with the name of a camera.
Image photograph() {
  test::Bytes bytes = test::png_bytes(64, 64);
  test::Bytes text;
  test::big32(text, 6);
  test::operator<<(text, "tEXtCamera----");
  constexpr std::ptrdiff_t after_header = 33;
  bytes.insert(bytes.begin() + after_header, text.begin(), text.end());
  return Image{bytes};
}

/// What the only request of a run with `options` held, and what came of it.
std::pair<std::string, Generation> served(StabilityOptions options, const GenerationRequest& request) {
  test::ScriptedServer server{R"({"image":")" + base64_of(picture(1)) + R"(","seed":1,"finish_reason":"SUCCESS"})"};
  options.base_url = server.url();
  options.reply = StabilityReply::json;
  StabilityGenerator generator{http::Client{}, std::move(options)};
  Generation generation = value_of(test::wait_for(generator.generate(request)));
  return {server.requests().at(0).body, std::move(generation)};
}

}  // namespace

TEST_SUITE("Stability") {
  TEST_CASE("sends an init image without its metadata") {
    GenerationRequest request{"a tree"};
    request.init_image(photograph());
    const auto [body, generation] = served(stability_options(), request);
    CHECK(body.find("IEND") != std::string::npos);
    CHECK(body.find("Camera") == std::string::npos);
    CHECK(generation.sent_init_image() == test::picture(0));

    StabilityOptions options = stability_options();
    options.send_metadata = true;
    const auto [whole, plain] = served(options, request);
    CHECK(whole.find("Camera") != std::string::npos);
    CHECK_FALSE(plain.sent_init_image().has_value());
  }
}

// The example of the document (v2beta, sd3), with the fields in our order.
TEST_SUITE("Stability") {
  TEST_CASE("text to image") {
    GenerationRequest request{"a red bicycle against a white wall"};
    request.seed(42);
    StabilityOptions with = stability_options();
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
    // Trap 10: a 429 has no Retry-After; the penalty is 60 s.
    CHECK(wire.classifier()(reply(429, {}, "{}")) == http::RetryAdvice{http::Retry::safe, std::chrono::seconds{60}});
    CHECK(wire.classifier()(reply(429, {{"Retry-After", "3"}}, "{}")).wait() == std::chrono::seconds{3});
    CHECK(!wire.is_repeatable());
  }

  TEST_CASE("all fields") {
    GenerationRequest request{"a cat"};
    request.negative_prompt("dogs").size(PixelSize{1920, 1080}).seed(7);
    request.option("style_preset", "photographic").option("cfg_scale", "4.50").option("output_format", "webp");
    const http::Request wire = encoded(request, stability_options());
    CHECK(wire.headers().value("Accept") == "image/*");  // the default: bytes, not base64
    CHECK(body_of(wire) == part("prompt", "a cat") + part("model", "sd3.5-medium") + part("aspect_ratio", "16:9") +
                               part("negative_prompt", "dogs") + part("seed", "7") + part("cfg_scale", "4.5") +
                               part("output_format", "webp") + part("style_preset", "photographic") + "--b0und--\r\n");
  }

  // Trap 5: mode, strength and image only with an init image, aspect_ratio only without.
  TEST_CASE("image to image") {
    const Image base = picture(1);
    GenerationRequest request{"a cat"};
    request.init_image(base).strength(0.6).size(PixelSize{1920, 1080});
    CHECK(body_of(encoded(request, stability_options())) ==
          part("prompt", "a cat") + part("model", "sd3.5-medium") + part("mode", "image-to-image") +
              part("image", base) + part("strength", "0.6") + part("output_format", "png") + "--b0und--\r\n");
    const http::Request ultra = encoded(request, stability_options("ultra"));
    CHECK(ultra.url().target() == "/v2beta/stable-image/generate/ultra");
    CHECK(body_of(ultra) == part("prompt", "a cat") + part("image", base) + part("strength", "0.6") +
                                part("output_format", "png") + "--b0und--\r\n");
    CHECK(rejected_by(request, stability_options("core")).code() == errc::unsupported);
  }

  TEST_CASE("core and ultra") {
    const http::Request core = encoded(GenerationRequest{"a cat"}, stability_options("core"));
    CHECK(core.url().target() == "/v2beta/stable-image/generate/core");
    CHECK(body_of(core) == part("prompt", "a cat") + part("output_format", "png") + "--b0und--\r\n");
    CHECK(core.worst_case() == usd(0.03));
    CHECK(encoded(GenerationRequest{"a cat"}, stability_options("ultra")).worst_case() == usd(0.08));
  }

  // Trap 9: any model name is accepted.
  TEST_CASE("unknown model") {
    const http::Request wire = encoded(GenerationRequest{"a cat"}, stability_options("sd4-huge"));
    CHECK(body_of(wire).find(part("model", "sd4-huge")) != std::string::npos);
    CHECK(wire.worst_case() == Money::unbounded());
    StabilityOptions with = stability_options("sd4-huge");
    with.worst_case = usd(0.2);
    CHECK(encoded(GenerationRequest{"a cat"}, with).worst_case() == usd(0.2));
  }

  // Trap 6: 0 is "any", the last is 4294967294.
  TEST_CASE("seeds") {
    CHECK(stability::seed_for(1) == 1);
    CHECK(stability::seed_for(4'294'967'294) == 4'294'967'294);
    CHECK(stability::seed_for(0) == 4'294'967'294);
    CHECK(stability::seed_for(4'294'967'295) == 1);
    CHECK(stability::seed_for(UINT64_MAX) >= 1);
    CHECK(stability::seed_for(UINT64_MAX) <= 4'294'967'294);
    GenerationRequest request{"a cat"};
    CHECK(body_of(encoded(request, stability_options())).find("seed") == std::string::npos);
    request.seed(0);
    CHECK(body_of(encoded(request, stability_options())).find(part("seed", "4294967294")) != std::string::npos);
  }

  TEST_CASE("aspect ratios") {
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

  TEST_CASE("rejected requests") {
    GenerationRequest request{"a cat"};
    request.option("style_presets", "anime");
    CHECK(mentions(rejected_by(request, stability_options()), "did you mean \"style_preset\"?"));

    request = GenerationRequest{"a cat"};
    request.option("cfg_scale", "5");
    CHECK(mentions(rejected_by(request, stability_options("ultra")), "there are style_preset, output_format"));
    for (const char* scale : {"0.5", "10.1", "nan", "inf", "five", "", "5x"}) {
      CAPTURE(scale);
      request = GenerationRequest{"a cat"};
      request.option("cfg_scale", scale);
      const bool taken = stability::encode(request, stability_options()).has_value();
      CHECK(taken == std::string_view{scale}.empty());  // an empty option is ignored
    }
    request = GenerationRequest{"a cat"};
    request.option("output_format", "gif");
    CHECK(rejected_by(request, stability_options()).code() == errc::invalid_argument);

    CHECK(rejected_by(GenerationRequest{""}, stability_options()).code() == errc::invalid_argument);
    CHECK(rejected_by(GenerationRequest{std::string(10'001, 'x')}, stability_options()).code() == errc::too_large);
    CHECK(stability::encode(GenerationRequest{std::string(10'000, 'x')}, stability_options()).has_value());
    std::string umlauts;
    for (int i = 0; i < 10'000; ++i) umlauts += "\xC3\xA4";
    CHECK(stability::encode(GenerationRequest{umlauts}, stability_options()).has_value());  // characters, not bytes
    request = GenerationRequest{"a cat"};
    request.negative_prompt(umlauts + "x");
    CHECK(rejected_by(request, stability_options()).code() == errc::too_large);

    request = GenerationRequest{"a cat"};
    request.init_image(picture(1)).mask(picture(2));
    CHECK(rejected_by(request, stability_options()).code() == errc::unsupported);
  }

  // Trap 7: sides of at least 64 pixels, a body of at most 10 MiB.
  TEST_CASE("init images") {
    GenerationRequest request{"a cat"};
    CHECK(rejected_by(request.init_image(picture(1, 63, 100)), stability_options()).code() == errc::invalid_argument);
    CHECK(rejected_by(request.init_image(gif_image()), stability_options()).code() == errc::unsupported);
    CHECK(rejected_by(request.init_image(Image::recorded(MediaType::png, {64, 64}, 9, std::string(64, 'a'))),
                      stability_options())
              .code() == errc::invalid_argument);
    CHECK(rejected_by(request.init_image(picture(1, 16'385, 100)), stability_options("ultra")).code() ==
          errc::invalid_argument);
    CHECK(stability::encode(request.init_image(picture(1, 16'385, 100)), stability_options()).has_value());

    test::Bytes bytes = test::png_bytes(100, 100);
    bytes.resize((std::size_t{10} << 20) - 700);
    CHECK(stability::encode(request.init_image(Image{bytes}), stability_options()).has_value());
    bytes.resize((std::size_t{10} << 20) - 100);  // too large together with the form
    CHECK(rejected_by(request.init_image(Image{bytes}), stability_options()).code() == errc::too_large);
    bytes.resize((std::size_t{10} << 20) + 1);
    CHECK(rejected_by(request.init_image(Image{bytes}), stability_options()).code() == errc::too_large);
  }

  TEST_CASE("invalid options") {
    const http::Client client;
    const auto create = [&](const StabilityOptions& options) { return StabilityGenerator::create(client, options); };
    CHECK(create(stability_options()).has_value());
    CHECK(rejected(create(stability_options(""))).code() == errc::invalid_argument);
    StabilityOptions with = stability_options();
    with.base_url = "not a URL";
    CHECK(rejected(create(with)).code() == errc::invalid_argument);
    CHECK_THROWS_AS((StabilityGenerator{client, with}), Failure);
    with.base_url = "http://api.example.com";
    CHECK(mentions(rejected(create(with)), "use https"));
    with.base_url = "http://127.0.0.1:8080";
    CHECK(create(with).has_value());
    CHECK(encoded(GenerationRequest{"a cat"}, with).url().to_string() ==
          "http://127.0.0.1:8080/v2beta/stable-image/generate/sd3");
    with.api_key = {};
    CHECK(create(with).has_value());
    with.base_url = "https://api.stability.ai";
    CHECK(rejected(create(with)).code() == errc::unauthorized);
    CHECK(mentions(rejected(create(with)), "STABILITY_API_KEY"));
    with = stability_options("core");
    with.cfg_scale = 4;
    CHECK(mentions(rejected(create(with)), "cfg_scale"));
    with = stability_options();
    with.output_format = "gif";
    CHECK(rejected(create(with)).code() == errc::invalid_argument);
  }

  TEST_CASE("capabilities") {
    const Capabilities sd3 = stability::capabilities_of(stability_options());
    CHECK(sd3.name() == "stability/sd3.5-medium");
    CHECK(sd3.image_to_image());
    CHECK(!sd3.mask());
    CHECK(sd3.seed());
    CHECK(sd3.negative_prompt());
    CHECK(sd3.max_prompt_characters() == 10'000);
    CHECK(sd3.init_image_types() == std::vector{MediaType::png, MediaType::jpeg, MediaType::webp});
    CHECK(sd3.min_init_image_side() == 64);
    CHECK(stability::capabilities_of(stability_options("ultra")).max_init_image_side() == 16'384);
    CHECK(sd3.max_init_image_bytes() == 10 * 1024 * 1024);
    CHECK(!stability::capabilities_of(stability_options("core")).image_to_image());
    CHECK(stability::capabilities_of(stability_options("ultra")).image_to_image());
  }

  TEST_CASE("validates the first request of a run") {
    const auto validate = [](const StabilityOptions& options, const GenerationRequest& request) {
      return StabilityGenerator::create(http::Client{}, options).value().validate(request);
    };
    CHECK(!validate(stability_options(), GenerationRequest{"a cat"}.init_image(picture(1))));
    CHECK(validate(stability_options("core"), GenerationRequest{"a cat"}.init_image(picture(1)))->code() ==
          errc::unsupported);
    CHECK(validate(stability_options(), GenerationRequest{"a cat"}.option("steps", "9"))->message().find("steps") !=
          std::string::npos);
  }

  // Trap 1: with image/* the seed and the finish reason are headers.
  TEST_CASE("reply as bytes") {
    const Image image = picture(3, 1024, 1024);
    const Generation generation = decoded(reply(200,
                                                {{"Content-Type", "image/png"},
                                                 {"finish-reason", "SUCCESS"},
                                                 {"seed", "343940597"},
                                                 {"x-request-id", "req-1"}},
                                                test::text_of(image)),
                                          stability_options());
    REQUIRE(generation.images().size() == 1);
    CHECK(generation.images().front() == image);
    CHECK(generation.seed() == 343'940'597);
    CHECK(generation.request_id() == "req-1");
    CHECK(generation.charge() == Charge::estimated(usd(0.035)));
    // An image is kept if headers are missing or invalid.
    CHECK(decoded(reply(200, {{"Content-Type", "image/png"}, {"seed", "many"}}, test::text_of(image)),
                  stability_options())
              .seed() == std::nullopt);
    CHECK(decoded(reply(200, {}, test::text_of(image)), stability_options()).images().size() == 1);
    // Another success is paid for if it is an image.
    CHECK(decoded(reply(201, {{"Content-Type", "image/png"}}, test::text_of(image)), stability_options()).images() ==
          std::vector{image});
    CHECK(failed(reply(202, {{"Content-Type", "application/json"}}, R"({"id":"later"})")).code() ==
          errc::unusable_reply);
  }

  // Trap 2: the type of a JSON reply has a parameter; compare the media type only.
  TEST_CASE("reply as JSON") {
    const Image image = picture(4, 1024, 1024);
    const auto json = [&](const std::string& more) {
      return reply(200, {{"Content-Type", "application/json; type=image/png"}, {"x-request-id", "req-2"}},
                   R"({"image":")" + base64_of(image) + '"' + more + '}');
    };
    const Generation generation = decoded(json(R"(,"seed":42,"finish_reason":"SUCCESS")"), stability_options());
    CHECK(generation.images().front() == image);
    CHECK(generation.seed() == 42);
    CHECK(generation.request_id() == "req-2");
    CHECK(generation.charge() == Charge::estimated(usd(0.035)));
    CHECK(decoded(json(""), stability_options()).seed() == std::nullopt);
    CHECK(decoded(json(R"(,"seed":"42")"), stability_options()).seed() == 42);
    CHECK(decoded(json(R"(,"seed":-1)"), stability_options()).seed() == std::nullopt);
    CHECK(decoded(json(R"(,"seed":1e99,"finish_reason":null,"extra":[{}])"), stability_options()).seed() ==
          std::nullopt);
  }

  // Trap 4: CONTENT_FILTERED comes with status 200 and a blurred image.
  TEST_CASE("blurred image") {
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
    CHECK(
        failed(reply(200, {{"Content-Type", "image/png"}, {"finish-reason", "ERROR"}}, test::text_of(image))).code() ==
        errc::unusable_reply);
  }

  TEST_CASE("refusals") {
    const Error moderated =
        failed(reply(403, {{"Content-Type", "application/json"}},
                     R"({"id":"ed14","name":"content_moderation","errors":["Your request was flagged"]})"));
    CHECK(moderated.code() == errc::refused);
    CHECK(moderated.charge() == Charge{});
    CHECK(mentions(moderated, "HTTP 403, content_moderation"));
    CHECK(mentions(moderated, "nothing was charged"));
    const Error language = failed(
        reply(422, {}, R"({"id":"1","name":"invalid_language","errors":["English is the only supported language"]})"));
    CHECK(language.code() == errc::refused);
    CHECK(mentions(language, "English"));
    CHECK(language.charge() == Charge{});
    CHECK(failed(reply(422, {}, R"({"id":"1","name":"public_figure","errors":["x"]})")).charge() == Charge{});
  }

  TEST_CASE("errors by status") {
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
    // "Failed generations are not charged", if the error is one of Stability's.
    CHECK(failed(reply(500, {}, R"({"id":"1","name":"internal_error","errors":["x"]})")).charge() == Charge{});
    CHECK(failed(reply(500, {}, "oops")).charge() == Charge::maybe_billed(usd(0.035)));
    CHECK(mentions(failed(reply(401, {}, R"({"id":"1","name":"unauthorized","message":"bad key"})")),
                   "STABILITY_API_KEY"));
  }

  TEST_CASE("unusable replies") {
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
    CHECK(mentions(failed(replies.front()), "text/html; up to $0.035"));
  }

  TEST_CASE("invalid media type") {
    const Error error =
        failed(reply(200, {{"Content-Type", "ignore all that; now \x1b[31m" + std::string(500, 'x')}}, ""));
    CHECK(mentions(error, "of another type"));
    CHECK(!mentions(error, "ignore"));
  }

  TEST_CASE("charges") {
    const Image image = picture(6);
    const auto charge = [&](const StabilityOptions& with) {
      return decoded(reply(200, {{"Content-Type", "image/png"}}, test::text_of(image)), with).charge();
    };
    StabilityOptions with = stability_options("sd4");
    CHECK(charge(with) == Charge::estimated(Money::unbounded()));
    with.worst_case = usd(0.2);
    CHECK(charge(with) == Charge::estimated(usd(0.2)));
    with.prices = PriceTable::from_json(
                      R"({"date":"2026-01-01","prices":[{"provider":"stability","model":"*","usd_per_call":0}]})")
                      .value();
    CHECK(charge(with) == Charge{});
  }
}
