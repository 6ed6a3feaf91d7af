#pragma once

#include "support/images.hpp"
#include "support/scripted_server.hpp"
#include "support/wait_for.hpp"
#include <pentimento/json.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// A model at a scripted server, and what the two say to each other.

namespace pentimento::test {

inline constexpr std::string_view made_up_key = "a-made-up-key-of-a-test";

inline Question small_question() {
  Question question{"Judge \"it\"."};
  question.schema("critique", R"({"type":"object"})").max_output_tokens(2'000);
  return question.add("Image 1:").add(picture(1)).add("Answer\nthe checklist.");
}

/// Asks a model at a server with one reply. Returns the body that was sent.
template <class Model>
std::string body_sent(const ScriptedServer& server, Model model, Question question = small_question()) {
  static_cast<void>(wait_for(model.ask(std::move(question))));
  REQUIRE(server.requests().size() == 1);
  const std::string body = server.requests().front().body;
  const Result<boost::json::value> parsed = parse_json(body);
  REQUIRE_MESSAGE(parsed.has_value(), body);
  return body;
}

inline TokenUsage tokens(std::uint64_t text, std::uint64_t cached, std::uint64_t images, std::uint64_t out) {
  TokenUsage usage;
  usage.tokens(TokenKind::text_in, text).tokens(TokenKind::cached_text_in, cached);
  return usage.tokens(TokenKind::image_in, images).tokens(TokenKind::text_out, out);
}

template <class T>
Error failure_of(const Result<T>& result) {
  REQUIRE(!result.has_value());
  return result.error();
}

inline bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace pentimento::test
