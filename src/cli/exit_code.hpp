#pragma once

#include <pentimento/error.hpp>
#include <pentimento/outcome.hpp>

namespace pentimento::cli {

/// The exit code of the program, as documented in `--help`. The numbers do not change.
enum class ExitCode {
  satisfied = 0,    ///< Every must passes (every should if there is no must); or the command has no verdict.
  unsatisfied = 1,  ///< The run ended, or the image was judged, and not all of these pass.
  usage = 2,        ///< Usage error: an unknown option, a value out of range, a brief that nobody can judge.
  backend = 3,      ///< A generator, critic or reviser failed and ended the run.
  io = 4,           ///< A file, a folder or the standard output could not be written.
  cancelled = 130,  ///< Ctrl-C: 128 + SIGINT, as shells report it.
};

/// The exit codes for `--help`.
inline constexpr const char* exit_code_help = R"~(Exit codes:
  0    every must passes; every should if there is no must
  1    the run ended, or the image was judged, and not all of these pass
  2    usage error: an unknown option or name, a value out of range, an unreadable image, a brief
       that nobody can judge
  3    a generator, critic or reviser failed and ended the run
  4    a file, a folder or the standard output could not be written
  130  cancelled by Ctrl-C; everything made so far is kept)~";

/// True if an error came from a call to a provider.
inline bool is_from_provider(const Error& error) {
  return error.charge() != Charge{} || !error.request_id().empty() || !error.provider_message().empty();
}

/// The exit code for an error.
inline ExitCode exit_code(const Error& error) {
  switch (error.code()) {
    case errc::invalid_argument:
    case errc::unsupported:
    case errc::unreadable_image:
    case errc::too_large:
    case errc::parse_failed: return is_from_provider(error) ? ExitCode::backend : ExitCode::usage;
    case errc::io_failed:
    case errc::observer_failed: return ExitCode::io;
    case errc::cancelled: return ExitCode::cancelled;
    default: return ExitCode::backend;
  }
}

/// The exit code for the end of a run. A run that failed before its first round for what was asked of it is a usage error;
/// any other failed in a backend or in its record.
inline ExitCode exit_code(const Outcome& outcome) {
  if (outcome.reason().kind() == StopKind::cancelled) return ExitCode::cancelled;
  if (outcome.reason().kind() == StopKind::failed) {
    const ExitCode code = outcome.error() ? exit_code(*outcome.error()) : ExitCode::backend;
    const bool asked_wrongly = code == ExitCode::usage && outcome.transcript().rounds().empty();
    return code == ExitCode::io || asked_wrongly ? code : ExitCode::backend;
  }
  return outcome.score().satisfied() ? ExitCode::satisfied : ExitCode::unsatisfied;
}

}  // namespace pentimento::cli
