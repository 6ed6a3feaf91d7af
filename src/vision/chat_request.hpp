#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/body.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/image.hpp>
#include <pentimento/vision/chat_completions.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

// How a question is put on the wire of Chat Completions: address and body, as pure functions.

namespace pentimento::chat {

/// What a model is asked: instructions, a row of texts and pictures, and the form of the answer.
class Question {
 public:
  using Part = std::variant<std::string, Image>;

  /// `schema` is the JSON Schema of the answer, named `form`; both are empty where prose is asked for.
  Question(std::string instructions, std::string form, std::string schema)
      : instructions_{std::move(instructions)}, form_{std::move(form)}, schema_{std::move(schema)} {}

  Question& say(std::string text) { return parts_.emplace_back(std::move(text)), *this; }
  Question& show(Image image) { return parts_.emplace_back(std::move(image)), *this; }

  const std::string& instructions() const noexcept { return instructions_; }
  const std::string& form() const noexcept { return form_; }
  const std::string& schema() const noexcept { return schema_; }
  const std::vector<Part>& parts() const noexcept { return parts_; }

  /// How many bytes of text it has, the schema included.
  std::size_t text_bytes() const noexcept;

 private:
  std::string instructions_;
  std::string form_;
  std::string schema_;
  std::vector<Part> parts_;
};

static_assert(!std::is_aggregate_v<Question>);

/// Where questions go. Errors: `invalid_argument` for an address that is none.
Result<http::Url> address(const ChatCompletionsOptions& options);

/// The members of `extra_body` as they stand in a body, without braces. Errors: `invalid_argument` for what is no
/// object, or sets what the critic itself sets.
Result<std::string> extra_members(const ChatCompletionsOptions& options);

/// The body of a request. `extra` is what `extra_members` gave. A picture's bytes are not copied.
http::Body request_body(const Question& question, const ChatCompletionsOptions& options, std::string_view extra);

}  // namespace pentimento::chat
