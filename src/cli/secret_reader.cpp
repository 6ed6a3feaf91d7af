#include "secret_reader.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

namespace pentimento::cli {

namespace {

constexpr std::size_t most_bytes = 4'096;

volatile std::sig_atomic_t interrupted = 0;

extern "C" void note_interrupt(int) { interrupted = 1; }

/// Turns the echo of the terminal off for its lifetime. Signals end the reading, so that the echo is always restored.
/// They are delivered only inside `wait()`, so that none is missed between a check and the wait.
class WithoutEcho {
 public:
  WithoutEcho() {
    is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!is_terminal_) return;
    sigset_t blocked;
    ::sigemptyset(&blocked);
    for (const int signal : signals) ::sigaddset(&blocked, signal);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &mask_);
    struct sigaction action {};
    action.sa_handler = note_interrupt;
    for (std::size_t i = 0; i < std::size(signals); ++i) ::sigaction(signals[i], &action, &handlers_[i]);
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    is_silent_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;
  ~WithoutEcho() {
    if (!is_terminal_) return;
    if (is_silent_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < std::size(signals); ++i) ::sigaction(signals[i], &handlers_[i], nullptr);
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }

  bool is_silent() const noexcept { return is_silent_; }

  /// Blocks until there is something to read, or a signal.
  void wait() const {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    ::ppoll(&input, 1, nullptr, &mask_);
  }

 private:
  static constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

  termios before_{};
  struct sigaction handlers_[std::size(signals)]{};
  sigset_t mask_{};
  bool is_terminal_ = false;
  bool is_silent_ = false;
};

/// Reads a line. `terminal` is null if the standard input is none.
Result<std::string> read_line(const WithoutEcho* terminal) {
  std::string line;
  while (true) {
    if (terminal != nullptr) terminal->wait();
    if (interrupted != 0) return Error{errc::cancelled, "no key was stored"};
    char c = 0;
    // Byte by byte: what follows the line is left for others.
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return Error{errc::io_failed, std::string{"cannot read the standard input: "} + std::strerror(errno)};
    if (count == 0 || c == '\n') return line;
    line += c;
    if (line.size() > most_bytes) {
      return Error{errc::invalid_argument, "the key is longer than " + std::to_string(most_bytes) +
                                               " bytes; no provider has keys of this length"};
    }
  }
}

}  // namespace

Result<Secret> read_secret(const std::string& question) {
  Result<std::string> line = std::string{};
  if (::isatty(STDIN_FILENO) == 1) {
    interrupted = 0;
    const WithoutEcho quiet;
    if (!quiet.is_silent())
      return Error{errc::io_failed, "the echo of this terminal cannot be turned off; give the key through a pipe"};
    std::fputs(question.c_str(), stderr);
    std::fflush(stderr);
    line = read_line(&quiet);
  } else {
    line = read_line(nullptr);
  }
  if (!line) return line.error();
  while (!line->empty() && (line->back() == '\r' || line->back() == ' ' || line->back() == '\t')) line->pop_back();
  line->erase(0, line->find_first_not_of(" \t"));
  if (line->empty())
    return Error{errc::invalid_argument, "the key is empty; type or paste it, or give it through a pipe"};
  return Secret{std::move(*line)};
}

}  // namespace pentimento::cli
