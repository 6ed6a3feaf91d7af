#pragma once

#include "backends.hpp"
#include "exit_code.hpp"

#include <string>
#include <vector>

namespace pentimento::cli {

/// `pentimento doctor`, as it was written on the command line.
struct DoctorOptions {
  /// The backends to look at; all where there are none.
  std::vector<std::string> backends;
  ServiceOptions services;
};

/// Says where each key comes from, which servers answer, and what is missing. Shows no key and sends none.
/// `unsatisfied` if something that was named, or that there is a key for, cannot be used.
ExitCode run_doctor(const DoctorOptions& options);

}  // namespace pentimento::cli
