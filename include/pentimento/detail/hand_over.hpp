#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace pentimento::detail {

/// Has `done` run on the executor of `work`, from the thread of another context. What `done` brings about may end the
/// context of that executor, as its `run` returns or is stopped: so it runs only after this thread has let go of all that
/// belongs there. `done` must hold nothing of it once it has been moved from.
template <class Executor, class Done>
void hand_over(boost::asio::executor_work_guard<Executor>&& work, Done&& done) {
  const auto let_go = std::make_shared<std::atomic<bool>>(false);
  {
    const Executor there = work.get_executor();
    auto complete = [let_go, kept = std::move(work), run = std::move(done)]() mutable {
      let_go->wait(false);  // the time that `post` takes to return
      std::move(run)();
    };
    boost::asio::post(there, std::move(complete));
  }
  *let_go = true;
  let_go->notify_one();
}

}  // namespace pentimento::detail
