// The loop, without a key or a network.
#include <pentimento/offline.hpp>
#include <pentimento/pentimento.hpp>

#include <iostream>

namespace ptm = pentimento;

int main() {
  ptm::RefinementLoop loop{ptm::offline::SketchGenerator{}, ptm::offline::MeasuringCritic{},
                           ptm::Satisfied{} || ptm::MaxRounds{3}};
  ptm::Outcome outcome = ptm::run(loop, ptm::Brief{"three red mugs on a plain white table, bright"});
  std::cout << outcome.reason() << '\n';
  return outcome.has_best() ? 0 : 1;
}
