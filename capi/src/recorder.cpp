#include "recorder.hpp"

#include <utility>

namespace pentimento::capi {

void Recorder::close() noexcept {
  std::shared_ptr<RunFolder> last;  // destroyed after the lock
  const std::lock_guard lock{mutex_};
  last.swap(folder_);
}

std::shared_ptr<RunFolder> Recorder::folder() {
  const std::lock_guard lock{mutex_};
  return folder_;
}

boost::asio::awaitable<Result<void>> Recorder::do_on_event(Event event) {
  const std::shared_ptr<RunFolder> open = folder();
  if (open == nullptr) co_return Error{errc::cancelled, "the run has ended"};
  Result<void> recorded = co_await open->on_event(std::move(event));
  co_return recorded;
}

}  // namespace pentimento::capi
