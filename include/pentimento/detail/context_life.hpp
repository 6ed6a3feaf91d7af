#pragma once

#include <boost/asio/execution_context.hpp>

#include <memory>
#include <mutex>

namespace pentimento::detail {

/// Locked while something is posted to an execution context from outside, and while the context is destroyed.
struct ContextLifeState {
  std::mutex mutex;
  bool over = false;
};

/// A service that knows when its execution context is being destroyed. It is shut down before older services, such as
/// those that run what is posted.
class ContextLife final : public boost::asio::execution_context::service {
 public:
  using State = ContextLifeState;

  static inline boost::asio::execution_context::id id;
  explicit ContextLife(boost::asio::execution_context& context) : service{context} {}

  const std::shared_ptr<State>& state() const noexcept { return state_; }

 private:
  void shutdown() override {
    const std::lock_guard lock{state_->mutex};
    state_->over = true;
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace pentimento::detail
