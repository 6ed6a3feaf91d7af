#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>

namespace pentimento::offline {

/// The threads on which pictures are drawn, decoded and measured. They start with the first picture: a backend that is only
/// asked what it can do costs none. Thread-safe.
class Workers {
 public:
  boost::asio::any_io_executor executor() {
    const std::lock_guard lock{mutex_};
    if (!pool_) pool_.emplace(std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4));
    return pool_->get_executor();
  }

 private:
  std::mutex mutex_;
  std::optional<boost::asio::thread_pool> pool_;  // its destructor stops it and waits
};

}  // namespace pentimento::offline
