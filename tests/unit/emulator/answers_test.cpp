#include "rig.hpp"
#include "support/images.hpp"
#include "support/wait_for.hpp"
#include <pentimento/emulator/answers.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

namespace pentimento::answers_test {
namespace {

using emulator::ModelQuestion;

// The schemas of the vision critic, with the keys that the adapter knows.
constexpr std::string_view plan_schema = R"({"type": "object", "properties": {"items": {"type": "array"}}})";
constexpr std::string_view critique_schema =
    R"({"type": "object", "properties": {"sees_image": {"enum": ["yes", "no"]}, "answers": {"type": "array"}}})";
constexpr std::string_view comparison_schema = R"({"type": "object", "properties": {"better": {"type": "string"}}})";
constexpr std::string_view rephrasing_schema =
    R"({"type": "object", "properties": {"left_out": {"type": "string"}, "prompt": {"type": "string"}}})";

constexpr std::string_view data =
    R"({"items":[{"id":"q1","text":"the mugs are red"},{"id":"q2","text":"a white table"}],"wish":"three red mugs","avoid":["text"]})";

ModelQuestion question(std::string_view text, std::string_view schema, int images = 0) {
  ModelQuestion asked;
  asked.text = text;
  if (!schema.empty()) asked.schema = parse_json(schema).value();
  for (int i = 0; i < images; ++i) asked.images.push_back(test::picture(static_cast<std::uint32_t>(i)));
  return asked;
}

std::string ask(const std::shared_ptr<test::EvenCritic>& critic, ModelQuestion asked) {
  const Result<boost::json::value> answer = test::wait_for(emulator::answers_of(critic)(std::move(asked)));
  return answer ? to_text(*answer) : answer.error().message();
}

std::string in_words(std::string_view line) { return "Whatever\n" + std::string{line} + "\n{not JSON\nwhatever\n"; }

std::string least(std::string_view schema) { return to_text(emulator::least_value(parse_json(schema).value())); }

}  // namespace

TEST_SUITE("Emulated answers") {
  TEST_CASE("a plan comes from the critic") {
    const auto critic = std::make_shared<test::EvenCritic>();
    CHECK(ask(critic, question(in_words(R"({"wish":"three red mugs","avoid":["text"]})"), plan_schema)) ==
          R"({"items":[{"id":"count","text":"exactly three mugs","importance":"must","depends_on":[]},)"
          R"({"id":"main_colour","text":"the mugs are red","importance":"should","depends_on":["count"]}]})");
    CHECK(critic->planned().at(0).goal() == "three red mugs");
    CHECK(critic->planned().at(0).avoid() == std::vector<std::string>{"text"});
  }

  TEST_CASE("a critique answers each item") {
    const auto critic = std::make_shared<test::EvenCritic>();
    const auto answer = parse_json(ask(critic, question(in_words(data), critique_schema, 1))).value();
    CHECK(to_text(answer.at("answers")) == R"([{"id":"q1","evidence":"seen","answer":"yes"},)"
                                           R"({"id":"q2","evidence":"seen","answer":"no"}])");
    CHECK(answer.at("sees_image") == "yes");
    CHECK(answer.at("worst_problem") == "a white table: seen, wanted wished");
    CHECK(answer.at("suggested_prompt") == "another prompt");
    CHECK(critic->judged().at(0).image() == test::picture(0));
    CHECK(critic->judged().at(0).brief().goal() == "three red mugs");
  }

  TEST_CASE("a comparison counts what passes") {
    const auto critic = std::make_shared<test::EvenCritic>();
    CHECK(ask(critic, question(in_words(data), comparison_schema, 2)).find(R"("better":"tie")") != std::string::npos);
    CHECK(critic->judged().size() == 2);
  }

  TEST_CASE("a rephrased prompt lacks the forbidden word") {
    const auto critic = std::make_shared<test::EvenCritic>();
    const auto rephrased = [&](std::string_view line) { return ask(critic, question(line, rephrasing_schema)); };
    CHECK(rephrased(R"({"wish":"x","declined":"a Forbidden mug"})") == R"({"left_out":"Forbidden","prompt":"a mug"})");
    CHECK(rephrased(R"({"wish":"x","declined":"a mug"})") == R"({"left_out":"nothing","prompt":"an image of a mug"})");
  }

  TEST_CASE("the schema may be in the text") {
    const auto critic = std::make_shared<test::EvenCritic>();
    const std::string text = std::string{data} + "\nBy this JSON Schema:\n" + std::string{critique_schema} + '\n';
    CHECK(ask(critic, question(text, "", 1)).find(R"("id":"q2")") != std::string::npos);
  }

  TEST_CASE("other questions") {
    const auto critic = std::make_shared<test::EvenCritic>();
    CHECK(ask(critic, question("How can it be improved?", "")) == R"("exactly three mugs, the mugs are red")");
    CHECK(ask(critic, question("hello", R"({"type":"object","properties":{"ok":{"type":"boolean"}}})")) ==
          R"({"ok":false})");
    CHECK(ask(critic, question("no image", critique_schema)) == R"({"sees_image":"yes","answers":[]})");
    CHECK(ask(critic, question("odd", R"({"type":"string","properties":{"items":{}}})")) == R"("")");
  }

  TEST_CASE("least value") {
    CHECK(least(R"({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "boolean"},
                  "c": {"enum": ["x", "y"]}, "d": {"type": "array", "items": {"type": "integer"}},
                  "e": {"type": ["null", "string"]}, "f": {"anyOf": [{"const": 7}, {"type": "string"}]},
                  "g": {"type": "object", "properties": {}}, "h": {"type": "number"}}})") ==
          R"({"a":"","b":false,"c":"x","d":[],"e":null,"f":7,"g":{},"h":0})");
  }
}

}  // namespace pentimento::answers_test
