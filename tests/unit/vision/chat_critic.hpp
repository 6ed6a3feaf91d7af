#pragma once

#include "support/scripted_server.hpp"
#include "support/images.hpp"
#include "support/wait_for.hpp"
#include <pentimento/http/body.hpp>
#include <pentimento/vision/chat_completions.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A critic at a scripted server, and what the two say to each other.

namespace pentimento::test {

inline PriceTable prices() {
  return PriceTable::from_json(R"({"date":"2026-11-22","sources":[],"prices":[{"provider":"openai","model":"judge-1",)"
                               R"("usd_per_million":{"text_in":2,"cached_text_in":0.5,"text_out":10}}]})")
      .value();
}

inline ChatCompletionsOptions options_at(const ScriptedServer& server) {
  ChatCompletionsOptions options;
  options.api_key = Secret{"a-made-up-key-of-a-test"};
  options.model = "judge-1";
  options.base_url = server.url();
  options.prices = prices();
  options.timeout = std::chrono::seconds{20};
  return options;
}

inline ChatCompletionsCritic critic_at(const ScriptedServer& server) {
  return ChatCompletionsCritic{http::Client{}, options_at(server)};
}

/// 1,000 tokens of text, of which 400 were cached, and 100 written: 1,200 + 200 + 1,000 = 2,400 micro-dollars.
inline constexpr std::string_view usage = R"({"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,)"
                                          R"("prompt_tokens_details":{"cached_tokens":400}})";
inline const Charge one_call = Charge::paid(Money::from_micros(2'400));
inline const Charge two_calls = Charge::paid(Money::from_micros(4'800));

/// A completion with this text.
inline std::string completion(std::string_view text, std::string_view usage_json = usage,
                              std::string_view finish = "stop") {
  return R"({"id":"c","object":"chat.completion","model":"judge-1","choices":[{"index":0,"finish_reason":")" +
         std::string{finish} + R"(","message":{"role":"assistant","content":")" + http::json_escaped(text) +
         R"(","refusal":null}}],"usage":)" + std::string{usage_json} + '}';
}

inline constexpr std::string_view good_answer =
    R"({"sees_picture":"yes","visible_text":[],"answers":[{"id":"q1","evidence":"three mugs","answer":"yes"},)"
    R"({"id":"q2","evidence":"one is blue","answer":"no"}],"worst_problem":"a blue mug",)"
    R"("suggested_prompt":"exactly three red mugs, all of them red"})";

inline Brief brief() {
  Brief brief{"three red mugs"};
  brief.must("exactly three mugs");
  return brief;
}

inline Checklist checklist() {
  return Checklist{std::vector<Requirement>{Requirement{"user-1", "exactly three mugs"},
                                            Requirement{"vision_red", "the mugs are red"}.owner("openai:judge-1"),
                                            Requirement{"white", "a white background"}.owner("measure")}};
}

inline Candidate candidate(std::uint32_t tag = 1, std::uint32_t width = 64, std::uint32_t height = 64) {
  return Candidate{{0, 0}, GenerationRequest{"three red mugs"}, picture(tag, width, height)};
}

inline Result<Critique> critique(ChatCompletionsCritic critic, const Candidate& judged = candidate()) {
  return wait_for(critic.critique(CritiqueRequest{brief(), checklist(), judged}));
}

inline Error failure(const Result<Critique>& result) {
  REQUIRE(!result.has_value());
  return result.error();
}

inline Result<Comparison> compare(ChatCompletionsCritic critic) {
  ComparisonRequest request{std::make_shared<const Brief>(brief()), std::make_shared<const Checklist>(checklist()),
                            candidate(1), candidate(2)};
  return wait_for(critic.compare(std::move(request)));
}

inline bool holds(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace pentimento::test
