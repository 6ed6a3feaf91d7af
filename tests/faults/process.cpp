#include "process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>

namespace pentimento::test {

namespace {

volatile std::sig_atomic_t pipes = 0;

extern "C" void count_broken_pipe(int) { pipes = pipes + 1; }

}  // namespace

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  const auto count = std::distance(begin(all), end(all));
  return static_cast<std::size_t>(count) - 1;  // that of the listing itself
}

int broken_pipes() {
  static const bool counting = [] {
    struct sigaction action {};
    action.sa_handler = count_broken_pipe;
    return ::sigaction(SIGPIPE, &action, nullptr) == 0;
  }();
  return counting ? static_cast<int>(pipes) : -1;
}

namespace {

/// A line of /proc/self/status, in bytes.
std::optional<std::size_t> status_of(const std::string& name) {
  std::ifstream status{"/proc/self/status"};
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(name + ':')) return std::stoul(line.substr(name.size() + 1)) * 1024;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> peak_growth(const std::function<void()>& run) {
  std::ofstream forget{"/proc/self/clear_refs"};
  forget << "5" << std::flush;  // the peak begins anew
  if (!forget) return std::nullopt;
  const std::optional<std::size_t> before = status_of("VmRSS");
  run();
  const std::optional<std::size_t> peak = status_of("VmHWM");
  if (!before || !peak) return std::nullopt;
  return *peak - std::min(*before, *peak);
}

std::size_t connecting_to(std::uint16_t port) {
  std::ifstream table{"/proc/net/tcp"};
  std::string line;
  std::getline(table, line);
  std::size_t count = 0;
  while (std::getline(table, line)) {
    std::istringstream words{line};
    std::string number;
    std::string here;
    std::string there;
    std::string state;
    words >> number >> here >> there >> state;
    const std::size_t colon = there.find(':');
    const bool is_meant = colon != std::string::npos && std::stoul(there.substr(colon + 1), nullptr, 16) == port;
    if (state == "02" && is_meant) ++count;
  }
  return count;
}

bool soon(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return holds();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

}  // namespace pentimento::test
