#include <pentimento/run_settings.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using namespace pentimento;

TEST_SUITE("RunSettings") {
  TEST_CASE("the table has every setting once") {
    std::set<std::string_view> names;
    for_each_run_setting([&](const auto& setting) {
      CHECK(names.insert(setting.name).second);
      CHECK(!setting.help.empty());
    });
    CHECK(names == std::set<std::string_view>{"drafts", "seed", "on_satisfied", "on_error", "on_refusal",
                                              "critique_retries", "keep_init_image", "max_edit_depth"});
  }

  TEST_CASE("the table reads and sets") {
    RunSettings settings;
    for_each_run_setting([&](const auto& setting) { (settings.*setting.set)(setting.most); });
    CHECK(settings.drafts() == 64);
    CHECK(settings.seed() == ~std::uint64_t{0});
    CHECK(settings.on_satisfied() == OnSatisfied::keep);
    CHECK(settings.on_error() == OnError::stop);
    CHECK(settings.on_refusal() == OnRefusal::rephrase);
    CHECK(settings.critique_retries() == 10);
    CHECK(settings.keep_init_image() == KeepInitImage::optional);
    CHECK(settings.max_edit_depth() == 1000);
    for_each_run_setting([&](const auto& setting) { CHECK((settings.*setting.get)() == setting.most); });
  }

  TEST_CASE("defaults are valid") {
    CHECK(validate(RunSettings{}).has_value());
    CHECK(RunSettings{}.drafts() == 1);
    CHECK(RunSettings{}.seed() == 0);
    CHECK(RunSettings{}.on_satisfied() == OnSatisfied::cancel);
    CHECK(RunSettings{}.on_error() == OnError::go_on);
    CHECK(RunSettings{}.on_refusal() == OnRefusal::stop);
    CHECK(RunSettings{}.critique_retries() == 2);
    CHECK(RunSettings{}.keep_init_image() == KeepInitImage::always);
    CHECK(RunSettings{}.max_edit_depth() == 3);
  }

  TEST_CASE("rejects what is out of range") {
    const auto rejects = [](const RunSettings& settings, std::string_view name) {
      const Result<void> valid = validate(settings);
      REQUIRE(!valid.has_value());
      CHECK(valid.error().code() == errc::invalid_argument);
      CHECK(valid.error().message().starts_with(name));
    };
    rejects(RunSettings{}.drafts(0), "drafts 0");
    rejects(RunSettings{}.drafts(65), "drafts 65");
    rejects(RunSettings{}.drafts(-1), "drafts -1");
    rejects(RunSettings{}.max_edit_depth(-1), "max_edit_depth");
    rejects(RunSettings{}.critique_retries(11), "critique_retries");
    rejects(RunSettings{}.on_error(static_cast<OnError>(2)), "on_error");
    CHECK(validate(RunSettings{}.drafts(64).max_edit_depth(0).seed(~std::uint64_t{0})).has_value());
  }
}
