#pragma once

#include "backends.hpp"
#include "exit_code.hpp"

#include <string>
#include <vector>

namespace pentimento::cli {

/// `pentimento critique`, as it was written on the command line.
struct CritiqueOptions {
  std::string image;
  std::string brief;
  std::vector<std::string> must;
  std::vector<std::string> should;
  std::string critic = "measure";
  std::string profile;
  bool json = false;
  bool quiet = false;
  ServiceOptions services;
};

/// Judges a picture: `satisfied` if every must passes.
ExitCode run_critique(const CritiqueOptions& options);

}  // namespace pentimento::cli
