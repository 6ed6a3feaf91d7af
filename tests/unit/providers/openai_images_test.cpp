#include "providers/openai_images/codec.hpp"
#include "support/images.hpp"
#include "support/provider_calls.hpp"
#include "support/wire.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento;
using openai_images::Stream;
using test::base64_of;
using test::body_of;
using test::error_of;
using test::mentions;
using test::part;
using test::picture;
using test::rejected;
using test::reply;
using test::value_of;
using ImagesServer = OpenAiImagesServer;

namespace {

OpenAiImagesOptions images_options(ImagesServer server = ImagesServer::openai(), std::string model = {}) {
  OpenAiImagesOptions options;
  options.server = std::move(server);
  options.model = std::move(model);
  options.api_key = Secret{std::string{"not-a-real-key"}};
  return options;
}

http::Request encoded(const GenerationRequest& request, const OpenAiImagesOptions& with) {
  return value_of(openai_images::encode(request, with));
}

Error rejected_by(const GenerationRequest& request, const OpenAiImagesOptions& with) {
  return rejected(openai_images::encode(request, with));
}

Generation decoded(const http::Response& response, const OpenAiImagesOptions& with,
                   const GenerationRequest& request = GenerationRequest{"a cat"}) {
  return value_of(openai_images::decode(response, request, with));
}

Error failed_with(const http::Response& response, const OpenAiImagesOptions& with) {
  return error_of(openai_images::decode(response, GenerationRequest{"a cat"}, with));
}

http::Response json(std::string_view body, int status = 200) {
  return reply(status, {{"Content-Type", "application/json"}, {"x-request-id", "req-1"}}, body);
}

/// {"data":[{"b64_json":"..."}],MORE}
http::Response with_picture(const Image& image, const std::string& more = {}) {
  return json(R"({"created":1763800000,"data":[{"b64_json":")" + base64_of(image) + "\"}]" + more + '}');
}

std::string size_of(const GenerationRequest& request, const OpenAiImagesOptions& with) {
  const std::string body = body_of(encoded(request, with));
  const std::size_t at = body.find("\"size\":\"");
  return at == std::string::npos ? std::string{} : body.substr(at + 8, body.find('"', at + 8) - at - 8);
}

GenerationRequest sized(std::uint32_t width, std::uint32_t height) {
  GenerationRequest request{"a cat"};
  return request.size(PixelSize{width, height});
}

Stream stream(const OpenAiImagesOptions& with, const GenerationRequest& request = GenerationRequest{"a cat"}) {
  return Stream{request, std::make_shared<const OpenAiImagesOptions>(with)};
}

http::ServerEvent event(const std::string& type, const std::string& json) { return {type, json}; }

OpenAiImagesOptions streaming(int partials = 2) {
  OpenAiImagesOptions with = images_options();
  with.stream = true;
  with.partial_images = partials;
  return with;
}

}  // namespace

// Trap 11: always send the model; no response_format to OpenAI.
TEST_SUITE("OpenAI Images") {
  TEST_CASE("text to image") {
    GenerationRequest request{"a \"red\" bicycle\n"};
    request.seed(42).negative_prompt("dogs");  // OpenAI has neither
    OpenAiImagesOptions with = images_options();
    with.organization = "org-1";
    const http::Request wire = encoded(request, with);
    CHECK(wire.method() == http::Method::post);
    CHECK(wire.url().to_string() == "https://api.openai.com/v1/images/generations");
    CHECK(wire.credential_name() == "Authorization");
    CHECK(wire.credential_prefix() == "Bearer ");
    CHECK(wire.headers().value("Content-Type") == "application/json");
    CHECK(wire.headers().value("Accept") == "application/json");
    CHECK(wire.headers().value("OpenAI-Organization") == "org-1");
    CHECK(wire.headers().find("OpenAI-Project") == nullptr);
    CHECK(body_of(wire) == R"({"model":"gpt-image-2","prompt":"a \"red\" bicycle\n","size":"auto"})");
    CHECK(!wire.is_repeatable());
  }

  TEST_CASE("options and defaults") {
    GenerationRequest request{"a cat"};
    request.option("output_compression", "80").option("quality", "low").option("output_format", "jpeg");
    OpenAiImagesOptions with = images_options();
    with.defaults = {{"quality", "high"}, {"moderation", "low"}, {"background", ""}};
    CHECK(body_of(encoded(request, with)) ==
          R"({"model":"gpt-image-2","prompt":"a cat","size":"auto","quality":"low","output_format":"jpeg",)"
          R"("output_compression":80,"moderation":"low"})");

    const auto refuse = [](const char* name, const char* value, const OpenAiImagesOptions& options = images_options()) {
      GenerationRequest odd{"a cat"};
      odd.option(name, value);
      return rejected_by(odd, options).message();
    };
    CHECK(refuse("qualty", "low").find("did you mean \"quality\"?") != std::string::npos);
    CHECK(refuse("seed", "1").find("there are quality, background, output_format") != std::string::npos);
    CHECK(refuse("output_compression", "101").find("whole number from 0 to 100") != std::string::npos);
    CHECK(refuse("output_compression", "1.5").find("a whole number") != std::string::npos);
    CHECK(refuse("output_format", "svg").find("png, jpeg, webp, gif") != std::string::npos);
    CHECK(refuse("input_fidelity", "high").find("no option") != std::string::npos);  // only with an init image
    CHECK(
        refuse("disable_safety_checker", "yes", images_options(ImagesServer::together(), "m")).find("true and false") !=
        std::string::npos);
    CHECK(refuse("quality", "low", images_options(ImagesServer::localai(), "m")).find("no option") !=
          std::string::npos);
  }

  TEST_CASE("three sizes") {
    for (const char* model : {"gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest", "gpt-image-2.6-sunburst"}) {
      const OpenAiImagesOptions with = images_options(ImagesServer::openai(), model);
      CHECK(size_of(sized(512, 512), with) == "1024x1024");
      CHECK(size_of(sized(1920, 1080), with) == "1536x1024");
      CHECK(size_of(sized(1080, 1920), with) == "1024x1536");
      CHECK(size_of(sized(1100, 1000), with) == "1024x1024");
      CHECK(size_of(GenerationRequest{"a cat"}, with) == "auto");
    }
  }

  TEST_CASE("flexible sizes") {
    for (const char* model : {"gpt-image-2", "gpt-image-2-2026-04-21", "gpt-image-2.5-flare"}) {
      const OpenAiImagesOptions with = images_options(ImagesServer::openai(), model);
      CHECK(size_of(sized(1024, 1024), with) == "1024x1024");
      CHECK(size_of(sized(1920, 1080), with) == "1920x1088");
      CHECK(size_of(sized(3840, 2160), with) == "3840x2160");
      CHECK(size_of(sized(512, 512), with) == "816x816");  // the smallest with enough pixels
      CHECK(size_of(sized(8000, 8000), with) == "2880x2880");
      CHECK(size_of(sized(10'000, 100), with) == "1408x480");  // the widest ratio, the fewest pixels
    }
    // Every result follows the rule, and a size that follows it is unchanged.
    std::mt19937 random{7};
    std::uniform_int_distribution<std::uint32_t> any{1, 20'000};
    std::uniform_int_distribution<std::uint32_t> likely{1, 240};
    for (int i = 0; i < 20'000; ++i) {
      const bool in_steps = i % 2 == 0;
      const PixelSize asked =
          in_steps ? PixelSize{likely(random) * 16, likely(random) * 16} : PixelSize{any(random), any(random)};
      const PixelSize size = openai_images::flexible_size(asked);
      const auto [shorter, longer] = std::minmax({size.width(), size.height()});
      const auto follows = [](PixelSize s) {
        const auto [least, most] = std::minmax({s.width(), s.height()});
        return s.width() % 16 == 0 && s.height() % 16 == 0 && most <= 3 * least && most <= 3840 &&
               s.area() >= 655'360 && s.area() <= 8'294'400;
      };
      CAPTURE(asked);
      CAPTURE(size);
      REQUIRE(follows(size));
      if (follows(asked)) REQUIRE(size == asked);
      REQUIRE((size.width() >= size.height() || asked.width() <= asked.height() || longer - shorter <= 16));
    }
    CHECK(openai_images::flexible_size({0, 0}).area() >= 655'360);
    CHECK(openai_images::flexible_size({UINT32_MAX, 1}) == openai_images::flexible_size({3, 1}));
  }

  // Trap 12: the field is image[].
  TEST_CASE("image to image") {
    const Image base = picture(1, 100, 80);
    GenerationRequest request{"a cat"};
    request.init_image(base).option("input_fidelity", "high");
    const http::Request wire = encoded(request, images_options(ImagesServer::openai(), "gpt-image-1.5"));
    CHECK(wire.url().target() == "/v1/images/edits");
    CHECK(body_of(wire) == part("model", "gpt-image-1.5") + part("prompt", "a cat") + part("size", "auto") +
                               part("input_fidelity", "high") + part("image[]", base) + "--b0und--\r\n");
    request.option("moderation", "low");  // not a field of the form
    CHECK(rejected_by(request, images_options()).code() == errc::invalid_argument);
    CHECK(
        rejected_by(GenerationRequest{"a cat"}.init_image(base), images_options(ImagesServer::localai(), "m")).code() ==
        errc::unsupported);
    CHECK(rejected_by(
              GenerationRequest{"a cat"}.init_image(Image::recorded(MediaType::png, {9, 9}, 9, std::string(64, 'a'))),
              images_options())
              .code() == errc::invalid_argument);
  }

  // Trap 13: white in our masks is transparent in OpenAI's.
  TEST_CASE("masks") {
    const Image base = picture(1, 100, 80);
    const Image mask = picture(2, 100, 80);
    const Image alpha = picture(3, 100, 80);
    GenerationRequest request{"a cat"};
    request.init_image(base).mask(mask);
    OpenAiImagesOptions with = images_options();
    CHECK(!openai_images::capabilities_of(with).mask());
    CHECK(rejected_by(request, with).code() == errc::unsupported);

    with.mask_to_alpha = [&](const Image& given) -> Result<Image> {
      CHECK(given == mask);
      return alpha;
    };
    CHECK(openai_images::capabilities_of(with).mask());
    CHECK(body_of(encoded(request, with)).ends_with(part("image[]", base) + part("mask", alpha) + "--b0und--\r\n"));

    with.mask_to_alpha = [](const Image&) -> Result<Image> { return picture(3, 50, 80); };
    CHECK(rejected_by(request, with).code() == errc::invalid_argument);
    with.mask_to_alpha = [](const Image&) -> Result<Image> { return Error{errc::unreadable_image, "damaged"}; };
    CHECK(rejected_by(request, with).code() == errc::unreadable_image);
    with.mask_to_alpha = [](const Image&) -> Result<Image> { throw std::runtime_error{"out of paint"}; };
    CHECK(rejected_by(request, with).message().find("out of paint") != std::string::npos);
    request.mask(picture(2, 99, 80));
    CHECK(rejected_by(request, with).message().find("99x80") != std::string::npos);

    // sd-server accepts white masks.
    request.mask(mask);
    CHECK(openai_images::capabilities_of(images_options(ImagesServer::sd_server())).mask());
    CHECK(body_of(encoded(request, images_options(ImagesServer::sd_server()))).find(part("mask", mask)) !=
          std::string::npos);
    CHECK(!openai_images::capabilities_of(images_options(ImagesServer::together(), "m")).mask());
  }

  TEST_CASE("Azure") {
    OpenAiImagesOptions with = images_options(ImagesServer::azure(), "my images/2");
    with.base_url = "https://res.openai.azure.com";
    with.api_version = "2026-04-01-preview";
    const http::Request wire = encoded(GenerationRequest{"a cat"}, with);
    CHECK(wire.url().to_string() ==
          "https://res.openai.azure.com/openai/deployments/my%20images%2F2/images/generations"
          "?api-version=2026-04-01-preview");
    CHECK(wire.credential_name() == "api-key");
    CHECK(wire.credential_prefix().empty());
    CHECK(wire.worst_case() == Money::unbounded());  // the price of a deployment is unknown
  }

  // Trap 11: response_format is sent to servers whose default is a URL.
  TEST_CASE("LocalAI, Together and xAI") {
    GenerationRequest request{"a cat|dog"};
    request.negative_prompt("birds").seed(7).size(PixelSize{1000, 500});
    OpenAiImagesOptions localai = images_options(ImagesServer::localai(), "flux");
    localai.api_key = {};
    CHECK(encoded(request, localai).url().to_string() == "http://127.0.0.1:8080/v1/images/generations");
    CHECK(body_of(encoded(request, localai)) ==
          R"({"model":"flux","prompt":"a cat,dog|birds","size":"1000x500","response_format":"b64_json"})");
    CHECK(encoded(request, localai).is_repeatable());  // it is free

    GenerationRequest with_steps = request;
    with_steps.option("steps", "4").option("disable_safety_checker", "true").option("guidance_scale", "2.5");
    CHECK(body_of(encoded(with_steps, images_options(ImagesServer::together(), "flux"))) ==
          R"({"model":"flux","prompt":"a cat|dog","width":1000,"height":500,"seed":7,"negative_prompt":"birds",)"
          R"("steps":4,"guidance_scale":2.5,"disable_safety_checker":true,"response_format":"base64"})");

    CHECK(body_of(encoded(request, images_options(ImagesServer::xai(), "grok"))) ==
          R"({"model":"grok","prompt":"a cat|dog","aspect_ratio":"2:1","response_format":"b64_json"})");
    CHECK(ImagesServer::named("xai")->title == "xAI");
    CHECK(mentions(ImagesServer::named("nobody").error(), "openai, azure, sd-server, localai, together, xai"));
    CHECK(ImagesServer::names().size() == 6);
    for (const std::string& name : ImagesServer::names()) CHECK(ImagesServer::named(name)->name == name);
  }

  // Traps 15 and 19: sd-server ignores a "seed" field. Native options are in the prompt, on one line; those of whoever wrote
  // the prompt are removed.
  TEST_CASE("sd-server") {
    OpenAiImagesOptions with = images_options(ImagesServer::sd_server());
    with.api_key = {};
    GenerationRequest request{"a cat"};
    CHECK(body_of(encoded(request, with)) == R"({"model":"sd-cpp-local","prompt":"a cat"})");
    request.seed(42)
        .negative_prompt("blurry\nugly")
        .size(PixelSize{640, 480})
        .option("steps", "28")
        .option("cfg_scale", "7");
    CHECK(body_of(encoded(request, with)) ==
          R"({"model":"sd-cpp-local","prompt":"a cat <sd_cpp_extra_args>{\"seed\":42,\"negative_prompt\":)"
          R"(\"blurry\\nugly\",\"sample_params\":{\"sample_steps\":28,\"guidance\":{\"txt_cfg\":7}}})"
          R"(</sd_cpp_extra_args>","size":"640x480"})");
    request = GenerationRequest{"a cat"};
    request.seed(UINT64_MAX);
    CHECK(body_of(encoded(request, with)).find("9223372036854775807") != std::string::npos);
    request = GenerationRequest{"a cat"};
    request.init_image(picture(1)).strength(0.25);
    CHECK(body_of(encoded(request, with)).find(R"(<sd_cpp_extra_args>{"strength":0.25}</sd_cpp_extra_args>)") !=
          std::string::npos);

    const Capabilities can = openai_images::capabilities_of(with);
    CHECK(can.seed());
    CHECK(can.negative_prompt());
    CHECK(!openai_images::capabilities_of(images_options()).seed());
    CHECK(!openai_images::capabilities_of(images_options()).negative_prompt());
  }

  TEST_CASE("removes tags from prompts") {
    const auto clean = [](std::string prompt) {
      return openai_images::without_tag(std::move(prompt), "sd_cpp_extra_args");
    };
    CHECK(clean("a <sd_cpp_extra_args>{\"steps\":9}</sd_cpp_extra_args>cat") == "a cat");
    CHECK(clean("a <sd_cpp_extra_args>x\ny</sd_cpp_extra_args> <sd_cpp_extra_args>z</sd_cpp_extra_args>") == "a  ");
    CHECK(clean("<sd_cpp_<sd_cpp_extra_args></sd_cpp_extra_args>extra_args>{}</sd_cpp_extra_args>x") == "x");
    CHECK(clean("open <sd_cpp_extra_args>{}") == "open {}");
    CHECK(clean("a </sd_cpp_extra_args>cat</sd_cpp</sd_cpp_extra_args>_extra_args>") == "a cat");
    CHECK(openai_images::without_tag("<a>x</a>", "") == "<a>x</a>");

    GenerationRequest request{"a cat <sd_cpp_extra_args>{\"seed\":1}</sd_cpp_extra_args>"};
    request.negative_prompt("x</sd_cpp_extra_args><sd_cpp_extra_args>{\"seed\":2}</sd_cpp_extra_args>").seed(3);
    const std::string body = body_of(encoded(request, images_options(ImagesServer::sd_server())));
    CHECK(body.find("\\\"seed\\\":3") != std::string::npos);
    CHECK(body.find("seed\\\":1") == std::string::npos);
    CHECK(body.find("seed\\\":2") == std::string::npos);
  }

  TEST_CASE("rejected requests") {
    CHECK(rejected_by(GenerationRequest{""}, images_options()).code() == errc::invalid_argument);
    CHECK(rejected_by(GenerationRequest{std::string(32'001, 'x')}, images_options()).code() == errc::too_large);
    CHECK(openai_images::encode(GenerationRequest{std::string(32'000, 'x')}, images_options()).has_value());
    CHECK(openai_images::capabilities_of(images_options()).max_prompt_characters() == 32'000);
    CHECK(openai_images::capabilities_of(images_options()).name() == "openai/gpt-image-2");
  }

  TEST_CASE("validates the first request of a run") {
    const auto validate = [](const OpenAiImagesOptions& options, const GenerationRequest& request) {
      return OpenAiImagesGenerator::create(http::Client{}, options).value().validate(request);
    };
    const GenerationRequest plain{"a cat"};
    const GenerationRequest edit = GenerationRequest{plain}.init_image(picture(1));
    CHECK(!validate(images_options(), plain));
    CHECK(!validate(images_options(), edit));
    CHECK(validate(images_options(), GenerationRequest{plain}.option("steps", "9"))->code() == errc::invalid_argument);
    // Every later request is an edit too, so an option that edits do not have would never be sent.
    OpenAiImagesOptions options = images_options();
    options.defaults["moderation"] = "low";
    CHECK(!validate(options, plain));
    CHECK(validate(options, edit)->message().find("moderation") != std::string::npos);
    CHECK(validate(images_options(ImagesServer::together(), "m"), edit)->code() == errc::unsupported);
  }

  TEST_CASE("invalid options") {
    const http::Client client;
    const auto create = [&](const OpenAiImagesOptions& options) {
      return OpenAiImagesGenerator::create(client, options);
    };
    CHECK(create(images_options()).has_value());
    CHECK(rejected(create(streaming(4))).code() == errc::invalid_argument);
    OpenAiImagesOptions with = images_options(ImagesServer::together(), "m");
    CHECK(create(with).has_value());
    with.stream = true;
    CHECK(rejected(create(with)).code() == errc::unsupported);
    CHECK_THROWS_AS((OpenAiImagesGenerator{client, with}), Failure);
    with = images_options(ImagesServer::together());
    CHECK(mentions(rejected(create(with)), "no model"));
    with = images_options(ImagesServer::azure(), "m");
    CHECK(mentions(rejected(create(with)), "base_url"));
    with = images_options();
    with.api_key = {};
    CHECK(rejected(create(with)).code() == errc::unauthorized);
    CHECK(mentions(rejected(create(with)), "OPENAI_API_KEY"));
    with.key_name = "MY_KEY";
    CHECK(mentions(rejected(create(with)), "MY_KEY"));
    with = images_options();
    with.base_url = "http://gateway.example/v1";
    CHECK(mentions(rejected(create(with)), "use https"));
    with = images_options();
    with.defaults = {{"qualty", "low"}};
    CHECK(mentions(rejected(create(with)), "quality"));
    with.defaults = {{"output_compression", "101"}};
    CHECK(rejected(create(with)).code() == errc::invalid_argument);
    // A default for a field that edits do not have is not sent with edits.
    with.defaults = {{"moderation", "low"}};
    CHECK(create(with).has_value());
    GenerationRequest edit{"a cat"};
    edit.init_image(picture(1));
    CHECK(body_of(encoded(edit, with)).find("moderation") == std::string::npos);
  }

  TEST_CASE("estimates") {
    GenerationRequest request{"a cat"};  // 5 bytes and 100 to spare
    CHECK(openai_images::estimate(request, images_options()) == Money::from_micros(105 * 5 + 7024 * 30));
    request.option("quality", "low");
    CHECK(openai_images::estimate(request, images_options()) == Money::from_micros(105 * 5 + 196 * 30));
    request.size(PixelSize{3584, 2048}).option("quality", "high");
    CHECK(openai_images::estimate(request, images_options()) == Money::from_micros(105 * 5 + 12'329 * 30));
    OpenAiImagesOptions with = streaming(3);
    CHECK(openai_images::estimate(request, with) == Money::from_micros(105 * 5 + 12'629 * 30));
    request.init_image(picture(1));
    CHECK(openai_images::estimate(request, images_options()) == Money::from_micros(105 * 5 + 12'329 * 30 + 8000 * 8));
    request.mask(picture(2));
    CHECK(openai_images::estimate(request, images_options()) == Money::from_micros(105 * 5 + 12'329 * 30 + 16'000 * 8));

    // Unknown prices are unbounded, or as the options say.
    with = images_options(ImagesServer::openai(), "gpt-image-2.5-flare");
    CHECK(openai_images::estimate(GenerationRequest{"a cat"}, with) == Money::unbounded());
    with.worst_case = usd(0.3);
    CHECK(openai_images::estimate(GenerationRequest{"a cat"}, with) == usd(0.3));
    with.defaults = {{"quality", "high"}};
    CHECK(openai_images::estimate(GenerationRequest{"a cat"}, with) == Money::from_micros(105 * 5 + 7024 * 30));
    CHECK(openai_images::estimate(GenerationRequest{"a cat"}, images_options(ImagesServer::xai(), "grok")) ==
          Money::unbounded());
    CHECK(openai_images::estimate(GenerationRequest{"a cat"}, images_options(ImagesServer::sd_server())) == Money{});
  }

  // The reply of the reference.
  TEST_CASE("charge from usage") {
    const Image image = picture(3, 1024, 1024);
    const Generation generation = decoded(
        with_picture(image, R"(,"background":"opaque","output_format":"png","quality":"medium","size":"1024x1024",)"
                            R"("usage":{"total_tokens":1100,"input_tokens":50,"output_tokens":1050,)"
                            R"("input_tokens_details":{"text_tokens":50,"image_tokens":0},)"
                            R"("output_tokens_details":{"image_tokens":1050,"text_tokens":0}})"),
        images_options());
    REQUIRE(generation.images().size() == 1);
    CHECK(generation.images().front() == image);
    CHECK(generation.charge() == Charge::paid(Money::from_micros(50 * 5 + 1050 * 30)));
    CHECK(generation.request_id() == "req-1");
    CHECK(generation.seed() == std::nullopt);  // trap 15: only a confirmed seed
  }

  TEST_CASE("incomplete usage") {
    const Image image = picture(3);
    const auto charge = [&](const std::string& usage, const GenerationRequest& request = GenerationRequest{"a cat"}) {
      return decoded(with_picture(image, R"(,"usage":)" + usage), images_options(), request).charge();
    };
    const Charge estimate = Charge::estimated(openai_images::estimate(GenerationRequest{"a cat"}, images_options()));
    CHECK(charge(R"({"input_tokens":50,"output_tokens":1050})") == Charge::paid(Money::from_micros(250 + 31'500)));
    GenerationRequest edit{"a cat"};
    edit.init_image(picture(1));
    CHECK(charge(R"({"input_tokens":50,"output_tokens":1050})", edit) ==
          Charge::paid(Money::from_micros(400 + 31'500)));  // without details, the more expensive kind
    CHECK(charge(R"({"input_tokens":50,"output_tokens":10,"input_tokens_details":{"text_tokens":60},)"
                 R"("output_tokens_details":{"text_tokens":4,"image_tokens":6}})") ==
          Charge::paid(Money::from_micros(250 + 40 + 180)));
    for (const char* odd :
         {"{}", "null", "7", R"({"input_tokens":50})", R"({"input_tokens":-1,"output_tokens":1})",
          R"({"input_tokens":"50","output_tokens":1})", R"({"input_tokens":1.5,"output_tokens":1})"}) {
      CAPTURE(odd);
      CHECK(charge(odd) == estimate);
    }
    CHECK(decoded(with_picture(image), images_options()).charge() == estimate);
    // Absurd figures only affect the budget.
    CHECK(charge(R"({"input_tokens":18446744073709551615,"output_tokens":18446744073709551615})").amount() > usd(1e6));
    CHECK(charge(R"({"input_tokens":0,"output_tokens":0})") == Charge::paid(Money{}));
  }

  TEST_CASE("stated costs") {
    const Image image = picture(3);
    CHECK(decoded(with_picture(image, R"(,"usage":{"cost_in_usd_ticks":200000000})"),
                  images_options(ImagesServer::xai(), "g"))
              .charge() == Charge::paid(usd(0.02)));
    CHECK(decoded(with_picture(image), images_options(ImagesServer::xai(), "g")).charge() ==
          Charge::estimated(Money::unbounded()));
    OpenAiImagesServer dollars = ImagesServer::together();
    dollars.cost = ImagesServer::CostStyle::dollars;
    CHECK(decoded(with_picture(image, R"(,"usage":{"cost":0.0125})"), images_options(dollars, "m")).charge() ==
          Charge::paid(usd(0.0125)));
    CHECK(decoded(with_picture(image, R"(,"usage":{"cost":-1})"), images_options(dollars, "m")).charge() ==
          Charge::estimated(Money::unbounded()));
    CHECK(decoded(with_picture(image), images_options(ImagesServer::sd_server())).charge() == Charge{});
  }

  TEST_CASE("several images") {
    const Image a = picture(1);
    const Image b = picture(2);
    const Generation generation =
        decoded(json(R"({"data":[{"index":0,"type":"b64_json","b64_json":"data:image/png;base64,)" + base64_of(a) +
                     R"(","revised_prompt":"a tabby"},{"url":"https://x.example/"},)"
                     R"({"b64_json":"!!!!"},{"b64_json":")" +
                     base64_of(b) + R"("}]})"),
                images_options());
    // One image is requested; what is beyond it is dropped, whatever it is.
    CHECK(generation.images() == std::vector<Image>{a});
    CHECK(generation.dropped_images() == 3);
    CHECK(generation.revised_prompt() == "a tabby");
  }

  TEST_CASE("image given as an address") {
    const OpenAiImagesOptions options = images_options(ImagesServer::openai(), "gpt-image-2");
    const std::string address =
        "https://images.example.net/a/b.png?st=2026-01-01T00%3A00%3A00Z&sig=" + std::string(1'900, 'b');
    const std::string usage = R"(,"usage":{"input_tokens":10,"output_tokens":1000,"total_tokens":1010})";
    const http::Response response =
        json(R"({"data":[{"revised_prompt":"a tabby","url":")" + address + "\"}]" + usage + '}');
    const Charge charge = decoded(with_picture(picture(1), usage), options).charge();
    CHECK(charge.billing() == Billing::paid);
    CHECK(openai_images::image_address(response) == address);
    CHECK(openai_images::image_address(with_picture(picture(1))).empty());
    CHECK(openai_images::image_address(json("<html>")).empty());

    const GenerationRequest request{"a cat"};
    const Image image = picture(1);
    const Result<http::Response> fetched = http::Response{200, {}, {image.bytes().begin(), image.bytes().end()}};
    const Generation generation = value_of(openai_images::decode(response, request, options, &fetched));
    CHECK(generation.images() == std::vector<Image>{image});
    CHECK(generation.charge() == charge);
    CHECK(generation.revised_prompt() == "a tabby");

    // The address is kept whole: the image was paid for.
    const Result<http::Response> failures[] = {
        Error{errc::connect_failed, "https://images.example.net: no connection"},
        http::Response{403, {}, {}},
        http::Response{302, {}, {}},
        http::Response{200, {}, {image.bytes().begin(), image.bytes().begin() + 40}},
    };
    for (const Result<http::Response>& failure : failures) {
      const Error error = error_of(openai_images::decode(response, request, options, &failure));
      CAPTURE(error.message());
      CHECK(error.code() == errc::unusable_reply);
      CHECK(error.message().find("cannot be fetched") != std::string::npos);
      CHECK(error.provider_message() == address);
      CHECK(error.charge() == charge);
    }
    const Result<http::Response> cancelled = Error{errc::cancelled, "the call was cancelled"};
    const Error error = error_of(openai_images::decode(response, request, options, &cancelled));
    CHECK(error.code() == errc::cancelled);
    CHECK(error.charge() == charge);
    CHECK(failed_with(response, options).provider_message() == address);

    // The same at the end of a stream.
    Stream streamed = stream(options);
    CHECK(!streamed.on_event(
        http::ServerEvent{"image_generation.completed",
                          R"({"type":"image_generation.completed","url":")" + address + '"' + usage + '}'}));
    CHECK(!streamed.has_image());
    const std::optional<http::Response> whole = streamed.as_reply_with_address(response.headers());
    REQUIRE(whole);
    CHECK(openai_images::image_address(*whole) == address);
    CHECK(value_of(openai_images::decode(*whole, request, options, &fetched)).charge() == charge);
    CHECK(error_of(openai_images::decode(*whole, request, options)).request_id() == "req-1");

    // A data URL is no address.
    const http::Response data = json(R"({"data":[{"url":"data:image/png;base64,)" + base64_of(image) + R"("}]})");
    CHECK(decoded(data, options).images() == std::vector<Image>{image});
    CHECK(openai_images::image_address(data).empty());
  }

  TEST_CASE("address of an image") {
    OpenAiImagesOptions options = images_options();
    const auto fetch = [&](const std::string& address) {
      return openai_images::fetch_request(address, options, std::chrono::seconds{7});
    };
    const http::Request request = value_of(fetch("https://images.example.net/a.png?sig=1"));
    CHECK(request.method() == http::Method::get);
    CHECK(request.url().target() == "/a.png?sig=1");
    CHECK(request.credential().empty());
    CHECK(request.headers().find("authorization") == nullptr);
    CHECK(request.timeout() == std::chrono::seconds{7});
    CHECK(request.public_addresses_only());
    for (const char* const bad :
         {"http://images.example.net/a.png", "ftp://images.example.net/a.png", "/a.png", "", "file:///etc/passwd",
          "http://127.0.0.1/a.png", "http://api.openai.com/a.png", "https://user:password@images.example.net/a.png"}) {
      CAPTURE(bad);
      CHECK(rejected(fetch(bad)).code() == errc::invalid_argument);
    }
    CHECK(value_of(fetch("https://localhost/a.png")).public_addresses_only());

    // The API's own origin, and this machine if the API is on it.
    CHECK(!value_of(fetch("https://api.openai.com/a.png")).public_addresses_only());
    options.base_url = "http://127.0.0.1:8080/v1";
    CHECK(!value_of(fetch("http://localhost:9000/a.png")).public_addresses_only());
    CHECK(value_of(fetch("https://images.example.net/a.png")).public_addresses_only());
    CHECK(rejected(fetch("http://192.168.0.1:8080/a.png")).code() == errc::invalid_argument);
    options.base_url = "http://192.168.0.1:8080/v1";
    CHECK(!value_of(fetch("http://192.168.0.1:8080/a.png")).public_addresses_only());
    CHECK(rejected(fetch("http://192.168.0.2:8080/a.png")).code() == errc::invalid_argument);
    CHECK(rejected(fetch("http://127.0.0.1:8080/a.png")).code() == errc::invalid_argument);
  }

  // Trap 16: 200 without images is a refusal of xAI, and an unusable reply of others.
  TEST_CASE("success without an image") {
    const OpenAiImagesOptions xai = images_options(ImagesServer::xai(), "grok");
    CHECK(failed_with(json(R"({"data":[]})"), xai).code() == errc::refused);
    CHECK(failed_with(json(R"({"data":[]})"), xai).charge() == Charge::maybe_billed(Money::unbounded()));
    CHECK(failed_with(json(R"({"data":[]})"), images_options()).code() == errc::unusable_reply);
    const Image image = picture(1);
    const std::string immoderate =
        R"({"data":[{"b64_json":")" + base64_of(image) + R"(","respect_moderation":false}]})";
    CHECK(failed_with(json(immoderate), xai).code() == errc::refused);
    CHECK(failed_with(json(immoderate), xai).message().find("respect_moderation is false") != std::string::npos);
    for (const char* odd : {"", "null", "[]", "{}", R"({"data":{}})", R"({"data":[7]})", R"({"data":[{"b64_json":7}]})",
                            R"({"data":[{"b64_json":"AAAA"}]})", R"({"data":[{"b64_json":"*"}]})", "<html>"}) {
      CAPTURE(odd);
      const Error error = failed_with(json(odd), images_options());
      CHECK(error.code() == errc::unusable_reply);
      CHECK(error.charge().billing() == Billing::maybe_billed);
    }
    CHECK(failed_with(reply(200, {{"Content-Type", "text/html"}}, "<title>Sign in</title>"), images_options())
              .message()
              .find("text/html") != std::string::npos);
    // An error with status 200.
    CHECK(failed_with(json(R"({"error":{"code":"moderation_blocked","message":"m"}})"), images_options()).code() ==
          errc::refused);
  }

  // Trap 14: the error forms of the servers.
  TEST_CASE("errors by status") {
    const Error blocked =
        failed_with(json(R"({"error":{"message":"rejected by the safety system. safety_violations=[violence]",)"
                         R"("type":"image_generation_user_error","param":null,"code":"moderation_blocked"}})",
                         400),
                    images_options());
    CHECK(blocked.code() == errc::refused);
    CHECK(blocked.charge().billing() == Billing::maybe_billed);  // the prompt or the output: unknown
    CHECK(blocked.request_id() == "req-1");
    CHECK(failed_with(
              json(R"({"error":{"message":"x","type":"image_generation_user_error","code":"invalid_size"}})", 400),
              images_options())
              .code() == errc::invalid_argument);
    const Error key = failed_with(json(R"({"error":{"message":"x","code":"invalid_api_key"}})", 401), images_options());
    CHECK(mentions(key, "OPENAI_API_KEY (HTTP 401, invalid_api_key)"));
    CHECK(failed_with(json(R"({"error":{"code":"insufficient_quota"}})", 429), images_options()).code() ==
          errc::payment_required);  // trap 18
    CHECK(failed_with(json(R"({"error":{"code":"rate_limit_exceeded"}})", 429), images_options()).code() ==
          errc::rate_limited);
    const OpenAiImagesOptions local = images_options(ImagesServer::sd_server());
    const Error text = failed_with(json(R"({"error":"prompt required"})", 400), local);
    CHECK(text.provider_message() == "prompt required");
    CHECK(!mentions(text, "charged"));  // it is free
    CHECK(failed_with(json(R"({"error":"server_error","message":"no such sampler"})", 500), local).provider_message() ==
          "no such sampler");
    CHECK(mentions(failed_with(json(R"({"error":{"code":404,"message":"could not load model"}})", 404),
                               images_options(ImagesServer::localai(), "flux")),
                   "\"flux\""));
    CHECK(failed_with(json(R"({"detail":"Not Found"})", 404), images_options()).code() == errc::not_found);
    CHECK(failed_with(json("", 500), images_options()).charge().billing() == Billing::maybe_billed);
  }

  TEST_CASE("streamed request") {
    const http::Request wire = encoded(GenerationRequest{"a cat"}, streaming(2));
    CHECK(wire.headers().value("Accept") == "text/event-stream, application/json");
    CHECK(body_of(wire) ==
          R"({"model":"gpt-image-2","prompt":"a cat","size":"auto","stream":true,"partial_images":2})");
    GenerationRequest edit{"a cat"};
    edit.init_image(picture(1));
    const std::string form = body_of(encoded(edit, streaming(0)));
    CHECK(form.find(part("stream", "true") + part("partial_images", "0")) != std::string::npos);
  }

  // The stream of the reference.
  TEST_CASE("partial and final images") {
    const Image rough = picture(1);
    const Image fine = picture(2, 1024, 1024);
    std::vector<std::pair<Image, int>> seen;
    OpenAiImagesOptions with = streaming();
    with.on_partial = [&](const Image& image, int index) {
      seen.emplace_back(image, index);
      throw std::runtime_error{"dropped"};
    };
    Stream reader = stream(with);
    CHECK(reader.on_event(event("image_generation.partial_image",
                                R"({"type":"image_generation.partial_image","partial_image_index":1,"b64_json":")" +
                                    base64_of(rough) + R"(","created_at":1,"size":"1024x1024"})")));
    CHECK(reader.on_event(event("image_generation.partial_image", R"({"b64_json":"????","partial_image_index":2})")));
    CHECK(reader.on_event(event("keepalive", R"({"type":"keepalive"})")));
    CHECK(reader.on_event(event("message", "[DONE]")));
    CHECK(!reader.has_image());
    CHECK(!reader.on_event(event("image_generation.completed",
                                 R"({"type":"image_generation.completed","b64_json":")" + base64_of(fine) +
                                     R"(","usage":{"input_tokens":50,"output_tokens":1250,"total_tokens":1300}})")));
    CHECK(reader.has_image());
    REQUIRE(seen.size() == 1);
    CHECK(seen.front() == std::pair{rough, 1});
    const Result<Generation> generation = reader.take("req-9");
    REQUIRE(generation.has_value());
    CHECK(generation->images().front() == fine);
    CHECK(generation->request_id() == "req-9");
    CHECK(generation->charge() == Charge::paid(Money::from_micros(250 + 37'500)));
  }

  TEST_CASE("streamed edits") {
    const Image image = picture(2);
    GenerationRequest edit{"a cat"};
    edit.init_image(picture(1));
    Stream reader = stream(streaming(), edit);
    CHECK(!reader.on_event(
        event("message", R"({"type":"image_edit.completed","b64_json":")" + base64_of(image) + "\"}")));
    const Result<Generation> generation = reader.take("");
    REQUIRE(generation.has_value());
    CHECK(generation->charge() == Charge::estimated(openai_images::estimate(edit, streaming())));
  }

  TEST_CASE("stream that fails") {
    const auto fail = [](const http::ServerEvent& last) {
      Stream reader = stream(streaming());
      CHECK(!reader.on_event(last));
      CHECK(!reader.has_image());
      const Result<Generation> result = reader.take("req-3");
      REQUIRE(!result.has_value());
      CHECK(result.error().charge().billing() == Billing::maybe_billed);
      CHECK(result.error().request_id() == "req-3");
      return result.error();
    };
    CHECK(fail(event("error", R"({"type":"error","error":{"code":"moderation_blocked","message":"m"}})")).code() ==
          errc::refused);
    CHECK(fail(event("error", "not even JSON")).code() == errc::backend_failed);
    CHECK(fail(event("message", R"({"error":{"message":"m","code":"server_error"}})")).code() == errc::backend_failed);
    CHECK(fail(event("message", R"({"type":"error","code":"server_error","message":"m"})")).provider_message() == "m");
    CHECK(fail(event("image_generation.completed", R"({"type":"image_generation.completed"})")).code() ==
          errc::unusable_reply);
    CHECK(fail(event("image_generation.completed", R"({"b64_json":"AAAA"})")).code() == errc::unusable_reply);
    CHECK(fail(event("image_generation.completed", "{")).code() == errc::unusable_reply);
    Stream silent = stream(streaming());
    const Error cut = silent.take("req-4").error();
    CHECK(cut.code() == errc::unusable_reply);
    CHECK(cut.charge().billing() == Billing::maybe_billed);
    CHECK(cut.message().find("ended before the image arrived") != std::string::npos);
  }
}
