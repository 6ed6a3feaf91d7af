#pragma once

#include "backends.hpp"
#include "exit_code.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

/// `pentimento refine`, as it was written on the command line; empty for what was not.
struct RefineOptions {
  std::string brief;
  std::vector<std::string> must;
  std::vector<std::string> should;
  std::vector<std::string> avoid;
  std::string image;
  std::string size;
  std::string aspect;
  std::string until;
  std::string generator = "sketch";
  std::string critic = "measure";
  std::string profile;
  std::string reviser = "checklist";
  /// The run's settings by their names in `run_setting_table`; empty for the default.
  std::map<std::string_view, std::string> settings;
  std::string out;
  bool json = false;
  bool quiet = false;
  bool yes = false;
  bool dry_run = false;
  ServiceOptions services;
};

/// Checks everything before any work is done, then refines until the policy holds, and keeps the run in a folder.
ExitCode run_refine(const RefineOptions& options);

}  // namespace pentimento::cli
