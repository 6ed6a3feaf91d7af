#include "emulator/server/multipart.hpp"

#include <pentimento/http/form_data.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace pentimento;
using emulator::FormPart;
using emulator::parse_form_data;

namespace {

constexpr std::string_view type = "multipart/form-data; boundary=b0und";

Result<std::vector<FormPart>> parse(std::string_view body, std::string_view content_type = type) {
  return parse_form_data(content_type, body);
}

std::string complaint(std::string_view body, std::string_view content_type = type) {
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

TEST_CASE("fields and files, in their order") {
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

TEST_CASE("what our own client writes is read") {
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

TEST_CASE("content may look like a boundary") {
  const std::string content = "\r\n--b0und1\r\n--b0un\r\n--\r\n-b0und\r\n--b0undx--\r\n\r\n--B0UND\r\n";
  const std::string body = field("a", content) + end;
  const auto parts = parse(body);
  REQUIRE_MESSAGE(parts.has_value(), parts.error().message());
  CHECK(parts->at(0).content == content);
}

TEST_CASE("boundaries in quotes, with blanks after them, and forms without parts") {
  CHECK(parse("--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b  \r\n"
              "Content-Disposition: form-data; name=y\r\n\r\n--a b--",
              "Multipart/Form-Data; charset=utf-8; boundary=\"a b\"")
            ->size() == 2);
  CHECK(parse("--b0und--")->empty());
}

TEST_CASE("what is no form is refused, with the reason") {
  const std::string start = "the form is wrong: ";
  CHECK(complaint(field("a", "1") + end, "multipart/form-data") == start + "the content type names no boundary");
  CHECK(complaint(field("a", "1") + end, "application/json") == start + "it is no multipart/form-data");
  CHECK(complaint("", "multipart/form-data; boundary=a; boundary=b") == start + "a parameter of a header stands twice");
  CHECK(complaint("", "multipart/form-data; boundary=\"" + std::string(71, 'x') + '"') ==
        start + "the boundary is not as it may be");
  CHECK(complaint("", "multipart/form-data; boundary=\"a ") == start + "a parameter of a header has no proper value");
  CHECK(complaint("") == start + "it does not begin with its boundary");
  CHECK(complaint("preamble\r\n" + field("a", "1") + end) == start + "it does not begin with its boundary");
  CHECK(complaint("--b0undX\r\n") == start + "a boundary is not followed by a line break");
  CHECK(complaint(field("a", "1")) == start + "it ends without its closing boundary");
  CHECK(complaint(field("a", "1") + "--b0un") == start + "it ends without its closing boundary");
  CHECK(complaint(field("a", "1") + end + "\r\nepilogue") == start + "something follows its end");
  CHECK(complaint("--b0und\r\nContent-Disposition: form-data; name=a") == start + "it ends within the head of a part");
  CHECK(complaint(part("Content-Type: text/plain", "1") + end) == start + "a part has no disposition");
  CHECK(complaint(part("Content-Disposition: attachment; name=a", "1") + end) == start + "a part is no form-data");
  CHECK(complaint(part("Content-Disposition: form-data", "1") + end) == start + "a part has no name");
  CHECK(complaint(part("Content-Disposition: form-data; name=\"\"", "1") + end) == start + "a part has no name");
  CHECK(complaint(part("Content-Disposition: form-data; name=a; name=b", "1") + end) ==
        start + "a parameter of a header stands twice");
  CHECK(complaint(part("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b", "1") +
                  end) == start + "a part has two dispositions");
  CHECK(complaint(part("Content-Disposition: form-data; name=a\r\nContent-Type: a/b\r\nContent-Type: a/b", "") + end) ==
        start + "a part has two content types");
  CHECK(complaint(part("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64", "1") + end) ==
        start + "a part has a transfer encoding");
  CHECK(complaint(part("Content-Disposition: form-data; name=a\r\n folded", "1") + end) ==
        start + "a line in the head of a part has no proper name");
  CHECK(complaint(part("Content-Disposition: form-data; name=a\nb: c", "1") + end) ==
        start + "the head of a part holds a control character");
}

TEST_CASE("limits") {
  std::string many;
  for (int i = 0; i < 65; ++i) many += field("a", "1");
  CHECK(complaint(many + end) == "the form is too large: it has more than 64 parts");
  CHECK(complaint(field(std::string(257, 'n'), "1") + end) == "the form is too large: a name has more than 256 bytes");
  CHECK(complaint(part("X: " + std::string(9000, 'x'), "1") + end) ==
        "the form is too large: the head of a part has more than 8192 bytes");
  CHECK(complaint(part("X: " + std::string(5000, 'x') + "\r\nY: " + std::string(5000, 'x'), "1") + end) ==
        "the form is too large: the head of a part has more than 8192 bytes");
}

TEST_CASE("every beginning of a form is an error, and no beginning of its bytes is read past its end") {
  const std::string body =
      field("a", "1") + part("Content-Disposition: form-data; name=b; filename=\"c\"", "\r\n--b0") + end;
  for (std::size_t size = 0; size < body.size(); ++size) {
    const std::string beginning = body.substr(0, size);
    CHECK(!parse(beginning).has_value());
  }
  CHECK(parse(body).has_value());
}
