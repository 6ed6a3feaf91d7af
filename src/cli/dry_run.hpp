#pragma once

#include "exit_code.hpp"
#include "refine_setup.hpp"

namespace pentimento::cli {

/**
 * Says what a run would do and the most that it can cost, without a call to anyone: `refine --dry-run`.
 *
 * The run itself is made, with stand-ins that charge the most that the real ones may, and never satisfy: so the stop policy
 * and the settings count as they would.
 */
ExitCode run_dry(const RefineSetup& setup, bool json);

}  // namespace pentimento::cli
