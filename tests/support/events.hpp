#pragma once

#include "support/images.hpp"
#include <pentimento/event.hpp>
#include <pentimento/transcript.hpp>

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// What tests say of events and transcripts.
namespace pentimento::test {

/// A brief with so many musts: `user-1`, `user-2`, ...
inline Brief brief_with(int musts, int shoulds = 0) {
  Brief brief{"three red mugs"};
  for (int i = 0; i < musts; ++i) brief.must("must " + std::to_string(i + 1));
  for (int i = 0; i < shoulds; ++i) brief.should("should " + std::to_string(i + 1));
  return brief;
}

/// A critique with a finding on `user-1`, `user-2`, ...: `p` passes, `f` fails, `?` is unknown, `-` is left out.
inline Critique verdicts(std::string_view letters) {
  Critique critique;
  for (int i = 1; char letter : letters) {
    const Verdict verdict = letter == 'p' ? Verdict::pass : letter == 'f' ? Verdict::fail : Verdict::unknown;
    if (letter != '-') critique.add(Finding{"user-" + std::to_string(i), verdict});
    ++i;
  }
  return critique;
}

template <class T>
std::string text_of(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

/// The names of the events, in a line.
inline std::string names_of(const std::vector<Event>& events) {
  std::string names;
  for (const Event& event : events) names += (names.empty() ? "" : " ") + std::string{name_of(event.body())};
  return names;
}

/// A run told event by event, as it might have been.
class Story {
 public:
  explicit Story(Brief brief, RunSettings settings = {}, std::vector<std::string> unjudged = {}) {
    tell(event::RunStarted{std::move(brief), std::move(settings)});
    tell(event::PlanStarted{});
    Checklist checklist{run.brief().requirements(), {}};
    tell(event::PlanFinished{checklist.unjudged(std::move(unjudged)), Charge{}});
  }

  void tell(EventBody body) {
    const Result<void> applied = run.apply(Event{run.events(), TimePoint{}, std::move(body)});
    REQUIRE_MESSAGE(applied.has_value(), (applied ? std::string{} : applied.error().message()));
  }

  /// A whole round with one draft and this critique.
  Story& round(Revision revision, Critique critique, DecisionReason reason) {
    const CandidateId id{static_cast<int>(run.rounds().size()), 0};
    const GenerationRequest request = revision.request();
    tell(event::RoundStarted{id.round(), std::move(revision)});
    tell(event::GenerationStarted{id, request, {}, {}});
    tell(event::GenerationFinished{id, Generation{picture(static_cast<std::uint32_t>(id.round()) + 1)}});
    tell(event::CritiqueStarted{id, {}});
    tell(event::CritiqueFinished{id, std::move(critique)});
    tell(event::CandidateDecided{id, Decision{reason}});
    tell(event::RoundFinished{id.round()});
    return *this;
  }
  Story& round(std::string prompt, std::string_view letters, DecisionReason reason) {
    return round(Revision{Action::reprompt, GenerationRequest{std::move(prompt)}}, verdicts(letters), reason);
  }

  /// A whole round that the provider declined to draw.
  Story& refused_round(std::string prompt) {
    const CandidateId id{static_cast<int>(run.rounds().size()), 0};
    const GenerationRequest request{std::move(prompt)};
    tell(event::RoundStarted{id.round(), Revision{Action::reprompt, request}});
    tell(event::GenerationStarted{id, request, {}, {}});
    tell(event::CallFailed{Call{CallKind::generate, id}, Error{errc::refused, "declined"}});
    tell(event::RoundFinished{id.round()});
    return *this;
  }

  Transcript run;
};

/// What holds for every run, however it ended.
inline void check_sound(const std::vector<Event>& events, const Transcript& transcript) {
  REQUIRE(!events.empty());
  std::map<Call, int> open;
  TimePoint last{};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    CHECK(event.sequence() == i);
    CHECK(event.time() >= last);
    last = event.time();
    CHECK((event.as<event::RunStarted>() != nullptr) == (i == 0));
    CHECK((event.as<event::RunStopped>() != nullptr) == (i + 1 == events.size()));
    if (const auto begun = announced_call(event.body())) {
      CHECK_MESSAGE(open[*begun] == 0, to_string(*begun));
      ++open[*begun];
    }
    if (const auto ended = ended_call(event.body())) {
      CHECK_MESSAGE(open[*ended] == 1, to_string(*ended));
      --open[*ended];
    }
  }
  for (const auto& [call, count] : open) CHECK_MESSAGE(count == 0, to_string(call));
  const Result<Transcript> folded = fold(events);
  REQUIRE(folded.has_value());
  CHECK(*folded == transcript);
  CHECK(transcript.stop_reason().has_value());
  // No call is in progress, so nothing is reserved.
  CHECK(transcript.ledger().reserved() == Money{});
  // Every picture that was made is there.
  for (const Event& event : events) {
    const auto* made = event.as<event::GenerationFinished>();
    if (made == nullptr) continue;
    for (int i = 0; const Image& image : made->generation.images()) {
      const Candidate* kept = transcript.find({made->id.round(), made->id.draft(), i++});
      REQUIRE(kept != nullptr);
      CHECK(kept->image() == image);
    }
  }
}

}  // namespace pentimento::test
