#include "emulator/server/multipart.hpp"

#include <pentimento/http/form_data.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::multipart_test {
namespace {

using emulator::FormPart;
using emulator::parse_form_data;

constexpr std::string_view type = "multipart/form-data; boundary=b0und";

Result<std::vector<FormPart>> parse(std::string_view body, std::string_view content_type = type) {
  return parse_form_data(content_type, body);
}

std::string error(std::string_view body, std::string_view content_type = type) {
  const auto parts = parse(body, content_type);
  return parts ? "(none)" : parts.error().message();
}

std::string part(std::string_view head, std::string_view content) {
  return "--b0und\r\n" + std::string{head} + "\r\n\r\n" + std::string{content} + "\r\n";
}

std::string field(std::string_view name, std::string_view content) {
  return part("Content-Disposition: form-data; name=\"" + std::string{name} + '"', content);
}

const std::string end = "--b0und--";

}  // namespace

TEST_SUITE("Multipart form") {
  TEST_CASE("fields and files") {
    const std::string body = field("prompt", "a red bicycle\r\nby a canal") +
                             part(
                                 "content-disposition:form-data;filename=\"in \\\"1\\\".png\" ; name=image\r\nX-Other: "
                                 "y\r\nContent-Type: image/png",
                                 std::string_view{"\x89PNG\r\n\x1A\n\0", 9}) +
                             field("seed", "") + end + "\r\n";
    const auto parts = parse(body);
    REQUIRE_MESSAGE(parts.has_value(), parts.error().message());
    REQUIRE(parts->size() == 3);
    CHECK((*parts)[0].name == "prompt");
    CHECK(!(*parts)[0].file_name);
    CHECK((*parts)[0].content == "a red bicycle\r\nby a canal");
    CHECK((*parts)[1].name == "image");
    CHECK((*parts)[1].file_name == "in \"1\".png");
    CHECK((*parts)[1].content_type == "image/png");
    CHECK((*parts)[1].content == std::string_view{"\x89PNG\r\n\x1A\n\0", 9});
    CHECK((*parts)[2].content.empty());
  }

  TEST_CASE("reads what the client of the library writes") {
    http::FormData form;
    form.add("a \"quoted\"\r\nname", "value").add("empty", "");
    const std::string content_type = form.content_type();
    const std::string body = form.take().to_string();
    const auto parts = parse_form_data(content_type, body);
    REQUIRE_MESSAGE(parts.has_value(), parts.error().message());
    REQUIRE(parts->size() == 2);
    CHECK((*parts)[0].name == "a \"quoted\"\r\nname");
    CHECK((*parts)[0].content == "value");
    CHECK((*parts)[1].content.empty());
  }

  TEST_CASE("content that looks like a boundary") {
    const std::string content = "\r\n--b0und1\r\n--b0un\r\n--\r\n-b0und\r\n--b0undx--\r\n\r\n--B0UND\r\n";
    const std::string body = field("a", content) + end;
    const auto parts = parse(body);
    REQUIRE_MESSAGE(parts.has_value(), parts.error().message());
    CHECK(parts->at(0).content == content);
  }

  TEST_CASE("quoted boundaries and empty forms") {
    CHECK(parse("--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b  \r\n"
                "Content-Disposition: form-data; name=y\r\n\r\n--a b--",
                "Multipart/Form-Data; charset=utf-8; boundary=\"a b\"")
              ->size() == 2);
    CHECK(parse("--b0und--")->empty());
  }

  TEST_CASE("rejects what is not a form") {
    const auto says = [](const std::string& error, std::string_view part) {
      CAPTURE(error);
      CHECK(error.find(part) != std::string::npos);
    };
    says(error(field("a", "1") + end, "multipart/form-data"), "names no boundary");
    says(error(field("a", "1") + end, "application/json"), "multipart/form-data");
    says(error("", "multipart/form-data; boundary=a; boundary=b"), "repeated");
    says(error("", "multipart/form-data; boundary=\"" + std::string(71, 'x') + '"'), "boundary is invalid");
    says(error("", "multipart/form-data; boundary=\"a "), "invalid value");
    says(error(""), "begin with its boundary");
    says(error("preamble\r\n" + field("a", "1") + end), "begin with its boundary");
    says(error("--b0undX\r\n"), "line break");
    says(error(field("a", "1")), "closing boundary");
    says(error(field("a", "1") + end + "\r\nepilogue"), "follows its end");
    says(error("--b0und\r\nContent-Disposition: form-data; name=a"), "within the head");
    const auto says_of_part = [&](std::string_view head, std::string_view what) {
      says(error(part(head, "1") + end), what);
    };
    says_of_part("Content-Type: text/plain", "no disposition");
    says_of_part("Content-Disposition: attachment; name=a", "not form-data");
    says_of_part("Content-Disposition: form-data", "no name");
    says_of_part("Content-Disposition: form-data; name=\"\"", "no name");
    says_of_part("Content-Disposition: form-data; name=a; name=b", "repeated");
    says_of_part("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b",
                 "two dispositions");
    says_of_part("Content-Disposition: form-data; name=a\r\nContent-Type: a/b\r\nContent-Type: a/b",
                 "two content types");
    says_of_part("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64", "transfer encoding");
    says_of_part("Content-Disposition: form-data; name=a\r\n folded", "invalid name");
    says_of_part("Content-Disposition: form-data; name=a\nb: c", "control character");
  }

  TEST_CASE("limits") {
    std::string many;
    for (int i = 0; i < 65; ++i) many += field("a", "1");
    CHECK(error(many + end).find("64 parts") != std::string::npos);
    CHECK(error(field(std::string(257, 'n'), "1") + end).find("256 bytes") != std::string::npos);
    CHECK(error(part("X: " + std::string(9000, 'x'), "1") + end).find("8192 bytes") != std::string::npos);
    CHECK(error(part("X: " + std::string(5000, 'x') + "\r\nY: " + std::string(5000, 'x'), "1") + end)
              .find("8192 bytes") != std::string::npos);
  }

  TEST_CASE("every beginning of a form is an error") {
    const std::string body =
        field("a", "1") + part("Content-Disposition: form-data; name=b; filename=\"c\"", "\r\n--b0") + end;
    for (std::size_t size = 0; size < body.size(); ++size) {
      const std::string beginning = body.substr(0, size);
      CHECK(!parse(beginning).has_value());
    }
    CHECK(parse(body).has_value());
  }
}

}  // namespace pentimento::multipart_test
