//
// What the offline backends understand of English. It is a phrase spotter with a small lexicon, not a parser of the language:
// it finds subjects with their counts, colours and sizes, relations between them, the background, the light and the framing,
// and remembers where each was said and how insistently. Everything else is listed as unknown and ignored.
#pragma once

#include "offline/language/colour_names.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline {

/// A part of the text that was read: byte offset and length. `index` is the number of the word at which it begins (from 0),
/// which is the measure of position that does not depend on the length of words.
struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::size_t index = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

/// One time that a phrase was said, and how insistently.
struct Mention {
  Span span;
  bool important = false;    ///< under "important:", "note:", "must have:"
  bool kept = false;         ///< under "keep:"
  bool exact = false;        ///< exactly, only, precisely, just
  bool demanded = false;     ///< must, should, has to, needs, make sure, ensure
  bool intensified = false;  ///< very, clearly, really, definitely, fully, vivid
  bool shouted = false;      ///< written in CAPITALS
  double weight = 1.0;       ///< of "(phrase:1.4)" and "((phrase))", in [0.1, 3]
};

/// The times that one and the same thing was asked for, in the order of the text; never empty in a result of `read`.
struct Phrase {
  std::vector<Mention> mentions;

  /// The place where it was first said.
  [[nodiscard]] const Span& span() const { return mentions.front().span; }
};

/// A colour as it was said: "dark brown" is {name: "brown", tone: dark}.
struct Colour {
  std::string name;  ///< as CSS or custom has it, lower case, without the modifier
  Tone tone = Tone::plain;
  Rgb rgb;  ///< with the tone applied
  Phrase phrase;

  /// "dark brown"
  [[nodiscard]] std::string text() const;
};

/// How many of a subject were asked for.
struct Count {
  int value = 1;       ///< 0 to 999
  bool stated = true;  ///< by a number ("three", "2", "a pair of"); false if only by an article ("a mug")
  Phrase phrase;
};

enum class Size { tiny, small, large, huge };

struct SizeWord {
  Size size = Size::large;
  Phrase phrase;
};

/// A thing that the picture should show.
struct Subject {
  std::string noun;     ///< canonical and singular: "mug" for "mugs", "cups of coffee" is "cup"
  bool known = true;    ///< the lexicon has it; false for an unknown noun after a stated number ("three gizmos")
  bool plural = false;  ///< was said in the plural at least once
  std::optional<Count> count;
  std::vector<Colour> colours;  ///< in the order said; two for "black and purple"
  std::optional<SizeWord> size;
  std::optional<std::size_t> owner;  ///< index of the subject that wears, holds or has it: a saree, hair, accessories
  Phrase phrase;
};

enum class Place { left_of, right_of, above, below, behind, in_front_of, on, beside };

/// `subject` is `place` `object`: "the mug is left of the bottle". Both are indices into `Description::subjects`.
struct Relation {
  Place place = Place::beside;
  std::size_t subject = 0;
  std::size_t object = 0;
  Phrase phrase;
};

enum class Backdrop { plain, gradient, park, beach, night, studio, sky, room };

struct Background {
  Backdrop backdrop = Backdrop::plain;
  std::optional<Colour> colour;  ///< of a plain or gradient one: "a plain white background"; nothing if none was said
  bool uniform = false;          ///< plain, solid, clean, seamless... was said
  Phrase phrase;
};

enum class Light { bright, dull, dark, sunny, golden_hour, soft };

struct LightWord {
  Light light = Light::bright;
  Phrase phrase;
};

enum class Framing { close_up, fills_frame, centred, wide };

struct FramingWord {
  Framing framing = Framing::centred;
  Phrase phrase;
};

/// What the text asks not to have: "no text", "without shadows", "avoid: people, blur".
struct Negation {
  std::string text;                ///< the words that are not wanted, lower case, single spaces
  std::vector<std::string> nouns;  ///< canonical nouns among them
  std::vector<Colour> colours;     ///< colours among them
  Span span;
};

/// A word that was not understood.
struct UnknownWord {
  std::string word;  ///< lower case, valid UTF-8
  Span span;
};

/// What was understood of a text.
struct Description {
  std::vector<Subject> subjects;
  std::vector<Relation> relations;
  std::optional<Background> background;
  std::optional<LightWord> light;  ///< the first said; a different later one is ignored unless said under "important:"
  std::vector<FramingWord> framing;  ///< each kind at most once
  std::vector<Negation> negations;
  std::vector<UnknownWord> unknown;  ///< at most 256
  std::size_t words = 0;             ///< words read
  bool truncated = false;            ///< the text was longer than `text_limit` and only its beginning was read

  /// The index of the first subject with this canonical noun.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view noun) const;
};

/// The bytes of a text that are read at most; what follows is ignored and reported by `Description::truncated`.
inline constexpr std::size_t text_limit = 16 * 1024;
/// The subjects that are kept at most.
inline constexpr std::size_t subject_limit = 32;

/// What is understood of `text`. Never fails: bytes that are not UTF-8 separate words, what is not understood is listed.
/// Equal texts give equal descriptions. Time is linear in `text_limit`. Thread-safe.
///
/// Rules worth knowing:
/// - "a", "an", "one" are a count of 1 (an article leaves `Count::stated` false), "a pair of" is 2, "several" is no count.
/// - A later mention of the same noun is the same subject, unless both have colours and these differ ("a red mug and a blue mug").
/// - "on a plain white table" (desk, surface, sheet...) describes the background; "on a red table" a table.
/// - An ambiguous colour is a thing when no thing follows it: "an orange", "an orange mug".
/// - People wear, hold and have: "a woman in a saree", "she has dark hair": saree and hair have the woman as `owner`.
[[nodiscard]] Description read(std::string_view text);

/// The plural of a canonical noun: "mugs", "people".
[[nodiscard]] std::string plural_of(std::string_view noun);

/// The canonical singular noun for a word in singular or plural; nothing if the lexicon lacks it. "mugs", "Mug" give "mug".
[[nodiscard]] std::optional<std::string> canonical_noun(std::string_view word);

/// The canonical nouns of the lexicon that are things, sorted.
[[nodiscard]] std::vector<std::string> known_nouns();

/// The number that a word says: 0 to 20 in words, "dozen", "single", or up to 999 in digits; nothing if it says none.
[[nodiscard]] std::optional<int> number_named(std::string_view word) noexcept;

}  // namespace pentimento::offline
