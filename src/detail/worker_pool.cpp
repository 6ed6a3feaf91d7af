#include "detail/worker_pool.hpp"

#include <boost/asio/thread_pool.hpp>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
#include <system_error>
#include <thread>
#include <utility>

namespace pentimento::detail {

namespace {

boost::asio::thread_pool* pool = nullptr;
::pid_t pool_process = 0;

/// Drops waiting work and lets work in progress finish before the process destroys what it uses, such as the libraries that
/// libvips loads. Gives up after half a second: work that cannot be interrupted must not keep a program from ending.
void end_pool() {
  if (::getpid() != pool_process) return;  // a fork does not have the threads
  pool->stop();
  std::promise<void> ended;
  std::future<void> end = ended.get_future();
  try {
    std::thread{[ended = std::move(ended)]() mutable {
      pool->join();
      ended.set_value();
    }}.detach();
    end.wait_for(std::chrono::milliseconds{500});
  } catch (const std::system_error&) {
    // No thread is left to wait with.
  }
}

}  // namespace

boost::asio::any_io_executor worker_pool() {
  // Never deleted: its destructor would wait for work in progress without limit.
  static const bool is_created = [] {
    pool = new boost::asio::thread_pool{std::max(4U, std::thread::hardware_concurrency())};
    pool_process = ::getpid();
    std::atexit(end_pool);
    return true;
  }();
  static_cast<void>(is_created);
  return pool->get_executor();
}

}  // namespace pentimento::detail
