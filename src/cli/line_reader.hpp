#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <optional>
#include <string>

namespace pentimento::cli {

/**
 * Reads lines from a file descriptor on a thread of its own, so that nobody waits for a person who is thinking.
 *
 * Asio's own descriptors would make the terminal non-blocking, for the output and for the shell as well, and cannot wait for plain
 * files. **Cancellation**: at once, by `system_error` with `operation_aborted`.
 */
class LineReader {
 public:
  explicit LineReader(int descriptor);
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  /// Ends the reading that is under way.
  ~LineReader();

  /// The next line without its end; none once the input is closed. One at a time.
  boost::asio::awaitable<std::optional<std::string>> read_line();

 private:
  class State;
  std::shared_ptr<State> state_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace pentimento::cli
