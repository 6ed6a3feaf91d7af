#include "fault_matrix.hpp"
#include "support/images.hpp"
#include <pentimento/detail/base64.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace std::string_view_literals;

namespace pentimento::test {

// A provider that repeats the key, in every place of its reply and in every form. All cases of all tables check that no text
// contains it.
std::vector<FaultRow> secret_faults() {
  std::vector<FaultRow> rows;
  for (const std::string key : {"@KEY@", "@KEY64@", "@KEYURL@"}) {
    const std::string words = "Incorrect API key provided: " + key + ". You can find yours in your account.";
    rows.push_back(FaultRow{"K01", "an error's words repeat the key: " + key,
                            reply_rule(R"({"error":{"status":401,"message":")" + words + "\"}}")}
                       .then(fails(errc::unauthorized, Bill::nothing, 1, "", "[redacted]")));
    rows.push_back(FaultRow{"K01", "an error's code is the key: " + key,
                            reply_rule(R"({"error":{"status":400,"code":")" + key + R"(","type":")" + key + "\"}}")}
                       .then(fails(errc::invalid_argument, Bill::nothing)));
    rows.push_back(FaultRow{"K01", "the id of the request is the key: " + key,
                            reply_rule(R"({"error":{"status":500},"headers":{"x-request-id":")" + key + "\"}}")}
                       .then(paid, fails(errc::backend_failed, Bill::maybe))
                       .then(stability, fails(errc::backend_failed, Bill::nothing)));
    rows.push_back(FaultRow{"K01", "the id of a request that went well is the key: " + key,
                            reply_rule(R"({"headers":{"x-request-id":")" + key + "\"}}")}
                       .then(succeeds()));
    rows.push_back(FaultRow{"K01", "a page repeats the key: " + key,
                            reply_rule(R"({"status":403,"headers":{"content-type":"text/html"},)"
                                       R"("body":"<html><title>No )" +
                                       key + R"(</title></html>"})")}
                       .then(fails(errc::unauthorized, Bill::nothing)));
    rows.push_back(
        FaultRow{"K01", "a success that nobody can use repeats the key: " + key,
                 reply_rule(R"({"status":200,"headers":{"content-type":"text/plain"},"body":"key )" + key + "\"}")}
            .then(fails(errc::unusable_reply, Bill::maybe, 1, "", "[redacted]")));
    rows.push_back(FaultRow{"K01", "JSON that nobody can use repeats the key: " + key,
                            reply_rule(R"({"status":200,"json":{"note":")" + key + "\"}}")}
                       .then(fails(errc::unusable_reply, Bill::maybe)));
    rows.push_back(FaultRow{"K01", "the reason in the first line is the key: " + key,
                            reply_rule(R"({"raw":"HTTP/1.1 599 )" + key + R"(\r\nContent-Length: 0\r\n\r\n"})")}
                       .then(paid, fails(errc::backend_failed, Bill::maybe)));
    rows.push_back(FaultRow{"K01", "the name of a field is the key: " + key,
                            reply_rule(R"({"raw":"HTTP/1.1 200 OK\r\n)" + key + R"(: a\r\n\r\n"})")}
                       .then(paid, fails(errc::unusable_reply, Bill::maybe)));
    rows.push_back(FaultRow{"K01", "a refusal's words repeat the key: " + key,
                            reply_rule(R"({"status":200,"json":{"choices":[{"message":{"refusal":"I keep )" + key +
                                       R"( to myself"},"finish_reason":"stop"}]}})")}
                       .about_openai()
                       .then(critic | local_critic, fails(errc::refused, Bill::estimated, 1, "", "[redacted]")));
    rows.push_back(
        FaultRow{"K01", "the critic's answer repeats the key: " + key,
                 reply_rule(R"({"payload":"The key is )" + key + "\"}")}
            .asks_twice()
            .then(critic | local_critic, fails(errc::unusable_reply, Bill::estimated_twice, 2, "", "[redacted]")));
    rows.push_back(FaultRow{"K01", "what the critic finds repeats the key: " + key,
                            reply_rule(R"({"payload":"{\"sees_picture\":\"yes\",\"visible_text\":[],\"answers\":[)"
                                       R"({\"id\":\"q1\",\"evidence\":\")" +
                                       key + R"(\",\"answer\":\"no\"}],\"worst_problem\":\")" + key +
                                       R"(\",\"suggested_prompt\":\"exactly three mugs )" + key + R"(\"}"})")}
                       .then(critic | local_critic, succeeds()));
    rows.push_back(FaultRow{
        "K01", "the revised prompt repeats the key: " + key,
        reply_rule(R"({"status":200,"json":{"data":[{"b64_json":")" + detail::encode_base64(png_bytes(64, 64)) +
                   R"(","revised_prompt":"three )" + key + "\"}]}}")}
                       .then(openai, succeeds()));
    rows.push_back(FaultRow{"K01", "an error within a stream repeats the key: " + key,
                            reply_rule(R"({"stream_error":{"after":1,"code":"x","message":")" + words + "\"}}")}
                       .then(openai_stream, fails(errc::backend_failed, Bill::maybe, 1, "", "[redacted]")));
    rows.push_back(FaultRow{"K01", "the address of a redirect holds the key: " + key,
                            reply_rule(R"({"status":307,"headers":{"location":"https://)" + key + R"(.invalid/?key=)" +
                                       key + R"("},"body":"see )" + key + "\"}")}
                       .then(fails(errc::backend_failed, Bill::nothing)));
  }

  // A key that would inject a header line is rejected, and not repeated.
  for (const std::string_view suffix : {"\r\nX-Admin: 1"sv, "\n"sv, "\0"sv, "\x7f"sv}) {
    CallOptions options;
    options.key_suffix = std::string{suffix};
    rows.push_back(FaultRow{"N45", "the key holds what no header may carry", ""}.options(options).connections(0).then(
        fails(errc::invalid_argument, Bill::nothing, 0, "the key contains")));
  }
  // Below HTTP, the critic at Anthropic is like every other role: only what servers say is tested for it.
  for (FaultRow& row : rows) row.with_anthropic();
  return rows;
}

}  // namespace pentimento::test

TEST_SUITE("Secret faults") {
  TEST_CASE("matrix") { pentimento::test::run_matrix(pentimento::test::secret_faults(), pentimento::test::Transports::alternating); }
}
