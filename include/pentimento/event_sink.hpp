#pragma once

#include <pentimento/error.hpp>
#include <pentimento/event.hpp>

#include <boost/asio/awaitable.hpp>

namespace pentimento {

/**
 * Takes every event of a run, in order, one at a time. Derive from it and override the private `do_on_event`.
 *
 * The run waits for the sink before it goes on: what a sink has stored when it returns is stored before the call that
 * the event announces is made. A sink that fails ends the run, which then cannot be recorded: the outcome is `failed` with
 * `errc::observer_failed`, and everything up to there is kept. So does a sink that does not return within 50 ms of a cancel or
 * of the run's deadline; it is then cancelled and left behind.
 * To look without holding the run up, use a plain function: see `RefinementLoop::watch`.
 */
class EventSink {
 public:
  virtual ~EventSink() = default;

  /// Takes one event. Never throws. **Errors**: what the override reports; an exception becomes `backend_failed`.
  boost::asio::awaitable<Result<void>> on_event(Event event);

 protected:
  EventSink() = default;
  EventSink(const EventSink&) = default;
  EventSink& operator=(const EventSink&) = default;

 private:
  virtual boost::asio::awaitable<Result<void>> do_on_event(Event event) = 0;
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/event_sink.ipp>
#endif
