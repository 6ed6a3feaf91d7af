#pragma once

namespace pentimento::cli {

/// Runs the program with a command line. Returns the exit code. Never throws.
int run_application(int argc, char** argv);

}  // namespace pentimento::cli
