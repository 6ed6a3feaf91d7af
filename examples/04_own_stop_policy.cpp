// A stop policy of your own is a plain struct: no base class, no registration. It composes with the others.
#include <pentimento/offline.hpp>
#include <pentimento/pentimento.hpp>

#include <iostream>
#include <optional>

namespace ptm = pentimento;

/// Stops when the last two rounds kept the same incumbent and at most one of its items fails.
struct GoodEnough {
  std::optional<ptm::StopReason> operator()(const ptm::Transcript& run, ptm::TimePoint) const {
    if (run.incumbent() == nullptr || run.rounds_without_gain() < 2) return std::nullopt;
    const ptm::Score score = run.score(*run.incumbent());
    if (score.items() - score.passed() > 1) return std::nullopt;
    return ptm::StopReason{ptm::StopKind::custom, "good enough", std::to_string(score.percent()) + " %"};
  }
};

int main() {
  ptm::RefinementLoop loop{
      ptm::offline::SketchGenerator{}, ptm::offline::MeasuringCritic{},
      ptm::Satisfied{} || GoodEnough{} || (ptm::MaxRounds{4} && !ptm::ScoreAtLeast{50}) || ptm::MaxRounds{8}};
  loop.settings(ptm::RunSettings{}.drafts(2).seed(7));
  ptm::Outcome outcome =
      ptm::run(loop, ptm::Brief{"two green bottles left of a yellow vase, plain light grey background, dull light"});
  std::cout << outcome.reason() << '\n';
}
