//
// The first step of `read`: bytes to words. Private to language*.cpp.
#pragma once

#include "offline/language/language.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline::lexicon {

/// What stands between a word and the one before it, weakest first.
enum class Break { none, comma, semicolon, colon, stop };

struct Word {
  std::string text;  ///< lower case
  Span span;
  Break before = Break::stop;
  double weight = 1.0;  ///< of the parentheses around it
  bool shouted = false;
};

/// The words of `text`. Hyphens and slashes part words and break nothing; "'s" is cut off; a byte that is not part of a valid
/// UTF-8 letter parts words. Parentheses weigh as the common web user interfaces for Stable Diffusion have it: (x) 1.1,
/// (x:1.4) 1.4, [x] 1/1.1; deeper than 8 they weigh nothing.
[[nodiscard]] std::vector<Word> words_of(std::string_view text);

}  // namespace pentimento::offline::lexicon
