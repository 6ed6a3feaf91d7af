#pragma once

#include "exit_code.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

// The commands. Options are as written on the command line, and empty if not given.

/// The options about servers and prices.
struct ServiceOptions {
  std::string prices;
  std::string ca_file;
  bool proxy = false;
};

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
  /// The run's settings by their names in `run_setting_table`.
  std::map<std::string_view, std::string> settings;
  std::string out;
  bool no_store = false;
  bool json = false;
  bool quiet = false;
  bool yes = false;
  bool dry_run = false;
  ServiceOptions services;
};

/// Validates all options, then runs the loop until the policy holds, and records the run in a folder.
ExitCode run_refine(const RefineOptions& options);

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

/// Judges an image. Returns `satisfied` if every must passes (every should if there is no must).
ExitCode run_critique(const CritiqueOptions& options);

/// Prints the backends, profiles and policies. `what` is a kind, or empty for all kinds.
ExitCode run_list(const std::string& what);

/// Writes the best image, transcript, contact sheet and report of a recorded run. `run` is its id or folder: see `find_run`.
ExitCode run_report(const std::string& run);

struct RunsOptions {
  std::vector<std::string> words;
  std::string state;
  std::string since;
  bool json = false;
};

/// Lists the runs of the user's store, the newest first.
ExitCode run_runs(const RunsOptions& options);

struct ShowOptions {
  std::string run;
  bool json = false;
};

/// Prints the rounds, verdicts, costs, prompts and paths of a run.
ExitCode run_show(const ShowOptions& options);

struct SheetOptions {
  std::string run;
  /// The file to write; `contact-sheet.png` in the folder of the run if empty.
  std::string out;
};

/// Writes the contact sheet of a run.
ExitCode run_sheet(const SheetOptions& options);

struct DiffOptions {
  std::string before;
  std::string after;
};

/// Prints which words of the prompts and which verdicts differ between two candidates: `RUN@1a`. Returns `unsatisfied` if any do.
ExitCode run_diff(const DiffOptions& options);

struct ReplayOptions {
  std::string run;
  /// Another stop policy; that of the run if empty.
  std::string until;
  bool json = false;
};

/// Replays a run from its record, offline, under its own stop policy or another one, and prints what differs.
ExitCode run_replay(const ReplayOptions& options);

struct ResumeOptions {
  std::string run;
  /// Make calls again that may have been billed already, or count them as failed; at most one of both.
  bool repeat = false;
  bool abandon = false;
  /// The roles, empty for those of the record, and the options about output and services.
  RefineOptions refine;
};

/// Goes on with an interrupted run from its record. Asks before a call is made again that may have been billed already.
ExitCode run_resume(const ResumeOptions& options);

struct BranchOptions {
  /// The run and the candidate to start from: `RUN@2b`.
  std::string from;
  /// The new run: brief, policy and roles are empty for those of the record.
  RefineOptions refine;
};

/// Starts a new run from a candidate of an earlier one, with the same requirements. The new run knows its parent.
ExitCode run_branch(const BranchOptions& options);

struct RmOptions {
  std::vector<std::string> runs;
  bool yes = false;
};

/// Removes runs of the user's store. Asks first. Never one that a process holds.
ExitCode run_rm(const RmOptions& options);

struct KeysOptions {
  /// "list", "set" or "remove".
  std::string action = "list";
  /// The name of a key, or of a backend that uses one.
  std::string name;
};

/// Lists, stores and removes API keys. A key is read from the terminal without echo, or as the first line of the
/// standard input; never from an argument, which other users of the machine could read.
ExitCode run_keys(const KeysOptions& options);

struct DoctorOptions {
  /// The backends to check; if empty, all.
  std::vector<std::string> backends;
  ServiceOptions services;
};

/// Prints where each key comes from, which servers answer and accept their key, and what is missing. Shows no key, and sends each
/// to its own server only. Costs nothing. Returns `unsatisfied` if a backend that was named, or whose key is set, cannot be used.
ExitCode run_doctor(const DoctorOptions& options);

}  // namespace pentimento::cli
