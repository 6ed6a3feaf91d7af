#include "line_reader.hpp"

#include <pentimento/offload.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace pentimento::cli {

class LineReader::State {
 public:
  explicit State(int descriptor) : descriptor_{descriptor} {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (wake_ >= 0) ::close(wake_);
  }

  /// Blocks until there is a line, the input ends, or `end()` is called.
  std::optional<std::string> next() {
    while (true) {
      if (const std::size_t end = buffer_.find('\n'); end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        return line;
      }
      if (!read_more()) break;
    }
    if (buffer_.empty()) return std::nullopt;
    return std::exchange(buffer_, {});
  }

  void end() {
    const std::uint64_t one = 1;
    static_cast<void>(::write(wake_, &one, sizeof one));
  }

 private:
  bool read_more() {
    constexpr std::size_t longest_line = 64 * 1024;
    std::array<pollfd, 2> wanted{{{descriptor_, POLLIN, 0}, {wake_, POLLIN, 0}}};
    while (::poll(wanted.data(), wanted.size(), -1) < 0) {
      if (errno != EINTR) return false;
    }
    if (wanted[1].revents != 0) return false;
    std::array<char, 4096> chunk{};
    const ssize_t count = ::read(descriptor_, chunk.data(), chunk.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (count <= 0 || buffer_.size() > longest_line) return false;
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
    return true;
  }

  int descriptor_;
  int wake_ = ::eventfd(0, EFD_CLOEXEC);
  std::string buffer_;
};

LineReader::LineReader(int descriptor) : state_{std::make_shared<State>(descriptor)} {}

LineReader::~LineReader() {
  state_->end();
  thread_.join();
}

boost::asio::awaitable<std::optional<std::string>> LineReader::read_line() {
  auto job = [state = state_] { return state->next(); };
  co_return co_await offload(thread_.get_executor(), job);
}

}  // namespace pentimento::cli
