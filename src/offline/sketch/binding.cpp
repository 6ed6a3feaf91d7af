#include "offline/sketch/binding.hpp"

#include "offline/sketch/noise.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

namespace pentimento::offline::sketch {
namespace {

// The figures of the rule. They were chosen so that a first draft of four or five phrases meets a half to three quarters of
// them, and so that saying a thing twice helps it more than it hurts the others.
constexpr double memory = 26;          // words after which the pull of a place has fallen by 1/e of what it can lose
constexpr double lasting = 0.55;       // what is left of it at the end of a long prompt
constexpr double repetition = 0.55;    // what each further mention adds, as a share of the one before
constexpr double capacity = 3.0;       // pull that is served in full; beyond it attention is shared
constexpr double sharing = 0.45;       // how fast
constexpr double enough = 0.72;        // the pull at which a phrase of common difficulty binds every other time
constexpr double steepness = 2.5;      // standard deviations for a factor of e in pull
constexpr double seed_noise = 0.55;    // chance that stays when only the prompt changes...
constexpr double draft_noise = 0.835;  // ...and chance that does not; together a standard deviation of 1

double emphasis(const Mention& said) noexcept {
  double factor = said.weight;
  if (said.important) factor *= 1.45;
  if (said.kept) factor *= 1.1;
  if (said.exact) factor *= 1.12;
  if (said.demanded) factor *= 1.15;
  if (said.intensified) factor *= 1.1;
  if (said.shouted) factor *= 1.2;
  return factor;
}

// Models draw one of a thing, or two, and lose count of eight.
double count_ease(const Count& count) noexcept {
  if (!count.stated) return 1.8;
  if (count.value <= 1) return 0.9;
  if (count.value == 2) return 0.35;
  if (count.value <= 4) return 0;
  if (count.value <= 6) return -0.4;
  if (count.value <= 9) return -0.9;
  return -1.6;
}

double background_ease(const Background& background) noexcept {
  const bool scene = background.backdrop != Backdrop::plain && background.backdrop != Backdrop::gradient;
  return scene ? 0.9 : 0;
}

}  // namespace

double pull_of(const Phrase& phrase) noexcept {
  std::vector<double> pulls;
  pulls.reserve(phrase.mentions.size());
  for (const Mention& said : phrase.mentions) {
    const double place = lasting + (1 - lasting) * std::exp(-static_cast<double>(said.span.index) / memory);
    pulls.push_back(place * emphasis(said));
  }
  std::ranges::sort(pulls, std::greater{});
  double sum = 0;
  double share = 1;
  for (const double pull : pulls) {
    sum += pull * share;
    share *= repetition;
  }
  return sum;
}

Bindings bind_phrases(const Description& description, std::string_view prompt, std::uint64_t seed) {
  Bindings bindings;
  double demand = 0;
  const auto pulled = [&demand](const Phrase& phrase) {
    Binding binding;
    binding.pull = pull_of(phrase);
    demand += binding.pull;
    return binding;
  };
  // What is there at all costs no attention of its own: it is carried by what is said of it.
  const auto carried = [](const Phrase& phrase) {
    Binding binding;
    binding.pull = pull_of(phrase);
    return binding;
  };
  for (const Subject& subject : description.subjects) {
    SubjectBinding bound;
    bound.presence = carried(subject.phrase);
    if (subject.count)
      bound.count = subject.count->stated ? pulled(subject.count->phrase) : carried(subject.count->phrase);
    for (const Colour& colour : subject.colours) bound.colours.push_back(pulled(colour.phrase));
    if (subject.size) bound.size = pulled(subject.size->phrase);
    bindings.subjects.push_back(std::move(bound));
  }
  for (const Relation& relation : description.relations) bindings.relations.push_back(pulled(relation.phrase));
  if (description.background) bindings.background = pulled(description.background->phrase);
  if (description.light) bindings.light = pulled(description.light->phrase);
  for (const FramingWord& framing : description.framing) bindings.framing.push_back(pulled(framing.phrase));

  const double served = std::min(1.0, std::pow(capacity / std::max(demand, 0.01), sharing));
  const Noise of_seed{seed};
  const Noise of_draft{mixed(seed) ^ hash(prompt)};
  const auto settle = [&](Binding& binding, double ease, std::string_view kind, std::uint64_t which) {
    const double chance = seed_noise * of_seed.normal(kind, which) + draft_noise * of_draft.normal(kind, which);
    binding.margin = steepness * std::log(std::max(binding.pull, 0.02) * served / enough) + ease + chance;
  };
  for (std::size_t i = 0; i < description.subjects.size(); ++i) {
    const Subject& subject = description.subjects[i];
    SubjectBinding& bound = bindings.subjects[i];
    // The noun and not its place in the list names the chance, so that a reordered prompt keeps the seed's luck.
    const std::uint64_t name = hash(subject.noun);
    settle(bound.presence, i == 0 ? 5 : 2.4, "presence", name);
    if (subject.count) settle(bound.count, count_ease(*subject.count), "count", name);
    for (std::size_t k = 0; k < subject.colours.size(); ++k) {
      settle(bound.colours[k], 0.1, "colour", name ^ hash(subject.colours[k].name));
    }
    if (subject.size) settle(bound.size, 0, "size", name);
  }
  for (std::size_t i = 0; i < description.relations.size(); ++i) {
    settle(bindings.relations[i], -0.1, "relation", static_cast<std::uint64_t>(description.relations[i].place));
  }
  if (description.background) settle(bindings.background, background_ease(*description.background), "background", 0);
  if (description.light) settle(bindings.light, 0.1, "light", 0);
  for (std::size_t i = 0; i < description.framing.size(); ++i) {
    settle(bindings.framing[i], 0.1, "framing", static_cast<std::uint64_t>(description.framing[i].framing));
  }
  return bindings;
}

}  // namespace pentimento::offline::sketch
