#include "store/process_identity.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <fstream>
#include <sstream>
#include <utility>

namespace pentimento::store {
namespace {

/// When a process started, in ticks since the machine did; 0 if that cannot be told, -1 if it has ended. Linux only.
std::int64_t start_of(std::int64_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::string line;
  std::getline(file, line);
  // The second field is the name in parentheses, which may contain anything; the start is the 22nd.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields{line.substr(name_end + 1)};
  std::string field;
  fields >> field;
  if (field == "Z" || field == "X") return -1;  // its parent has not taken notice yet
  for (int i = 4; i <= 22; ++i) fields >> field;
  return fields ? std::stoll(field) : 0;
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown host";
}

std::string word_of(const char* path) {
  std::ifstream file{path};
  std::string word;
  file >> word;
  return word;
}

/// The machine, its start, and the numbering of processes, separated by spaces.
std::string boot_name() {
  std::array<char, 64> processes{};
  const ssize_t size = ::readlink("/proc/self/ns/pid", processes.data(), processes.size());
  return word_of("/etc/machine-id") + ' ' + word_of("/proc/sys/kernel/random/boot_id") + ' ' +
         std::string{processes.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace

ProcessIdentity ProcessIdentity::own() {
  static const std::string boot = boot_name();
  return {host_name(), boot, ::getpid(), start_of(::getpid())};
}

Life life_of(const ProcessIdentity& process) {
  const ProcessIdentity own = ProcessIdentity::own();
  if (process.boot() == own.boot() && process.host() == own.host()) {
    if (process.pid() <= 0 || process.pid() > INT_MAX) return Life::dead;
    if (::kill(static_cast<pid_t>(process.pid()), 0) != 0 && errno == ESRCH) return Life::dead;
    return start_of(process.pid()) == process.started() ? Life::alive : Life::dead;
  }
  const auto words = [](const std::string& boot) {
    const std::size_t machine = std::min(boot.find(' '), boot.size());
    return std::pair{boot.substr(0, machine), boot.substr(machine, boot.rfind(' ') - machine)};
  };
  const auto [machine, start] = words(process.boot());
  const auto [own_machine, own_start] = words(own.boot());
  const bool was_restarted = !machine.empty() && machine == own_machine && start != own_start;
  return was_restarted && process.host() == own.host() ? Life::dead : Life::unknown;
}

}  // namespace pentimento::store
