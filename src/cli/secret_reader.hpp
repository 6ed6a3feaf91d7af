#pragma once

#include <pentimento/error.hpp>
#include <pentimento/secrets/secret.hpp>

#include <string>

namespace pentimento::cli {

/// Reads one line from the standard input. On a terminal, prints a question to the standard error stream and turns the
/// echo off. Errors: `cancelled` for Ctrl-C; `invalid_argument` for an empty line and for more than 4,096 bytes;
/// `io_failed`.
Result<Secret> read_secret(const std::string& question);

}  // namespace pentimento::cli
