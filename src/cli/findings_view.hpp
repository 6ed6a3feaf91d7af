#pragma once

#include "terminal.hpp"
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/error.hpp>
#include <pentimento/score.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace pentimento::cli {

/// The width of the margin for labels, in cells.
inline constexpr int margin = 11;

/// A label, padded to the margin.
Span label(std::string text);

/// `███████░░░  75 %   3 of 4 pass`, after a label; with a dash for the percentage if there was nothing to judge.
Line score_line(const Terminal& terminal, const std::string& name, const Score& score);

/// Prints what passes on one line, then each item that does not pass with what was observed and wanted.
void print_findings(Terminal& terminal, const Checklist& checklist, const Critique& critique);

/// Prints the items of a checklist.
void print_checklist(Terminal& terminal, const Checklist& checklist);

/// Prints the parts of a brief that nobody judges; nothing if there are none.
void print_unjudged(Terminal& terminal, const std::vector<std::string>& parts);

/// Prints `pentimento: ` and a message to the standard error stream. Control characters are replaced; of line breaks,
/// only those before an indented line stay.
void print_error(const std::string& sentence);
/// Prints an error with the provider's own message and the request id, if any.
void print_error(const Error& error);

/// Prints a path to the standard output. On a terminal, control characters are replaced.
void print_path(const std::filesystem::path& path);

}  // namespace pentimento::cli
