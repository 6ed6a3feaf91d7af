#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pentimento::offline {

/// A colour of the sRGB space, 8 bits a channel.
struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  friend constexpr bool operator==(Rgb, Rgb) = default;
};

/// One of the colour names of CSS Color Level 4, in lower case, with the value that CSS gives it.
struct NamedColour {
  std::string_view name;
  Rgb rgb;
};

/// All CSS colour names but `transparent`, sorted by name; both spellings of grey are in it.
[[nodiscard]] std::span<const NamedColour> css_colours() noexcept;

/// The value of a CSS colour name, in any case. Also of everyday names that CSS lacks and that people use of things: `golden`,
/// `cream`, `mustard`, `burgundy`, `charcoal`, `blond`, `scarlet`, `copper`, `bronze`, `mint`... Nothing for any other word.
[[nodiscard]] std::optional<Rgb> colour_named(std::string_view name) noexcept;

/// How a word before a colour's name changes it.
enum class Tone { plain, light, pale, dark, deep, bright };

/// `tone` applied to `colour`: light and pale mix towards white (35 and 60 %), dark and deep towards black (45 and 25 %, deep
/// also more saturated), bright raises saturation and value. A name that CSS defines with its modifier (`darkblue`,
/// `lightpink`) has a value of its own: ask `colour_toned(name, tone)`.
[[nodiscard]] Rgb toned(Rgb colour, Tone tone) noexcept;

/// The value of `tone` + `name`: CSS's own if it defines that compound, else `toned(*colour_named(name), tone)`. Greys never take
/// CSS's own, whose `darkgray` is lighter than its `gray`. Nothing if the name is unknown.
[[nodiscard]] std::optional<Rgb> colour_toned(std::string_view name, Tone tone) noexcept;

/// `#rrggbb`.
[[nodiscard]] std::string hex(Rgb colour);

}  // namespace pentimento::offline
