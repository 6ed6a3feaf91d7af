#pragma once

#include <pentimento/http/retry.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <random>

namespace pentimento::http {

/// The retries that all calls of a client still have, and the waits before them. Thread-safe.
class RetryQuota {
 public:
  explicit RetryQuota(const RetryPolicy& policy) : policy_{policy}, tokens_{policy.quota} {}

  bool take() {
    const std::lock_guard lock{mutex_};
    if (tokens_ < policy_.cost) return false;
    tokens_ -= policy_.cost;
    return true;
  }
  void give_back() {
    const std::lock_guard lock{mutex_};
    tokens_ = std::min(tokens_ + 1, policy_.quota);
  }
  std::chrono::milliseconds wait(int retry) {
    const auto ceiling = std::min<std::int64_t>(policy_.cap.count(), policy_.base.count() << std::min(retry, 20));
    const std::lock_guard lock{mutex_};
    return std::chrono::milliseconds{
        std::uniform_int_distribution<std::int64_t>{0, std::max<std::int64_t>(ceiling, 0)}(random_)};
  }

 private:
  RetryPolicy policy_;
  std::mutex mutex_;
  int tokens_;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace pentimento::http
