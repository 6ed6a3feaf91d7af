//
// What the offline backends understand of English: a small reader that the painter and the planner of the measuring critic
// share. It reads little and errs on the side of saying nothing: a phrase counts only if all of it is understood, everything
// else is listed in `Description::unread`.
#pragma once

#include "offline/language/colour_names.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline {

/// The places at which something is said: numbers of words, counted from 0 at the start of the text, in ascending order.
using Mentions = std::vector<std::size_t>;

/// A colour as it was said.
struct Colour {
  std::string text;  ///< "dark brown"
  Rgb rgb;
  Mentions said;
};

/// A thing that the image should show.
struct Thing {
  std::string noun;          ///< singular, the word of the text: a tumbler stays a tumbler
  bool plural = false;       ///< said in the plural at least once
  bool worn = false;         ///< clothes, hair or jewellery of the person in the text
  bool person = false;       ///< wears what is worn
  std::optional<int> count;  ///< 1 to 50, only if a number says so: an article, a pair or a range is no count
  Mentions count_said;
  std::vector<Colour> colours;  ///< in the order said; two for "black and purple"
};

enum class Place { left_of, right_of, above, below, on };

/// `thing` is `place` `other`. Both are indices into `Description::things`.
struct Relation {
  Place place = Place::on;
  std::size_t thing = 0;
  std::size_t other = 0;
  Mentions said;
};

/// A plain background, or one with a gradient.
struct Background {
  bool gradient = false;
  std::optional<Colour> colour;
  Mentions said;
};

enum class Light { bright, dull, dark, sunny, golden_hour };
enum class Framing { close_up, fills_frame, centred, wide };
enum class Quality { high_contrast, low_contrast, vivid, muted, sharp };

/// One of the choices above and where it was said.
template <class T>
struct Said {
  T value{};
  Mentions said;
};

/// What is understood of a text.
struct Description {
  std::vector<Thing> things;
  std::vector<Relation> relations;
  std::optional<Background> background;  ///< the first one that was said
  std::optional<Said<Light>> light;      ///< the first one that was said
  std::vector<Said<Framing>> framing;    ///< each at most once
  std::vector<Quality> qualities;        ///< each at most once
  std::vector<std::string> unwanted;     ///< what comes after "no", "without", "avoid:", ...: lower case, single spaces
  std::vector<std::string> unread;       ///< the phrases that are not understood whole, lower case except in quotations
  std::vector<std::string> remarks;  ///< what is understood and can be neither drawn nor measured: "shiny", "not red"
  bool elsewhere = false;            ///< a place is named ("in a park", "against a brick wall"): no plain background

  /// True if all of the text is understood and nothing of it is left over.
  [[nodiscard]] bool complete() const { return unread.empty() && remarks.empty(); }
};

/// The bytes of a text that are read at most. The rest is ignored and listed as unread.
inline constexpr std::size_t text_limit = 16 * 1024;
/// The most entries of each list of a `Description`.
inline constexpr std::size_t list_limit = 64;

/**
 * What is understood of `text`. Never fails; equal texts give equal descriptions.
 *
 * - A count is a number directly before its things: "three red mugs". Sizes, ages, parts, ranges ("20 oz", "three-legged",
 *   "size 42", "at least three", "one or two", "half a dozen", "a pair"), quoted text and numbers in names are no counts.
 * - A colour belongs to the noun that follows it, or that a verb links to it ("the mugs are red"). Compound nouns and names
 *   ("olive tree", "red panda", "Blue Note") have none. Between colour and noun only known words may stand.
 * - A sentence of doubt ("if", "maybe", "neither") says nothing, and "one of them blue" takes back what was said before it.
 * - A background is said by that word, or by a plain surface ("on a plain white table"). Any other place is no background.
 * - A later mention of a noun is the same thing, unless both have colours and these differ.
 *
 * **Cost**: time linear in `text_limit`. **Thread safety**: thread-safe.
 */
[[nodiscard]] Description read(std::string_view text);

/// "mugs" for "mug".
[[nodiscard]] std::string plural_of(std::string_view noun);

}  // namespace pentimento::offline
