#include <pentimento/json.hpp>
#include <pentimento/registry/backend_settings.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

using namespace pentimento;

namespace {

boost::json::object object(std::string_view text) { return parse_json(text).value().as_object(); }

/// What is said of these settings once `read` has read them; empty if nothing is.
std::string complaint(std::string_view text, const std::function<void(BackendSettings&)>& read) {
  BackendSettings settings{"painter", object(text)};
  read(settings);
  const Result<void> finished = settings.finish();
  if (finished) return {};
  CHECK(finished.error().code() == errc::invalid_argument);
  return finished.error().message();
}

}  // namespace

TEST_SUITE("BackendSettings") {
  TEST_CASE("reads member by member") {
    BackendSettings settings{
        "painter",
        object(
            R"({"name":"painter","model":"m","style":"oil","fast":true,"steps":20,"scale":1.5,"timeout_seconds":0.25,"options":{"a":"b"}})")};
    CHECK(settings.text("model") == "m");
    CHECK(settings.choice("style", {"oil", "ink"}) == "oil");
    CHECK(settings.flag("fast") == true);
    CHECK(settings.whole("steps", 1, 50) == 20);
    CHECK(settings.number("scale", 1, 10) == 1.5);
    CHECK(settings.seconds("timeout_seconds") == std::chrono::milliseconds{250});
    REQUIRE(settings.texts("options").size() == 1);
    CHECK(settings.texts("options")[0].second == "b");
    CHECK(!settings.text("other"));
    CHECK(!settings.whole("others", 0, 1));
    CHECK(settings.texts("none").empty());
    CHECK(settings.finish().has_value());
  }

  TEST_CASE("says what a setting takes") {
    const auto text = [](BackendSettings& settings) { settings.text("model"); };
    CHECK(complaint(R"({"model":3})", text) == R"(painter: the setting "model" takes a string, not 3)");
    CHECK(complaint(R"({"model":""})", text) ==
          R"(painter: the setting "model" takes a text that is not empty, not "")");
    const auto choice = [](BackendSettings& settings) { settings.choice("style", {"oil", "ink"}); };
    CHECK(complaint(R"({"style":"wax"})", choice) ==
          R"(painter: the setting "style" takes one of oil, ink, not "wax")");
    const auto whole = [](BackendSettings& settings) { settings.whole("steps", 1, 50); };
    for (const char* wrong :
         {R"({"steps":0})", R"({"steps":51})", R"({"steps":1.5})", R"({"steps":"9"})", R"({"steps":null})"})
      CHECK(complaint(wrong, whole)
                .starts_with(R"(painter: the setting "steps" takes a whole number from 1 to 50, not )"));
    const auto flag = [](BackendSettings& settings) { settings.flag("fast"); };
    CHECK(complaint(R"({"fast":1})", flag) == R"(painter: the setting "fast" takes true or false, not 1)");
    const auto texts = [](BackendSettings& settings) { settings.texts("options"); };
    CHECK(complaint(R"({"options":{"a":1}})", texts) == R"(painter: the setting "options.a" takes a string, not 1)");
    const auto number = [](BackendSettings& settings) { settings.number("scale", 1, 10); };
    CHECK(complaint(R"({"scale":11})", number).starts_with(R"(painter: the setting "scale" takes a number from )"));
  }

  TEST_CASE("rejects unknown settings") {
    const auto read = [](BackendSettings& settings) {
      settings.text("model");
      settings.flag("fast");
    };
    CHECK(complaint(R"({"modle":"m"})", read) == R"(painter: there is no setting "modle"; did you mean "model"?)");
    CHECK(complaint(R"({"zzzzzz":1})", read) == R"(painter: there is no setting "zzzzzz"; there are model, fast)");
  }

  TEST_CASE("reports invalid, then unknown settings first") {
    const auto read = [](BackendSettings& settings) {
      settings.text("model");
      settings.fail(Error{errc::invalid_argument, "there is no model"});
    };
    CHECK(complaint(R"({"model":3,"modle":"m"})", read) == R"(painter: the setting "model" takes a string, not 3)");
    CHECK(complaint(R"({"modle":"m"})", read) == R"(painter: there is no setting "modle"; did you mean "model"?)");
    CHECK(complaint(R"({"model":"m"})", read) == "there is no model");
  }
}
