#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/body.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <string>
#include <string_view>

// Anthropic Messages on the wire, as pure functions.

namespace pentimento::messages_codec {

/// The body of a request. `effort` may be empty.
http::Body encode(const Question& question, const std::string& model, const std::string& effort);

/// Reads the body of a reply; see `Dialect::decode`.
Result<Reply> decode(std::string_view body);

}  // namespace pentimento::messages_codec
