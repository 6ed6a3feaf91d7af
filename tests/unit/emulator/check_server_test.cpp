#include "rig.hpp"
#include "support/wait_for.hpp"
#include <pentimento/http/client.hpp>
#include <pentimento/providers/check_server.hpp>
#include <pentimento/registry.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento;
using test::Rig;

namespace {

constexpr std::string_view right_key = "the-right-key-of-a-test";

std::string origin_of(Rig& rig) { return "http://127.0.0.1:" + std::to_string(rig.emulator().port()); }

/// Asks with an address that ends in this path.
Result<std::string> check(Rig& rig, const Server& server, std::string_view path, std::string_view key = right_key) {
  http::ClientOptions once;
  once.retry.max_attempts = 1;
  const http::Client client{once};
  return test::wait_for(check_server(client, std::make_shared<const Server>(server),
                                     http::Url::parse(origin_of(rig) + std::string{path}).value(),
                                     Secret{std::string{key}}, std::chrono::seconds{10}));
}

emulator::EmulatorOptions with_key() {
  emulator::EmulatorOptions options;
  options.api_key = right_key;
  return options;
}

/// The servers of the registry, by their names.
Server server_of(std::string_view name) {
  const Registry registry;
  std::vector<BackendEntry> entries = registry.generators();
  std::ranges::copy(registry.critics(), std::back_inserter(entries));
  const auto found = std::ranges::find(entries, name, &BackendEntry::name);
  REQUIRE(found != entries.end());
  REQUIRE(found->server() != nullptr);
  return *found->server();
}

}  // namespace

TEST_SUITE("Server check") {
  TEST_CASE("right and wrong keys") {
    for (const auto& [name, path] : {std::pair{"openai", "/v1"}, std::pair{"anthropic", ""}, std::pair{"stability", ""},
                                     std::pair{"openrouter", "/api/v1"}, std::pair{"ollama", "/v1"}}) {
      CAPTURE(name);
      Rig rig{{}, with_key()};
      const Server server = server_of(name);
      const Result<std::string> right = check(rig, server, path);
      REQUIRE_MESSAGE(right.has_value(), right.error().message());
      CHECK(right->empty());
      for (const std::string_view key : {std::string_view{"the-wrong-key-of-a-test"}, std::string_view{}}) {
        const Result<std::string> wrong = check(rig, server, path, key);
        REQUIRE(!wrong.has_value());
        CHECK(to_string(wrong.error().code()) == "unauthorized");
        CHECK(wrong.error().charge() == Charge{});
      }
      for (const emulator::RequestLog& log : rig.logs(3)) CHECK(log.status != 404);
    }
  }

  TEST_CASE("wrong address") {
    Rig rig{{}, with_key()};
    const Result<std::string> missing = check(rig, server_of("openai"), "");
    REQUIRE(!missing.has_value());
    CHECK(to_string(missing.error().code()) == "not_found");
    CHECK(missing.error().message().find("\"/v1\" is missing") != std::string::npos);
    const Result<std::string> other = check(rig, server_of("stability"), "/v2beta");
    REQUIRE(!other.has_value());
    CHECK(to_string(other.error().code()) == "not_found");
    CHECK(other.error().message().find("https://api.stability.ai") != std::string::npos);
  }

  TEST_CASE("what else a server may say") {
    const auto said = [](const std::string& then) {
      Rig rig{test::request_rule(then)};
      return check(rig, server_of("openai"), "/v1");
    };
    CHECK(said(R"({"status":200,"json":[{"id":"m"}]})").value().empty());
    CHECK(said(R"({"error":{"status":429}})").value().find("429") != std::string::npos);
    CHECK(said(R"({"error":{"status":403,"message":"Missing scopes: api.model.read."}})").value().find("403") !=
          std::string::npos);
    const std::pair<const char*, const char*> failures[] = {
        {R"({"error":{"status":403,"message":"Your country is not supported."}})", "unauthorized"},
        {R"({"status":200,"body":"<html>"})", "unusable_reply"},
        {R"({"status":307,"headers":{"location":"https://elsewhere.example/"}})", "backend_failed"},
        {R"({"error":{"status":503}})", "backend_failed"},
        {R"({"error":{"status":400}})", "invalid_argument"},
        {R"({"no_reply":true})", "outcome_unknown"},
    };
    for (const auto& [then, code] : failures) {
      CAPTURE(then);
      const Result<std::string> failed = said(then);
      REQUIRE(!failed.has_value());
      CHECK(to_string(failed.error().code()) == code);
      CHECK(failed.error().charge() == Charge{});
    }
  }
}
