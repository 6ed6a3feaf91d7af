#pragma once

#include <pentimento/error.hpp>
#include <pentimento/outcome.hpp>

namespace pentimento::cli {

/// What the program tells the shell. Documented in `--help`; the numbers are kept.
enum class ExitCode {
  satisfied = 0,    ///< Every must passes; or there was nothing to do but print.
  unsatisfied = 1,  ///< The run ended, or the picture was judged, and not every must passes.
  usage = 2,        ///< Wrong usage: an unknown option, a value out of range, a picture that cannot be read.
  backend = 3,      ///< A generator, critic or reviser failed and ended the run.
  io = 4,           ///< A file, a folder or the standard output could not be written.
  cancelled = 130,  ///< Ctrl-C, as shells have it: 128 and the number of SIGINT.
};

/// Whether an error came of a call to a provider.
inline bool is_from_provider(const Error& error) {
  return error.charge() != Charge{} || !error.request_id().empty() || !error.provider_message().empty();
}

/// What an error means to the shell.
inline ExitCode exit_code(const Error& error) {
  switch (error.code()) {
    case errc::invalid_argument:
    case errc::unreadable_image:
    case errc::too_large:
    case errc::parse_failed: return is_from_provider(error) ? ExitCode::backend : ExitCode::usage;
    case errc::io_failed:
    case errc::observer_failed: return ExitCode::io;
    case errc::cancelled: return ExitCode::cancelled;
    default: return ExitCode::backend;
  }
}

/// What the end of a run means to the shell. A run that failed did so in a backend or in its record: what the user had
/// wrong was found before it began.
inline ExitCode exit_code(const Outcome& outcome) {
  if (outcome.reason().kind() == StopKind::cancelled) return ExitCode::cancelled;
  if (outcome.reason().kind() == StopKind::failed) {
    const bool unwritten = outcome.error() && exit_code(*outcome.error()) == ExitCode::io;
    return unwritten ? ExitCode::io : ExitCode::backend;
  }
  return outcome.score().satisfied() ? ExitCode::satisfied : ExitCode::unsatisfied;
}

}  // namespace pentimento::cli
