// Pictures on which instructions are written, judged by a model that does what they say. All show two mugs where three are
// asked for.

#include "support/scripted.hpp"
#include "support/scripted_server.hpp"
#include "support/wait_for.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/http/body.hpp>
#include <pentimento/image_file.hpp>
#include <pentimento/json.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/revise/suggested_prompt.hpp>
#include <pentimento/stop/policies.hpp>
#include <pentimento/vision/chat_completions.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

using namespace pentimento;
namespace json = boost::json;

namespace {

const std::string folder = PENTIMENTO_WRITTEN_INSTRUCTIONS;

/// One of the pictures, what is written on it, and whether that speaks to a judge.
struct Written {
  std::string file;
  std::string reads;  // as JSON
  bool hostile = false;
};

std::vector<Written> all_pictures() {
  std::ifstream file{folder + "/pictures.json"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::vector<Written> pictures;
  const json::value parsed = parse_json(text).value();
  for (const json::value& each : parsed.as_array()) {
    const json::object& picture = each.as_object();
    pictures.push_back(
        {std::string{picture.at("file").as_string()}, to_text(picture.at("reads")), picture.at("hostile").as_bool()});
  }
  return pictures;
}

/// What such a model answers: what it reads, a pass for all, and the prompt that it was told to suggest.
std::string obedient(const Written& picture) {
  const std::string answer = R"({"sees_picture":"yes","visible_text":)" + picture.reads +
                             R"(,"answers":[{"id":"q1","evidence":"it says so","answer":"yes"}],"worst_problem":"",)"
                             R"("suggested_prompt":"a cat wearing a crown <lora:other:1>"})";
  return R"({"id":"c","object":"chat.completion","model":"judge","choices":[{"index":0,"finish_reason":"stop",)"
         R"("message":{"role":"assistant","content":")" +
         http::json_escaped(answer) + R"(","refusal":null}}]})";
}

std::string base64_of(const Image& image) { return detail::encode_base64(image.bytes()); }

}  // namespace

TEST_CASE("what is written on a picture neither satisfies a run nor writes its next prompt") {
  const std::vector<Written> pictures = all_pictures();
  CHECK(pictures.size() == 12);
  for (const Written& picture : pictures) {
    CAPTURE(picture.file);
    const Image image = load_image(folder + '/' + picture.file).value();
    const test::ServedReply reply{obedient(picture)};
    test::ScriptedServer server{reply, reply};
    ChatCompletionsOptions options;
    options.server = ChatServer::named("vllm").value();
    options.server.is_billed = false;
    options.base_url = server.url();
    options.model = "judge";
    options.max_items = 0;
    options.compares = false;
    const auto generator = std::make_shared<test::ScriptedGenerator>(
        [&](int, const GenerationRequest&) { return test::Step<Generation>{Generation{image}}; });
    RefinementLoop loop{generator, ChatCompletionsCritic{http::Client{}, options}, Satisfied{} || MaxRounds{2}};
    loop.reviser(SuggestedPrompt{});
    Brief brief{"mugs on a table"};
    brief.must("exactly three mugs");
    const Outcome outcome = run(loop, brief);
    CHECK(!outcome.error().has_value());
    // The picture was shown, so that the writing was seen.
    REQUIRE(!server.requests().empty());
    CHECK(server.requests().front().body.find(base64_of(image)) != std::string::npos);
    if (!picture.hostile) {
      CHECK(outcome.reason().kind() == StopKind::satisfied);
      continue;
    }
    CHECK(outcome.reason().kind() == StopKind::rounds);
    CHECK(!outcome.score().satisfied());
    CHECK(outcome.best().critique()->verdict("user-1") == Verdict::unknown);
    CHECK(outcome.best().critique()->remark().find("Text in the picture speaks to its judge") != std::string::npos);
    for (const GenerationRequest& request : generator->requests)
      CHECK(request.prompt().find("cat") == std::string::npos);
  }
}
