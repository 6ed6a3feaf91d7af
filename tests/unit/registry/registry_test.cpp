#include "support/temporary_folder.hpp"
#include <pentimento/json.hpp>
#include <pentimento/registry.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

using namespace pentimento;

namespace {

/// A registry whose keys are those of a folder of its own.
class Keyed {
 public:
  Keyed() {
    for (const char* name : {"STABILITY_API_KEY", "OPENAI_API_KEY", "MY_KEY", "STABILITY_BASE_URL", "OPENAI_BASE_URL"})
      ::unsetenv(name);
    RegistryOptions options;
    options.keys = places();
    registry = Registry{std::move(options)};
  }

  KeyPlaces places() const {
    KeyPlaces places;
    places.key_file = folder / "keys";
    places.dotenv.clear();
    return places;
  }
  void store(const std::string& name) const {
    REQUIRE(Keys{places()}.store(name, Secret{"sk-0123456789abcdef"}).has_value());
  }

  test::TemporaryFolder folder;
  Registry registry;
};

class Nothing final : public Generator {
  Capabilities do_capabilities() const override { return Capabilities{"nothing"}; }
  boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest) override {
    co_return Error{errc::refused, "it makes nothing"};
  }
};

template <class T>
std::string refusal(const Result<T>& made, errc code) {
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code() == code);
  return made.error().message();
}

}  // namespace

TEST_SUITE_BEGIN("Registry");

TEST_CASE("by name, model or object") {
  Keyed keyed;
  keyed.store("STABILITY_API_KEY");
  const Registry& registry = keyed.registry;
  const auto name_of = [](const Result<std::shared_ptr<Generator>>& made) {
    REQUIRE_MESSAGE(made.has_value(), made.error().message());
    return (*made)->capabilities().name();
  };
  CHECK(name_of(registry.make_generator("stability")) == "stability/sd3.5-large");
  CHECK(name_of(registry.make_generator("stability:sd3.5-medium")) == "stability/sd3.5-medium");
  CHECK(name_of(registry.make_generator(R"( {"name": "stability", "model": "core"})")) == "stability/core");
  CHECK(name_of(registry.make_generator(parse_json(R"({"name": "stability", "model": "ultra"})").value())) ==
        "stability/ultra");
  CHECK(registry.make_reviser("checklist").value()->name() == "checklist");
}

TEST_CASE("what cannot be made is told in a sentence") {
  Keyed keyed;
  const Registry& registry = keyed.registry;
  CHECK(refusal(registry.make_generator("stabilty"), errc::invalid_argument) ==
        R"(there is no generator "stabilty"; did you mean "stability"?)");
  CHECK(
      refusal(registry.make_critic(R"({"model": "x"})"), errc::invalid_argument).starts_with("the critic is invalid"));
  CHECK(!refusal(registry.make_generator("{"), errc::parse_failed).empty());
  CHECK(refusal(registry.make_generator(R"({"name": "azure", "model": "x"})"), errc::invalid_argument)
            .find(R"("base_url")") != std::string::npos);
}

TEST_CASE("a missing key") {
  Keyed keyed;
  const Registry& registry = keyed.registry;
  const std::string missing = refusal(registry.make_generator("stability"), errc::unauthorized);
  CHECK(missing.find("STABILITY_API_KEY") != std::string::npos);
  CHECK(missing.find("pentimento keys set STABILITY_API_KEY") != std::string::npos);
  CHECK(registry.make_generator(R"({"name": "stability", "base_url": "http://127.0.0.1:8080"})").has_value());
  for (const BackendEntry& entry : registry.critics()) {
    if (!entry.key().empty()) continue;
    const auto local = registry.make_critic(R"({"base_url": "http://127.0.0.1:8080/v1", "model": "m", "name": ")" +
                                            entry.name() + "\"}");
    CHECK_MESSAGE(local.has_value(), local.error().message());
  }
}

TEST_CASE("a key of another name may be told, and never a key itself") {
  Keyed keyed;
  keyed.store("MY_KEY");
  CHECK(keyed.registry.make_generator(R"({"name": "stability", "key": "MY_KEY"})").has_value());
  const std::string secret = "sk-0123456789abcdef";
  const std::string wrong = refusal(
      keyed.registry.make_generator(R"({"name": "stability", "api_key": ")" + secret + "\"}"), errc::invalid_argument);
  CHECK(wrong.find("api_key") != std::string::npos);
  CHECK(wrong.find(secret) == std::string::npos);
}

TEST_CASE("a backend of your own") {
  Keyed keyed;
  for (const char* name : {"nothing", "stability"}) {
    keyed.registry.add_generator(BackendEntry{name, "makes nothing"},
                                 [](BackendSettings& settings, const Registry::Services&) {
                                   settings.text("colour");
                                   return Result<std::shared_ptr<Generator>>{std::make_shared<Nothing>()};
                                 });
    const auto made = keyed.registry.make_generator("{\"name\": \"" + std::string{name} + "\", \"colour\": \"red\"}");
    REQUIRE(made.has_value());
    CHECK((*made)->capabilities().name() == "nothing");
  }
  const auto entries = keyed.registry.generators();
  CHECK(std::ranges::count(entries, "stability", &BackendEntry::name) == 1);
  CHECK(refusal(keyed.registry.make_generator("nothing:model"), errc::invalid_argument) ==
        R"(nothing: there is no setting "model"; the only one is colour)");
}

TEST_CASE("a whole environment can be turned to another server") {
  Keyed keyed;
  ::setenv("STABILITY_BASE_URL", " http://127.0.0.1:9\n", 1);
  const Registry turned;
  ::setenv("STABILITY_BASE_URL", "my server", 1);
  CHECK(refusal(turned.make_generator("stability"), errc::invalid_argument).find("STABILITY_BASE_URL") !=
        std::string::npos);
  ::unsetenv("STABILITY_BASE_URL");
  const auto entries = turned.generators();
  const auto stability = std::ranges::find(entries, "stability", &BackendEntry::name);
  REQUIRE(stability != entries.end());
  CHECK(stability->base_url() == "http://127.0.0.1:9");
  CHECK(stability->key() == "STABILITY_API_KEY");
}

TEST_SUITE_END();
