// Requests and replies of Anthropic Messages, written down by hand from the reference of the dialect.

#include "remote_model.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/vision/messages.hpp>
#include <pentimento/vision/vision_critic.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace pentimento;
using test::failure_of;
using test::has;
using test::ScriptedServer;
using test::small_question;
namespace json = boost::json;

namespace {

constexpr std::string_view reply_body =
    R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5-5",)"
    R"("content":[{"type":"thinking","thinking":"","signature":"c2ln"},)"
    R"({"type":"text","text":"{\"reason\":\"...\",\"ok\":true}"}],)"
    R"("stop_reason":"end_turn","stop_sequence":null,"stop_details":null,)"
    R"("usage":{"input_tokens":1500,"output_tokens":120,"cache_creation_input_tokens":200,)"
    R"("cache_read_input_tokens":1000,"output_tokens_details":{"thinking_tokens":40},"service_tier":"standard"}})";

MessagesOptions options() {
  MessagesOptions options;
  options.api_key = Secret{std::string{test::made_up_key}};
  options.model = "claude-opus-5-5";
  return options;
}

MessagesModel model_at(const ScriptedServer& server, MessagesOptions at = options()) {
  at.base_url = server.url().substr(0, server.url().size() - 3);  // the dialect's own path has the version
  return MessagesModel{http::Client{}, std::move(at)};
}

Result<Reply> reply_to(const test::ServedReply& body) {
  ScriptedServer server{body};
  MessagesModel model = model_at(server);
  return test::wait_for(model.ask(small_question()));
}

Reply reply(std::string_view body) {
  Result<Reply> read = reply_to(test::ServedReply{std::string{body}});
  REQUIRE_MESSAGE(read.has_value(), read.error().message());
  return std::move(*read);
}

Reply ending(std::string_view members) {
  return reply(R"({"type":"message","content":[{"type":"text","text":"x"}],)" + std::string{members} + '}');
}

json::value sent(const MessagesOptions& with, Question question = small_question()) {
  ScriptedServer server{test::ServedReply{std::string{reply_body}}};
  return parse_json(test::body_sent(server, model_at(server, with), std::move(question))).value();
}

/// The error of a reply with this status, error type and code.
Error error_of(int status, const std::string& type, const std::string& code = {}) {
  const std::string details = code.empty() ? "" : R"(,"details":{"error_code":")" + code + R"("})";
  const std::string body = R"({"type":"error","error":{"type":")" + type + R"(","message":"So it is")" + details +
                           R"(},"request_id":"req_body"})";
  return failure_of(reply_to({status, body, "request-id: req_head\r\n"}));
}

}  // namespace

TEST_SUITE("Messages request") {
  TEST_CASE("to Anthropic") {
    ScriptedServer server{test::ServedReply{std::string{reply_body}}};
    MessagesOptions with = options();
    with.reasoning_effort = "low";
    CHECK(test::body_sent(server, model_at(server, with)) ==
          R"({"model":"claude-opus-5-5","max_tokens":2000,"system":"Judge \"it\".",)"
          R"("messages":[{"role":"user","content":[{"type":"text","text":"Image 1:"},)"
          R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":")" +
              detail::encode_base64(test::png_bytes(64, 64, 1)) +
              R"("}},{"type":"text","text":"Answer\nthe checklist."}]}],)"
              R"("output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}}})");
    const test::ServedRequest request = server.requests().front();
    CHECK(request.has("POST /v1/messages HTTP/1.1\r\n"));
    CHECK(request.has("x-api-key: a-made-up-key-of-a-test\r\n"));
    CHECK(request.has("anthropic-version: 2023-06-01\r\n"));
    CHECK(request.has("Content-Type: application/json\r\n"));
    CHECK(!request.has("Authorization"));
  }

  TEST_CASE("asks for prose without a format") {
    Question question{"a"};
    question.add("b");
    const json::value body = sent(options(), question);
    CHECK(!body.as_object().contains("output_config"));
    CHECK(!body.as_object().contains("temperature"));
    MessagesOptions with = options();
    with.reasoning_effort = "high";
    CHECK(sent(with, question).at("output_config") == json::value{{"effort", "high"}});
  }

  TEST_CASE("has a version of the user's") {
    ScriptedServer server{test::ServedReply{std::string{reply_body}}};
    MessagesOptions with = options();
    with.server.version = "2026-10-21";
    test::body_sent(server, model_at(server, with));
    CHECK(server.requests().front().has("anthropic-version: 2026-10-21\r\n"));
  }
}

TEST_SUITE("Messages reply") {
  TEST_CASE("of Anthropic") {
    const Reply read = reply(reply_body);
    CHECK(read.text() == R"({"reason":"...","ok":true})");
    CHECK(read.thoughts().empty());
    CHECK(read.end() == ReplyEnd::stop);
    TokenUsage usage;
    usage.tokens(TokenKind::text_in, 1'500).tokens(TokenKind::text_out, 120);
    usage.tokens(TokenKind::cached_text_in, 1'000).tokens(TokenKind::cache_write_in, 200);
    CHECK(read.usage() == usage);
    // 1500 * 4 + 1000 * 0.2 + 200 * 5 + 120 * 20
    CHECK(read.charge() == Charge::paid(Money::from_micros(9'600)));
  }

  TEST_CASE("ends for a reason") {
    CHECK(ending(R"("stop_reason":"stop_sequence")").end() == ReplyEnd::stop);
    CHECK(ending(R"("stop_reason":null)").end() == ReplyEnd::stop);
    CHECK(ending(R"("stop_reason":"max_tokens")").end() == ReplyEnd::length);
    CHECK(ending(R"("stop_reason":"model_context_window_exceeded")").end() == ReplyEnd::length);
    for (const char* reason : {"tool_use", "pause_turn", "something_new"})
      CHECK(ending(R"("stop_reason":")" + std::string{reason} + '"').end() == ReplyEnd::other);
  }

  TEST_CASE("may be a refusal") {
    Reply refused = reply(R"({"type":"message","content":[],"stop_reason":"refusal","stop_details":{"type":"refusal",)"
                          R"("category":"cyber","explanation":"I cannot look at this."}})");
    CHECK(refused.end() == ReplyEnd::refusal);
    CHECK(refused.refusal() == "I cannot look at this.");
    refused = ending(R"("stop_reason":"refusal","stop_details":{"category":"bio","explanation":null})");
    CHECK(refused.refusal() == "bio");
    CHECK(ending(R"("stop_reason":"refusal","stop_details":null)").end() == ReplyEnd::refusal);
  }

  TEST_CASE("may have several blocks") {
    const Reply read =
        reply(R"({"content":[{"type":"thinking","thinking":"hm"},{"type":"redacted_thinking","data":"x"},)"
              R"({"type":"text","text":"{\"a\":"},{"type":"text","text":"1}"},7,{"type":"tool_use","input":{}}]})");
    CHECK(read.text() == R"({"a":1})");
    CHECK(read.thoughts() == std::vector<std::string>{"hm"});
    CHECK(!read.usage());
    CHECK(read.charge().billing() == Billing::estimated);
  }

  TEST_CASE("that is none says why") {
    for (const char* body : {"<html>", "null", "{}", R"({"content":"x"})", R"({"content":null})"}) {
      const Error error = failure_of(reply_to(body));
      CHECK(error.code() == errc::unusable_reply);
      CHECK(error.charge().billing() == Billing::maybe_billed);
    }
    const Error error = failure_of(reply_to(R"({"type":"error","error":{"type":"api_error","message":"Oh"}})"));
    CHECK(error.code() == errc::backend_failed);
    CHECK(error.provider_message() == "Oh");
  }
}

TEST_SUITE("Messages errors") {
  TEST_CASE("have a code and cost nothing if nothing was done") {
    const Error error = error_of(400, "invalid_request_error");
    CHECK(error.code() == errc::invalid_argument);
    CHECK(error.provider_message() == "So it is");
    CHECK(error.request_id() == "req_head");
    CHECK(error.charge() == Charge{});
    CHECK(error_of(401, "authentication_error").code() == errc::unauthorized);
    CHECK(has(error_of(401, "authentication_error").message(), "ANTHROPIC_API_KEY"));
    CHECK(error_of(402, "billing_error").code() == errc::payment_required);
    CHECK(error_of(403, "permission_error").code() == errc::unauthorized);
    CHECK(has(error_of(404, "not_found_error").message(), "claude-opus-5-5"));
    CHECK(error_of(413, "request_too_large").code() == errc::too_large);
    CHECK(error_of(429, "rate_limit_error", "enforced_spend_limit_reached").code() == errc::payment_required);
    CHECK(error_of(429, "rate_limit_error", "contract_spend_limit_reached").code() == errc::payment_required);
    CHECK(error_of(400, "invalid_request_error", "image_dimensions_too_large").charge() == Charge{});
  }

  TEST_CASE("may be billed if the outcome is unknown") {
    for (const int status : {500, 504}) {
      const Error error = error_of(status, status == 504 ? "timeout_error" : "api_error");
      CHECK(error.code() == errc::backend_failed);
      CHECK(error.charge().billing() == Billing::maybe_billed);
    }
  }

  TEST_CASE("are retried while the server is overloaded") {
    ScriptedServer server{
        {529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})", "retry-after: 0\r\n"},
        test::ServedReply{std::string{reply_body}}};
    MessagesModel model = model_at(server);
    CHECK(test::wait_for(model.ask(small_question())).has_value());
    CHECK(server.requests().size() == 2);
  }
}

TEST_SUITE("Messages limits") {
  TEST_CASE("are those of Anthropic's documents") {
    const ModelLimits limits = MessagesModel{http::Client{}, options()}.limits();
    CHECK(limits.image_types ==
          std::vector<MediaType>{MediaType::png, MediaType::jpeg, MediaType::webp, MediaType::gif});
    CHECK(limits.max_images == 20);
    CHECK(limits.max_image_side == 8'000);
    CHECK(limits.max_image_bytes * 4 / 3 <= 10'000'000);
    CHECK(limits.max_question_bytes < 32'000'000);
  }

  TEST_CASE("bound the estimate of an image") {
    const MessagesModel model{http::Client{}, options()};
    const auto estimate = [&](std::size_t images, std::uint32_t side) {
      return model.estimate({2'000, images, side, 1'000});
    };
    CHECK(estimate(0, 0) == Money::from_micros(1'000 * 4 + 1'000 * 20));
    CHECK(estimate(2, 1'024) == Money::from_micros((1'000 + 2 * 1'369) * 4 + 1'000 * 20));
    CHECK(estimate(1, 8'000) == Money::from_micros((1'000 + 4'784) * 4 + 1'000 * 20));
  }

  TEST_CASE("reject options that cannot be used") {
    MessagesOptions with;
    const auto code = [&] { return failure_of(MessagesModel::create(http::Client{}, with)).code(); };
    CHECK(code() == errc::invalid_argument);  // no model
    with.model = "claude-haiku-5-5";
    CHECK(code() == errc::invalid_argument);  // no key
    CHECK_THROWS_AS((MessagesModel{http::Client{}, with}), Failure);
    with.api_key = Secret{std::string{test::made_up_key}};
    CHECK(MessagesModel{http::Client{}, with}.name() == "anthropic:claude-haiku-5-5");
    with.base_url = "nowhere";
    CHECK(code() == errc::invalid_argument);
  }
}

TEST_SUITE("Messages critic") {
  TEST_CASE("judges an image") {
    const std::string answer =
        R"({\"sees_picture\":\"yes\",\"visible_text\":[],\"answers\":[{\"id\":\"q1\",\"evidence\":\"three\",)"
        R"(\"answer\":\"Yes\"}],\"worst_problem\":\"\",\"suggested_prompt\":\"\"})";
    ScriptedServer server{
        test::ServedReply{R"({"content":[{"type":"text","text":")" + answer +
                          R"("}],"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":100}})"}};
    VisionCritic critic{model_at(server)};
    Brief brief{"three red mugs"};
    brief.must("exactly three mugs");
    const Checklist checklist{brief.requirements()};
    const Candidate candidate{{0, 0}, GenerationRequest{"three red mugs"}, test::picture(1)};
    const Result<Critique> judged = test::wait_for(critic.critique(CritiqueRequest{brief, checklist, candidate}));
    REQUIRE_MESSAGE(judged.has_value(), judged.error().message());
    CHECK(judged->verdict("user-1") == Verdict::pass);
    CHECK(judged->charge() == Charge::paid(Money::from_micros(1'000 * 4 + 100 * 20)));
    CHECK(critic.name() == "anthropic:claude-opus-5-5");
  }
}
