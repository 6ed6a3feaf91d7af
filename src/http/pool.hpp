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

/// The idle connections, by origin. One that is idle for longer than `max_idle` is closed: the server may be about to close
/// it, and then the outcome of a request would be unknown. Thread-safe.
class Pool {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Pool(std::chrono::milliseconds max_idle) : max_idle_{max_idle} {}

  /// Returns the usable connection that became idle last, or null.
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

  /// True if a connection has been idle for no longer than `age`.
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

  // Called on each use: a timer would keep the user's event loop alive.
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
