//
// What the painter makes of a description: where each thing goes, in which colours, before which backdrop. Private to this
// folder.
#pragma once

#include "offline/language/language.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace pentimento::offline::sketch {

struct Painting {
  std::string whole;     ///< SVG
  std::string backdrop;  ///< SVG of what is behind the things
};

/// A function of its arguments. Only numbers, colours and the symbols reach the SVG, never a word of the prompt.
[[nodiscard]] Painting paint(const Description& description, std::string_view prompt, std::uint64_t seed, int width,
                             int height);

}  // namespace pentimento::offline::sketch
