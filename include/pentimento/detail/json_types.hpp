#pragma once

// The types with a JSON form, listed once: json.hpp declares them, the codec of the library implements them.

/// The types that can be written and read, as `X(Type)`. `TimePoint` is one more, but not a class.
#define PENTIMENTO_JSON_READABLE(X)                                                                                  \
  X(AspectRatio) X(Brief) X(Call) X(Candidate) X(CandidateId) X(Capabilities) X(Charge) X(Checklist) X(Comparison)   \
  X(ComparisonRequest) X(Critique) X(CritiqueRequest) X(Decision) X(Draft) X(Error) X(Event) X(Finding)              \
  X(Generation) X(GenerationRequest) X(Image) X(Ledger) X(Money) X(PixelSize) X(Plan) X(Requirement) X(Revision)     \
  X(RunSettings) X(StopReason)

/// The types that are derived from events: they can be written and not read.
#define PENTIMENTO_JSON_WRITABLE(X) X(Outcome) X(RevisionRequest) X(Round) X(Score) X(Transcript)
