#include "fault_matrix.hpp"
#include "support/images.hpp"
#include <pentimento/detail/base64.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace pentimento::test {

// Refusals and errors of providers.
std::vector<FaultRow> provider_faults() {
  std::vector<FaultRow> rows;

  // Redirects: the key is sent to no other server.
  const auto redirect = [](int status, const std::string& location) {
    return reply_rule(R"({"status":)" + std::to_string(status) + R"(,"headers":{"location":")" + location +
                      R"("},"body":"moved"})");
  };
  for (const int status : {300, 301, 307, 308}) {
    rows.push_back(FaultRow{"N33", "to another server, under " + std::to_string(status),
                            redirect(status, "@OTHER@/v1/images/generations")}
                       .then(fails(errc::backend_failed, Bill::nothing, 1, "redirects to http")));
  }
  for (const int status : {302, 303}) {  // "done; see there"
    rows.push_back(FaultRow{"N33", "to another server, under " + std::to_string(status),
                            redirect(status, "@OTHER@/v1/images/generations")}
                       .then(fails(errc::backend_failed, Bill::maybe, 1, "redirects to http")));
  }
  for (const std::string location :
       {"/v1/elsewhere", "@HERE@/v1/chat/completions", "@PLAIN@/v1", "//evil.invalid/v1", "file:///etc/passwd",
        "https://user:password@evil.invalid/", "javascript:alert(1)", "", "http://[::1"}) {
    rows.push_back(FaultRow{"N33", "to \"" + location + '"', redirect(307, location)}.then(
        fails(errc::backend_failed, Bill::nothing, 1, "redirects are not followed")));
  }
  rows.push_back(FaultRow{"N33", "to nowhere", reply_rule(R"({"status":308})")}.then(
      fails(errc::backend_failed, Bill::nothing, 1, "redirects are not followed")));
  rows.push_back(FaultRow{"N33", "304, which answers nothing that was asked", reply_rule(R"({"status":304})")}.then(
      fails(errc::backend_failed, Bill::nothing)));

  // Permissions and money of the account. Waiting does not help.
  for (const int status : {401, 403}) {
    rows.push_back(
        FaultRow{"N35", "the key is not accepted, under " + std::to_string(status),
                 reply_rule(R"({"error":{"status":)" + std::to_string(status) + R"(,"code":"permission_denied"}})")}
            .then(fails(errc::unauthorized, Bill::nothing, 1, "the key in "))
            .then(stability, fails(errc::unauthorized, Bill::nothing, 1, "the key in STABILITY_API_KEY"))
            .then(openai, fails(errc::unauthorized, Bill::nothing, 1, "the key in OPENAI_API_KEY"))
            .then(local_critic, fails(errc::unauthorized, Bill::nothing, 1, "the key in LOCAL_API_KEY")));
  }
  const Expected out_of_money = fails(errc::payment_required, Bill::nothing, 1, "requires payment");
  rows.push_back(
      FaultRow{"N36", "there is no money, under 402", reply_rule(R"({"error":{"status":402}})")}.then(out_of_money));
  for (const std::string code : {"insufficient_quota", "billing_hard_limit_reached", "credit_balance_exhausted"}) {
    rows.push_back(
        FaultRow{"N36", "there is no money, under 429: " + code,
                 reply_rule(R"({"error":{"status":429,"code":")" + code + R"("},"headers":{"retry-after":"0"}})")}
            .about_openai()
            .then(out_of_money));
  }
  rows.push_back(FaultRow{"N36", "the prompt is refused", reply_rule(R"({"refuse":true})")}
                     .then(fails(errc::refused, Bill::maybe, 1, "refused"))
                     .then(stability, fails(errc::refused, Bill::nothing, 1, "refused"))
                     .then(critic | local_critic, fails(errc::refused, Bill::estimated, 1, "refused")));
  rows.push_back(FaultRow{"N36", "what came out is refused", reply_rule(R"({"refuse":"image"})")}
                     .then(generators | openai_stream, fails(errc::refused, Bill::maybe, 1, "refused"))
                     .then(critic | local_critic, fails(errc::refused, Bill::estimated, 1, "refused")));
  rows.push_back(FaultRow{"N36", "the stream ends in an error", reply_rule(R"({"stream_error":{"after":1}})")}.then(
      openai_stream, fails(errc::backend_failed, Bill::maybe, 1, "in the middle of its reply")));
  const std::pair<int, errc> others[] = {{400, errc::invalid_argument}, {404, errc::not_found},
                                         {410, errc::not_found},        {413, errc::too_large},
                                         {415, errc::invalid_argument}, {422, errc::invalid_argument},
                                         {431, errc::invalid_argument}};
  for (const auto& [status, code] : others) {
    rows.push_back(FaultRow{"N36", "the request is not accepted, under " + std::to_string(status),
                            reply_rule(R"({"status":)" + std::to_string(status) + R"(,"body":"no"})")}
                       .then(fails(code, Bill::nothing)));
  }

  // The server received the request and failed: its outcome is unknown. What costs nothing is
  // sent again, except after a conflict.
  for (const int status : {408, 425, 500, 501, 502, 504, 520, 521, 522, 523, 524, 529, 599}) {
    rows.push_back(
        FaultRow{"N37", "the server fails with " + std::to_string(status),
                 reply_rule(R"({"status":)" + std::to_string(status) +
                            R"(,"headers":{"content-type":"text/html"},"body":"<title>Bad gateway</title>"})")}
            .then(paid, fails(errc::backend_failed, Bill::maybe, 1, " failed (HTTP "))
            .then(local_critic, fails(errc::backend_failed, Bill::nothing, 4, " failed (HTTP ")));
    // Anthropic documents it as overloaded: nothing was carried out.
    if (status == 529) rows.back().about_openai();
  }
  for (const int status : {409, 423, 424, 499}) {
    rows.push_back(FaultRow{"N37", "the server is at odds with itself: " + std::to_string(status),
                            reply_rule(R"({"status":)" + std::to_string(status) + R"(,"body":"conflict"})")}
                       .then(fails(errc::backend_failed, Bill::maybe)));
  }
  // Stability: "Failed generations are not charged", if the error is one of its own.
  rows.push_back(FaultRow{"N37", "the server fails in its own words", reply_rule(R"({"error":{"status":500}})")}
                     .then(paid, fails(errc::backend_failed, Bill::maybe))
                     .then(stability, fails(errc::backend_failed, Bill::nothing))
                     .then(local_critic, fails(errc::backend_failed, Bill::nothing, 4)));
  rows.push_back(FaultRow{"N37", "the server fails once",
                          R"({"requests":[{"when":{"nth":1},"then":{"status":502,"body":"bad gateway"}}]})"}
                     .then(paid, fails(errc::backend_failed, Bill::maybe))
                     .then(local_critic, succeeds(2)));
  rows.push_back(
      FaultRow{"N37", "the server fails and asks to come again, which only it could mean well",
               reply_rule(R"({"status":500,"headers":{"retry-after":"0","x-should-retry":"true"},"body":"no"})")}
          .then(paid, fails(errc::backend_failed, Bill::maybe))
          .then(local_critic, fails(errc::backend_failed, Bill::nothing, 4)));
  rows.push_back(FaultRow{"N37", "the server fails and asks not to come again",
                          reply_rule(R"({"status":500,"headers":{"x-should-retry":"false"},"body":"no"})")}
                     .then(fails(errc::backend_failed, Bill::maybe)));
  // Below HTTP, the critic at Anthropic is like every other role: only what servers say is tested for it.
  for (FaultRow& row : rows) row.with_anthropic();
  return rows;
}

}  // namespace pentimento::test

TEST_SUITE("Provider faults") {
  TEST_CASE("matrix") {
    pentimento::test::run_matrix(pentimento::test::provider_faults(), pentimento::test::Transports::alternating);
  }

  TEST_CASE("an image that is given as an address") {
    using namespace pentimento;
    using namespace pentimento::test;
    const auto bench_for = [](const std::string& address, const std::string& picture) {
      BenchOptions options;
      options.role = openai;
      options.scenario =
          R"({"requests":[{"when":{"path":"/v1/images/"},"then":{"status":200,"json":{"data":[{"url":")" + address +
          R"("}]}}},{"when":{"path":"/pictures/"},"then":)" + picture + "}]}";
      return FaultBench{std::move(options)};
    };
    const std::string picture = R"({"status":200,"headers":{"content-type":"image/png"},"body":{"base64":")" +
                                detail::encode_base64(png_bytes(64, 64)) + R"("}})";
    {
      FaultBench bench = bench_for("@HERE@/pictures/a.png", picture);
      const CallEnd end = bench.call();
      CHECK(!end.error);
      CHECK(end.charge.billing() == Billing::estimated);
      CHECK(bench.requests() == 2);
    }
    const auto fails_with = [&](const std::string& address, const std::string& reply, std::string_view says) {
      FaultBench bench = bench_for(address, reply);
      const CallEnd end = bench.call();
      CAPTURE(address);
      CAPTURE(end.words);
      REQUIRE(end.error);
      CHECK(end.error->code() == errc::unusable_reply);
      CHECK(end.charge == Charge::estimated(bench.worst_case()));
      CHECK(end.words.find(says) != std::string::npos);
      CHECK(end.words.find("/pictures/a.png?signature=1") != std::string::npos);
      CHECK(!shows_key(end.words, bench.key()));
    };
    const std::string here = "@HERE@/pictures/a.png?signature=1";
    fails_with(here, R"({"status":404,"body":"gone"})", "HTTP 404");
    fails_with(here, R"({"status":302,"headers":{"location":"@OTHER@/a.png"}})", "redirects are not followed");
    fails_with(here, R"({"status":200,"body":"<html>"})", "that address is unusable");
    fails_with("@OTHER@/pictures/a.png?signature=1", picture, "HTTP 404");
    fails_with("http://192.0.2.1/pictures/a.png?signature=1", picture, "only https is accepted");
    fails_with("https://10.0.0.1/pictures/a.png?signature=1", picture, "10.0.0.1 is not public");
    fails_with("https://169.254.169.254/pictures/a.png?signature=1", picture, "is not public");
    fails_with("https://[::ffff:127.0.0.2]/pictures/a.png?signature=1", picture, "is not public");
  }
}
