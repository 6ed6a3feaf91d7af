#pragma once

#include "exit_code.hpp"
#include "refine_setup.hpp"

namespace pentimento::cli {

/**
 * Prints what a run would do and the most that it can cost, without any call: `refine --dry-run`.
 *
 * Runs the real loop, policy and settings with stand-ins for the roles, which report the worst-case cost of the real
 * roles and never satisfy.
 */
ExitCode run_dry(const RefineSetup& setup, bool json);

}  // namespace pentimento::cli
