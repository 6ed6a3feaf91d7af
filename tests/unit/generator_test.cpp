#include "support/scripted.hpp"
#include "support/wait_for.hpp"
#include <pentimento/generator.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace pentimento;
using test::Step;

namespace {

Result<Generation> generate(test::ScriptedGenerator& generator, GenerationRequest request) {
  return test::wait_for(generator.generate(std::move(request)));
}

}  // namespace

TEST_SUITE_BEGIN("Generator");

TEST_CASE("rejects requests outside the capabilities") {
  test::ScriptedGenerator generator;
  generator.can = Capabilities{"small"}.sides(64, 128).max_prompt_characters(10);
  const auto refused = [&](const GenerationRequest& request, errc code, std::string_view why) {
    const Result<Generation> result = generate(generator, request);
    REQUIRE(!result.has_value());
    CHECK(result.error().code() == code);
    CHECK(result.error().charge() == Charge{});
    CHECK_MESSAGE(result.error().message().starts_with("small: "), result.error().message());
    CHECK_MESSAGE(result.error().message().find(why) != std::string::npos, result.error().message());
  };
  const auto ask = [] { return GenerationRequest{"a tree"}; };
  refused(GenerationRequest{""}, errc::invalid_argument, "the prompt is empty");
  refused(GenerationRequest{" \t\r\n"}, errc::invalid_argument, "the prompt is empty");
  refused(GenerationRequest{"eleven char"}, errc::invalid_argument, "at most 10");
  refused(ask().size(PixelSize{63, 128}), errc::invalid_argument, "63x128");
  refused(ask().size(PixelSize{64, 129}), errc::invalid_argument, "64 to 128");
  refused(ask().strength(-0.1), errc::invalid_argument, "strength");
  refused(ask().strength(1.1), errc::invalid_argument, "strength");
  refused(ask().strength(std::numeric_limits<double>::quiet_NaN()), errc::invalid_argument, "strength");
  refused(ask().init_image(test::picture(1)), errc::unsupported, "init image");
  refused(ask().mask(test::picture(1)), errc::unsupported, "mask");
  generator.can.mask(true).image_to_image(true).init_image_types({MediaType::jpeg});
  refused(ask().init_image(test::picture(1)), errc::unsupported, "image/jpeg");
  generator.can.init_image_types({MediaType::png}).init_image_sides(65, 100);
  refused(ask().init_image(test::picture(1)), errc::invalid_argument, "64x64");
  generator.can.init_image_sides(64, 64).max_init_image_bytes(10);
  refused(ask().init_image(test::picture(1)), errc::too_large, "at most 10");
  generator.can.max_init_image_bytes(1'000);
  refused(ask().mask(test::picture(1)), errc::invalid_argument, "no init image");
  CHECK(generator.requests.empty());

  CHECK(generate(generator, GenerationRequest{"ten chars!"}).has_value());
  // Characters count, not bytes.
  CHECK(generate(generator, GenerationRequest{"\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"})
            .has_value());
  CHECK(generate(generator, ask().size(PixelSize{64, 128}).strength(0)).has_value());
  CHECK(generate(generator, ask().init_image(test::picture(1)).mask(test::picture(2)).strength(1)).has_value());
}

TEST_CASE("drops images beyond those of a call") {
  test::ScriptedGenerator generator;
  generator.script = [](int, const GenerationRequest&) {
    return Step<Generation>{Generation{std::vector<Image>(100, test::picture(1))}};
  };
  Result<Generation> result = generate(generator, GenerationRequest{"a tree"});
  REQUIRE(result.has_value());
  CHECK(result->images().size() == 1);
  CHECK(result->dropped_images() == 99);
  generator.can.images_per_call(4);
  result = generate(generator, GenerationRequest{"a tree"});
  CHECK(result->images().size() == 4);
  CHECK(result->dropped_images() == 96);
}

TEST_CASE("cuts a long revised prompt") {
  test::ScriptedGenerator generator;
  generator.script = [](int, const GenerationRequest&) {
    Generation made{test::picture(1)};
    made.revised_prompt(std::string(9'000'000, 'a') + "\u00e9");
    return Step<Generation>{made};
  };
  CHECK(generate(generator, GenerationRequest{"a tree"})->revised_prompt().size() == max_revised_prompt);
}

TEST_CASE("validates before it is asked") {
  struct Picky final : Generator {
    Capabilities do_capabilities() const override { return Capabilities{"picky"}; }
    std::optional<Error> do_validate(const GenerationRequest& request) const override {
      if (request.options().empty()) return std::nullopt;
      return Error{errc::invalid_argument, "no options"};
    }
    boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest) override {
      co_return Error{errc::refused, "no"};
    }
  };
  CHECK(!Picky{}.validate(GenerationRequest{"x"}));
  CHECK(Picky{}.validate(GenerationRequest{""})->message().find("empty") != std::string::npos);
  CHECK(Picky{}.validate(GenerationRequest{"x"}.option("steps", "9"))->message() == "no options");
}

TEST_CASE("keeps the charge of a reply without an image") {
  test::ScriptedGenerator generator;
  generator.script = [](int, const GenerationRequest&) {
    Generation nothing{std::vector<Image>{}};
    nothing.charge(Charge::paid(usd(0.04))).request_id("req-1");
    return Step<Generation>{nothing};
  };
  const Result<Generation> result = generate(generator, GenerationRequest{"a tree"});
  REQUIRE(!result.has_value());
  CHECK(result.error().code() == errc::unusable_reply);
  CHECK(result.error().charge() == Charge::paid(usd(0.04)));
  CHECK(result.error().request_id() == "req-1");
}

TEST_CASE("exceptions become errors") {
  test::ScriptedGenerator generator;
  generator.price = usd(0.04);
  const auto thrown = [&](auto exception) {
    generator.script = [exception](int, const GenerationRequest&) -> Step<Generation> { throw exception; };
    const Result<Generation> result = generate(generator, GenerationRequest{"a tree"});
    REQUIRE(!result.has_value());
    return result.error();
  };
  CHECK(thrown(std::runtime_error{"boom"}).message() == "the generator failed: boom");
  CHECK(thrown(std::runtime_error{"boom"}).code() == errc::backend_failed);
  CHECK(thrown(std::runtime_error{"boom"}).charge() == Charge::maybe_billed(usd(0.04)));
  CHECK(thrown(42).message() == "the generator failed: an exception of unknown type");
  CHECK(thrown(std::bad_alloc{}).message() == "the generator failed: out of memory");
  const boost::system::system_error aborted{boost::asio::error::operation_aborted};
  CHECK(thrown(aborted).code() == errc::cancelled);
  CHECK(thrown(aborted).charge() == Charge::maybe_billed(usd(0.04)));
  const Error own = Error{errc::refused, "no"}.charge(Charge::paid(usd(0.01)));
  CHECK(thrown(Failure{own}) == own);
  generator.price = {};
  CHECK(thrown(std::runtime_error{"boom"}).charge() == Charge{});
}

TEST_CASE("a negative estimate is zero") {
  struct Generous final : Generator {
    Capabilities do_capabilities() const override { return Capabilities{"generous"}; }
    Money do_estimate(const GenerationRequest&) const override { return usd(-1); }
    boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest) override {
      co_return Error{errc::refused, "no"};
    }
  };
  CHECK(Generous{}.estimate(GenerationRequest{"x"}) == Money{});
}

TEST_CASE("an estimate that throws is unbounded") {
  struct Bad final : Generator {
    Capabilities do_capabilities() const override { return Capabilities{"bad"}; }
    Money do_estimate(const GenerationRequest&) const override { throw std::runtime_error{"no price"}; }
    boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest) override {
      co_return Error{errc::refused, "no"};
    }
  };
  CHECK(Bad{}.estimate(GenerationRequest{"x"}) == Money::unbounded());
}

TEST_SUITE_END();
