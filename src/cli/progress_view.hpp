#pragma once

#include "terminal.hpp"
#include <pentimento/event.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/transcript.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pentimento::cli {

/**
 * Shows a run to a person while it goes on: a live line for each call that is under way, and for each thing that ended a line
 * that stays. Where there can be no live lines, there are only those that stay.
 */
class ProgressView {
 public:
  /// `folder` is where the run is kept, as shown to the user.
  ProgressView(Terminal& terminal, std::string folder) : terminal_{terminal}, folder_{std::move(folder)} {}

  /// Takes the next event of the run.
  void show(const Event& event);
  /// Draws the live lines anew; call it some ten times a second.
  void tick();
  /// Says what is being done about the run beside its events, until the next event.
  void note(std::string text);

  /// Takes the live lines away while something else uses the terminal.
  void suspend();
  void resume();

 private:
  using Clock = std::chrono::steady_clock;

  /// A call that is under way.
  struct Activity {
    std::string phase;
    Money cost;  ///< what it may cost at the most, or did
    Clock::time_point started;
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

  void begin(const std::string& name, std::string phase, Money cost = {});
  void end(const std::string& name) { activities_.erase(name); }
  /// How long a candidate has taken since its generation began, and what it cost.
  Span time_and_cost(CandidateId id) const;
  void print_prompt(const Revision& revision);

  Terminal& terminal_;
  std::string folder_;
  Transcript run_;
  std::map<std::string, Activity> activities_;
  std::map<CandidateId, TimePoint> started_;
  TimePoint now_{};
  std::string note_;
  std::size_t frame_ = 0;
  bool suspended_ = false;
};

/// Says how a run ended and what it came to.
void print_end(Terminal& terminal, const Outcome& outcome);

}  // namespace pentimento::cli
