#include <pentimento/detail/utf8.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace pentimento::detail;

namespace {

std::string encoded(char32_t code) {
  std::string text;
  append_utf8(text, code);
  return text;
}

}  // namespace

TEST_SUITE("UTF-8") {
  TEST_CASE("every code point is decoded as it was encoded") {
    for (char32_t code = 1; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 251) {
      if (code >= 0xD800 && code <= 0xDFFF) continue;
      const std::string text = encoded(code);
      const Utf8Character character = first_character(text + "x");
      REQUIRE(character.is_valid);
      REQUIRE(character.code == code);
      REQUIRE(character.length == text.size());
    }
    CHECK(encoded(U'\u00e9') == "\xC3\xA9");
    CHECK(encoded(0x1F600) == "\xF0\x9F\x98\x80");
  }

  TEST_CASE("invalid text is replaced by maximal subparts") {
    // The examples of the Unicode standard, tables 3-8 to 3-11.
    CHECK(valid_utf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA");
    CHECK(valid_utf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") == "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA");
    CHECK(valid_utf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42") == "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA\uFFFD\uFFFDB");
    CHECK(valid_utf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == "\uFFFD\uFFFD\uFFFD\uFFFDA");
    CHECK(valid_utf8("caf\xE9") == "caf\uFFFD");
    CHECK(valid_utf8("\xE2\x82") == "\uFFFD");
    CHECK(valid_utf8("Tasse, \u676f, \u2615, \uFFFD") == "Tasse, \u676f, \u2615, \uFFFD");
    CHECK(valid_utf8("").empty());
    CHECK(valid_utf8(std::string_view{"a\0b", 3}) == std::string_view{"a\0b", 3});
  }

  TEST_CASE("finds the first invalid byte") {
    CHECK(find_invalid_utf8("") == std::string_view::npos);
    CHECK(find_invalid_utf8("Tasse, \u676f, \u2615, \uFFFD") == std::string_view::npos);
    CHECK(find_invalid_utf8("\xFF") == 0);
    CHECK(find_invalid_utf8("K\xE4se") == 1);
    CHECK(find_invalid_utf8("K\u00e4se\xC3") == 5);
    CHECK(find_invalid_utf8("\uFFFD\xE2\x82") == 3);
  }

  TEST_CASE("counts and cuts whole characters") {
    CHECK(count_characters("") == 0);
    CHECK(count_characters("caf\u00e9 \U0001F600") == 6);
    CHECK(cut_utf8("caf\u00e9", 10) == "caf\u00e9");
    CHECK(cut_utf8("caf\u00e9", 4) == "caf");
    CHECK(cut_utf8("caf\u00e9", 5) == "caf\u00e9");
    CHECK(cut_utf8("\U0001F600", 3).empty());
    CHECK(cut_utf8("abc", 0).empty());
  }

  TEST_CASE("takes characters off a text") {
    std::string_view text = "a\u00e9\xFF";
    CHECK(take_character(text) == U'a');
    CHECK(take_character(text) == U'\u00e9');
    CHECK(take_character(text) == replacement_character);
    CHECK(text.empty());
  }
}
