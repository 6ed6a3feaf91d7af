#include <pentimento/checklist.hpp>

#include <doctest/doctest.h>

using namespace pentimento;

namespace {
Requirement planned(std::string id, std::string owner) {
  Requirement requirement{std::move(id), "planned", Importance::should};
  return requirement.owner(std::move(owner)).weight(3).depends_on({"there"});
}
}  // namespace

TEST_CASE("the user's requirements come first, then what is planned") {
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

TEST_CASE("a planned requirement claims the user's: words and importance stay") {
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

TEST_CASE("the first critic to claim a requirement owns it, and ids stay unique") {
  Brief brief{"mugs"};
  brief.must("mine");
  const Checklist checklist{
      brief.requirements(),
      {planned("user-1", "first"), planned("user-1", "second"), planned("a", "first"), planned("a", "second")}};
  REQUIRE(checklist.size() == 2);
  CHECK(checklist.requirements()[0].owner() == "first");
  CHECK(checklist.requirements()[1].owner() == "first");
}

TEST_CASE("a weight that the user gave stays; 1 is none") {
  Brief brief{"mugs"};
  brief.add(Requirement{"mine", "mine"}.weight(5));
  CHECK(Checklist{brief.requirements(), {planned("mine", "critic")}}.requirements().front().weight() == 5);
}

TEST_CASE("dependencies must be there and lead to an end") {
  const auto fault = [](std::vector<Requirement> requirements) { return Checklist{std::move(requirements)}.fault(); };
  const auto item = [](const char* id, std::vector<std::string> parents) {
    return Requirement{id, id}.depends_on(std::move(parents));
  };
  CHECK(!fault({}));
  CHECK(!fault({item("c", {"a", "b"}), item("b", {"a"}), item("a", {})}));
  CHECK(fault({item("a", {"x"})}) == "\"a\" depends on \"x\", which is not in the checklist");
  CHECK(fault({item("a", {"a"})}) == "\"a\" depends in the end on itself");
  CHECK(fault({item("c", {"a"}), item("a", {"b"}), item("b", {"a"})}) == "\"c\" depends in the end on itself");
}
