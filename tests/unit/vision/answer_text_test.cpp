#include "vision/answer_text.hpp"

#include <pentimento/json.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <string>

using namespace pentimento;
namespace json = boost::json;

namespace {

constexpr std::size_t max_answer_text = std::size_t{256} << 10;

Reply saying(std::string text) { return Reply{}.text(std::move(text)); }

std::string problem_of(const Reply& reply) {
  const Result<json::value> answer = find_answer(reply);
  return answer ? "none, but " + to_text(*answer) : answer.error().message();
}

/// The answer in a text, as text.
std::string answer_in(std::string text) {
  const Result<json::value> answer = find_answer(saying(std::move(text)));
  return answer ? to_text(*answer) : "error: " + answer.error().message();
}

}  // namespace

TEST_SUITE("Answer text") {
  TEST_CASE("finds an object among words") {
    CHECK(answer_in(R"({"a":1})") == R"({"a":1})");
    CHECK(answer_in("\n  {\"a\":1}\n ") == R"({"a":1})");
    CHECK(answer_in("```json\n{\"a\":1}\n```") == R"({"a":1})");
    CHECK(answer_in("Here it is:\n{\"a\":{\"b\":\"}\"}} I hope it helps.") == R"({"a":{"b":"}"}})");
    CHECK(answer_in(R"({"a":"a brace \" } in a text"})") == R"({"a":"a brace \" } in a text"})");
  }

  TEST_CASE("skips thoughts") {
    CHECK(answer_in("<think>maybe {\"a\":2}</think>{\"a\":1}") == R"({"a":1})");
    CHECK(answer_in("<THINK>\n{\"a\":2}\n</Think>\n\n{\"a\":1}") == R"({"a":1})");
    CHECK(answer_in("maybe {\"a\":2}</think>{\"a\":1}") == R"({"a":1})");
    CHECK(answer_in("<thinking>{</thinking>{\"a\":1}<think>}{") == R"({"a":1})");
    CHECK(answer_in("<think>{\"a\":2}") == "error: it is empty");
    // Within an answer the words are words.
    CHECK(answer_in(R"({"a":"<think>","b":"</think>"})") == R"({"a":"<think>","b":"</think>"})");
  }

  TEST_CASE("searches thoughts if there is no text") {
    CHECK(to_text(find_answer(Reply{}.think(R"(Well. {"a":1})")).value()) == R"({"a":1})");
    CHECK(to_text(find_answer(Reply{}.text(" \n").think("").think(R"({"a":1})")).value()) == R"({"a":1})");
    CHECK(problem_of(Reply{}.text("I cannot say.").think(R"({"a":1})")) == "there is no JSON object in it");
  }

  TEST_CASE("needs a single object") {
    CHECK(answer_in("") == "error: it is empty");
    CHECK(answer_in(" \n\t ") == "error: it is empty");
    CHECK(answer_in("yes") == "error: there is no JSON object in it");
    CHECK(answer_in("[1,2]") == "error: there is no JSON object in it");
    CHECK(answer_in("{\"a\":1} {\"a\":1}") == "error: there is more than one JSON object in it");
    // An image may show an answer, which the model copies; its own answer is truncated.
    CHECK(answer_in("The sign says {\"a\":1}. My answer: {\"a\":2, \"b\":") ==
          "error: there is more than one JSON object in it");
    CHECK(answer_in("{\"a\":1").starts_with("error: it is not valid JSON ("));
    CHECK(answer_in("{\"a\":1,\"a\":2}").starts_with("error: it is not valid JSON ("));
    CHECK(answer_in("{'a':1}").starts_with("error: it is not valid JSON ("));
    CHECK(answer_in(std::string(200'000, '{')).starts_with("error: it is not valid JSON ("));
  }

  // Quadratic time would take this beyond the time limit of a test.
  TEST_CASE("takes linear time") {
    for (const char* part : {"{", "}", "{}", "<think>", "</think>", "<think></think>", "<", "\"", "{\"", "\\"}) {
      std::string text;
      while (text.size() < max_answer_text - 10) text += part;
      answer_in(text);
      static_cast<void>(find_prose(saying(text)));
    }
  }

  TEST_CASE("prose is the text without thoughts") {
    CHECK(find_prose(saying("<think>hm</think>\n\n**Better light.** Try this:\n\n\n\nthree red mugs\n")).value() ==
          "**Better light.** Try this:\n\nthree red mugs");
    CHECK(!find_prose(Reply{}.think("three mugs")).has_value());
    CHECK(!find_prose(saying(std::string(1 << 20, 'a'))).has_value());
  }

  TEST_CASE("rejects a text that is far too long") {
    CHECK(problem_of(saying(std::string(1 << 20, 'a'))) == "it is far too long");
  }
}
