//
// The drawings of the sketch: the files symbols/*.svg, which the build embeds. Private to this folder.
//
// A symbol stands on the lower edge of its viewBox, which is 100 units high, and is one piece, so that one thing is one thing
// to whoever counts. Light and shade are black and white laid over its colours. The attributes of its root element:
//
//   data-words     what it draws, as singular nouns
//   data-height    its height beside other things: 1 is a mug, and a house is not much more
//   data-top       where things stand on it, as a share of its height from the top
//   data-aloft     set if it hangs in the air and casts no shadow
//   data-main      the colour of the file that stands for the colour of the thing; it is the usual one as well
//   data-other     another usual colour
//   data-second    the colour of the file that stands for the second colour of a thing in two colours
//   data-second-follows  set if the second colour is the first where only one is asked for
//   data-skin, data-hair, data-metal  the same for a person
#pragma once

#include "offline/language/colour_names.hpp"
#include "offline/sketch/tint.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pentimento::offline::sketch {

/// The colours in which a symbol is drawn.
struct Look {
  Rgb main;
  Rgb second;
  Rgb skin;
  Rgb hair;
  Rgb metal;
};

struct Symbol {
  std::string_view words;
  double aspect = 1;  ///< width for a height of 1
  double height = 1;
  double top = 0.1;
  bool aloft = false;
  bool one_colour = false;  ///< `data-second-follows`
  Look usual;
  Rgb other;
  std::string_view definitions;  ///< gradients, for all of its copies in an image
  std::string_view body;
};

/// All of them, in the order of their names.
[[nodiscard]] std::span<const Symbol> symbols();

/// The symbol of a noun; null if there is none.
[[nodiscard]] const Symbol* find_symbol(std::string_view noun);

/// The symbol for a thing that has none of its own: a stone.
[[nodiscard]] const Symbol& stone();

/// SVG text with the colours of `usual` replaced by those of `look`, and every colour seen in `light`.
[[nodiscard]] std::string recoloured(std::string_view svg, const Look& usual, const Look& look, const Grade& light);

}  // namespace pentimento::offline::sketch
