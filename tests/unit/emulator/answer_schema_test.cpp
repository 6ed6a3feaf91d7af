#include "emulator/dialects/answer_schema.hpp"

#include <pentimento/json.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pentimento::answer_schema_test {
namespace {

using emulator::SchemaRules;

std::string error(std::string_view schema, SchemaRules rules = SchemaRules::openai) {
  return emulator::schema_error(parse_json(schema).value(), rules).value_or("(none)");
}

std::string error_in(std::string_view property) {
  return error(R"({"type": "object", "required": ["a"], "additionalProperties": false, "properties": {"a": )" +
               std::string{property} + "}}");
}

}  // namespace

TEST_SUITE("Answer schema") {
  TEST_CASE("accepts the common keywords") {
    CHECK(error(R"({"type": "object", "properties": {}, "required": [], "additionalProperties": false})") == "(none)");
    CHECK(error_in(R"({"type": "array", "items": {"anyOf": [{"type": "string"}, {"enum": [1]}]}})") == "(none)");
  }

  TEST_CASE("rejects what providers reject") {
    CHECK(error("[]").find("must be an object") != std::string::npos);
    CHECK(error(R"({"type": "array", "items": {"type": "string"}})").find("root") != std::string::npos);
    CHECK(error(R"({"type": "object", "properties": {}})").find("additionalProperties") != std::string::npos);
    CHECK(error_in(R"({"type": "string", "minLength": 1})") == "In context=(/a), 'minLength' is not permitted.");
    CHECK(error_in(R"({"type": "integer", "minimum": 1})").find("'minimum'") != std::string::npos);
    CHECK(error_in(R"({"type": "text"})").find("'type' is not supported") != std::string::npos);
    CHECK(error_in(R"({"type": "array"})").find("missing items") != std::string::npos);
    CHECK(error_in(R"({"description": "x"})").find("'type' key") != std::string::npos);
  }

  TEST_CASE("only OpenAI requires every property") {
    const std::string_view optional =
        R"({"type": "object", "additionalProperties": false, "properties": {"b": {"type": "string"}}})";
    CHECK(error(optional).find("Missing 'b'") != std::string::npos);
    CHECK(error(optional, SchemaRules::anthropic) == "(none)");
  }
}

}  // namespace pentimento::answer_schema_test
