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

/// A colour name of CSS Color Level 4, in lower case, with its value.
struct NamedColour {
  std::string_view name;
  Rgb rgb;
};

/// All colour names of CSS except `transparent`, sorted by name. Both spellings of grey are included.
[[nodiscard]] std::span<const NamedColour> css_colours() noexcept;

/// The value of a colour name, in any case: a name of CSS, or an everyday name that CSS lacks (`golden`, `cream`, `mustard`,
/// `burgundy`, `charcoal`, ...). Empty for any other word.
[[nodiscard]] std::optional<Rgb> colour_named(std::string_view name);

/// How a word before a colour name changes it.
enum class Tone { plain, light, pale, dark, deep, bright };

/// "dark"; empty for `Tone::plain`.
[[nodiscard]] std::string_view tone_word(Tone tone) noexcept;

/// The value of a colour name (in lower case) with a tone: that of CSS if CSS defines the compound (`darkblue`), otherwise
/// mixed from the name's own value. Greys are always mixed, because the `darkgray` of CSS is lighter than its `gray`.
/// Empty if the name is unknown.
[[nodiscard]] std::optional<Rgb> colour_toned(std::string_view name, Tone tone);

/// `#rrggbb`.
[[nodiscard]] std::string hex(Rgb colour);

}  // namespace pentimento::offline
