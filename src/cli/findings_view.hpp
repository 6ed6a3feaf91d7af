#pragma once

#include "terminal.hpp"
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/error.hpp>
#include <pentimento/score.hpp>

#include <filesystem>
#include <string>

namespace pentimento::cli {

/// Lines begin with a label in a margin of this many cells.
inline constexpr int margin = 11;

/// A label, filled up to the margin.
Span label(std::string text);

/// `███████░░░  75 %   3 of 4 pass`, after a label; with a dash for the per cent where there was nothing to judge.
Line score_line(const Terminal& terminal, const std::string& name, const Score& score);

/// What passes, on one line; then each item that does not, with what was seen and what was wanted.
void print_findings(Terminal& terminal, const Checklist& checklist, const Critique& critique);

/// The items of a checklist, the musts first to be seen.
void print_checklist(Terminal& terminal, const Checklist& checklist);

/// An error on the standard error stream: `pentimento: ` and its sentence, made fit for a terminal, whatever it quotes.
/// A line of it that is indented stands below it; other line breaks become spaces.
void print_error(const std::string& sentence);
/// The same, and what the provider said where one failed.
void print_error(const Error& error);

/// A path on the standard output: as it is for a program that reads it, made fit for a terminal where that is one.
void print_path(const std::filesystem::path& path);

}  // namespace pentimento::cli
