//
// How strongly each phrase of a prompt binds. The rule is documented for users in pentimento/offline/sketch.hpp; this is the
// rule. Private to sketch_*.cpp.
#pragma once

#include "offline/language/language.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace pentimento::offline::sketch {

/// How well one phrase is followed.
struct Binding {
  double pull = 0;  ///< what the prompt gives it: place, repetition, emphasis
  double margin =
      9;  ///< pull against the demand of everything else, its difficulty and the seed's chance, in standard deviations

  [[nodiscard]] bool holds() const noexcept { return margin > 0; }
  /// 0 for a phrase that holds, up to 1 for one that is far from it: how wrong the picture gets it.
  [[nodiscard]] double deficit() const noexcept { return margin > 0 ? 0 : margin < -2 ? 1 : -margin / 2; }
};

struct SubjectBinding {
  Binding presence;
  Binding count;
  std::vector<Binding> colours;
  Binding size;
};

/// As the phrases of a `Description`; what it does not have holds.
struct Bindings {
  std::vector<SubjectBinding> subjects;
  std::vector<Binding> relations;
  Binding background;
  Binding light;
  std::vector<Binding> framing;
};

/// What the prompt gives a phrase, before anything else is known: see `bind_phrases`.
[[nodiscard]] double pull_of(const Phrase& phrase) noexcept;

[[nodiscard]] Bindings bind_phrases(const Description& description, std::string_view prompt, std::uint64_t seed);

}  // namespace pentimento::offline::sketch
