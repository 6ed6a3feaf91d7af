#pragma once

#include <pentimento/error.hpp>
#include <pentimento/event.hpp>

#include <boost/asio/awaitable.hpp>

namespace pentimento {

/**
 * Receives every event of a run, in order, one at a time. Derive from it and override the private `do_on_event`.
 *
 * The run waits for the sink: an event that announces a call is stored before the call is made. To observe a run without
 * delaying it, use `RefinementLoop::watch`.
 *
 * **Errors**: a sink that fails ends the run with `errc::observer_failed`; the outcome keeps everything up to then.
 * **Cancellation**: a sink has 50 ms to return after a cancel or the run's deadline. Otherwise it counts as failed.
 */
class EventSink {
 public:
  virtual ~EventSink() = default;

  /// Receives one event. Never throws. **Errors**: those of the override; an exception becomes `backend_failed`.
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
