#pragma once

#include <pentimento/error.hpp>
#include <pentimento/event.hpp>

#include <boost/asio/awaitable.hpp>

#include <utility>

namespace pentimento {

/**
 * Gets every event of a run, in order, one at a time. Derive from it and override the private `do_on_event`.
 *
 * The run waits for the sink before it goes on: what a sink has stored when it returns is stored before the call that
 * the event announces is made. A sink that fails ends the run, which then cannot be recorded: the outcome is `failed` with
 * `errc::observer_failed`, whatever else it would have been, and what was there is kept. So does a sink that does not
 * return within 50 ms of a cancel or of the run's deadline; it is then cancelled and left behind.
 * A sink that only looks is better a plain function: see `RefinementLoop::watch`.
 */
class EventSink {
 public:
  virtual ~EventSink() = default;

  /// Takes one event. Never throws. Errors: what the override reports; an exception becomes `backend_failed`.
  boost::asio::awaitable<Result<void>> on_event(Event event) {
    try {
      co_return co_await do_on_event(std::move(event));
    } catch (...) {
      co_return error_from_current_exception("the event sink");
    }
  }

 protected:
  EventSink() = default;
  EventSink(const EventSink&) = default;
  EventSink& operator=(const EventSink&) = default;

 private:
  virtual boost::asio::awaitable<Result<void>> do_on_event(Event event) = 0;
};

}  // namespace pentimento
