#pragma once

#include <pentimento/critic.hpp>
#include <pentimento/detail/hand_over.hpp>
#include <pentimento/detail/serial_executor.hpp>
#include <pentimento/error.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/reviser.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

/// The roles for users of completion tokens: a callback, `use_future`, `deferred`, ... All have the signature
/// `void(Result<T>)`. The call runs on a strand of `executor`; the handler on its associated executor, else there too; a
/// signal on its cancellation slot, from any thread, cancels the call (but not while its execution context is being
/// destroyed by another). The role is kept alive until the call has ended.
namespace pentimento {

namespace detail {

/// A call that is under way, and the result that it has brought.
template <class T>
struct AsyncCall {
  explicit AsyncCall(boost::asio::any_io_executor s) : strand{std::move(s)} {}
  boost::asio::any_io_executor strand;
  boost::asio::cancellation_signal signal;
  std::atomic<bool> cancelled{false};
  std::optional<Result<T>> result;
};

/// Awaits a call of a role and keeps its result. One parameter per thing, all by value: see the rules of g++ 12.
template <class T, class Role, class Request>
boost::asio::awaitable<void> await_call(std::shared_ptr<Role> role,
                                        boost::asio::awaitable<Result<T>> (Role::*call)(Request), Request request,
                                        std::shared_ptr<AsyncCall<T>> kept) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
  // A signal may have come before there was anything to end, or before that state: such a call must not begin, since it
  // may cost something.
  if (kept->cancelled) {
    kept->result.emplace(Error{errc::cancelled, "the call was cancelled before it began"});
    co_return;
  }
  kept->result.emplace(co_await (role.get()->*call)(std::move(request)));
}

/// Connects a handler's slot so that its signal may come from any thread: the call is cancelled on its strand. The slot is
/// never cleared, and holds nothing that must not outlive the call: a late signal finds nothing alive.
template <class T>
void cancel_on_strand(boost::asio::cancellation_slot slot, const std::shared_ptr<AsyncCall<T>>& call) {
  if (!slot.is_connected()) return;
  auto on_signal = [weak = std::weak_ptr<AsyncCall<T>>{call}](boost::asio::cancellation_type) {
    const auto still = weak.lock();
    if (still == nullptr) return;
    still->cancelled = true;
    boost::asio::post(still->strand, [still] { still->signal.emit(boost::asio::cancellation_type::all); });
  };
  slot.emplace<decltype(on_signal)>(std::move(on_signal));
}

template <class T, class Role, class Request, class Token>
auto async_call(const boost::asio::any_io_executor& executor, std::shared_ptr<Role> role,
                boost::asio::awaitable<Result<T>> (Role::*call)(Request), Request request, Token&& token) {
  return boost::asio::async_initiate<Token, void(Result<T>)>(
      [](auto handler, boost::asio::any_io_executor ex, std::shared_ptr<Role> r, auto member, Request q) {
        const auto kept = std::make_shared<AsyncCall<T>>(SerialExecutor::on(ex));
        cancel_on_strand(boost::asio::get_associated_cancellation_slot(handler), kept);
        const auto home = boost::asio::get_associated_executor(handler, ex);
        // A handler that is moved may keep a copy of its executor, as `bind_executor`'s does: what is moved is its pointer.
        auto owned = std::make_unique<decltype(handler)>(std::move(handler));
        auto finish = [kept, work = boost::asio::make_work_guard(home),
                       handler = std::move(owned)](std::exception_ptr failure) mutable {
          if (!kept->result) {
            try {
              std::rethrow_exception(failure);
            } catch (...) {
              kept->result.emplace(error_from_current_exception("the call"));
            }
          }
          auto complete = [call = std::shared_ptr{kept}, done = std::move(handler)]() mutable {
            Result<T> result = std::move(*call->result);
            call.reset();  // once the handler has run, the context of the call may be gone, to which its strand belongs
            auto run = std::move(*done);
            done.reset();
            std::move(run)(std::move(result));
          };
          hand_over(std::move(work), std::move(complete));
        };
        boost::asio::co_spawn(kept->strand, await_call<T, Role, Request>(std::move(r), member, std::move(q), kept),
                              boost::asio::bind_cancellation_slot(kept->signal.slot(), std::move(finish)));
      },
      token, executor, std::move(role), call, std::move(request));
}

}  // namespace detail

/// `Generator::generate` with a completion token.
template <class Token>
auto async_generate(const boost::asio::any_io_executor& executor, std::shared_ptr<Generator> generator,
                    GenerationRequest request, Token&& token) {
  return detail::async_call<Generation>(executor, std::move(generator), &Generator::generate, std::move(request),
                                        std::forward<Token>(token));
}

/// `Critic::plan` with a completion token.
template <class Token>
auto async_plan(const boost::asio::any_io_executor& executor, std::shared_ptr<Critic> critic, Brief brief,
                Token&& token) {
  return detail::async_call<Plan>(executor, std::move(critic), &Critic::plan, std::move(brief),
                                  std::forward<Token>(token));
}

/// `Critic::critique` with a completion token.
template <class Token>
auto async_critique(const boost::asio::any_io_executor& executor, std::shared_ptr<Critic> critic,
                    CritiqueRequest request, Token&& token) {
  return detail::async_call<Critique>(executor, std::move(critic), &Critic::critique, std::move(request),
                                      std::forward<Token>(token));
}

/// `Critic::compare` with a completion token.
template <class Token>
auto async_compare(const boost::asio::any_io_executor& executor, std::shared_ptr<Critic> critic,
                   ComparisonRequest request, Token&& token) {
  return detail::async_call<Comparison>(executor, std::move(critic), &Critic::compare, std::move(request),
                                        std::forward<Token>(token));
}

/// `Reviser::revise` with a completion token.
template <class Token>
auto async_revise(const boost::asio::any_io_executor& executor, std::shared_ptr<Reviser> reviser,
                  RevisionRequest request, Token&& token) {
  return detail::async_call<Revision>(executor, std::move(reviser), &Reviser::revise, std::move(request),
                                      std::forward<Token>(token));
}

/// `EventSink::on_event` with a completion token.
template <class Token>
auto async_on_event(const boost::asio::any_io_executor& executor, std::shared_ptr<EventSink> sink, Event event,
                    Token&& token) {
  return detail::async_call<void>(executor, std::move(sink), &EventSink::on_event, std::move(event),
                                  std::forward<Token>(token));
}

}  // namespace pentimento
