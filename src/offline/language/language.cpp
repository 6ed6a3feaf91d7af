#include "offline/language/language.hpp"

#include "offline/language/reader.hpp"

#include <algorithm>
#include <array>

namespace pentimento::offline {
std::string Colour::text() const {
  static constexpr std::array<std::string_view, 6> tones{"", "light ", "pale ", "dark ", "deep ", "bright "};
  return std::string{tones[static_cast<std::size_t>(tone)]} + name;
}

std::optional<std::size_t> Description::find(std::string_view noun) const {
  const auto it = std::ranges::find(subjects, noun, &Subject::noun);
  if (it == subjects.end()) return std::nullopt;
  return static_cast<std::size_t>(it - subjects.begin());
}

Description read(std::string_view text) { return lexicon::Reader{text}.run(); }

}  // namespace pentimento::offline
