#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace pentimento::cli {

/// One clear sentence for what CLI11 found wrong. `words` is the command line.
std::string sentence_of(CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& words);

/// The option that was given with nothing in it, as by `--size ""` or `--size=`; none if there is none.
std::string empty_option(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace pentimento::cli
