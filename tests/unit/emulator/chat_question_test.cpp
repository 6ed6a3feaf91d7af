#include "emulator/dialects/chat_question.hpp"

#include "emulator/dialects/json_schema.hpp"
#include "vision/questions.hpp"
#include "support/images.hpp"
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace pentimento;
using emulator::Asked;
using emulator::ChatQuestion;

namespace {

namespace json = boost::json;

/// A question of our critic as the emulator gets to see it, with the form of the answer apart or in the words only.
ChatQuestion read_back(const Question& question, bool schema_apart = true) {
  std::string text;
  for (const Question::Part& part : question.parts()) {
    if (const auto* words = std::get_if<std::string>(&part)) text += *words + '\n';
  }
  json::value schema;
  if (schema_apart && !question.schema().empty()) schema = parse_json(question.schema()).value();
  return ChatQuestion::read(text, schema);
}

Brief brief() {
  Brief brief{"three red mugs\non a white table, bright"};
  brief.must("the mugs are red").should("exactly three mugs").avoid("people").avoid("text");
  return brief;
}

std::string fault(std::string_view schema) {
  return emulator::fault_of_strict_schema(parse_json(schema).value()).value_or("(none)");
}

std::string least(std::string_view schema) { return to_text(emulator::least_value(parse_json(schema).value())); }

}  // namespace

TEST_CASE("our critic's questions are understood, whether the form of the answer is apart or in the words") {
  for (const bool apart : {true, false}) {
    CAPTURE(apart);
    const ChatQuestion plan = read_back(plan_question(brief(), 7), apart);
    CHECK(plan.asked() == Asked::plan);
    CHECK(plan.room() == 7);
    CHECK(plan.brief().goal() == brief().goal());
    CHECK(plan.brief().avoid() == brief().avoid());
    REQUIRE(plan.brief().requirements().size() == 2);
    CHECK(plan.brief().requirements()[1].id() == "u2");
    CHECK(plan.brief().requirements()[1].text() == "exactly three mugs");

    const ChatQuestion critique =
        read_back(critique_question(brief(), brief().requirements(), test::picture(1)), apart);
    CHECK(critique.asked() == Asked::critique);
    CHECK(critique.brief().goal() == brief().goal());
    CHECK(critique.brief().avoid() == brief().avoid());
    REQUIRE(critique.brief().requirements().size() == 2);
    CHECK(critique.brief().requirements()[0].id() == "q1");
    CHECK(critique.brief().requirements()[0].text() == "the mugs are red");

    for (const bool captions : {true, false}) {
      const ChatQuestion comparison = read_back(
          comparison_question(brief(), brief().requirements(), test::picture(1), test::picture(2), captions),
          apart);
      CHECK(comparison.asked() == Asked::comparison);
      CHECK(comparison.brief().goal() == brief().goal());
      CHECK(comparison.brief().avoid() == brief().avoid());
      REQUIRE(comparison.brief().requirements().size() == 2);
      CHECK(comparison.brief().requirements()[1].text() == "exactly three mugs");
    }
  }
  const ChatQuestion other = read_back(rephrasing_question(brief(), "a forbidden mug\non a table", "no mugs"));
  CHECK(other.asked() == Asked::rephrasing);
  CHECK(other.declined() == "a forbidden mug\non a table");
  CHECK(other.brief().goal() == brief().goal());
  CHECK(to_text(rephrasing_answer(other)) == R"({"left_out":"forbidden","prompt":"a mug\non a table"})");
  const ChatQuestion bare = read_back(plan_question(Brief{"a cat"}, 20));
  CHECK(bare.asked() == Asked::plan);
  CHECK(bare.brief() == Brief{"a cat"});
  const ChatQuestion prose = read_back(free_text_question(brief(), test::picture(1)));
  CHECK(prose.asked() == Asked::suggestion);
  CHECK(prose.brief().goal() == brief().goal());
}

TEST_CASE("the forms of our critic are good under strict") {
  for (const Question& question :
       {plan_question(brief(), 7), critique_question(brief(), brief().requirements(), test::picture(1)),
        comparison_question(brief(), {}, test::picture(1), test::picture(2), true),
        rephrasing_question(brief(), "a mug", "")}) {
    CHECK(fault(question.schema()) == "(none)");
  }
}

TEST_CASE("other questions are others") {
  CHECK(ChatQuestion::read("What is this?", nullptr).asked() == Asked::something_else);
  CHECK(ChatQuestion::read("", parse_json(R"({"type": "object", "properties": {"ok": {"type": "boolean"}}})").value())
            .asked() == Asked::something_else);
  CHECK(ChatQuestion::read("The wish: ", parse_json(R"({"properties": {"items": {}}})").value()).asked() ==
        Asked::plan);
}

TEST_CASE("what a strict schema may be") {
  CHECK(fault(R"({"type": "object", "properties": {}, "required": [], "additionalProperties": false})") == "(none)");
  CHECK(fault(R"({"type": "object", "additionalProperties": false, "required": ["a", "b"], "properties": {
               "a": {"type": ["string", "null"], "pattern": "x", "description": "d"},
               "b": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/n"}}},
               "$defs": {"n": {"anyOf": [{"type": "number", "minimum": 0}, {"$ref": "#"}, {"enum": [1, 2]}]}}})") ==
        "(none)");
  CHECK(fault("[]") == "In context=(), schema must be a JSON Schema object.");
  CHECK(fault(R"({"type": "array", "items": {"type": "string"}})") ==
        "In context=(), schema must be of type 'object' at its root, and not 'anyOf'.");
  CHECK(fault(R"({"type": "object", "properties": {}, "required": []})") ==
        "In context=(), 'additionalProperties' is required to be supplied and to be false.");
  const auto property = [](std::string_view schema) {
    return fault(R"({"type": "object", "required": ["a"], "additionalProperties": false, "properties": {"a": )" +
                 std::string{schema} + "}}");
  };
  CHECK(fault(R"({"type": "object", "required": ["a"], "additionalProperties": false,
               "properties": {"a": {"type": "string"}, "b": {"type": "string"}}})") ==
        "In context=(), 'required' is required to be supplied and to be an array including every key in properties. "
        "Missing 'b'.");
  CHECK(fault(R"({"type": "object", "required": ["a"], "additionalProperties": false, "properties": {}})") ==
        "In context=(), 'required' has an extra key 'a'.");
  CHECK(property(R"({"type": "string", "minLength": 1})") ==
        "In context=('properties', 'a'), 'minLength' is not permitted.");
  CHECK(property(R"({"oneOf": [{"type": "string"}]})").find("'oneOf' is not permitted") != std::string::npos);
  CHECK(property(R"({"allOf": [{"type": "string"}]})").find("'allOf' is not permitted") != std::string::npos);
  CHECK(property(R"({"type": "string", "default": ""})").find("'default' is not permitted") != std::string::npos);
  CHECK(property(R"({"type": "text"})").find("'type' is not one of those") != std::string::npos);
  CHECK(property(R"({"type": "string", "format": "uri"})").find("'format' is not one of those") != std::string::npos);
  CHECK(property(R"({"type": "array"})").find("array schema missing items") != std::string::npos);
  CHECK(property(R"({"description": "x"})").find("schema must have a 'type' key") != std::string::npos);
  CHECK(property(R"({"$ref": "#/$defs/none"})").find("'$ref'") != std::string::npos);
  CHECK(property(R"({"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}})") ==
        "In context=('properties', 'a', 'items'), 'additionalProperties' is required to be supplied and to be false.");
  CHECK(property(R"({"anyOf": [{"type": "string"}, {"type": "object"}]})")
            .starts_with("In context=('properties', 'a', 'anyOf', '1')"));
  std::string values = "1";
  for (int i = 0; i < 1000; ++i) values += ",1";
  CHECK(property(R"({"enum": [)" + values + "]}").find("1000 values") != std::string::npos);
  std::string deep = R"({"type": "string"})";
  for (int i = 0; i < 10; ++i)
    deep = R"({"type": "object", "required": ["a"], "additionalProperties": false, "properties": {"a": )" + deep + "}}";
  CHECK(fault(deep) == "(none)");
  CHECK(property(deep).find("10 levels") != std::string::npos);
}

TEST_CASE("the least value of a schema") {
  CHECK(least(R"({"type": "object", "$defs": {"g": {"type": "object", "properties": {}}}, "properties": {
                "a": {"type": "string"}, "b": {"type": "boolean"}, "c": {"enum": ["x", "y"]},
                "d": {"type": "array", "minItems": 2, "items": {"type": "integer", "minimum": 3}},
                "e": {"type": ["null", "string"]}, "f": {"anyOf": [{"const": 7}, {"type": "string"}]},
                "g": {"$ref": "#/$defs/g"}, "h": {"type": "number"}}})") ==
        R"({"a":"","b":false,"c":"x","d":[3,3],"e":null,"f":7,"g":{},"h":0})");
  CHECK(least(R"({"type": "object", "properties": {"a": {"$ref": "#"}}})").size() < 1000);
}
