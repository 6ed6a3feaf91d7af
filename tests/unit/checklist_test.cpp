#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>

#include <doctest/doctest.h>

using namespace pentimento;

namespace {
Requirement planned(std::string id, std::string owner) {
  Requirement requirement{std::move(id), "planned", Importance::should};
  return requirement.owner(std::move(owner)).weight(3).depends_on({"there"});
}
}  // namespace

TEST_SUITE("Checklist") {
  TEST_CASE("puts the user's requirements first") {
    Brief brief{"mugs"};
    brief.must("mine");
    const Checklist checklist{brief.requirements(), {planned("a", "critic"), planned("b", "critic")}};
    REQUIRE(checklist.size() == 3);
    CHECK(checklist.requirements()[0].id() == "user-1");
    CHECK(checklist.requirements()[1].id() == "a");
    CHECK(checklist.requirements()[2].id() == "b");
    CHECK(checklist.find("b") == &checklist.requirements()[2]);
    CHECK(checklist.find("c") == nullptr);
    CHECK(Checklist{}.empty());
  }

  TEST_CASE("a planned requirement claims the user's") {
    Brief brief{"mugs"};
    brief.must("mine");
    const Checklist checklist{brief.requirements(), {planned("user-1", "critic")}};
    REQUIRE(checklist.size() == 1);
    const Requirement& claimed = checklist.requirements().front();
    CHECK(claimed.text() == "mine");
    CHECK(claimed.is_must());
    CHECK(claimed.owner() == "critic");
    CHECK(claimed.weight() == 3);
    CHECK(claimed.depends_on() == std::vector<std::string>{"there"});
  }

  TEST_CASE("the first claim wins") {
    Brief brief{"mugs"};
    brief.must("mine");
    const Checklist checklist{
        brief.requirements(),
        {planned("user-1", "first"), planned("user-1", "second"), planned("a", "first"), planned("a", "second")}};
    REQUIRE(checklist.size() == 2);
    CHECK(checklist.requirements()[0].owner() == "first");
    CHECK(checklist.requirements()[1].owner() == "first");
  }

  TEST_CASE("keeps the user's weight") {
    Brief brief{"mugs"};
    brief.add(Requirement{"mine", "mine"}.weight(5));
    CHECK(Checklist{brief.requirements(), {planned("mine", "critic")}}.requirements().front().weight() == 5);
  }

  TEST_CASE("validates dependencies") {
    const auto error_of = [](std::vector<Requirement> requirements) {
      const Result<void> valid = Checklist{std::move(requirements)}.validate();
      if (!valid) CHECK(valid.error().code() == errc::invalid_argument);
      return valid ? std::string{} : valid.error().message();
    };
    const auto item = [](const char* id, std::vector<std::string> parents) {
      return Requirement{id, id}.depends_on(std::move(parents));
    };
    CHECK(error_of({}).empty());
    CHECK(error_of({item("c", {"a", "b"}), item("b", {"a"}), item("a", {})}).empty());
    CHECK(error_of({item("a", {"x"})}).find("\"a\" depends on \"x\"") != std::string::npos);
    CHECK(error_of({item("a", {"a"})}).find("\"a\" depends on itself") != std::string::npos);
    CHECK(error_of({item("c", {"a"}), item("a", {"b"}), item("b", {"a"})}).find("depends on itself") !=
          std::string::npos);
  }
}
