#pragma once

#include <pentimento/error.hpp>
#include <pentimento/secrets/secret.hpp>

#include <string>

namespace pentimento::cli {

/// Reads one line from the standard input: from a terminal without echo, behind a question on the standard error stream.
/// Errors: `cancelled` for Ctrl-C; `invalid_argument` for an empty line and one of more than 4,096 bytes; `io_failed`.
Result<Secret> read_secret(const std::string& question);

}  // namespace pentimento::cli
