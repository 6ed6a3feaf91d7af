#pragma once

#include <pentimento/brief.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento {

/// Returns the words of a text in lower case with a space between, without everything else.
std::string plain_words(std::string_view text);

/// Returns the words in an image that address whoever judges it, in English. Empty if there are none, or if the brief
/// asks for them.
std::string words_to_judge(const std::vector<std::string>& visible_text, const Brief& brief);

}  // namespace pentimento
