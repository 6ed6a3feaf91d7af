//
// The rule by which the painter follows a prompt or misses it. Private to this folder.
#pragma once

#include "offline/language/language.hpp"
#include "offline/sketch/chance.hpp"

#include <cstdint>
#include <string_view>

namespace pentimento::offline::sketch {

/**
 * A phrase binds if its strength reaches what it needs.
 *
 * - Its strength is the sum over its mentions, the strongest first, each weighing half of the one before. A mention is the
 *   stronger the earlier it stands in the prompt.
 * - What it needs is chance, drawn half from the seed and half from seed and prompt together, so that a new wording is a new
 *   throw; plus how hard the phrase is: many things are harder to draw than few.
 */
class Binding {
 public:
  Binding(std::string_view prompt, std::uint64_t seed) : of_seed{seed}, of_draft{mixed(seed) ^ hash(prompt)} {}

  /// How far a phrase is from binding: 0 if it binds, at most 1. `kind` and `which` name its chance.
  [[nodiscard]] double miss(const Mentions& said, std::string_view kind, std::uint64_t which = 0,
                            double difficulty = 0) const;

  Chance of_seed;   ///< what stays when only the prompt changes
  Chance of_draft;  ///< what does not
};

}  // namespace pentimento::offline::sketch
