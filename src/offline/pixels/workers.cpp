#include "offline/pixels/workers.hpp"

#include <algorithm>
#include <cstddef>
#include <system_error>

namespace pentimento::offline {

Workers::Workers() : Workers{[](std::function<void()> run) { return std::thread{std::move(run)}; }} {}

Workers::Workers(Starter start) : start_{std::move(start)}, stay_{boost::asio::make_work_guard(context_)} {}

Workers::~Workers() {
  context_.stop();
  for (std::thread& thread : threads_) thread.join();
}

Result<boost::asio::any_io_executor> Workers::executor() {
  const std::lock_guard lock{mutex_};
  if (threads_.empty()) {
    const auto wanted = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
    threads_.reserve(wanted);
    try {
      while (threads_.size() < wanted) threads_.push_back(start_([this] { context_.run(); }));
    } catch (const std::system_error&) {
      if (threads_.empty()) {
        return Error{errc::backend_failed,
                     "no thread can be started to work on pictures: the system allows no more of them"};
      }
    }
  }
  return boost::asio::any_io_executor{context_.get_executor()};
}

}  // namespace pentimento::offline
