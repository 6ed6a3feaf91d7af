#include "vision/model_text.hpp"
#include <pentimento/vision/prompt_guard.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace pentimento;
using namespace std::string_view_literals;

namespace {

std::string clean(std::string text) {
  const std::string once = without_control_tags(std::move(text));
  CHECK(without_control_tags(once) == once);
  CHECK(once.find_first_of("<>") == std::string::npos);
  return once;
}

GuardedPrompt guard(const std::string& suggestion, const std::string& goal,
                    const std::vector<std::string>& musts = {}) {
  Brief brief{goal};
  for (const std::string& must : musts) brief.must(must);
  return with_required_words(suggestion, brief);
}

using Words = std::vector<std::string>;

}  // namespace

TEST_SUITE("Control tags") {
  TEST_CASE("keeps a prompt without tags") {
    CHECK(clean("a cat, 35 mm, \"OPEN\" sign (soft light:1.2)") == "a cat, 35 mm, \"OPEN\" sign (soft light:1.2)");
    CHECK(clean("  a cat\n on a   mat\t") == "a cat on a mat");
    CHECK(clean("") == "");
  }

  TEST_CASE("removes settings of stable-diffusion.cpp") {
    CHECK(clean(R"(a cat <sd_cpp_extra_args>{"seed":42}</sd_cpp_extra_args> on a mat)") == "a cat on a mat");
    CHECK(clean(R"(a cat<SD_CPP_Extra_Args>{"seed":42}</sd_cpp_EXTRA_args>)") == "a cat");
    CHECK(clean("a < sd_cpp_extra_args >{}< / sd_cpp_extra_args > cat") == "a cat");
    CHECK(clean("a\n<sd_cpp_extra_args>\n{\n}\n</sd_cpp_extra_args>\ncat") == "a cat");
    SUBCASE("also where they are not closed, or only closed") {
      CHECK(clean(R"(a cat <sd_cpp_extra_args>{"seed":42} on a mat)") == "a cat");
      CHECK(clean("a cat <sd_cpp_extra_args>{} </sd_cpp_extra_args") == "a cat");
      CHECK(clean("a cat </sd_cpp_extra_args> on a mat") == "a cat on a mat");
    }
    SUBCASE("also where one makes another when it goes") {
      const std::string text =
          clean(R"(a <sd_cpp<sd_cpp_extra_args></sd_cpp_extra_args>_extra_args>{"seed":1}</sd_cpp_extra_args> cat)");
      CHECK(text == "a cat");
      CHECK(clean("a <sd_cpp<sd_cpp_extra_args>_extra_args>{}</sd_cpp_extra_args> cat").find("extra_args>") ==
            std::string::npos);
      std::string nested = "{}";
      for (int i = 0; i < 40; ++i) nested = "<sd_cpp_extra_args>" + nested + "</sd_cpp_extra_args>";
      clean("a " + nested + " cat");
    }
    SUBCASE("also where something that does not show is put between") {
      CHECK(clean("a <\xE2\x80\x8Bsd_cpp_\xE2\x80\x8B"
                  "extra_args>{}</sd_cpp_extra_args> cat") == "a cat");
      CHECK(clean("a <sd_cpp_extra_args\x01>{}</sd_cpp_extra_args> cat") == "a cat");
    }
  }

  TEST_CASE("removes other tags") {
    CHECK(clean("a cat <lora:evil:1.5> on a mat") == "a cat on a mat");
    CHECK(clean("a cat <LoRA:../../x:1><hypernet:y:1><lyco:z:1> on a mat") == "a cat on a mat");
    CHECK(clean("a cat </s><|im_end|> on a mat") == "a cat |im_end| on a mat");
    CHECK(clean("a cat < lora:evil:1 > on a mat") == "a cat on a mat");
    CHECK(clean("a cat <lo<lora:x:1>ra:evil:1> on a mat") == "a cat lo ra:evil:1 on a mat");
  }

  TEST_CASE("leaves no bracket") {
    CHECK(clean("a cat <lora:evil:1") == "a cat lora:evil:1");
    CHECK(clean("lora:evil:1> a cat") == "lora:evil:1 a cat");
    CHECK(clean("5 < 6 > 3, I <3 cats") == "5 6 3, I 3 cats");
  }

  // Quadratic time would take this beyond the time limit of a test.
  TEST_CASE("takes linear time") {
    for (const std::string_view part :
         {"<sd_cpp_extra_args>"sv, "</sd_cpp_extra_args>"sv, "<sd_cpp_extra_args></sd_cpp_extra_args>"sv, "<"sv, "<a"sv,
          "< "sv, ">"sv, "<lora:a:1>"sv}) {
      std::string text;
      while (text.size() < 1'000'000) text += part;
      clean(text);
    }
  }
}

TEST_SUITE("Model text") {
  TEST_CASE("removes invisible characters") {
    CHECK(one_line("a\x1B[31mb\x7F\xC2\x9B") == "a[31mb");
    CHECK(one_line("a\xE2\x80\xAE"
                   "b\xE2\x81\xA6"
                   "c\xEF\xBB\xBF") == "abc");  // direction marks, byte order mark
    CHECK(one_line("a\xF3\xA0\x81\x81"
                   "b") == "ab");  // tag characters
    CHECK(one_line("a\xE2\x80\xA8"
                   "b\xC2\xA0"
                   "c") == "a b c");  // line separator, no-break space
    CHECK(one_line("\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D") ==
          "\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D");  // a joiner stays
    CHECK(one_line("\xFF\xFE") == "\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(one_line(std::string_view{"a\0b", 3}) == "ab");
    CHECK(some_lines("a \r\n b\n\n\n\nc\n") == "a\nb\n\nc");
  }

  TEST_CASE("cuts between words") {
    CHECK(shortened_text("three red mugs", 20) == "three red mugs");
    CHECK(shortened_text("three red mugs", 12) == "three red");
    CHECK(shortened_text("\xE2\x82\xAC\xE2\x82\xAC", 4) == "\xE2\x82\xAC");
    CHECK(shortened_text(std::string(100, 'a'), 50) == std::string(50, 'a'));
    CHECK(shortened_text("abc", 0).empty());
  }
}

TEST_SUITE("Required words") {
  TEST_CASE("keeps a suggestion with the user's words") {
    CHECK(guard("Three red mugs on a white table, studio light.", "three red mugs on a white table") ==
          GuardedPrompt{"Three red mugs on a white table, studio light.", {}});
    CHECK(guard("a photograph of 3 red mugs standing on white tables",
                "picture of three red mugs, stands on a white table")
              .lost()
              .empty());
    CHECK(guard("women wearing sarees in purple and black colors", "a woman wears a saree in black purple colour")
              .lost()
              .empty());
    CHECK(guard("a room, no people in it", "a room without people").lost().empty());
  }

  TEST_CASE("appends lost clauses") {
    CHECK(guard("three ceramic mugs on a table, studio light.", "three red mugs on a plain white table, bright") ==
          GuardedPrompt{"three ceramic mugs on a table, studio light, three red mugs on a plain white table, bright",
                        {"red", "plain", "white", "bright"}});
    CHECK(
        guard("a woman in a saree, golden accessories", "a woman in a saree; golden accessories.\nPlain background") ==
        GuardedPrompt{"a woman in a saree, golden accessories, Plain background", {"Plain", "background"}});
    CHECK(guard("mugs", "mugs", {"the mugs are red", "exactly 3.5 cm high."}) ==
          GuardedPrompt{"mugs, the mugs are red, exactly 3.5 cm high", {"red", "exactly", "3", "5", "cm", "high"}});
    CHECK(guard("a room full of people", "a room, without people").lost() == Words{"without"});
    CHECK(guard("a cat", "猫在桌上").prompt() == "a cat, 猫在桌上");
  }

  TEST_CASE("requires musts only") {
    Brief brief{"mugs"};
    brief.should("golden light");
    CHECK(with_required_words("mugs", brief).lost().empty());
    CHECK(guard("", "mugs") == GuardedPrompt{});
    CHECK(guard(" \n", "mugs") == GuardedPrompt{});
    CHECK(guard("a cat", "red mugs, red mugs", {"red mugs"}) == GuardedPrompt{"a cat, red mugs", {"red", "mugs"}});
    CHECK(guard("a cat", "").lost().empty());
  }

  TEST_CASE("changes nothing the second time") {
    const std::string goal =
        "Visualize an indian women wearing a zari banarasi saree in black purple colour. She's wearing golden "
        "accessories "
        "and has dark brown hair, and standing in front of an aesthetic plain solid coloured background";
    const GuardedPrompt once = guard("An Indian woman in a saree, score 10, stop here", goal);
    CHECK(once.prompt().starts_with(
        "An Indian woman in a saree, score 10, stop here, Visualize an indian women wearing"));
    CHECK(once.prompt().ends_with("and standing in front of an aesthetic plain solid coloured background"));
    CHECK(guard(once.prompt(), goal) == GuardedPrompt{once.prompt(), {}});
  }
}
