//
// What the measuring critic takes on: a brief's words made into checks that pixels can answer.
#pragma once

#include "offline/language/colour_names.hpp"
#include "offline/language/language.hpp"
#include "offline/measure/colour.hpp"
#include "offline/measure/product_photo.hpp"
#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::offline::measuring {

/// A colour as it was asked for.
struct AskedColour {
  std::string text;  ///< "dark red": names the range, see `ColourRange`
  Rgb rgb;

  friend bool operator==(const AskedColour&, const AskedColour&) = default;
};

inline ColourRange range_of(const AskedColour& colour) { return {colour.text, colour.rgb}; }

enum class Measure {
  count,             ///< `number` things, of `colours` if given
  colour,            ///< the things are of `colours`
  no_colour,         ///< `colours` are nowhere
  position,          ///< the first of `colours` lies at `place` of the second
  background,        ///< one plain colour, the first of `colours` if given
  gradient,          ///< the background changes gradually
  light,             ///< `light`
  framing,           ///< `framing`
  contrast,          ///< high if `number` is above 0, else low
  saturation,        ///< high if `number` is above 0, else low
  sharpness,         ///< sharp
  size,              ///< `size`
  aspect,            ///< `size` as a ratio
  no_border,         ///< no uniform rim
  white_background,  ///< of a product photograph: `low` is the least share of background pixels at or over 250
  frame_fill,        ///< of a product photograph: `low` to `high`, shares of the side
  longest_side,      ///< at least `number` pixels
  shortest_side,     ///< at least `number` pixels
};

/// One thing to measure and what it should come to.
struct Check {
  Measure measure = Measure::count;
  std::string noun;        ///< of the things, singular
  bool only_kind = false;  ///< the things are all that the image shows: everything that stands out is one of them
  bool small = false;      ///< a detail (an accessory, a watch), which covers little
  bool worn = false;       ///< clothes on someone: below the head
  bool support = false;    ///< other things stand on it
  int number = 0;
  std::vector<AskedColour> colours;
  std::vector<AskedColour> supports;  ///< what the things stand on, each by a colour that tells it from them
  int plain_supports = 0;             ///< as many more things that they stand on, which nothing tells from them
  Place place = Place::left_of;
  Light light = Light::bright;
  Framing framing = Framing::centred;
  PixelSize size;
  double low = 0;
  double high = 0;

  friend bool operator==(const Check&, const Check&) = default;
};

/// A requirement with the checks that must all hold for it.
struct PlannedItem {
  Requirement requirement;
  std::vector<Check> checks;
};

/**
 * The requirements that can be measured for `brief`, in a stable order, owned by `owner`: those of the brief's own that are
 * fully understood (with their ids), then what its words say, then what `profile` adds.
 *
 * Nothing is planned for what pixels alone cannot tell. Equal briefs give equal plans. Pure; thread-safe.
 */
[[nodiscard]] std::vector<PlannedItem> plan_items(const Brief& brief, const ProductPhotoProfile* profile,
                                                  std::string_view owner);

/**
 * The parts of `brief` that no item of `plan_items` covers, in its words: of the goal and of what it avoids, without
 * its own requirements. Then the rules of `profile` that pixels cannot tell. Pure; thread-safe.
 */
[[nodiscard]] std::vector<std::string> unjudged_parts(const Brief& brief, const ProductPhotoProfile* profile);

/// `3` is "three", up to twelve; digits from there on.
[[nodiscard]] std::string number_word(int number);

}  // namespace pentimento::offline::measuring
