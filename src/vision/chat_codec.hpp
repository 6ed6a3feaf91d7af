#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/body.hpp>
#include <pentimento/vision/chat_completions.hpp>

#include <string>
#include <string_view>
#include <vector>

// Chat Completions on the wire, as pure functions.

namespace pentimento::chat_codec {

/// Returns the members of `extra_body` without the braces. Errors: `invalid_argument` for a text that is not a JSON
/// object, or sets a field of the question.
Result<std::string> extra_members(const ChatCompletionsOptions& options);

/// The body of a request. `extra` is the result of `extra_members`.
http::Body encode(const Question& question, const ChatCompletionsOptions& options, AnswerFormat format,
                  std::string_view extra);

/// Reads the body of a reply; see `Dialect::decode`. `reasoning_fields` are the server's.
Result<Reply> decode(std::string_view body, const std::vector<std::string>& reasoning_fields);

}  // namespace pentimento::chat_codec
