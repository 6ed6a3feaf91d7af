// A run that survives: start it, end the program in any way (Ctrl-C, kill -9, the power switch), and start it again. It goes on
// where it was, and asks for nothing twice.
#include <pentimento/offline.hpp>
#include <pentimento/pentimento.hpp>

#include <iostream>

namespace ptm = pentimento;

int main(int argc, char** argv) {
  const char* const path = argc > 1 ? argv[1] : "mugs-run";
  ptm::RefinementLoop loop{ptm::offline::SketchGenerator{}, ptm::offline::MeasuringCritic{},
                           ptm::Satisfied{} || ptm::MaxRounds{6}};
  loop.settings(ptm::RunSettings{}.seed(62));
  loop.watch([](const ptm::Event& event) { std::cout << event << '\n'; });

  const bool exists = ptm::RunFolder::is_run(path);
  const auto folder = (exists ? ptm::RunFolder::open(path) : ptm::RunFolder::create(path)).value();
  loop.record(folder);
  const std::vector<ptm::Event>& recorded = folder->record().events();
  const ptm::Outcome outcome = recorded.empty()
                                   ? ptm::run(loop, ptm::Brief{"three red mugs on a plain white table, bright"})
                                   : ptm::resume(loop, ptm::Recording{recorded});
  std::cout << outcome.reason() << '\n';

  // What would another policy have made of it? Nothing is called.
  const ptm::Replay shorter = ptm::replay(ptm::RunFolder::read(path).value().events(), ptm::MaxRounds{1}).value();
  std::cout << "with rounds(1): " << shorter.transcript().stop_reason()->detail() << '\n';
}
