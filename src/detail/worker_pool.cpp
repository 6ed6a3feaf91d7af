#include "detail/worker_pool.hpp"

#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <thread>

namespace pentimento::detail {

boost::asio::any_io_executor worker_pool() {
  // Never deleted: its destructor would wait for the work in progress.
  static auto* const pool = new boost::asio::thread_pool{std::max(4U, std::thread::hardware_concurrency())};
  return pool->get_executor();
}

}  // namespace pentimento::detail
