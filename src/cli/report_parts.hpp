#pragma once

#include <pentimento/transcript.hpp>

#include <string>
#include <vector>

namespace pentimento::cli {

// The parts that a report is put together from. Each gives HTML or SVG, escaped.

/// The verdict as a sign and, for those who cannot see it, a word.
std::string verdict_sign(Verdict verdict);

/// The candidates of a round in the order of their ids.
std::vector<const Candidate*> candidates_of(const Round& round);

/// The best candidate so far after a round, or null: the accepted one of the latest round that has one.
const Candidate* best_after(const Transcript& run, int round);

/// What a picture is, for those who cannot see it: `Picture 1a: 75 %, 3 of 4 items pass; kept.`
std::string alt_text(const Transcript& run, const Candidate& candidate);

/// The score of every candidate, the best score so far and the cost, round by round.
std::string chart_svg(const Transcript& run);
std::string chart_table(const Transcript& run);

/// The pictures as a tree, each a link to its findings.
std::string tree_svg(const Transcript& run);

/// A text, with the words that were put in and left out since another.
std::string difference(const std::string& before, const std::string& after);

/// The rounds with their pictures, findings, decisions and prompts.
std::string rounds_html(const Transcript& run);

}  // namespace pentimento::cli
