#pragma once

#include "line_reader.hpp"
#include "progress_view.hpp"
#include "terminal.hpp"
#include <pentimento/revise/ask.hpp>

#include <memory>

namespace pentimento::cli {

/**
 * Asks the person at the terminal, as the callback of the reviser `Ask`: shows the proposal and reads one line. An
 * empty line accepts it, `q` ends the run, anything else replaces the prompt. A prompt that the generator does not
 * accept is asked for again. Once the input is closed, every proposal is accepted.
 */
class AskPerson : public std::enable_shared_from_this<AskPerson> {
 public:
  /// `view` may be null. With `accept_all`, every proposal is accepted without asking.
  AskPerson(Terminal& terminal, ProgressView* view, bool accept_all)
      : terminal_{terminal}, view_{view}, accept_all_{accept_all} {}

  /// Returns the callback, which shares ownership of this object.
  Ask::Callback callback();

 private:
  static boost::asio::awaitable<Result<Revision>> ask(std::shared_ptr<AskPerson> self, Revision proposal,
                                                      Capabilities can);
  void show(const Revision& proposal);
  void show_prompt();

  Terminal& terminal_;
  ProgressView* view_;
  bool accept_all_;
  LineReader reader_{0};
};

}  // namespace pentimento::cli
