#pragma once

#include "exit_code.hpp"

#include <string>

namespace pentimento::cli {

/// The options of `pentimento emulate`, as given. Empty if not given.
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

/// Runs a server that speaks the dialects of the providers over the offline backends, until Ctrl-C.
ExitCode run_emulate(const EmulateOptions& options);

}  // namespace pentimento::cli
