#pragma once

#include "exit_code.hpp"

#include <string>

namespace pentimento::cli {

/// `pentimento list`: what can be chosen by name. `what` is one of the kinds, or empty for all of them.
ExitCode run_list(const std::string& what);

}  // namespace pentimento::cli
