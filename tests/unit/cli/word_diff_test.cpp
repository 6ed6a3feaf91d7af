#include "word_diff.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using pentimento::cli::word_diff;
using pentimento::cli::WordChange;
using Kind = WordChange::Kind;

namespace {

std::string side(const std::vector<WordChange>& changes, Kind left_out) {
  std::string text;
  for (const WordChange& change : changes) {
    if (change.kind != left_out) text += change.text;
  }
  return text;
}

}  // namespace

TEST_CASE("the same text has no changes") {
  CHECK(word_diff("three red mugs", "three red mugs") == std::vector<WordChange>{{Kind::same, "three red mugs"}});
  CHECK(word_diff("", "").empty());
}

TEST_CASE("words that were added and removed are found") {
  CHECK(word_diff("two red mugs", "two bright red mugs") ==
        std::vector<WordChange>{{Kind::same, "two "}, {Kind::added, "bright "}, {Kind::same, "red mugs"}});
  CHECK(word_diff("two red mugs", "three red mugs") ==
        std::vector<WordChange>{{Kind::removed, "two "}, {Kind::added, "three "}, {Kind::same, "red mugs"}});
  CHECK(word_diff("", "a mug") == std::vector<WordChange>{{Kind::added, "a mug"}});
  CHECK(word_diff("a mug", "") == std::vector<WordChange>{{Kind::removed, "a mug"}});
}

TEST_CASE("punctuation at the ends of a word counts for itself") {
  CHECK(word_diff("mugs, bright", "mugs, bright. Important: white") ==
        std::vector<WordChange>{{Kind::same, "mugs, bright"}, {Kind::added, ". Important: white"}});
  CHECK(word_diff("a 4:3 mug", "a 16:9 mug") ==
        std::vector<WordChange>{
            {Kind::same, "a "}, {Kind::removed, "4:3 "}, {Kind::added, "16:9 "}, {Kind::same, "mug"}});
}

TEST_CASE("a longest common subsequence is found, not just common ends") {
  const auto changes = word_diff("a b c d e f g", "x b c y e f z");
  std::string same;
  for (const WordChange& change : changes) {
    if (change.kind == Kind::same) same += change.text;
  }
  CHECK(same == "b c e f ");
}

TEST_CASE("the parts make up both texts") {
  const std::string before = "one (two) three, four; five \"six\"";
  const std::string after = "zero one two: three four five six seven.";
  CHECK(side(word_diff(before, after), Kind::removed) == after);
}

TEST_CASE("very long texts are compared without taking all memory") {
  std::string before = "same ";
  std::string after = "same ";
  for (int i = 0; i < 20'000; ++i) {
    before += "a" + std::to_string(i) + ' ';
    after += "b" + std::to_string(i) + ' ';
  }
  const auto changes = word_diff(before, after);
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].text == "same ");
}
