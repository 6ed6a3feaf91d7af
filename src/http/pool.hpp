#pragma once

#include "http/stream.hpp"

#include <chrono>
#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::http {

/// Connections that wait for their next request, by all that must be equal for it. One that waits longer than `max_idle`
/// is dropped: a server may be about to close it, and a request that meets the closing may or may not be carried out.
class Pool {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Pool(std::chrono::milliseconds max_idle) : max_idle_{max_idle} {}

  /// The connection that became idle last and is still good, or null.
  std::unique_ptr<Stream> take(const std::string& key) {
    const std::lock_guard lock{mutex_};
    drop_stale();
    const auto found = idle_.find(key);
    if (found == idle_.end()) return nullptr;
    while (!found->second.empty()) {
      std::unique_ptr<Stream> stream = std::move(found->second.back().stream);
      found->second.pop_back();
      if (stream->is_quiet()) return stream;
    }
    return nullptr;
  }

  void put(const std::string& key, std::unique_ptr<Stream> stream) {
    const std::lock_guard lock{mutex_};
    drop_stale();
    std::vector<Idle>& idle = idle_[key];
    if (idle.size() < max_connections) idle.push_back(Idle{std::move(stream), Clock::now()});
  }

  /// Whether there is one that has been idle for no longer than this.
  bool has_fresher(const std::string& key, std::chrono::milliseconds age) const {
    const std::lock_guard lock{mutex_};
    const auto found = idle_.find(key);
    return found != idle_.end() && !found->second.empty() && Clock::now() - found->second.back().since <= age;
  }

 private:
  struct Idle {
    std::unique_ptr<Stream> stream;
    Clock::time_point since;
  };

  static constexpr std::size_t max_connections = 64;

  // Dropped whenever the pool is used: a timer of its own would keep the user's event loop from ending.
  void drop_stale() {
    const Clock::time_point oldest = Clock::now() - max_idle_;
    for (auto entry = idle_.begin(); entry != idle_.end();) {
      std::erase_if(entry->second, [&](const Idle& idle) { return idle.since < oldest; });
      entry = entry->second.empty() ? idle_.erase(entry) : std::next(entry);
    }
  }

  std::chrono::milliseconds max_idle_;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Idle>> idle_;
};

}  // namespace pentimento::http
