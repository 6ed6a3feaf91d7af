// Untrusted text: terminal.hpp, wording.hpp.
#include "terminal.hpp"
#include "wording.hpp"

#include <doctest/doctest.h>

#include <clocale>
#include <string>

using namespace pentimento::cli;

TEST_SUITE("Text") {
  TEST_CASE("replaces control characters") {
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

  TEST_CASE("replaces invalid UTF-8") {
    CHECK(printable("a\xFF"
                    "b") == "a\uFFFDb");
    CHECK(printable("\xC0\x80") == "\uFFFD\uFFFD");            // overlong
    CHECK(printable("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");  // a surrogate
    CHECK(printable("\xE2\x82") == "\uFFFD");                  // cut short
    CHECK(printable("\xF5\x80\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
  }

  TEST_CASE("counts cells") {
    std::setlocale(LC_CTYPE, "C.UTF-8");
    CHECK(cells_of("mug") == 3);
    CHECK(cells_of("杯") == 2);
    CHECK(cells_of("e\u0301") == 1);
    CHECK(fitted("three red mugs", 8, "…") == "three r…");
    CHECK(fitted("杯杯杯", 5, "…") == "杯杯…");
    CHECK(fitted("mug", 3, "…") == "mug");
  }

  TEST_CASE("writes durations") {
    using namespace std::chrono_literals;
    CHECK(words_of(pentimento::Duration{230ms}) == "0.2 s");
    CHECK(words_of(pentimento::Duration{12s}) == "12 s");
    CHECK(words_of(pentimento::Duration{200s}) == "3 min 20 s");
  }
}
