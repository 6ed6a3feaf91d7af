#pragma once

#include <string>

namespace pentimento::cli {

/// Asks a person a question on the standard error stream. Returns false unless they agree; asks nobody if the standard input is
/// not a terminal.
bool confirm(const std::string& question);

}  // namespace pentimento::cli
