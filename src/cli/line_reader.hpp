#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <optional>
#include <string>

namespace pentimento::cli {

/**
 * Reads lines from a file descriptor on its own thread, so that the run goes on while a person thinks.
 *
 * Asio's descriptors would make the terminal non-blocking for the output and the shell too, and cannot wait for plain
 * files.
 *
 * **Cancellation**: at once, with `operation_aborted`.
 */
class LineReader {
 public:
  explicit LineReader(int descriptor);
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  /// Ends a pending read.
  ~LineReader();

  /// The next line without its line end; none once the input is closed. Only one read may be pending.
  boost::asio::awaitable<std::optional<std::string>> read_line();

 private:
  class State;
  std::shared_ptr<State> state_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace pentimento::cli
