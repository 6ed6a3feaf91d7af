//
// The things that the sketch can draw. A drawing fills a box 100 units high and `100 * aspect` wide, y downwards, and stands on
// y = 100. What it draws is one piece, so that one thing is one thing to whoever counts. Private to sketch_*.cpp.
#pragma once

#include "offline/language/colour_names.hpp"
#include "offline/sketch/pen.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace pentimento::offline::sketch {

enum class Dress { none, saree, gown, shirt };

/// What a drawing is tinted by. `main` is the thing's colour, `second` the other one of a thing in two colours.
struct Look {
  Rgb main;
  Rgb second;
  bool two_colours = false;
  // People only.
  Rgb hair{46, 32, 28};
  Rgb skin{201, 144, 104};
  Rgb metal{212, 175, 55};
  Dress dress = Dress::shirt;
  bool jewellery = false;
  std::optional<Rgb> hat;
};

using Draw = void (*)(Pen&, const Look&);

struct Drawing {
  std::string_view noun;
  Draw draw;
  double aspect;       ///< width for a height of 1
  double height;       ///< beside other things: 1 is a mug next to a bottle, compressed from life
  Rgb usual;           ///< the colour when none binds
  Rgb other;           ///< a second usual colour, for a wrong guess
  bool aloft = false;  ///< hangs in the air: no shadow, above what stands
  double top = 0;      ///< where things stand on it, from the top, in units of the box
  bool person = false;
};

/// The drawing of a canonical noun; that of a pebble for one that cannot be drawn.
[[nodiscard]] const Drawing& drawing_of(std::string_view noun) noexcept;
[[nodiscard]] std::span<const Drawing> all_drawings() noexcept;

// clang-format off
// tableware
void mug(Pen&, const Look&); void cup(Pen&, const Look&); void glass(Pen&, const Look&); void bottle(Pen&, const Look&);
void teapot(Pen&, const Look&); void bowl(Pen&, const Look&); void plate(Pen&, const Look&); void vase(Pen&, const Look&);
void candle(Pen&, const Look&);
// food
void apple(Pen&, const Look&); void banana(Pen&, const Look&); void orange_fruit(Pen&, const Look&); void lemon(Pen&, const Look&);
void pear(Pen&, const Look&); void cake(Pen&, const Look&); void mushroom(Pen&, const Look&);
// nature
void tree(Pen&, const Look&); void sun(Pen&, const Look&); void moon(Pen&, const Look&); void star(Pen&, const Look&);
void flower(Pen&, const Look&); void plant(Pen&, const Look&); void mountain(Pen&, const Look&); void cloud(Pen&, const Look&);
void pebble(Pen&, const Look&);
// animals
void cat(Pen&, const Look&); void dog(Pen&, const Look&); void bird(Pen&, const Look&); void fish(Pen&, const Look&);
void butterfly(Pen&, const Look&);
// people and what they wear
void woman(Pen&, const Look&); void man(Pen&, const Look&); void hat(Pen&, const Look&); void bag(Pen&, const Look&);
void shoe(Pen&, const Look&); void watch(Pen&, const Look&); void necklace(Pen&, const Look&); void shirt(Pen&, const Look&);
void umbrella(Pen&, const Look&);
// things of the house
void table(Pen&, const Look&); void chair(Pen&, const Look&); void lamp(Pen&, const Look&); void book(Pen&, const Look&);
void clock_face(Pen&, const Look&); void phone(Pen&, const Look&); void laptop(Pen&, const Look&); void camera(Pen&, const Look&);
void key(Pen&, const Look&); void guitar(Pen&, const Look&); void pencil(Pen&, const Look&); void gift(Pen&, const Look&);
void house(Pen&, const Look&);
// shapes and vehicles
void ball(Pen&, const Look&); void balloon(Pen&, const Look&); void heart(Pen&, const Look&); void cube(Pen&, const Look&);
void car(Pen&, const Look&); void boat(Pen&, const Look&); void bicycle(Pen&, const Look&);
// clang-format on

}  // namespace pentimento::offline::sketch
