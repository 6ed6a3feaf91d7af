#pragma once

#include "terminal.hpp"
#include <pentimento/event.hpp>
#include <pentimento/http/retry.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/transcript.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pentimento::cli {

/**
 * Shows the progress of a run: a live line for each pending call, and a permanent line for each result. On an output
 * without live lines, only the permanent ones.
 */
class ProgressView {
 public:
  /// `folder` is the folder of the run, for display; may be empty.
  ProgressView(Terminal& terminal, std::string folder) : terminal_{terminal}, folder_{std::move(folder)} {}

  /// Shows the next event of the run.
  void show(const Event& event);
  /// Shows that a call waits before a retry, until the wait is over. Waits below a second are not shown.
  void show(const http::RetryWait& wait);
  /// Redraws the live lines; to be called about ten times a second.
  void tick();
  /// Shows a text until the next event.
  void note(std::string text);

  /// Hides the live lines while something else uses the terminal.
  void suspend();
  void resume();

 private:
  using Clock = std::chrono::steady_clock;

  /// A pending call.
  struct Activity {
    std::string phase;
    Money cost;  ///< The most that it may cost.
    Clock::time_point started;
    Clock::time_point due;  ///< When the call is made; before, the run waits.
  };

  /// A call that waits. Which one is not known.
  struct Waiting {
    http::RetryWait wait;
    Clock::time_point began;
    Clock::time_point end() const { return began + wait.duration(); }
  };

  void on(const event::RunStarted& e);
  void on(const event::PlanStarted&);
  void on(const event::PlanFinished& e);
  void on(const event::RoundStarted& e);
  void on(const event::ImageGiven& e);
  void on(const event::GenerationStarted& e);
  void on(const event::GenerationFinished& e);
  void on(const event::CritiqueStarted& e);
  void on(const event::CritiqueFinished& e);
  void on(const event::ComparisonStarted& e);
  void on(const event::ComparisonFinished& e);
  void on(const event::CandidateDecided& e);
  void on(const event::RoundFinished&) {}
  void on(const event::RevisionStarted&);
  void on(const event::RevisionFinished&);
  void on(const event::CallFailed& e);
  void on(const event::StopRequested& e);
  void on(const event::RunStopped&);

  /// **Parameters**: `phase` says what happens; `cost` is the most that it may cost; `call` is the call that begins.
  void begin(const std::string& name, std::string phase, Money cost, const Call& call);
  void end(const std::string& name) { activities_.erase(name); }
  /// The time since the generation of a candidate started, and its cost.
  Span time_and_cost(CandidateId id) const;
  void print_prompt(const Revision& revision);
  /// Prints what is wrong with an image that has just arrived; nothing if there is nothing to say.
  void print_warning(CandidateId id);

  Terminal& terminal_;
  std::string folder_;
  Transcript run_;
  std::map<std::string, Activity> activities_;
  std::vector<Waiting> waits_;
  std::map<CandidateId, TimePoint> started_;
  TimePoint now_{};
  std::string note_;
  std::size_t frame_ = 0;
  bool suspended_ = false;
};

/// Prints how a run ended, its best candidate, cost and time.
void print_end(Terminal& terminal, const Outcome& outcome);

}  // namespace pentimento::cli
