#pragma once

#include <pentimento/critic.hpp>
#include <pentimento/detail/completion.hpp>
#include <pentimento/error.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/reviser.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

/**
 * @file
 * The calls of the roles for users of completion tokens: a callback, `use_future`, `deferred` (the default), ... For
 * all of them:
 *
 * **Parameters**: the role is not null.
 * **Signature**: `void(Result<T>)`, with the T of the member function, which is also the reference for **Errors** and **Cost**.
 * **Executor**: the call runs on a strand of `executor`. The handler runs on its associated executor, by default `executor`,
 * and never before the function has returned.
 * **Cancellation**: a signal of any type on the handler's slot, from any thread, cancels the call (but not while another thread
 * destroys its execution context). A call that is cancelled before it has begun is not made.
 * **Lifetime**: the call shares ownership of the role until it has ended.
 */
namespace pentimento {

namespace detail {

/// A call in progress, and its result.
template <class T>
struct AsyncCall {
  explicit AsyncCall(boost::asio::any_io_executor s) : strand{std::move(s)} {}
  boost::asio::any_io_executor strand;
  boost::asio::cancellation_signal signal;
  std::atomic<bool> cancelled{false};
  std::optional<Result<T>> result;
};

/// Awaits a call of a role and keeps its result.
template <class T>
boost::asio::awaitable<void> await_call([[maybe_unused]] std::shared_ptr<void> role,
                                        boost::asio::awaitable<Result<T>> call, std::shared_ptr<AsyncCall<T>> kept) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
  // A signal that came earlier has cancelled nothing: the call must not begin, since it may cost something.
  if (kept->cancelled) {
    kept->result.emplace(Error{errc::cancelled, "the call was cancelled before it began"});
  } else {
    kept->result.emplace(co_await std::move(call));
  }
}

template <class T>
void start_call(const boost::asio::any_io_executor& executor, std::shared_ptr<void> role,
                boost::asio::awaitable<Result<T>> call, boost::asio::cancellation_slot slot,
                std::unique_ptr<Completion<Result<T>>> done) {
  const auto kept = std::make_shared<AsyncCall<T>>(boost::asio::make_strand(executor));
  if (slot.is_connected()) {
    // The slot is never cleared, and a late signal finds no call: so the signal may come from any thread.
    auto cancel = [weak = std::weak_ptr<AsyncCall<T>>{kept}](boost::asio::cancellation_type) {
      const auto still = weak.lock();
      if (still == nullptr) return;
      still->cancelled = true;
      boost::asio::post(still->strand, [still] { still->signal.emit(boost::asio::cancellation_type::all); });
    };
    slot.emplace<decltype(cancel)>(std::move(cancel));
  }
  auto finish = [kept, done = std::move(done)](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
    done->complete(std::move(*kept->result));
  };
  boost::asio::co_spawn(kept->strand, await_call<T>(std::move(role), std::move(call), kept),
                        boost::asio::bind_cancellation_slot(kept->signal.slot(), std::move(finish)));
}

/// Calls a member function of a role, which is a coroutine, with a completion token.
template <class T, class Role, class Request, class Token>
auto async_call(const boost::asio::any_io_executor& executor, std::shared_ptr<Role> role,
                boost::asio::awaitable<Result<T>> (Role::*member)(Request), Request request, Token&& token) {
  return boost::asio::async_initiate<Token, void(Result<T>)>(
      [](auto handler, boost::asio::any_io_executor ex, std::shared_ptr<Role> r, auto function, Request q) {
        const auto slot = boost::asio::get_associated_cancellation_slot(handler);
        auto done = std::make_unique<CompletionOf<Result<T>, decltype(handler)>>(std::move(handler), ex);
        auto call = (r.get()->*function)(std::move(q));
        start_call<T>(ex, std::move(r), std::move(call), slot, std::move(done));
      },
      token, executor, std::move(role), member, std::move(request));
}

}  // namespace detail

/// `Generator::generate` with a completion token.
template <boost::asio::completion_token_for<void(Result<Generation>)> Token = boost::asio::deferred_t>
auto async_generate(const boost::asio::any_io_executor& executor, std::shared_ptr<Generator> generator,
                    GenerationRequest request, Token&& token = Token{}) {
  return detail::async_call<Generation>(executor, std::move(generator), &Generator::generate, std::move(request),
                                        std::forward<Token>(token));
}

/// `Critic::plan` with a completion token.
template <boost::asio::completion_token_for<void(Result<Plan>)> Token = boost::asio::deferred_t>
auto async_plan(const boost::asio::any_io_executor& executor, std::shared_ptr<Critic> critic, Brief brief,
                Token&& token = Token{}) {
  return detail::async_call<Plan>(executor, std::move(critic), &Critic::plan, std::move(brief),
                                  std::forward<Token>(token));
}

/// `Critic::critique` with a completion token.
template <boost::asio::completion_token_for<void(Result<Critique>)> Token = boost::asio::deferred_t>
auto async_critique(const boost::asio::any_io_executor& executor, std::shared_ptr<Critic> critic,
                    CritiqueRequest request, Token&& token = Token{}) {
  return detail::async_call<Critique>(executor, std::move(critic), &Critic::critique, std::move(request),
                                      std::forward<Token>(token));
}

/// `Critic::compare` with a completion token.
template <boost::asio::completion_token_for<void(Result<Comparison>)> Token = boost::asio::deferred_t>
auto async_compare(const boost::asio::any_io_executor& executor, std::shared_ptr<Critic> critic,
                   ComparisonRequest request, Token&& token = Token{}) {
  return detail::async_call<Comparison>(executor, std::move(critic), &Critic::compare, std::move(request),
                                        std::forward<Token>(token));
}

/// `Reviser::revise` with a completion token.
template <boost::asio::completion_token_for<void(Result<Revision>)> Token = boost::asio::deferred_t>
auto async_revise(const boost::asio::any_io_executor& executor, std::shared_ptr<Reviser> reviser,
                  RevisionRequest request, Token&& token = Token{}) {
  return detail::async_call<Revision>(executor, std::move(reviser), &Reviser::revise, std::move(request),
                                      std::forward<Token>(token));
}

/// `EventSink::on_event` with a completion token.
template <boost::asio::completion_token_for<void(Result<void>)> Token = boost::asio::deferred_t>
auto async_on_event(const boost::asio::any_io_executor& executor, std::shared_ptr<EventSink> sink, Event event,
                    Token&& token = Token{}) {
  return detail::async_call<void>(executor, std::move(sink), &EventSink::on_event, std::move(event),
                                  std::forward<Token>(token));
}

}  // namespace pentimento
