#pragma once

namespace pentimento::cli {

/// The whole program: reads the command line, does what it says, and gives the exit code. Never throws.
int run_application(int argc, char** argv);

}  // namespace pentimento::cli
