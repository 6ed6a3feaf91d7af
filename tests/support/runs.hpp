#pragma once

#include "support/events.hpp"
#include "support/scripted.hpp"
#include "support/wait_for.hpp"
#include <pentimento/refinement_loop.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace pentimento::test {

/// One run on an event loop of one thread: what it recorded and what it left behind.
template <class Loop>
class TestRun {
 public:
  TestRun(Loop loop, Brief brief) : loop_{std::move(loop)}, brief_{std::move(brief)} {
    loop_.watch([this](const Event& event) {
      events.push_back(event);
      if (on_event) on_event(event);
    });
  }

  /// Begins; the cancellation signal is connected.
  TestRun& start() {
    loop_.async_run(context.get_executor(), brief_, asio::bind_cancellation_slot(signal.slot(), [this](Outcome result) {
                      outcome.emplace(std::move(result));
                    }));
    return *this;
  }

  /// Runs what can run without the passing of time.
  TestRun& settle() {
    context.restart();
    while (context.poll() > 0) {}
    return *this;
  }

  void cancel() { signal.emit(asio::cancellation_type::total); }

  /// Runs to the end and checks what holds for every run.
  const Outcome& finish() {
    context.restart();
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!outcome && std::chrono::steady_clock::now() < end && context.run_one_until(end) > 0) {}
    REQUIRE(outcome.has_value());
    check_sound(events, outcome->transcript());
    return *outcome;
  }

  asio::io_context context;
  asio::cancellation_signal signal;
  std::vector<Event> events;
  std::function<void(const Event&)> on_event;
  std::optional<Outcome> outcome;

 private:
  Loop loop_;
  Brief brief_;
};

}  // namespace pentimento::test
