#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/round.hpp>
#include <pentimento/stop_reason.hpp>
#include <pentimento/time.hpp>

#include <string>
#include <string_view>

namespace pentimento::cli {

/// Text of others, made fit for a line of a terminal: what is not valid UTF-8, controls the terminal or turns the
/// direction of the text is replaced, line breaks become spaces.
std::string printable(std::string_view text);

/// `kept: gained "exactly three mugs", lost nothing`: the decision with the requirements in words instead of ids.
std::string words_of(const Decision& decision, const Checklist& checklist);

/// `counted 2; wanted 3`, or the reason: what a finding has to say beside its verdict. May be empty.
std::string words_of(const Finding& finding);

/// `reprompt from 0a: the faults are named first`.
std::string words_of(const Revision& revision);

/// `satisfied: 4 of 4 after round 2`.
std::string words_of(const StopReason& reason);

/// `0.2 s`, `12 s`, `3 min 20 s`.
std::string words_of(Duration duration);

/// What a run cost, and how sure that is: `$0.12`, `$0.12, of which $0.04 may not have been billed`.
std::string words_of(const Ledger& ledger);

/// What the calls about one picture cost: its generation (shared by the pictures of a generation with several: the first
/// one has it), its critique and its comparisons.
Money cost_of(const Ledger& ledger, CandidateId id);
/// What the calls of a round cost.
Money cost_of(const Ledger& ledger, int round);

/// `1 picture`, `5 pictures`.
std::string counted(std::size_t count, std::string_view one);

}  // namespace pentimento::cli
