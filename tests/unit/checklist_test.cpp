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

  TEST_CASE("a claim keeps the user's dependencies") {
    Brief brief{"mugs"};
    brief.add(Requirement{"mine", "mine"}.depends_on({"here", "there"}));
    const auto claimed_by = [&](std::vector<std::string> parents) {
      Requirement claim{"mine", "planned"};
      claim.owner("critic").depends_on(std::move(parents));
      return Checklist{brief.requirements(), {claim}}.requirements().front().depends_on();
    };
    CHECK(claimed_by({}) == std::vector<std::string>{"here", "there"});
    CHECK(claimed_by({"there", "elsewhere"}) == std::vector<std::string>{"here", "there", "elsewhere"});
  }

  TEST_CASE("has a judge if a critic owns an item") {
    CHECK(!Checklist{}.has_judge());
    CHECK(!Checklist{{Requirement{"a", "a"}}}.has_judge());
    CHECK(Checklist{{Requirement{"a", "a"}, planned("b", "critic")}}.has_judge());
  }

  TEST_CASE("a plan's unjudged parts, and what nobody claims") {
    Brief brief{"mugs"};
    brief.must("claimed").should("not claimed");
    Plan plan{{planned("user-1", "critic"), planned("a", "critic")}};
    plan.unjudged({"floral pattern"});
    const Checklist checklist = Checklist::of(brief.requirements(), plan);
    CHECK(checklist.size() == 3);
    CHECK(checklist.unjudged() == std::vector<std::string>{"floral pattern", "not claimed"});
    CHECK(Checklist::of({}, Plan{}) == Checklist{});
  }

  TEST_CASE("unjudged parts belong to it") {
    Checklist checklist;
    CHECK(checklist.unjudged().empty());
    checklist.unjudged({"floral pattern"});
    CHECK(checklist.unjudged() == std::vector<std::string>{"floral pattern"});
    CHECK(checklist != Checklist{});
    CHECK(checklist.empty());
  }

  TEST_CASE("lists texts in a readable length") {
    CHECK(detail::listed({"a", "b"}) == "a, b");
    CHECK(detail::listed({"a", "b", "c", "d", "e", "f", "g"}) == "a, b, c, d, e and 2 more");
    const std::string long_one = detail::listed({std::string(39, 'x') + "é" + std::string(60, 'y')});
    CHECK(long_one.size() == 83);
    CHECK(long_one.ends_with("y..."));
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
