#pragma once

#include "commands.hpp"

#include <CLI/CLI.hpp>

namespace pentimento::cli {

/// Adds the options about servers and prices to a command.
void add_services(CLI::App& command, ServiceOptions& options);

/// Adds the options of `pentimento refine`, and the end of its help.
void add_refine(CLI::App& command, RefineOptions& options);

}  // namespace pentimento::cli
