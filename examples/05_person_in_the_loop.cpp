// A person in the loop: after every round you see the proposal and may change it. The run waits without blocking a thread.
#include <pentimento/offline.hpp>
#include <pentimento/pentimento.hpp>

#include <boost/asio/thread_pool.hpp>

#include <iostream>
#include <string>

namespace asio = boost::asio;
namespace ptm = pentimento;

/// Reads a line. The end of the input counts as an empty line.
static std::string ask_on_terminal(const std::string& question) {
  std::cout << question << std::flush;
  std::string line;
  std::getline(std::cin, line);
  return line;
}

int main() {
  asio::thread_pool terminal{1};  // reading may block there

  ptm::Ask person{[&](ptm::Revision proposal, ptm::RevisionRequest) -> asio::awaitable<ptm::Result<ptm::Revision>> {
    auto question = [words = proposal.request().prompt()] {
      return ask_on_terminal("\nnext   " + words + "\nReturn to accept, other words to say it better, q to stop: ");
    };
    const std::string answer = co_await ptm::offload(terminal.get_executor(), question);
    if (answer == "q") {
      proposal.action(ptm::Action::stop).why("the person is content");
    } else if (!answer.empty()) {
      ptm::GenerationRequest request = proposal.request();
      proposal.request(request.prompt(answer)).action(ptm::Action::reprompt);
    }
    co_return proposal;
  }};

  ptm::RefinementLoop loop{ptm::offline::SketchGenerator{}, ptm::offline::MeasuringCritic{},
                           ptm::Satisfied{} || ptm::MaxRounds{4}};
  loop.reviser(std::move(person)).watch([](const ptm::Event& event) { std::cout << event << '\n'; });
  ptm::Outcome outcome = ptm::run(loop, ptm::Brief{"a blue house under a bright sun, in a park"});
  std::cout << outcome.reason() << '\n';
}
