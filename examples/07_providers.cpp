// The loop of the article that this library grew from: Stable Diffusion 3 makes the image, a vision model judges it.
//
// Costs money, at most the budget. Keys: STABILITY_API_KEY and OPENAI_API_KEY in the environment, by `pentimento keys set`,
// or in .env. To try it for free, run `pentimento emulate` and set the variables that it prints.
#include <pentimento/pentimento.hpp>
#include <pentimento/registry/offline_backends.hpp>

#include <iostream>

namespace ptm = pentimento;

int main(int argc, char** argv) {
  ptm::Registry backends;
  ptm::add_offline_backends(backends);  // scales large images down for the critic
  const auto generator = backends.make_generator("stability:sd3.5-large");
  const auto critic = backends.make_critic("openai");  // or "anthropic", "ollama:qwen3-vl:8b", ...
  if (!generator || !critic) {
    std::cerr << (generator ? critic.error() : generator.error()).message() << '\n';
    return 2;
  }

  ptm::Brief brief{argc > 1 ? argv[1] : "a lady in a red saree, walking in the park"};
  ptm::RefinementLoop loop{*generator, *critic, ptm::Satisfied{} || ptm::MaxRounds{5} || ptm::Budget{ptm::usd(1)}};
  loop.reviser(ptm::SuggestedPrompt{});  // as in the article: the critic's suggestion is the next prompt
  loop.watch([](const ptm::Event& event) { std::cout << event << '\n'; });
  const ptm::Outcome outcome = ptm::run(loop, brief);

  std::cout << outcome.reason() << "; it cost " << outcome.transcript().ledger().spent() << '\n';
  if (outcome.error()) std::cerr << outcome.error()->message() << '\n';
  if (!outcome.has_best()) return 1;
  ptm::save(outcome.best().image(), "picture.png").value();
}
