// Requests and replies of Chat Completions, written down by hand from the reference of the dialect.

#include "remote_model.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/vision/chat_completions.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace pentimento;
using test::body_sent;
using test::failure_of;
using test::has;
using test::ScriptedServer;
using test::small_question;
using test::tokens;
namespace json = boost::json;

namespace {

constexpr std::string_view reply_body =
    R"({"id":"chatcmpl-1","object":"chat.completion","model":"gpt-6.1-sol","choices":[{"index":0,)"
    R"("finish_reason":"stop","logprobs":null,"message":{"role":"assistant",)"
    R"("content":"{\"reason\":\"...\",\"bicycle_is_red\":true}","refusal":null}}],)"
    R"("usage":{"prompt_tokens":1402,"completion_tokens":96,"total_tokens":1498,)"
    R"("prompt_tokens_details":{"cached_tokens":1000,"image_tokens":229,"text_tokens":173},)"
    R"("completion_tokens_details":{"reasoning_tokens":64}}})";

PriceTable prices() {
  return PriceTable::from_json(R"({"date":"2026-11-22","sources":[],"prices":[{"provider":"openai","model":"judge-1",)"
                               R"("usd_per_million":{"text_in":2,"cached_text_in":0.5,"text_out":10}},)"
                               R"({"provider":"ollama","model":"*","usd_per_call":0}]})")
      .value();
}

ChatCompletionsOptions options_for(std::string_view server_name = "openai") {
  ChatCompletionsOptions options;
  options.api_key = Secret{std::string{test::made_up_key}};
  options.model = "judge-1";
  options.server = ChatCompletionsServer::named(server_name).value();
  options.prices = prices();
  return options;
}

ChatCompletionsModel model_at(const ScriptedServer& server, ChatCompletionsOptions options = options_for()) {
  options.base_url = server.url();
  return ChatCompletionsModel{http::Client{}, std::move(options)};
}

Result<Reply> reply_to(std::string body, ChatCompletionsOptions options = options_for()) {
  ScriptedServer server{test::ServedReply{std::move(body)}};
  ChatCompletionsModel model = model_at(server, std::move(options));
  return test::wait_for(model.ask(small_question()));
}

Reply reply(std::string_view body) {
  Result<Reply> read = reply_to(std::string{body});
  REQUIRE_MESSAGE(read.has_value(), read.error().message());
  return std::move(*read);
}

std::string sent(const ChatCompletionsOptions& options, Question question = small_question()) {
  ScriptedServer server{test::ServedReply{std::string{reply_body}}};
  return body_sent(server, model_at(server, options), std::move(question));
}

json::value sent_json(const ChatCompletionsOptions& options, Question question = small_question()) {
  return parse_json(sent(options, std::move(question))).value();
}

std::string data_url(std::uint32_t tag) {
  return "data:image/png;base64," + detail::encode_base64(test::png_bytes(64, 64, tag));
}

errc created(const ChatCompletionsOptions& options) {
  const Result<ChatCompletionsModel> model = ChatCompletionsModel::create(http::Client{}, options);
  return model ? errc{} : model.error().code();
}

}  // namespace

TEST_SUITE("Chat Completions request") {
  TEST_CASE("to OpenAI") {
    CHECK(sent(options_for()) ==
          R"({"model":"judge-1","messages":[{"role":"system","content":"Judge \"it\"."},{"role":"user","content":[)"
          R"({"type":"text","text":"Image 1:"},{"type":"image_url","image_url":{"url":")" +
              data_url(1) +
              R"("}},{"type":"text","text":"Answer\nthe checklist."}]}],"max_completion_tokens":2000,)"
              R"("response_format":{"type":"json_schema","json_schema":{"name":"critique","strict":true,)"
              R"("schema":{"type":"object"}}}})");
  }

  TEST_CASE("has the key where the server expects it") {
    ScriptedServer server{test::ServedReply{std::string{reply_body}}, test::ServedReply{std::string{reply_body}},
                          test::ServedReply{std::string{reply_body}}};
    static_cast<void>(test::wait_for(model_at(server).ask(small_question())));
    static_cast<void>(test::wait_for(model_at(server, options_for("azure")).ask(small_question())));
    ChatCompletionsOptions keyless = options_for("azure");
    keyless.api_key = {};
    static_cast<void>(test::wait_for(model_at(server, keyless).ask(small_question())));
    const auto requests = server.requests();
    CHECK(requests[0].has("POST /v1/chat/completions HTTP/1.1\r\n"));
    CHECK(requests[0].has("Authorization: Bearer a-made-up-key-of-a-test\r\n"));
    CHECK(requests[0].has("Content-Type: application/json\r\n"));
    CHECK(requests[1].has("api-key: a-made-up-key-of-a-test\r\n"));
    CHECK(!requests[1].has("Authorization"));
    CHECK(!requests[2].has("api-key"));
  }

  TEST_CASE("has the image as one line of base64 of its own type") {
    using test::operator<<;
    test::Bytes gif;
    gif << "GIF89a";
    test::put(gif, {2, 0, 1, 0, 0, 0, 0});
    for (int i = 0; i < 500; ++i) test::put(gif, {static_cast<unsigned>(i) % 251});
    Question question{"a"};
    question.add(Image{gif}).add("c");
    const json::value body = sent_json(options_for(), question);
    CHECK(body.at("messages").at(1).at("content").at(0).at("image_url").at("url").as_string() ==
          "data:image/gif;base64," + detail::encode_base64(gif));
  }

  TEST_CASE("without images is a plain text") {
    Question question{"a"};
    question.add("c \x01 d");
    const json::value body = sent_json(options_for(), question);
    CHECK(body.at("messages").at(1).at("content").as_string() == "c \x01 d");
    CHECK(!body.as_object().contains("response_format"));
  }

  TEST_CASE("has detail and effort where they are wanted and accepted") {
    ChatCompletionsOptions options = options_for();
    options.detail = ImageDetail::high;
    options.reasoning_effort = "low";
    json::value body = sent_json(options);
    CHECK(body.at("messages").at(1).at("content").at(1).at("image_url").at("detail") == "high");
    CHECK(body.at("reasoning_effort") == "low");
    options.server = ChatCompletionsServer::named("llama.cpp").value();
    body = sent_json(options);
    CHECK(!body.at("messages").at(1).at("content").at(1).at("image_url").as_object().contains("detail"));
  }

  TEST_CASE("has the cap and temperature that the server reads") {
    const auto keys = [](std::string_view server) {
      const json::value body = sent_json(options_for(server));
      std::string found;
      for (const char* key : {"max_completion_tokens", "max_tokens", "temperature"}) {
        if (body.as_object().contains(key)) found += std::string{key} + ' ';
      }
      return found;
    };
    CHECK(keys("openai") == "max_completion_tokens ");
    CHECK(keys("azure") == "max_completion_tokens ");
    CHECK(keys("openrouter") == "max_tokens ");
    CHECK(keys("ollama") == "max_tokens temperature ");
    CHECK(keys("llama.cpp") == "max_tokens temperature ");
    CHECK(keys("vllm") == "max_tokens temperature ");
    CHECK(keys("lm-studio") == "max_tokens temperature ");
    CHECK(keys("localai") == "max_completion_tokens max_tokens temperature ");
  }

  TEST_CASE("asks for the form that the server knows") {
    ChatCompletionsOptions options = options_for();
    options.server.answer_format = AnswerFormat::json_object;
    options.server.instructions_role = "developer";
    const json::value body = sent_json(options);
    CHECK(body.at("response_format") == json::value(json::object{{"type", "json_object"}}));
    CHECK(body.at("messages").at(0).at("role") == "developer");
    options.server.answer_format = AnswerFormat::none;
    CHECK(!sent_json(options).as_object().contains("response_format"));
  }

  TEST_CASE("falls back to a simpler form, and remembers it") {
    const auto rejects = [](const char* what) {
      test::ServedReply reply{R"({"error":{"message":"Invalid parameter: 'response_format' of type ')" +
                              std::string{what} +
                              R"(' is not supported with this model.","type":"invalid_request_error"}})"};
      reply.status = 400;
      return reply;
    };
    ScriptedServer server{rejects("json_schema"), rejects("json_object"), test::ServedReply{std::string{reply_body}},
                          test::ServedReply{std::string{reply_body}}};
    ChatCompletionsModel model = model_at(server);
    const Result<Reply> first = test::wait_for(model.ask(small_question()));
    REQUIRE_MESSAGE(first.has_value(), first.error().message());
    CHECK(first->charge() == reply(reply_body).charge());
    REQUIRE(test::wait_for(model.ask(small_question())).has_value());
    const auto requests = server.requests();
    REQUIRE(requests.size() == 4);
    CHECK(has(requests[0].body, "json_schema"));
    CHECK(has(requests[1].body, R"("response_format":{"type":"json_object"})"));
    CHECK(!has(requests[2].body, "response_format"));
    CHECK(!has(requests[3].body, "response_format"));
  }

  TEST_CASE("does not fall back for another rejection") {
    test::ServedReply rejected{R"({"error":{"message":"Unknown model","type":"invalid_request_error"}})"};
    rejected.status = 400;
    ScriptedServer server{rejected};
    CHECK(test::wait_for(model_at(server).ask(small_question())).error().code() == errc::invalid_argument);
    CHECK(server.requests().size() == 1);
  }

  TEST_CASE("has extra members") {
    CHECK(sent_json(options_for("openrouter")).at("provider").at("require_parameters") == json::value(true));
    CHECK(sent_json(options_for("vllm")).at("chat_template_kwargs").at("enable_thinking") == json::value(false));
  }
}

TEST_SUITE("Chat Completions reply") {
  TEST_CASE("of OpenAI") {
    const Reply read = reply(reply_body);
    CHECK(read.text() == R"({"reason":"...","bicycle_is_red":true})");
    CHECK(read.end() == ReplyEnd::stop);
    CHECK(read.usage() == tokens(173, 1000, 229, 96));
    // 402 * 2 + 1000 * 0.5 + 96 * 10
    CHECK(read.charge() == Charge::paid(Money::from_micros(2'264)));
  }

  TEST_CASE("may be a refusal") {
    const Reply refused = reply(R"({"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"No."}}]})");
    CHECK(refused.end() == ReplyEnd::refusal);
    CHECK(refused.refusal() == "No.");
    const auto end = [](std::string_view body) { return reply(body).end(); };
    CHECK(end(R"({"choices":[{"finish_reason":"content_filter","message":{"content":"x"}}]})") == ReplyEnd::refusal);
    CHECK(end(R"({"choices":[{"message":{"content":[{"type":"refusal","refusal":"No."}]}}]})") == ReplyEnd::refusal);
    CHECK(end(R"({"choices":[{"finish_reason":"stop","message":{"content":"x","refusal":""}}]})") == ReplyEnd::stop);
    CHECK(end(R"({"choices":[{"finish_reason":"length","message":{"content":null}}]})") == ReplyEnd::length);
    CHECK(end(R"({"choices":[{"finish_reason":"tool_calls","message":{"content":null}}]})") == ReplyEnd::other);
  }

  TEST_CASE("may be a list of parts") {
    const Reply read = reply(
        R"({"choices":[{"message":{"content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"{\"a\":"},)"
        R"({"type":"text","text":"1}"},7,{"type":"image_url"}]}}]})");
    CHECK(read.text() == R"({"a":1})");
    CHECK(read.thoughts() == std::vector<std::string>{"hm"});
    // As Ollama does with qwen3-vl.
    CHECK(reply(R"({"choices":[{"message":{"content":"","thinking":"{}"}}]})").thoughts() ==
          std::vector<std::string>{"{}"});
  }

  TEST_CASE("does not give away the key") {
    CHECK(!has(reply(R"({"choices":[{"message":{"content":"a-made-up-key-of-a-test"}}]})").text(), test::made_up_key));
  }

  TEST_CASE("that is none says why") {
    const auto why = [](std::string body) {
      const Error error = failure_of(reply_to(std::move(body)));
      CHECK(error.code() == errc::unusable_reply);
      CHECK(error.charge().billing() == Billing::maybe_billed);
      return error.message();
    };
    CHECK(has(why("<html>"), "not JSON"));
    CHECK(has(why("null"), "\"choices\""));
    CHECK(has(why("{}"), "\"choices\""));
    CHECK(has(why(R"({"choices":[]})"), "\"choices\""));
    CHECK(has(why(R"({"choices":[7]})"), "\"message\""));
    CHECK(has(why(R"({"choices":[{"message":"x"}]})"), "\"message\""));
    CHECK(has(why(std::string(100'000, '[')), "not JSON"));
  }

  TEST_CASE("may be an error under status 200") {
    for (const char* body :
         {R"({"error":{"code":502,"message":"Provider returned error"}})",
          R"({"choices":[{"error":{"code":429},"message":{"content":""}}]})",
          R"({"choices":[{"finish_reason":"error","message":{"content":""}}]})", R"({"error":"model not found"})"}) {
      const Error error = failure_of(reply_to(body));
      CHECK(error.code() == errc::backend_failed);
      CHECK(error.charge().billing() == Billing::maybe_billed);
    }
    CHECK(reply_to(R"({"error":null,"choices":[{"message":{"content":"x"}}]})").has_value());
  }

  TEST_CASE("may be an error") {
    ScriptedServer server{
        {401,
         R"({"error":{"message":"Incorrect API key provided: a-made-up-key-of-a-test","type":"invalid_request_error",)"
         R"("code":"invalid_api_key"}})",
         "x-request-id: r-1\r\n"},
        {429,
         R"({"error":{"message":"You exceeded your quota","type":"insufficient_quota","code":"insufficient_quota"}})"},
        {404, R"({"error":{"message":"no such model","code":"model_not_found"}})"},
        {500, R"({"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may )"
              R"(need to provide the mmproj","type":"server_error"}})"}};
    ChatCompletionsModel model = model_at(server);
    const auto next = [&] { return failure_of(test::wait_for(model.ask(small_question()))); };
    Error error = next();
    CHECK(error.code() == errc::unauthorized);
    CHECK(has(error.message(), "OPENAI_API_KEY"));
    CHECK(error.request_id() == "r-1");
    CHECK(error.charge() == Charge{});
    CHECK(!has(error.provider_message(), test::made_up_key));
    CHECK(next().code() == errc::payment_required);
    error = next();
    CHECK(error.code() == errc::not_found);
    CHECK(has(error.message(), "judge-1"));
    error = next();
    CHECK(error.code() == errc::unsupported);
    CHECK(has(error.message(), "--mmproj"));
    CHECK(server.requests().size() == 4);
  }
}

TEST_SUITE("Chat Completions money") {
  TEST_CASE("is what the server says, else its usage, else the worst case") {
    const auto charge = [](std::string_view usage, const ChatCompletionsOptions& options = options_for()) {
      return reply_to(R"({"choices":[{"message":{"content":"x"}}],"usage":)" + std::string{usage} + '}', options)
          .value()
          .charge();
    };
    CHECK(charge(R"({"prompt_tokens":5,"completion_tokens":7,"cost":0.0125})") == Charge::paid(usd(0.0125)));
    CHECK(charge(R"({"cost":0})") == Charge::paid(Money{}));
    CHECK(charge(R"({"prompt_tokens":5,"completion_tokens":7,"cost":-1})") == Charge::paid(Money::from_micros(80)));
    const Money worst = ChatCompletionsModel{http::Client{}, options_for()}.estimate(small_question().size());
    for (const char* none : {"null", "{}", "[]", "7", R"({"prompt_tokens":5})"})
      CHECK(charge(none) == Charge::estimated(worst));
    ChatCompletionsOptions options = options_for();
    options.model = "nobody-knows";
    CHECK(charge("null", options) == Charge::maybe_billed(Money::unbounded()));
    options.worst_case = usd(0.05);
    CHECK(charge("null", options) == Charge::estimated(usd(0.05)));
    CHECK(charge("null", options_for("ollama")).amount().is_zero());
  }

  TEST_CASE("counts tokens with caution") {
    const auto counted = [](std::string_view usage) {
      return reply(R"({"choices":[{"message":{"content":"x"}}],"usage":)" + std::string{usage} + '}').usage();
    };
    // Reasoning that is not among the completion tokens shows in the total.
    CHECK(counted(R"({"prompt_tokens":100,"completion_tokens":10,"total_tokens":150})") == tokens(100, 0, 0, 50));
    CHECK(counted(R"({"prompt_tokens":100,"completion_tokens":10,"total_tokens":3})") == tokens(100, 0, 0, 10));
    CHECK(counted(R"({"prompt_tokens":5,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":9}})") ==
          tokens(0, 5, 0, 7));
    CHECK(counted(R"({"prompt_tokens":-5,"completion_tokens":1e300})") == tokens(0, 0, 0, 1'000'000'000));
  }

  TEST_CASE("is estimated from the caps") {
    ChatCompletionsOptions options = options_for();
    const auto estimate = [&](std::size_t images, std::uint32_t side) {
      return ChatCompletionsModel{http::Client{}, options}.estimate({10'000, images, side, 1'000});
    };
    CHECK(estimate(0, 0) == Money::from_micros(5'000 * 2 + 1'000 * 10));
    // 64 by 64 patches of 32 pixels, 2.5 tokens each.
    CHECK(estimate(1, 2'048) == Money::from_micros(15'240 * 2 + 1'000 * 10));
    options.image_tokens = 2'000;
    CHECK(estimate(2, 2'048) == Money::from_micros(9'000 * 2 + 1'000 * 10));
    options.model = "nobody-knows";
    CHECK(estimate(1, 1) == Money::unbounded());
    options.worst_case = usd(0.05);
    CHECK(estimate(1, 1) == usd(0.05));
  }
}

TEST_SUITE("Chat Completions options") {
  TEST_CASE("are rejected if a model cannot be asked") {
    ChatCompletionsOptions options;
    CHECK(created(options) == errc::invalid_argument);  // no model
    options.model = "judge-1";
    CHECK(created(options) == errc::invalid_argument);  // no key
    CHECK_THROWS_AS((ChatCompletionsModel{http::Client{}, options}), Failure);
    options.base_url = "http://127.0.0.1:1/v1";  // a server on this machine needs no key
    CHECK(created(options) == errc{});
    options = options_for("azure");
    CHECK(created(options) == errc::invalid_argument);  // no address
    for (const char* wrong : {"api.openai.com/v1", "ftp://x/v1", "https://", "https://a b/v1", "https://u:p@h/v1"}) {
      options.base_url = wrong;
      CHECK(created(options) == errc::invalid_argument);
    }
    options = options_for();
    for (const char* wrong : {"[]", "no", R"({"model":"x"})", R"({"messages":[]})", R"({"stream":true})", "{", "7"}) {
      options.server.extra_body = wrong;
      CHECK_MESSAGE(created(options) == errc::invalid_argument, wrong);
    }
    options.server.extra_body = R"({"temperature":1})";
    CHECK(created(options) == errc{});
    options.server.temperature = 0;
    CHECK(created(options) == errc::invalid_argument);
  }

  TEST_CASE("may have a query in the address") {
    ScriptedServer server{test::ServedReply{std::string{reply_body}}};
    ChatCompletionsOptions options = options_for("azure");
    options.server.query = "api-version=2025-04-01-preview";
    options.base_url = server.url() + "?a=b";
    ChatCompletionsModel model{http::Client{}, options};
    CHECK(test::wait_for(model.ask(small_question())).has_value());
    CHECK(server.requests().front().has("POST /v1/chat/completions?a=b&api-version=2025-04-01-preview HTTP/1.1"));
  }

  TEST_CASE("know servers by name") {
    std::vector<std::string> names;
    for (const ChatCompletionsServer& server : ChatCompletionsServer::presets()) {
      names.push_back(server.name);
      CHECK(ChatCompletionsServer::named(server.name).value().title == server.title);
      // A port that moved is not guessed.
      CHECK(server.base_url.empty() == (server.name == "azure" || server.name == "llama.cpp"));
      if (!server.base_url.empty()) CHECK(created(options_for(server.name)) == errc{});
      if (!server.needs_key) CHECK(PriceTable::builtin().find(server.name, "any")->cost({}) == Money{});
    }
    CHECK(names == std::vector<std::string>{"openai", "azure", "openrouter", "llama.cpp", "ollama", "vllm", "lm-studio",
                                            "localai"});
    const Error unknown = failure_of(ChatCompletionsServer::named("grok"));
    CHECK(unknown.code() == errc::invalid_argument);
    CHECK(has(unknown.message(), "lm-studio"));
  }

  TEST_CASE("name the model") { CHECK(ChatCompletionsModel{http::Client{}, options_for()}.name() == "openai:judge-1"); }
}
