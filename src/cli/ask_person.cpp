#include "ask_person.hpp"

#include "findings_view.hpp"
#include "wording.hpp"
#include <pentimento/detail/request_limits.hpp>
#include <pentimento/detail/utf8.hpp>

#include <utility>

namespace pentimento::cli {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Why these words cannot be the next prompt; none if they can.
std::optional<std::string> reason_against(const std::string& words, const Capabilities& can) {
  if (const std::size_t at = detail::find_invalid_utf8(words); at != words.npos)
    return "your prompt is not valid UTF-8 from byte " + std::to_string(at) + " on; type it again";
  if (detail::accepts_prompt(words, can)) return std::nullopt;
  return "your prompt has " + std::to_string(detail::count_characters(words)) + " characters; " + can.name() +
         " accepts at most " + std::to_string(can.max_prompt_characters());
}

}  // namespace

Ask::Callback AskPerson::callback() {
  return [self = shared_from_this()](Revision proposal, const RevisionRequest& request) {
    return ask(self, std::move(proposal), request.capabilities());
  };
}

void AskPerson::show(const Revision& proposal) {
  const Signs& signs = terminal_.signs();
  terminal_.print({label("your turn"), {words_of(proposal), Style::accent}});
  const std::string prompt = printable(proposal.request().prompt());
  terminal_.print_wrapped({{std::string{signs.open_quote} + prompt + std::string{signs.close_quote}}}, margin, 12);
  const bool ends = proposal.action() == Action::stop;
  terminal_.print({label(""),
                   {ends ? "your own prompt replaces it; Enter or q ends the run"
                         : "Enter accepts it, your own prompt replaces it, q ends the run",
                    Style::faint}});
  show_prompt();
}

void AskPerson::show_prompt() { terminal_.print_question({label("         >"), {""}}); }

boost::asio::awaitable<Result<Revision>> AskPerson::ask(std::shared_ptr<AskPerson> self, Revision proposal,
                                                        Capabilities can) {
  if (self->accept_all_) co_return proposal;
  struct Pause {
    explicit Pause(ProgressView* v) : view{v} {
      if (view != nullptr) view->suspend();
    }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause() {
      if (view != nullptr) view->resume();
    }
    ProgressView* view;
  };
  const Pause pause{self->view_};
  self->show(proposal);
  std::optional<std::string> line = co_await self->reader_.read_line();
  while (line) {
    const std::optional<std::string> reason = reason_against(trimmed(*line), can);
    if (!reason) break;
    self->terminal_.print_wrapped({{*reason, Style::doubt}}, margin, 2);
    self->show_prompt();
    line = co_await self->reader_.read_line();
  }
  if (!line) {
    self->accept_all_ = true;
    self->terminal_.print({{""}});
    self->terminal_.print(
        {label(""), {"the input is closed: this and every later proposal is accepted", Style::faint}});
    co_return proposal;
  }
  const std::string answer = trimmed(*line);
  if (answer.empty()) co_return proposal;
  if (answer == "q") {
    proposal.action(Action::stop).why("you ended it");
    co_return proposal;
  }
  GenerationRequest request = proposal.request();
  request.prompt(answer);
  proposal.request(std::move(request)).why("your own prompt");
  // With another prompt it is neither the same prompt with a new seed nor the end.
  if (proposal.action() == Action::reseed || proposal.action() == Action::stop) proposal.action(Action::reprompt);
  co_return proposal;
}

}  // namespace pentimento::cli
