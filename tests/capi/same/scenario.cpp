// The run that every language makes, in C++: prints its transcript.

#include <pentimento/json.hpp>
#include <pentimento/offline.hpp>
#include <pentimento/pentimento.hpp>
#include <pentimento/stop/parse.hpp>

#include <iostream>

namespace ptm = pentimento;

int main() {
  ptm::RefinementLoop loop{ptm::offline::SketchGenerator{}, ptm::offline::MeasuringCritic{},
                           ptm::parse_stop_policy("satisfied || rounds(4)").value()};
  loop.settings(ptm::RunSettings{}.seed(8));
  ptm::Brief brief{"three red mugs on a plain white table, bright"};
  brief.avoid("text").size({320, 240});
  const ptm::Outcome outcome = ptm::run(loop, brief);
  std::cout << ptm::to_text(outcome.transcript()) << '\n';
}
