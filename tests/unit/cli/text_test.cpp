// Text of others: utf8.hpp, wording.hpp, html.hpp.
#include "html.hpp"
#include "utf8.hpp"
#include "wording.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace pentimento::cli;

TEST_CASE("what controls a terminal does not come through") {
  CHECK(printable("a\x1b[31mb") == "a\uFFFD[31mb");
  CHECK(printable("a\u202Eb") == "a\uFFFDb");
  CHECK(printable("a\u009Bb") == "a\uFFFDb");
  for (const char* control : {"\x01",   "\x07",   "\x08",   "\x7F",   "\u0080", "\u0084", "\u009F", "\u061C",
                              "\u200E", "\u200F", "\u2028", "\u2029", "\u202A", "\u202B", "\u202C", "\u202D",
                              "\u2066", "\u2067", "\u2068", "\u2069", "\x80",   "\x9B",   "\xC2",   "\xFF"}) {
    CHECK(printable(std::string{"a"} + control + " b") == "a\uFFFD b");
  }
  CHECK(printable("a\nb\tc\rd") == "a b c d");
  CHECK(printable("Tasse, 杯, ☕") == "Tasse, 杯, ☕");
}

TEST_CASE("replaces what is not UTF-8") {
  CHECK(printable("a\xFF"
                  "b") == "a\uFFFDb");
  CHECK(printable("\xC0\x80") == "\uFFFD\uFFFD");            // overlong
  CHECK(printable("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");  // a surrogate
  CHECK(printable("\xE2\x82") == "\uFFFD");                  // cut short
  CHECK(printable("\xF5\x80\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("the width of a text is counted in cells") {
  CHECK(cells_of("mug") == 3);
  CHECK(cells_of("杯") == 2);
  CHECK(cells_of("e\u0301") == 1);
  CHECK(fitted("three red mugs", 8, "…") == "three r…");
  CHECK(fitted("杯杯杯", 5, "…") == "杯杯…");
  CHECK(fitted("mug", 3, "…") == "mug");
}

TEST_CASE("HTML is escaped") {
  CHECK(escaped("<b a=\"1\" c='2'>&") == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
  CHECK(escaped("a\x1b\u202E") == "a\uFFFD\uFFFD");
}

TEST_CASE("what a field brings in is not filled again") {
  CHECK(filled("<p>{{a}}</p>{{b}}{{c}}", {{"a", "{{b}}"}, {"b", "x"}}) == "<p>{{b}}</p>x");
  CHECK(filled("{{a", {{"a", "x"}}) == "{{a");
}

TEST_CASE("a content security policy names a script by its hash") {
  // As published in the specification's own example: alert('Hello, world.');
  CHECK(csp_hash("alert('Hello, world.');") == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
}

TEST_CASE("lengths of time") {
  using namespace std::chrono_literals;
  CHECK(words_of(pentimento::Duration{230ms}) == "0.2 s");
  CHECK(words_of(pentimento::Duration{12s}) == "12 s");
  CHECK(words_of(pentimento::Duration{200s}) == "3 min 20 s");
}
