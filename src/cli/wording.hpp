#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/http/retry.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/round.hpp>
#include <pentimento/stop_reason.hpp>
#include <pentimento/time.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

/// Untrusted text as it may be printed on one line of a terminal: invalid UTF-8, control characters and what changes
/// the direction of text are replaced by U+FFFD, line breaks by spaces.
std::string printable(std::string_view text);

/// `kept: gained "exactly three mugs", lost nothing`: a decision, with the texts of requirements instead of their ids.
std::string words_of(const Decision& decision, const Checklist& checklist);

/// `counted 2; wanted: 3`: what a finding says besides its verdict. May be empty.
std::string words_of(const Finding& finding);

/// `reprompt from 0a: the faults are named first`.
std::string words_of(const Revision& revision);

/// `satisfied: 4 of 4 after round 2`.
std::string words_of(const StopReason& reason);

/// `0.2 s`, `12 s`, `3 min 20 s`.
std::string words_of(Duration duration);

/// `waiting 12 s, until 14:05:09, for https://api.example.com`. **Parameters**: `passed` is the part of the wait that is over.
std::string words_of(const http::RetryWait& wait, Duration passed = {});

/// What a run cost, and how certain that is: `$0.12`, `$0.12, of which $0.04 may not have been billed`.
std::string words_of(const Ledger& ledger);

/// What the calls about one candidate cost: its critique, its comparisons and, for the first image of a generation, the
/// generation.
Money cost_of(const Ledger& ledger, CandidateId id);

/// `1 image`, `5 images`.
std::string counted(std::size_t count, std::string_view one);

/// `a, b, c`.
std::string joined(const std::vector<std::string>& parts, std::string_view separator = ", ");

}  // namespace pentimento::cli
