#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace pentimento::detail {

/// A completion handler of any type, so that the operation itself is compiled once.
template <class Value>
class Completion {
 public:
  virtual ~Completion() = default;
  /// Posts the handler with this value to its executor. Called once.
  virtual void complete(Value value) = 0;
};

template <class Value, class Handler>
class CompletionOf final : public Completion<Value> {
  using Executor = boost::asio::associated_executor_t<Handler, boost::asio::any_io_executor>;

  struct State {
    State(Handler h, const boost::asio::any_io_executor& fallback)
        : work{boost::asio::get_associated_executor(h, fallback)}, handler{std::move(h)} {}
    boost::asio::executor_work_guard<Executor> work;
    Handler handler;
  };

 public:
  CompletionOf(Handler handler, const boost::asio::any_io_executor& fallback)
      : state_{std::make_unique<State>(std::move(handler), fallback)} {}

  void complete(Value value) override {
    // The handler may destroy the execution context that it runs on. So it runs only after this thread has released
    // everything that belongs to that context, which is why the state is behind a pointer.
    const auto released = std::make_shared<std::atomic<bool>>(false);
    {
      const Executor executor = state_->work.get_executor();
      auto run = [released, state = std::move(state_), value = std::move(value)]() mutable {
        released->wait(false);  // the time that `post` takes to return
        const auto work = std::move(state->work);
        Handler handler = std::move(state->handler);
        state.reset();
        std::move(handler)(std::move(value));
      };
      boost::asio::post(executor, std::move(run));
    }
    *released = true;
    released->notify_one();
  }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace pentimento::detail
