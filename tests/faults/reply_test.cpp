#include "fault_matrix.hpp"
#include "margin.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace pentimento::test {

namespace {

/// A reply of exactly these bytes.
std::string raw_rule(const std::string& bytes) { return reply_rule(R"({"raw":)" + bytes + "}"); }

std::string chunked_reply(const std::string& size_line) {
  return raw_rule(R"(["HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",")" +
                  size_line + R"(\r\n",{"repeat":200,"of":"x"}])");
}

std::string reply_with_line(const std::string& line) {
  return raw_rule(R"("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n)" + line +
                  R"(\r\n\r\n{}")");
}

}  // namespace

// Replies that are truncated, slow, malformed or too large. The server has the request, so the call may have been billed.
std::vector<FaultRow> reply_faults() {
  std::vector<FaultRow> rows;

  rows.push_back(
      FaultRow{"N10", "garbage comes in place of the reply", reply_rule(R"({"garbage":{"at":0}})")}.unsettled(
          errc::unusable_reply, "the reply is unusable"));
  rows.push_back(FaultRow{"N10", "garbage comes in place of a TLS record with the reply",
                          reply_rule(R"({"garbage":{"at":0,"below_tls":true}})")}
                     .tls_only()
                     .unsettled(errc::outcome_unknown));
  rows.push_back(FaultRow{"N10", "garbage comes in place of a TLS record within the reply",
                          reply_rule(R"({"garbage":{"at":{"byte":10,"of":"body"},"below_tls":true}})")}
                     .tls_only()
                     .unsettled(errc::unusable_reply));

  // Slow replies.
  CallOptions short_call;
  short_call.timeout = short_time;
  rows.push_back(
      FaultRow{"N16", "the head comes byte by byte", reply_rule(R"({"drip":{"bytes":1,"every_ms":20,"of":"head"}})")}
          .options(short_call)
          .hangs(short_time)
          .then(fails(errc::deadline_exceeded, Bill::maybe, 1, "the deadline of the call")));
  rows.push_back(FaultRow{"N16", "a word in between comes, and then nothing",
                          reply_rule(R"({"raw":"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n","end":"stall"})")}
                     .options(short_call)
                     .hangs(short_time)
                     .then(fails(errc::deadline_exceeded, Bill::maybe, 1, "the deadline of the call")));
  CallOptions impatient;
  impatient.low_speed_floor = 1'000;
  impatient.low_speed_window = 100ms;
  rows.push_back(
      FaultRow{"N17", "the body comes byte by byte", reply_rule(R"({"drip":{"bytes":1,"every_ms":20,"of":"body"}})")}
          .options(impatient)
          .within(200ms)
          .then(fails(errc::deadline_exceeded, Bill::maybe, 1, "the transfer is too slow")));
  rows.push_back(FaultRow{"N17", "the body stops, and the connection stays",
                          reply_rule(R"({"truncate_at":{"byte":10,"of":"body"},"end":"stall"})")}
                     .options(impatient)
                     .within(200ms)
                     .then(fails(errc::deadline_exceeded, Bill::maybe, 1, "the transfer is too slow")));
  rows.push_back(FaultRow{"N17", "the body comes slowly, and quickly enough",
                          reply_rule(R"({"drip":{"bytes":500,"every_ms":20,"of":"body"}})")}
                     .options(impatient)
                     .then(succeeds()));
  const std::string endless_blanks =
      R"({"status":200,"headers":{"content-type":"application/json"},"body":{"repeat":"forever","of":" "},)"
      R"("chunked":{"sizes":[100]},"drip":{"bytes":1000,"every_ms":10}})";
  rows.push_back(
      FaultRow{"N19", "white space comes to keep the connection alive, and nothing else", reply_rule(endless_blanks)}
          .options(short_call)
          .hangs(short_time)
          .then(fails(errc::deadline_exceeded, Bill::maybe, 1, "the deadline of the call")));
  rows.push_back(FaultRow{"N19", "comments come to keep the stream alive, and nothing else",
                          reply_rule(R"({"status":200,"headers":{"content-type":"text/event-stream"},"body":)"
                                     R"({"repeat":"forever","of":": ping\n\n"},"chunked":{"sizes":[8]},)"
                                     R"("drip":{"bytes":26,"every_ms":10}})")}
                     .options(short_call)
                     .hangs(short_time)
                     .then(openai_stream, fails(errc::deadline_exceeded, Bill::maybe, 1)));

  // Truncated replies.
  const std::string broken_off = "the connection ended";
  for (const std::string end : {"close", "unclean", "reset"}) {
    rows.push_back(FaultRow{"N20", "the last byte of the body is missing; end: " + end,
                            reply_rule(R"({"truncate_at":-1,"end":")" + end + "\"}")}
                       .unsettled(errc::unusable_reply, broken_off)
                       .then(openai_stream, succeeds()));
    rows.push_back(FaultRow{"N20", "the reply breaks off within its body; end: " + end,
                            reply_rule(R"({"truncate_at":{"byte":20,"of":"body"},"end":")" + end + "\"}")}
                       .unsettled(errc::unusable_reply, broken_off)
                       .then(openai_stream, fails(errc::unusable_reply, Bill::maybe)));
    rows.push_back(FaultRow{"N20", "the reply breaks off before its body; end: " + end,
                            reply_rule(R"({"truncate_at":{"byte":0,"of":"body"},"end":")" + end + "\"}")}
                       .unsettled(errc::unusable_reply, broken_off));
    rows.push_back(FaultRow{"N20", "the reply breaks off within its head; end: " + end,
                            reply_rule(R"({"truncate_at":20,"end":")" + end + "\"}")}
                       .unsettled(errc::unusable_reply, "the connection ended within its head"));
  }
  rows.push_back(
      FaultRow{"N20", "more is promised than comes", reply_rule(R"({"content_length":999999,"end":"close"})")}
          .unsettled(errc::unusable_reply, broken_off)
          .then(openai_stream, succeeds()));  // its image has arrived before
  rows.push_back(
      FaultRow{"N20", "an error breaks off", reply_rule(R"({"error":{"status":500},"truncate_at":-1})")}.unsettled(
          errc::unusable_reply, broken_off));
  rows.push_back(
      FaultRow{"N20", "a stream ends before its picture came",
               reply_rule(R"({"status":200,"headers":{"content-type":"text/event-stream"},"body":": hello\n\n"})")}
          .then(openai_stream, fails(errc::unusable_reply, Bill::maybe, 1, "before the image arrived")));

  rows.push_back(FaultRow{"N21", "no length is told, and the connection ends without farewell",
                          reply_rule(R"({"no_length":true,"end":"unclean"})")}
                     .tls_only()
                     .unsettled(errc::unusable_reply, broken_off)
                     .then(openai_stream, succeeds()));
  rows.push_back(FaultRow{"N21", "no length is told, and the connection is reset",
                          reply_rule(R"({"no_length":true,"end":"reset"})")}
                     .unsettled(errc::unusable_reply, broken_off)
                     .then(openai_stream, succeeds()));
  rows.push_back(
      FaultRow{"N21", "no length is told, and the connection ends with the reply", reply_rule(R"({"no_length":true})")}
          .then(succeeds()));
  rows.push_back(FaultRow{"N21", "no length is told, and the connection ends within the image or the JSON",
                          reply_rule(R"({"no_length":true,"truncate_at":{"byte":20,"of":"body"}})")}
                     .plain_only()
                     .then(fails(errc::unusable_reply, Bill::maybe)));

  // The first chunk is "64\r\n", 100 bytes and "\r\n"; the last one is "0\r\nx-sum: abc\r\n\r\n".
  const std::pair<const char*, int> cuts[] = {{"the first size", 1},
                                              {"the data", 54},
                                              {"the line end after it", 104},
                                              {"the last chunk", -17},
                                              {"a trailer", -5}};
  for (const auto& [part, byte] : cuts) {
    rows.push_back(
        FaultRow{"N22", std::string{"the chunks are cut off within: "} + part,
                 reply_rule(R"({"chunked":{"sizes":[100],"trailers":{"x-sum":"abc"}},"truncate_at":{"byte":)" +
                            std::to_string(byte) + R"(,"of":"body"}})")}
            .unsettled(errc::unusable_reply, broken_off));
    if (byte < 0) rows.back().then(openai_stream, succeeds());
  }
  // "7\r\n", 7 bytes, "\r\n"; "32\r\n", 50 bytes, "\r\n"; "32\r\n"...
  const std::pair<const char*, int> third[] = {{"its size", 69}, {"its data", 97}, {"its line end", 122}};
  for (const auto& [part, byte] : third) {
    rows.push_back(FaultRow{"N22", std::string{"the third chunk is cut off by a reset within: "} + part,
                            reply_rule(R"({"chunked":{"sizes":[7,50]},"truncate_at":{"byte":)" + std::to_string(byte) +
                                       R"(,"of":"body"},"end":"reset"})")}
                       .unsettled(errc::unusable_reply, broken_off));
  }
  rows.push_back(FaultRow{"N22", "chunks of one byte, and trailers that look like what counts",
                          reply_rule(R"({"chunked":{"sizes":[1],"trailers":{"content-type":"text/html",)"
                                     R"("x-request-id":"late","content-encoding":"gzip"}}})")}
                     .then(succeeds()));

  rows.push_back(FaultRow{"N22", "a trailer tells a length",
                          reply_rule(R"({"chunked":{"sizes":[100],"trailers":{"content-length":"1"}}})")}
                     .unsettled(errc::unusable_reply)
                     .then(openai_stream, succeeds()));

  for (const std::string size : {"-1", "0x5", "5 5", "", "g", "+5", "11111111111111111", "fffffffffffffffff"}) {
    rows.push_back(FaultRow{"N23", "the size of a chunk is no number: \"" + size + '"', chunked_reply(size)}.unsettled(
        errc::unusable_reply));
  }
  rows.push_back(FaultRow{"N23", "the size of a chunk is beyond every limit", chunked_reply("7fffffffffffffff")}.then(
      fails(errc::too_large, Bill::maybe)));

  // Ambiguous lengths and lines.
  for (const std::string length : {"+5", "5, 5", "0x5", "-5", "5 5", "", "99999999999999999999", "5;q=1"}) {
    rows.push_back(FaultRow{"N24", "the length is no plain number: \"" + length + '"',
                            reply_rule(R"({"content_length":")" + length + "\"}")}
                       .unsettled(errc::unusable_reply));
  }
  rows.push_back(FaultRow{"N24", "the length is told twice", reply_with_line("Content-Length: 2")}.unsettled(
      errc::unusable_reply, "it states its length twice"));
  rows.push_back(FaultRow{"N24", "two different lengths are told", reply_with_line("Content-Length: 30")}.unsettled(
      errc::unusable_reply, "it states its length twice"));
  rows.push_back(FaultRow{"N24", "there are a length and chunks",
                          raw_rule(R"("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n)"
                                   R"(2\r\n{}\r\n0\r\n\r\n")")}
                     .unsettled(errc::unusable_reply));
  for (const std::string coding : {"gzip, chunked", "chunked, chunked", "identity", "xchunked"}) {
    rows.push_back(
        FaultRow{"N24", "the transfer coding is \"" + coding + '"',
                 raw_rule(R"("HTTP/1.1 200 OK\r\nTransfer-Encoding: )" + coding + R"(\r\n\r\n2\r\n{}\r\n0\r\n\r\n")")}
            .unsettled(errc::unusable_reply));
  }
  rows.push_back(FaultRow{"N25", "a line of the head is folded", reply_with_line(R"(X-Note: a\r\n b)")}.unsettled(
      errc::unusable_reply, "folded"));
  rows.push_back(
      FaultRow{"N25", "the first line of the head is folded", raw_rule(R"("HTTP/1.1 200 OK\r\n X-Note: a\r\n\r\n{}")")}
          .unsettled(errc::unusable_reply));
  rows.push_back(
      FaultRow{"N25", "lines end with a line feed alone", raw_rule(R"("HTTP/1.1 200 OK\nContent-Length: 2\n\n{}")")}
          .unsettled(errc::unusable_reply));
  rows.push_back(
      FaultRow{"N25", "one line ends with a line feed alone", reply_with_line(R"(X-A: a\nX-B: b)")}.unsettled(
          errc::unusable_reply));
  rows.push_back(
      FaultRow{"N25", "a carriage return stands within a line", reply_with_line(R"(X-A: a\rX-B: b)")}.unsettled(
          errc::unusable_reply));
  rows.push_back(FaultRow{"N25", "there is a NUL in the head", reply_with_line(R"(X-A: a\u0000b)")}.unsettled(
      errc::unusable_reply, "control character"));
  rows.push_back(FaultRow{"N25", "there is a blank before the colon", reply_with_line(R"(X-A : b)")}.unsettled(
      errc::unusable_reply, "no valid field name"));
  rows.push_back(FaultRow{"N25", "there is no name before the colon", reply_with_line(": b")}.unsettled(
      errc::unusable_reply, "no valid field name"));
  rows.push_back(FaultRow{"N25", "there is no colon", reply_with_line("X-A b")}.unsettled(errc::unusable_reply));
  for (const std::string first : {"HTTP/2.0 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "ICY 200 OK", "200 OK",
                                  "HTTP/1.1", "http/1.1 200 OK"}) {
    rows.push_back(FaultRow{"N25", "the first line is \"" + first + '"',
                            raw_rule('"' + first + R"(\r\nContent-Length: 2\r\n\r\n{}")")}
                       .unsettled(errc::unusable_reply));
  }
  rows.push_back(FaultRow{"N25", "another protocol is changed to",
                          raw_rule(R"("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")")}
                     .unsettled(errc::unusable_reply));
  rows.push_back(FaultRow{"N25", "words in between come before the reply",
                          reply_rule(R"({"raw":["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",)"
                                     R"("HTTP/1.1 402 Payment Required\r\nContent-Length: 0\r\n\r\n"]})")}
                     .then(fails(errc::payment_required, Bill::nothing)));

  // Replies that are too large.
  rows.push_back(FaultRow{"N26", "a line of the head has no end",
                          raw_rule(R"(["HTTP/1.1 200 OK\r\nX-A: ",{"repeat":"forever","of":"a"}])")}
                     .then(fails(errc::too_large, Bill::maybe, 1, "header has more than 65536 bytes")));
  rows.push_back(FaultRow{"N26", "the head has no end",
                          raw_rule(R"(["HTTP/1.1 200 OK\r\n",{"repeat":"forever","of":"X-A: b\r\n"}])")}
                     .then(fails(errc::too_large, Bill::maybe)));
  rows.push_back(FaultRow{"N26", "the head has 101 short lines",
                          raw_rule(R"(["HTTP/1.1 200 OK\r\n",{"repeat":101,"of":"X-A: b\r\n"},"\r\n"])")}
                     .then(fails(errc::too_large, Bill::maybe, 1, "more than 100 header fields")));
  rows.push_back(FaultRow{"N26", "interim replies have no end",
                          raw_rule(R"({"repeat":"forever","of":"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"})")}
                     .unsettled(errc::unusable_reply, "interim"));
  rows.push_back(FaultRow{"N26", "a trailer has no end",
                          raw_rule(R"(["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A: ",)"
                                   R"({"repeat":"forever","of":"a"}])")}
                     .unsettled(errc::unusable_reply, "trailer"));
  rows.push_back(FaultRow{"N26", "the size of a chunk has no end",
                          raw_rule(R"(["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=",)"
                                   R"({"repeat":"forever","of":"a"}])")}
                     .unsettled(errc::unusable_reply));

  rows.push_back(FaultRow{"N27", "a body beyond the limit is announced",
                          reply_rule(R"({"content_length":68719476736,"end":"close"})")}
                     .then(fails(errc::too_large, Bill::maybe, 1, "bytes that are accepted")));
  rows.push_back(FaultRow{"N27", "a body beyond the limit comes in one chunk", chunked_reply("40000000")}.then(
      fails(errc::too_large, Bill::maybe)));
  const std::string endless_body = R"({"status":200,"headers":{"content-type":"application/json"},"body":)"
                                   R"({"repeat":"forever","of":"0123456789abcdef"})";
  rows.push_back(
      FaultRow{"N27", "a body without a length has no end", reply_rule(endless_body + R"(,"no_length":true})")}
          .then(critic, fails(errc::too_large, Bill::maybe))
          .then(local_critic, fails(errc::too_large, Bill::nothing)));
  rows.push_back(
      FaultRow{"N27", "a body in chunks has no end", reply_rule(endless_body + R"(,"chunked":{"sizes":[16000]}})")}
          .then(critic, fails(errc::too_large, Bill::maybe))
          .then(local_critic, fails(errc::too_large, Bill::nothing)));
  // 64 MiB, which take a while over TLS.
  rows.push_back(FaultRow{"N27", "a picture without a length has no end",
                          reply_rule(R"({"status":200,"headers":{"content-type":"image/png"},"body":)"
                                     R"({"repeat":"forever","of":"0123456789abcdef"},"no_length":true})")}
                     .plain_only()
                     .then(generators, fails(errc::too_large, Bill::maybe)));

  for (const std::string coding : {"gzip", "br", "deflate", "zstd", "gzip, gzip, gzip, gzip, gzip", "x-unheard-of"}) {
    rows.push_back(FaultRow{"N28", "the body is coded: " + coding,
                            reply_rule(R"({"headers":{"content-encoding":")" + coding + "\"}}")}
                       .unsettled(errc::unusable_reply, "its content coding was not asked for"));
  }
  rows.push_back(
      FaultRow{"N28", "the body is said not to be coded", reply_rule(R"({"headers":{"content-encoding":"identity"}})")}
          .then(succeeds()));
  return rows;
}

}  // namespace pentimento::test

TEST_SUITE("Reply faults") {
  TEST_CASE("matrix") { pentimento::test::run_matrix(pentimento::test::reply_faults()); }

  TEST_CASE("N26 and N27 memory is limited") {
    using namespace pentimento::test;
    if (slowness > 1) return;  // sanitizers keep what was freed
    warm_up();
    const std::size_t mebibyte = std::size_t{1} << 20;
    const std::string forever = R"({"repeat":"forever","of":"0123456789abcde\n"}])";
    const std::pair<std::string, std::size_t> endless[] = {
        {R"(["HTTP/1.1 200 OK\r\nX-A: ",{"repeat":"forever","of":"a"}])", 4 * mebibyte},
        {R"(["HTTP/1.1 200 OK\r\n",{"repeat":"forever","of":"X-A: b\r\n"}])", 4 * mebibyte},
        {R"({"repeat":"forever","of":"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"})", 4 * mebibyte},
        {R"(["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=",{"repeat":"forever","of":"a"}])",
         4 * mebibyte},
        // The limit of a critic's answer is 4 MiB.
        {R"(["HTTP/1.1 200 OK\r\n\r\n",)" + forever, 16 * mebibyte},
        {R"(["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",{"repeat":"forever","of":"5\r\nabcde\r\n"}])",
         16 * mebibyte},
    };
    for (const auto& [bytes, most] : endless) {
      CAPTURE(bytes);
      for (const bool tls : {false, true}) {
        BenchOptions options;
        options.role = critic;
        options.tls = tls;
        options.scenario = raw_rule(bytes);
        FaultBench bench{std::move(options)};
        const std::optional<std::size_t> growth = peak_growth([&] { CHECK(bench.call().error.has_value()); });
        if (growth) CHECK(*growth <= most);
      }
    }
  }

  TEST_CASE("a streamed reply keeps its connection") {
    using namespace pentimento::test;
    for (const bool tls : {false, true}) {
      CAPTURE(tls);
      BenchOptions options;
      options.role = openai_stream;
      options.tls = tls;
      FaultBench bench{options};
      for (int i = 0; i < 3; ++i) CHECK(!bench.call().error);
      CHECK(bench.requests() == 3);
      CHECK(bench.connections() == 1);
    }
  }
}
