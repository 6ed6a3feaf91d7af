#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/headers.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pentimento::http {

/// Without the optional white space (RFC 9110 5.6.3) at its ends.
std::string_view trimmed(std::string_view text);

/// What is wrong with the head of a message (all up to its empty line), where Beast would let it pass: folded lines, line
/// feeds or carriage returns alone, control characters, a content length that is no plain number or stands twice.
std::optional<std::string> fault_of_head(std::string_view head);

/// Why a header field cannot be sent: a name that is none, or a value with CR, LF, NUL or another control character.
std::optional<std::string> fault_of_field(std::string_view name, std::string_view value);

}  // namespace pentimento::http
