//
// The words that `read` knows. Private to language*.cpp.
#pragma once

#include "offline/language/language.hpp"

#include <optional>
#include <string_view>

namespace pentimento::offline::lexicon {

enum class NounClass {
  thing,    ///< stands by itself
  person,   ///< wears, holds and has; "she" and "he" refer to it
  part,     ///< belongs to a person when there is one: saree, hair, accessories
  carried,  ///< stands by itself, or is held or worn: hat, umbrella
  surface,  ///< a thing that things stand on, and a background when it is plain: table
};

struct Noun {
  std::string_view word;  ///< singular
  std::string_view canonical;
  NounClass kind;
};

/// The noun of which `word` (lower case) is the singular or the plural; `plural` tells which.
struct NounForm {
  const Noun* noun = nullptr;
  bool plural = false;
};
[[nodiscard]] NounForm noun_form(std::string_view word);

/// The kind of background that a word names by itself: "park", "beach". "background" itself is not one.
[[nodiscard]] std::optional<Backdrop> scene(std::string_view word) noexcept;

/// background, backdrop, wall...
[[nodiscard]] bool means_background(std::string_view word) noexcept;
/// Surfaces that are nothing but a background: "surface", "sheet".
[[nodiscard]] bool means_ground(std::string_view word) noexcept;
/// plain, solid, seamless...
[[nodiscard]] bool means_uniform(std::string_view word) noexcept;
[[nodiscard]] std::optional<Tone> tone(std::string_view word) noexcept;
[[nodiscard]] std::optional<Size> size(std::string_view word) noexcept;
/// A light that the word names by itself, or as an adjective of a light: "bright", "sunny".
[[nodiscard]] std::optional<Light> light(std::string_view word) noexcept;
/// light, lighting, lit, day, scene, picture...: what a light's adjective may stand before.
[[nodiscard]] bool takes_light(std::string_view word) noexcept;
/// A colour's name that is also a thing: orange, rose, peach.
[[nodiscard]] bool ambiguous_colour(std::string_view word) noexcept;
/// colour, coloured, tone, hue: says nothing by itself.
[[nodiscard]] bool colour_filler(std::string_view word) noexcept;
/// Words without content here: of, the verbs of asking, the words for pictures.
[[nodiscard]] bool filler(std::string_view word) noexcept;
/// is, are, should be...
[[nodiscard]] bool copula(std::string_view word) noexcept;
/// wearing, holding, has, with...
[[nodiscard]] bool owning(std::string_view word) noexcept;
/// eyed, rimmed...: what a colour before it says is of a part alone, "a blue-eyed cat".
[[nodiscard]] bool of_a_part(std::string_view word) noexcept;
/// everywhere, too, glossy...: what may follow a colour and is not known, but is no noun.
[[nodiscard]] bool no_noun(std::string_view word) noexcept;
/// Whether a word may be an adjective, a number, a noun or the like that `read` knows, or has no content.
[[nodiscard]] bool known_word(std::string_view word);

}  // namespace pentimento::offline::lexicon
