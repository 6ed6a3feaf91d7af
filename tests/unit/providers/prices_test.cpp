#include <pentimento/providers/prices.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

using namespace pentimento;

namespace {

PriceTable table(const std::string& prices) {
  const Result<PriceTable> read =
      PriceTable::from_json(R"({"date":"2026-01-02","sources":["s"],"prices":)" + prices + "}");
  REQUIRE_MESSAGE(read.has_value(), read.error().message());
  return *read;
}

std::string problem(const std::string& text) {
  const Result<PriceTable> read = PriceTable::from_json(text);
  REQUIRE(!read.has_value());
  return read.error().message();
}

std::string in_table(const std::string& entry) { return R"({"date":"2026-01-02","prices":[)" + entry + "]}"; }

}  // namespace

TEST_SUITE_BEGIN("PriceTable");

TEST_CASE("is built in with a date and sources") {
  const PriceTable& prices = PriceTable::builtin();
  CHECK(prices.date() == "2026-12-01");
  CHECK(prices.sources().size() >= 4);
  const auto call = [&](const char* model) { return prices.find("stability", model)->per_call(); };
  CHECK(call("sd3.5-large") == usd(0.065));
  CHECK(call("sd3.5-large-turbo") == usd(0.04));
  CHECK(call("sd3.5-medium") == usd(0.035));
  CHECK(call("sd3.5-flash") == usd(0.025));
  CHECK(call("core") == usd(0.03));
  CHECK(call("ultra") == usd(0.08));
  CHECK(prices.find("stability", "sd4") == nullptr);
  CHECK(prices.find("together", "anything") == nullptr);
  CHECK(prices.find("sd-server", "anything")->per_call() == Money{});
}

TEST_CASE("charges OpenAI's usage") {
  const Price* price = PriceTable::builtin().find("openai", "gpt-image-2.6-sunburst");
  REQUIRE(price != nullptr);
  TokenUsage usage;
  usage.tokens(TokenKind::text_in, 50).tokens(TokenKind::image_out, 1050);
  CHECK(price->cost(usage) == Money::from_micros(50 * 5 + 1050 * 30));
  usage.tokens(TokenKind::cached_text_in, 3).tokens(TokenKind::image_in, 10).tokens(TokenKind::cached_image_in, 7);
  CHECK(price->cost(usage) == Money::from_micros(250 + 31'500 + 4 + 80 + 14));  // 3.75 is rounded up
  // Text that comes out has no price on that page: what is not known is not free.
  CHECK(price->cost(TokenUsage{}.tokens(TokenKind::text_out, 1)) == std::nullopt);
}

TEST_CASE("charges Anthropic's usage") {
  const Price* price = PriceTable::builtin().find("anthropic", "claude-opus-5-5");
  REQUIRE(price != nullptr);
  TokenUsage usage;
  usage.tokens(TokenKind::text_in, 1'500).tokens(TokenKind::text_out, 120);
  usage.tokens(TokenKind::cached_text_in, 1'000).tokens(TokenKind::cache_write_in, 200);
  CHECK(price->cost(usage) == Money::from_micros(6'000 + 2'400 + 200 + 1'000));
  for (const char* model : {"claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-1", "claude-opus-5"})
    CHECK(PriceTable::builtin().find("anthropic", model) != nullptr);
}

TEST_CASE("ignores a date at the end of a model") {
  const PriceTable& prices = PriceTable::builtin();
  CHECK(prices.find("openai", "gpt-image-2-2026-04-21") == prices.find("openai", "gpt-image-2"));
  CHECK(prices.find("openai", "gpt-image-2-2026-13-21") == nullptr);
  CHECK(prices.find("openai", "gpt-image-2-mini") == nullptr);
  CHECK(prices.find("openai", "") == nullptr);
  CHECK(prices.find("", "") == nullptr);
}

TEST_CASE("counts a kind without a rate as another") {
  const PriceTable prices = table(R"([{"provider":"p","model":"chat","usd_per_million":{"text_in":2,"text_out":10}}])");
  const Price* price = prices.find("p", "chat");
  REQUIRE(price != nullptr);
  TokenUsage usage;
  usage.tokens(TokenKind::text_in, 1).tokens(TokenKind::cached_text_in, 10).tokens(TokenKind::image_in, 100);
  usage.tokens(TokenKind::cached_image_in, 1000).tokens(TokenKind::text_out, 10'000);
  CHECK(price->cost(usage) == Money::from_micros(2 * 1111 + 100'000));
  CHECK(price->cost({}) == Money{});
  const PriceTable only_out = table(R"([{"provider":"p","model":"m","usd_per_million":{"image_out":1}}])");
  CHECK(only_out.find("p", "m")->cost(TokenUsage{}.tokens(TokenKind::cached_image_in, 1)) == std::nullopt);
}

TEST_CASE("saturates") {
  const PriceTable prices = table(R"([{"provider":"p","model":"m","usd_per_million":{"text_in":1000000}}])");
  TokenUsage usage;
  usage.tokens(TokenKind::text_in, std::numeric_limits<std::uint64_t>::max());
  const std::optional<Money> cost = prices.find("p", "m")->cost(usage);
  REQUIRE(cost.has_value());
  CHECK(*cost == usd(1e12));
  CHECK(*cost > Money{});
}

// The figures that OpenAI's calculator gives, as quoted on community.openai.com (2026-04 and 2026-06).
TEST_CASE("bounds the tokens of a generated image") {
  const Price* price = PriceTable::builtin().find("openai", "gpt-image-2");
  REQUIRE(price != nullptr);
  CHECK(price->image_tokens("high", {1024, 1024}) == 7024);
  CHECK(price->image_tokens("high", {1536, 1024}) == 5488);
  CHECK(price->image_tokens("high", {1024, 1536}) == 5488);
  CHECK(price->image_tokens("high", {1792, 1024}) == 5063);
  CHECK(price->image_tokens("high", {3584, 2048}) == 12329);
  CHECK(price->image_tokens("auto", {1024, 1024}) == 7024);
  CHECK(price->image_tokens("max", {1024, 1024}) == std::nullopt);
  CHECK(price->image_tokens("high", {0, 0}) == 0);
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  CHECK(price->image_tokens("high", {most, most}).value() > 1'000'000);
  // Of 2.5 nobody has stated what "auto" may choose: it is unknown, not free.
  CHECK(PriceTable::builtin().find("openai", "gpt-image-2.5-flare")->image_tokens("auto", {1024, 1024}) ==
        std::nullopt);
  CHECK(PriceTable::builtin().find("openai", "gpt-image-1-mini")->image_tokens("high", {9, 9}) == 6500);
}

TEST_CASE("is overridden by a user's table") {
  const PriceTable mine = table(
      R"([{"provider":"stability","model":"core","usd_per_call":0.5},{"provider":"p","model":"*","usd_per_call":0.1}])");
  const PriceTable both = PriceTable::builtin().merged(mine);
  CHECK(both.find("stability", "core")->per_call() == usd(0.5));
  CHECK(both.find("stability", "ultra")->per_call() == usd(0.08));
  CHECK(both.find("p", "whatever")->per_call() == usd(0.1));
  CHECK(both.date() == PriceTable::builtin().date());
  CHECK(both.sources().back() == "s");
  CHECK(PriceTable::builtin().find("stability", "core")->per_call() == usd(0.03));
  CHECK(PriceTable{}.find("stability", "core") == nullptr);
  CHECK(PriceTable{}.date().empty());
}

TEST_CASE("reads a file") {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "pentimento_prices_test.json";
  {
    std::ofstream file{path};
    file << in_table(R"({"provider":"p","model":"m","usd_per_call":1})");
  }
  const Result<PriceTable> read = PriceTable::from_file(path.string());
  REQUIRE(read.has_value());
  CHECK(read->find("p", "m")->per_call() == usd(1));
  std::filesystem::remove(path);

  const Result<PriceTable> none = PriceTable::from_file(path.string());
  REQUIRE(!none.has_value());
  CHECK(none.error().code() == errc::io_failed);
  CHECK(none.error().message().find("pentimento_prices_test.json") != std::string::npos);
  CHECK(PriceTable::from_file(std::filesystem::temp_directory_path().string()).error().code() == errc::io_failed);
}

TEST_CASE("says where a table is invalid") {
  CHECK(problem(in_table(R"({"provider":"p","model":"m"})")) ==
        R"($.prices[0]: one of "usd_per_call" and "usd_per_million" is needed)");
  CHECK(problem(in_table(R"({"provider":"p","model":"m","usd_per_call":1,"usd_per_million":{}})")) ==
        R"($.prices[0]: one of "usd_per_call" and "usd_per_million" is needed)");
  CHECK(problem(in_table(R"({"provider":"p","model":"m","usd_per_call":-1})")).starts_with("$.prices[0].usd_per_call"));
  CHECK(
      problem(in_table(R"({"provider":"p","model":"m","usd_per_call":1e7})")).starts_with("$.prices[0].usd_per_call"));
  CHECK(
      problem(in_table(R"({"provider":"p","model":"m","usd_per_call":"1"})")).starts_with("$.prices[0].usd_per_call"));
  CHECK(problem(in_table(R"({"provider":"p","model":"m","usd_per_million":{"text":1}})"))
            .starts_with("$.prices[0].usd_per_million"));
  CHECK(problem(in_table(R"({"provider":"p","model":"m","usd_per_call":1,"image_tokens":{}})"))
            .starts_with("$.prices[0]"));
  CHECK(problem(in_table(R"({"provider":"p","model":"m","usd_per_million":{},"image_tokens":{"high":{"grid":0}}})"))
            .starts_with("$.prices[0].image_tokens.high.grid"));
  CHECK(problem(in_table(
            R"({"provider":"p","model":"m","usd_per_call":1},{"provider":"p","model":"m","usd_per_call":2})")) ==
        "$.prices[1]: this model has a price already");
  CHECK(problem(in_table(R"({"provider":"","model":"m","usd_per_call":1})")).starts_with("$.prices[0]"));
  CHECK(problem(R"({"date":"2026-02-30","prices":[]})").starts_with("$.date"));
  CHECK(problem(R"({"date":"soon","prices":[]})").starts_with("$.date"));
  CHECK(problem(R"({"date":"2026-02-03"})") == "$: \"prices\" is missing");
  CHECK(problem(R"({"date":"2026-02-03","prices":[],"more":1})").starts_with("$"));
  CHECK(problem("nonsense").starts_with("this is not JSON"));
  CHECK(PriceTable::from_json(std::string(2 << 20, ' ')).error().code() == errc::too_large);
}

TEST_SUITE_END();
