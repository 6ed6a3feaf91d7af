#pragma once

#include "exit_code.hpp"

#include <string>

namespace pentimento::cli {

/// `pentimento keys`, as it was written on the command line.
struct KeysOptions {
  /// "list", "set" or "remove".
  std::string action = "list";
  /// The name of a key, or of a backend that is used with one.
  std::string name;
};

/// Lists, stores and removes the keys of providers. A key is read from a terminal without echo, or as the first line of
/// the standard input; it is never an argument, which other users of the machine could read.
ExitCode run_keys(const KeysOptions& options);

}  // namespace pentimento::cli
