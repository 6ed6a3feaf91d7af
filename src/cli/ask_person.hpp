#pragma once

#include "line_reader.hpp"
#include "progress_view.hpp"
#include "terminal.hpp"
#include <pentimento/revise/ask.hpp>

#include <memory>

namespace pentimento::cli {

/**
 * The person at the terminal, as the callback of the reviser `Ask`: shows what is proposed and takes one line. An empty
 * line accepts, other words replace the prompt, `q` ends the run with what there is. Words that are too long for the
 * generator are asked for again. Once the input is closed every proposal is accepted.
 */
class AskPerson : public std::enable_shared_from_this<AskPerson> {
 public:
  /// `view` may be null. With `accept_all` nobody is asked.
  AskPerson(Terminal& terminal, ProgressView* view, bool accept_all)
      : terminal_{terminal}, view_{view}, accept_all_{accept_all} {}

  /// The callback; it keeps this object alive.
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
