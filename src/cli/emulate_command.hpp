#pragma once

#include "exit_code.hpp"

#include <string>

namespace pentimento::cli {

/// `pentimento emulate`, as it was written on the command line; empty for what was not.
struct EmulateOptions {
  std::string port = "8080";
  std::string scenario;
  bool tls = false;
  std::string write_ca;
  bool ipv6 = false;
  bool proxy = false;
  bool json = false;
  bool quiet = false;
};

/// Speaks the dialects of the providers on this machine, over the offline backends, until Ctrl-C.
ExitCode run_emulate(const EmulateOptions& options);

}  // namespace pentimento::cli
