#include "offline/sketch/binding.hpp"

#include <algorithm>

namespace pentimento::offline::sketch {
namespace {

// Chosen so that a first draft meets about half of four or five phrases, and what is said twice comes out nine times in ten.
constexpr double halved_after = 40;  // words before a mention that halve its strength
constexpr double repeated = 0.5;     // the weight of a mention, as a share of the one before
constexpr double least_need = 0.2;
constexpr double most_need = 1.6;

}  // namespace

double Binding::miss(const Mentions& said, std::string_view kind, std::uint64_t which, double difficulty) const {
  double strength = 0;
  double weight = 1;
  for (const std::size_t words_before : said) {  // the earliest is the strongest
    strength += weight * halved_after / (halved_after + static_cast<double>(words_before));
    weight *= repeated;
  }
  const double luck = (of_seed.uniform(kind, which) + of_draft.uniform(kind, which)) / 2;
  const double need = least_need + (most_need - least_need) * luck + difficulty;
  return std::clamp(need - strength, 0.0, 1.0);
}

}  // namespace pentimento::offline::sketch
