//
// The words of a text and what each may mean. Private to this folder.
#pragma once

#include "offline/language/language.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline::language {

struct Word {
  std::string text;         ///< lower case, without "'s"
  char before = '.';        ///< the strongest break before it: ' ' for none, or one of `, : .`
  bool name = false;        ///< part of a name or a quotation, whatever it would mean otherwise
  std::string quotation{};  ///< of a quotation: its text in quotation marks, cut
};

/// The words of `text`. Quotations become one unknown word, parentheses break like commas, weights as in "(red mug:1.4)"
/// are dropped. Hyphens join words ("three-legged"), except between colours ("black-and-white").
[[nodiscard]] std::vector<Word> words_of(std::string_view text);

/// True if `words`, separated by spaces or line ends, holds `word`.
[[nodiscard]] bool among(std::string_view word, std::string_view words) noexcept;

/// 1 to 50 as a word or in digits.
[[nodiscard]] std::optional<int> number_said(std::string_view word) noexcept;

struct Noun {
  std::string singular;
  bool plural = false;
};

/// The noun of the list of known nouns that `word` is the singular or the plural of.
[[nodiscard]] std::optional<Noun> known_noun(std::string_view word);
/// The same for any word, by the rules of English.
[[nodiscard]] Noun any_noun(std::string_view word);

[[nodiscard]] bool is_person(std::string_view noun) noexcept;
[[nodiscard]] bool is_worn(std::string_view noun) noexcept;

/// True for a colour that is also the name of a material, a plant or a food: "olive", "chocolate", "gold".
[[nodiscard]] bool names_a_thing(std::string_view colour) noexcept;
/// True if a colour and this noun may be a name or an idiom, or if the noun is nothing to be seen: "panda", "wine", "mood".
[[nodiscard]] bool no_colour_before(std::string_view noun) noexcept;
/// True if such a colour before this known noun is a colour: "an orange mug" and an "olive dress", no "olive tree".
[[nodiscard]] bool colours_things(std::string_view colour, std::string_view noun) noexcept;
/// True for what stands between a number and its things without changing the number, or between a colour and its noun without
/// changing the colour: "small", "ceramic".
[[nodiscard]] bool is_adjective(std::string_view word) noexcept;

}  // namespace pentimento::offline::language
