#include "support/images.hpp"
#include <pentimento/http/form_data.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

using namespace pentimento;
using namespace pentimento::http;
using test::Bytes;
using test::picture;
using test::operator<<;

namespace {

constexpr std::string_view prefix = "multipart/form-data; boundary=";

std::string boundary(const FormData& form) {
  const std::string type = form.content_type();
  REQUIRE(type.starts_with(prefix));
  return type.substr(prefix.size());
}

std::string bytes_of(const Image& image) {
  return {reinterpret_cast<const char*>(image.bytes().data()), image.bytes().size()};
}

}  // namespace

TEST_SUITE("Form data") {
  TEST_CASE("RFC 7578") {
    const Image image = picture(1);
    FormData form;
    form.add("prompt", "three red mugs").add("image", image).add("output_format", "png");
    const std::string b = boundary(form);
    CHECK(form.take().to_string() == "--" + b + "\r\n" +
                                         "Content-Disposition: form-data; name=\"prompt\"\r\n\r\n"
                                         "three red mugs\r\n"
                                         "--" +
                                         b + "\r\n" +
                                         "Content-Disposition: form-data; name=\"image\"; filename=\"image.png\"\r\n"
                                         "Content-Type: image/png\r\n\r\n" +
                                         bytes_of(image) + "\r\n" + "--" + b + "\r\n" +
                                         "Content-Disposition: form-data; name=\"output_format\"\r\n\r\n"
                                         "png\r\n"
                                         "--" +
                                         b + "--\r\n");
  }

  TEST_CASE("file names") {
    Bytes gif;
    gif << std::string_view{"GIF89a\1\0\1\0\0\0\0", 13};
    FormData form;
    form.add("init image", Image{gif});
    const std::string text = form.take().to_string();
    CHECK(text.find("name=\"init image\"; filename=\"init image.gif\"\r\nContent-Type: image/gif\r\n\r\nGIF89a") !=
          std::string::npos);
  }

  TEST_CASE("escaped names") {
    FormData form;
    form.add("a\"b\r\nX-Evil: 1\r\n\r\nc", "v\"\r\n1%").add("q\"", picture(1));
    const std::string text = form.take().to_string();
    CHECK(text.find("; name=\"a%22b%0D%0AX-Evil: 1%0D%0A%0D%0Ac\"\r\n\r\nv\"\r\n1%\r\n") != std::string::npos);
    CHECK(text.find("; name=\"q%22\"; filename=\"q%22.png\"\r\n") != std::string::npos);
  }

  TEST_CASE("empty form") {
    FormData form;
    CHECK(form.take().to_string() == "--" + boundary(form) + "--\r\n");
  }

  TEST_CASE("boundary") {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
      const std::string text = boundary(FormData{});
      CHECK(seen.insert(text).second);
      CHECK(text.size() <= 70);  // RFC 2046 §5.1.1
      CHECK(text.size() >= 24);  // 144 bits in characters of 6
      // No character that needs quotation marks in the header.
      CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
            std::string::npos);
    }
  }

  TEST_CASE("size") {
    FormData form;
    form.add("prompt", "x").add("image", picture(3));
    const Body body = form.take();
    CHECK(body.size() == body.to_string().size());
  }
}
