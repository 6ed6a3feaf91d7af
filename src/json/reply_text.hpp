#pragma once

#include <pentimento/error.hpp>

#include <boost/json/value.hpp>

#include <string_view>

namespace pentimento::json_form {

/**
 * Parses the JSON of a server, which may be paid for: a byte order mark before it is skipped, and an invalid byte or half of a
 * surrogate pair in a text becomes U+FFFD. At most 100,000 values are accepted, so that the memory is some four times the bytes of
 * a large reply.
 *
 * **Errors**: `parse_failed`.
 */
Result<boost::json::value> parse_reply(std::string_view text);

}  // namespace pentimento::json_form
