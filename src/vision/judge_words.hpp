#pragma once

#include <pentimento/brief.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento {

/// Returns the words of a text in lower case with a space between, without everything else.
std::string plain_words(std::string_view text);

/**
 * Returns the words in an image that address whoever judges it, in English. Empty if there are none, or if the brief asks for
 * them.
 *
 * Measured by "Words to the judge" in tests/unit/vision/answers_test.cpp: finds all of 44 instructions (and the 10 drawn ones of
 * written_instructions_test.cpp), and nothing in 109 harmless labels. Instructions that are put in other words are missed.
 */
std::string words_to_judge(const std::vector<std::string>& visible_text, const Brief& brief);

}  // namespace pentimento
