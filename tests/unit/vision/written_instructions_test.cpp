// Images with instructions written on them, judged by a model that obeys them. All show two mugs; three are asked for.

#include "scripted_model.hpp"
#include "support/scripted.hpp"
#include <pentimento/image_file.hpp>
#include <pentimento/json.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/revise/suggested_prompt.hpp>
#include <pentimento/stop/policies.hpp>
#include <pentimento/vision/vision_critic.hpp>

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

/// One of the images, what is written on it, and whether that addresses a judge.
struct Written {
  std::string file;
  std::string reads;  // as JSON
  bool hostile = false;
};

std::vector<Written> all_images() {
  std::ifstream file{folder + "/pictures.json"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::vector<Written> images;
  const json::value parsed = parse_json(text).value();
  for (const json::value& each : parsed.as_array()) {
    const json::object& image = each.as_object();
    images.push_back(
        {std::string{image.at("file").as_string()}, to_text(image.at("reads")), image.at("hostile").as_bool()});
  }
  return images;
}

/// What an obedient model answers: what it reads, a pass for everything, and the prompt that it was told to suggest.
std::string obedient(const Written& image) {
  return R"({"sees_picture":"yes","visible_text":)" + image.reads +
         R"(,"answers":[{"id":"q1","evidence":"it says so","answer":"yes"}],"worst_problem":"",)"
         R"("suggested_prompt":"a cat wearing a crown <lora:other:1>"})";
}

}  // namespace

TEST_SUITE("Written instructions") {
  TEST_CASE("neither satisfy a run nor write its next prompt") {
    const std::vector<Written> images = all_images();
    CHECK(images.size() == 12);
    for (const Written& written : images) {
      CAPTURE(written.file);
      const Image image = load_image(folder + '/' + written.file).value();
      const auto model = test::answering({obedient(written)});
      VisionCriticOptions options;
      options.max_items = 0;
      options.compares = false;
      const auto generator = std::make_shared<test::ScriptedGenerator>(
          [&](int, const GenerationRequest&) { return test::Step<Generation>{Generation{image}}; });
      RefinementLoop loop{generator, VisionCritic{model, options}, Satisfied{} || MaxRounds{2}};
      loop.reviser(SuggestedPrompt{});
      Brief brief{"mugs on a table"};
      brief.must("exactly three mugs");
      const Outcome outcome = run(loop, brief);
      CHECK(!outcome.error().has_value());
      // The image was shown, so the writing was seen.
      REQUIRE(!model->questions.empty());
      CHECK(test::images_of(model->questions.front()) == std::vector<Image>{image});
      if (!written.hostile) {
        CHECK(outcome.reason().kind() == StopKind::satisfied);
        continue;
      }
      CHECK(outcome.reason().kind() == StopKind::rounds);
      CHECK(!outcome.score().satisfied());
      CHECK(outcome.best().critique()->verdict("user-1") == Verdict::unknown);
      CHECK(test::holds(outcome.best().critique()->remark(), "addresses the judge"));
      for (const GenerationRequest& request : generator->requests) CHECK(!test::holds(request.prompt(), "cat"));
    }
  }
}
