#pragma once

#include "exit_code.hpp"

#include <string>

namespace pentimento::cli {

/// `pentimento report DIR`: writes the transcript, the contact sheet and the report anew from the events and pictures of a run, as
/// after a run that was killed.
ExitCode run_report(const std::string& folder);

}  // namespace pentimento::cli
