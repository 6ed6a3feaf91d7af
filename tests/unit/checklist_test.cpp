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
  const Checklist checklist{brief, {planned("a", "critic"), planned("b", "critic")}};
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
  const Checklist checklist{brief, {planned("user-1", "critic")}};
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
      brief, {planned("user-1", "first"), planned("user-1", "second"), planned("a", "first"), planned("a", "second")}};
  REQUIRE(checklist.size() == 2);
  CHECK(checklist.requirements()[0].owner() == "first");
  CHECK(checklist.requirements()[1].owner() == "first");
}
