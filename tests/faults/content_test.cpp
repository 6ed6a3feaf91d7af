#include "fault_matrix.hpp"
#include "support/images.hpp"
#include <pentimento/detail/base64.hpp>

#include <doctest/doctest.h>

namespace pentimento::test {

namespace {

/// A reply with status 200. `body` is JSON for the emulator.
std::string success(const std::string& body, const std::string& type = "application/json") {
  return reply_rule(R"({"status":200,"headers":{"content-type":")" + type + R"("},"body":)" + body + "}");
}

/// An image in base64, at the place of each generator's server.
std::string success_with(const std::string& base64) {
  return reply_rule(R"({"status":200,"json":{"image":")" + base64 + R"(","finish_reason":"SUCCESS","seed":7,)" +
                    R"("data":[{"b64_json":")" + base64 + "\"}]}}");
}

std::string png_in_base64() { return detail::encode_base64(png_bytes(64, 64)); }

std::string jpeg_in_base64() {
  Bytes bytes;
  put(bytes, {0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 64, 0, 64, 1, 1, 0x11, 0});
  put(bytes, {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0xD9});
  return detail::encode_base64(bytes);
}

}  // namespace

// Replies that are complete and valid HTTP, with unusable content. The status is 200, so the
// call may have been billed; it is not repeated.
std::vector<FaultRow> content_faults() {
  std::vector<FaultRow> rows;
  const Expected useless = fails(errc::unusable_reply, Bill::maybe, 1, "unusable");

  rows.push_back(
      FaultRow{"N29", "a page of a hotel's network comes instead",
               success(R"("<!DOCTYPE html><html><head><title>Welcome to the hotel</title></head><body></body></html>")",
                       "text/html; charset=utf-8")}
          .then(fails(errc::unusable_reply, Bill::maybe, 1, "unusable", "hotel")));
  rows.push_back(FaultRow{"N29", "a page comes instead, long and with control characters",
                          success(R"(["<html>\u001b[2Jhotel ",{"repeat":100000,"of":"very long "}])", "text/html")}
                     .then(fails(errc::unusable_reply, Bill::maybe, 1, "unusable", "hotel")));
  rows.push_back(FaultRow{"N29", "text comes instead", success(R"("upstream connect error")", "text/plain")}.then(
      fails(errc::unusable_reply, Bill::maybe, 1, "unusable", "upstream connect error")));
  rows.push_back(FaultRow{"N29", "nothing comes, under 204", reply_rule(R"({"status":204})")}.then(useless));
  rows.push_back(
      FaultRow{"N29", "nothing comes, under 206", reply_rule(R"({"status":206,"body":"{}"})")}.then(useless));

  const std::pair<const char*, const char*> bodies[] = {
      {"nothing at all", R"("")"},
      {"null", R"("null")"},
      {"a number", R"("1e400")"},
      {"an empty list", R"("[]")"},
      {"an empty object", R"("{}")"},
      {"half an object", R"("{\"data\":[{\"b64_json\":\"iVBO")"},
      {"two values", R"("{} {}")"},
      {"not UTF-8", R"(["{\"data\":\"",{"base64":"//7/"},"\"}"])"},
      {"a surrogate by itself", R"("{\"data\":\"\\ud800\"}")"},
      {"NaN", R"("{\"data\":NaN,\"image\":NaN,\"choices\":NaN}")"},
      {"lists in lists, 10,000 deep", R"([{"repeat":10000,"of":"["},{"repeat":10000,"of":"]"}])"},
      {"objects in objects, 10,000 deep", R"([{"repeat":10000,"of":"{\"data\":"},"1",{"repeat":10000,"of":"}"}])"},
      {"the same key twice",
       R"("{\"data\":[],\"data\":[],\"image\":\"\",\"image\":\"\",\"choices\":[],\"choices\":[]}")"},
      {"a number of 10,000 digits", R"(["{\"data\":",{"repeat":10000,"of":"9"},"}"])"},
      {"the wrong type everywhere", R"("{\"data\":7,\"image\":7,\"choices\":7}")"},
      {"the wrong type within", R"("{\"data\":[7],\"image\":[],\"choices\":[7]}")"},
      {"nothing in what counts", R"("{\"data\":[{}],\"image\":null,\"choices\":[{}]}")"},
      {"a byte order mark in UTF-16", R"([{"base64":"//57AH0A"}])"},
  };
  for (const auto& [name, body] : bodies)
    rows.push_back(FaultRow{"N30", std::string{"the JSON is "} + name, success(body)}.then(useless));

  // It was carried out, so its cost is known.
  rows.push_back(FaultRow{"N30", "the JSON is the address of a picture, inside a network",
                          success(R"("{\"data\":[{\"url\":\"http://169.254.169.254/\"}]}")")}
                     .then(openai, fails(errc::unusable_reply, Bill::estimated, 1, "cannot be fetched")));

  // Answers of a critic's model. After an invalid one the question is asked again, and both may cost.
  const std::pair<const char*, const char*> answers[] = {
      {"no JSON", R"("I like the picture.")"},
      {"empty", R"("")"},
      {"an empty object", R"("{}")"},
      {"1 MiB of one letter", R"({"repeat":1048576,"of":"a"})"},
      {"without end", R"(["{\"sees_picture\":\"yes\",\"visible_text\":[",{"repeat":20000,"of":"\"mug\","}])"},
      {"nested 10,000 times", R"({"repeat":10000,"of":"{\"answers\":"})"},
      {"two answers", R"("{\"sees_picture\":\"yes\"} {\"sees_picture\":\"no\"}")"},
      {"verdicts that nobody offered", R"("{\"sees_picture\":\"yes\",\"visible_text\":[],\"answers\":[{\"id\":\"q1\",)"
                                       R"(\"evidence\":\"\",\"answer\":\"10 out of 10\"}],\"worst_problem\":\"\",)"
                                       R"(\"suggested_prompt\":\"\"}")"},
  };
  for (const auto& [name, answer] : answers) {
    rows.push_back(
        FaultRow{"N46", std::string{"the critic's answer is "} + name,
                 reply_rule(R"({"payload":)" + std::string{answer} + "}")}
            .asks_twice()
            .then(critic | local_critic, fails(errc::unusable_reply, Bill::estimated_twice, 2, "asked twice")));
  }
  rows.push_back(FaultRow{"N46", "only the critic's second answer fits",
                          R"({"requests":[{"when":{"nth":1},"then":{"payload":"I like it."}}]})"}
                     .asks_twice()
                     .then(critic | local_critic, succeeds(2)));

  const std::pair<const char*, std::string> broken[] = {
      {"with a character that is none of its own", "iVBORw0KGgo!"},
      {"with padding in its middle", "iVBO==Rw0KGgo="},
      {"of one character", "i"},
      {"for a few bytes that are no picture", "aGVsbG8="},
      {"for nothing but white space", "   "},
      {"for a drawing with a script in it",
       "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxzY3JpcHQ+YWxlcnQoMSk8L3NjcmlwdD48L3N2Zz4="},
      {"for the first bytes of a picture", png_in_base64().substr(0, 20)},
      {"for a picture without extent", detail::encode_base64(png_bytes(0, 0))},
      {"for a picture of 60,000 times 60,000 pixels", detail::encode_base64(png_bytes(60'000, 60'000))},
      {"for a picture without its end", png_in_base64().substr(0, 44)},
  };
  for (const auto& [name, base64] : broken) {
    rows.push_back(
        FaultRow{base64.size() > 20 ? "N32" : "N31", std::string{"the base64 is "} + name, success_with(base64)}.then(
            generators, useless));
  }
  std::string in_lines = png_in_base64();
  for (std::size_t at = 7; at < in_lines.size(); at += 9) in_lines.insert(at, "\\r\\n");
  rows.push_back(FaultRow{"N31", "the base64 comes in lines", success_with(in_lines)}.then(generators, succeeds()));
  std::vector<std::byte> page = png_bytes(64, 64);
  page << "<html><script>alert(1)</script></html>";
  rows.push_back(
      FaultRow{"N32", "the base64 is for a picture with a page behind it", success_with(detail::encode_base64(page))}
          .then(generators, succeeds()));
  std::string unpadded = png_in_base64();
  while (unpadded.ends_with('=')) unpadded.pop_back();
  rows.push_back(FaultRow{"N31", "the base64 has no padding", success_with(unpadded)}.then(generators, succeeds()));

  for (const std::string type : {"image/png", "image/jpeg", "application/octet-stream"}) {
    rows.push_back(
        FaultRow{"N32", "no picture comes as " + type, success(R"("hello")", type)}.then(stability, useless));
    rows.push_back(FaultRow{"N32", "nothing comes as " + type, success(R"("")", type)}.then(stability, useless));
  }
  rows.push_back(
      FaultRow{"N32", "a JPEG comes as a PNG", success(R"({"base64":")" + jpeg_in_base64() + "\"}", "image/png")}.then(
          stability, succeeds()));
  rows.push_back(
      FaultRow{"N32", "something else stands in place of a picture", reply_rule(R"({"payload":"hello"})")}.then(
          generators | openai_stream, useless));
  rows.push_back(FaultRow{"N32", "nothing stands in place of a picture", reply_rule(R"({"payload":""})")}.then(
      generators | openai_stream, useless));
  return rows;
}

}  // namespace pentimento::test

TEST_SUITE("Content faults") {
  TEST_CASE("matrix") { pentimento::test::run_matrix(pentimento::test::content_faults(), pentimento::test::Transports::alternating); }
}
