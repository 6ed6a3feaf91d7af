// The loop in ten lines, without a key or a network: a generator that draws what it understands of a prompt, and a critic
// that measures the result.
#include <pentimento/offline.hpp>
#include <pentimento/pentimento.hpp>

#include <iostream>

namespace ptm = pentimento;

int main() {
  ptm::RefinementLoop loop{ptm::offline::SketchGenerator{}, ptm::offline::MeasuringCritic{},
                           ptm::Satisfied{} || ptm::MaxRounds{6}};
  loop.settings(ptm::RunSettings{}.seed(62));  // another seed, another image
  ptm::Outcome outcome = ptm::run(loop, ptm::Brief{"three red mugs on a plain white table, bright"});
  ptm::save(outcome.best().image(), "mugs.png").value();
  std::cout << outcome.reason() << '\n';
}
