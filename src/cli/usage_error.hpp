#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace pentimento::cli {

/// The message for an error of CLI11. `words` is the command line.
std::string sentence_of(CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& words);

/// The name of an option with an empty value, as by `--size ""` or `--size=`; empty if there is none.
std::string empty_option(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace pentimento::cli
