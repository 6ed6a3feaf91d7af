// Who holds a run: which process of which machine, so that another process can tell whether it still lives.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace pentimento::store {

/// A process, told apart from a later one with the same number.
class ProcessIdentity {
 public:
  ProcessIdentity(std::string host, std::string boot, std::int64_t pid, std::int64_t started)
      : host_{std::move(host)}, boot_{std::move(boot)}, pid_{pid}, started_{started} {}

  /// This process.
  static ProcessIdentity own();

  const std::string& host() const noexcept { return host_; }
  /// Names one start of one machine and, in a container, its own numbering of processes.
  const std::string& boot() const noexcept { return boot_; }
  std::int64_t pid() const noexcept { return pid_; }
  /// When the process started, in ticks of its machine; 0 if unknown.
  std::int64_t started() const noexcept { return started_; }

 private:
  std::string host_;
  std::string boot_;
  std::int64_t pid_;
  std::int64_t started_;
};

/// What can be said of another process.
enum class Life {
  alive,    ///< It runs on this machine, or is stopped.
  dead,     ///< It has ended, or its machine was started anew.
  unknown,  ///< It belongs to another machine or container.
};
Life life_of(const ProcessIdentity& process);

}  // namespace pentimento::store
