// What is wanted and what is asked for: brief, checklist, plan, settings, requests and what comes back from a
// generator.

#include "json/codec.hpp"

namespace pentimento::json_form {

// Requirements --------------------------------------------------------------------------------------------------------

json::value write(const Requirement& requirement) {
  ObjectWriter out;
  out.put("id", requirement.id()).put("text", requirement.text()).put("importance", requirement.importance());
  out.put_unless(1.0, "weight", requirement.weight()).put_unless_empty("depends_on", requirement.depends_on());
  return out.put_unless_empty("owner", requirement.owner()).release();
}

namespace {

Requirement read_requirement(ObjectReader& in, std::string id) {
  auto text = in.get<std::string>("text");
  Requirement requirement{std::move(id), std::move(text), in.get<Importance>("importance")};
  requirement.weight(in.get_or(1.0, "weight", 0.0, max_weight))
      .depends_on(in.texts("depends_on"))
      .owner(in.text("owner"));
  in.done();
  return requirement;
}

/// Requirements with different ids.
struct ChecklistItems {
  std::vector<Requirement> requirements;
};

ChecklistItems read(const Node& node, As<ChecklistItems>) {
  auto requirements = json_form::read(node, As<std::vector<Requirement>>{});
  reject_repeats(node, requirements, &Requirement::id);
  return {std::move(requirements)};
}

}  // namespace

Requirement read(const Node& node, As<Requirement>) {
  ObjectReader in{node};
  return read_requirement(in, in.get<std::string>("id"));
}

json::value write(const Checklist& checklist) {
  ObjectWriter out;
  out.put("requirements", checklist.requirements()).put_unless_empty("unjudged", checklist.unjudged());
  return out.release();
}

Checklist read(const Node& node, As<Checklist>) {
  ObjectReader in{node};
  Checklist checklist = take_checklist(in, "requirements");
  in.done();
  return checklist;
}

void put_checklist(ObjectWriter& out, const Checklist& checklist) {
  out.put("checklist", checklist.requirements()).put_unless_empty("unjudged", checklist.unjudged());
}

Checklist take_checklist(ObjectReader& in, std::string_view key) {
  Checklist checklist{in.get<ChecklistItems>(key).requirements};
  checklist.unjudged(in.texts("unjudged"));
  return checklist;
}

json::value write(const Plan& plan) {
  ObjectWriter out;
  out.put("requirements", plan.requirements()).put_unless_empty("unjudged", plan.unjudged());
  return out.put_unless_empty("charge", plan.charge()).release();
}

Plan read(const Node& node, As<Plan>) {
  ObjectReader in{node};
  Plan plan{in.get<std::vector<Requirement>>("requirements")};
  plan.unjudged(in.texts("unjudged")).charge(in.get_or(Charge{}, "charge"));
  in.done();
  return plan;
}

// The brief -----------------------------------------------------------------------------------------------------------

json::value write(const Brief& brief) {
  ObjectWriter out;
  out.put("goal", brief.goal())
      .put_unless_empty("requirements", brief.requirements())
      .put_unless_empty("avoid", brief.avoid());
  out.put_unless_empty("size", brief.size()).put_unless_empty("aspect_ratio", brief.aspect_ratio());
  return out.put_unless_empty("reference_images", brief.reference_images())
      .put_unless_empty("init_image", brief.init_image())
      .release();
}

namespace {

/// A requirement of the user's own. Without an id it gets the one that `Brief::must` would give it.
Requirement read_own(const Node& node, std::size_t index) {
  ObjectReader in{node};
  return read_requirement(in, in.get_or("user-" + std::to_string(index + 1), "id"));
}

std::vector<Requirement> read_own_requirements(const Node& node) {
  std::vector<Requirement> requirements;
  for (std::size_t i = 0; const json::value& value : node.array()) {
    requirements.push_back(read_own(node.child(i, value), i));
    ++i;
  }
  reject_repeats(node, requirements, &Requirement::id);
  return requirements;
}

}  // namespace

Brief read(const Node& node, As<Brief>) {
  ObjectReader in{node};
  Brief brief{in.get<std::string>("goal")};
  if (const auto list = in.node_of("requirements")) {
    for (Requirement& requirement : read_own_requirements(*list)) brief.add(std::move(requirement));
  }
  for (std::string& thing : in.texts("avoid")) brief.avoid(std::move(thing));
  if (const auto size = in.find<PixelSize>("size")) brief.size(*size);
  if (const auto ratio = in.find<AspectRatio>("aspect_ratio")) brief.aspect_ratio(*ratio);
  for (Image& image : in.get_or(std::vector<Image>{}, "reference_images")) brief.reference_image(std::move(image));
  if (auto start = in.find<Image>("init_image")) brief.init_image(std::move(*start));
  in.done();
  return brief;
}

// Settings and capabilities -------------------------------------------------------------------------------------------

json::value write(const RunSettings& settings) {
  ObjectWriter out;
  for_each_run_setting([&](const auto& setting) { out.put(setting.name, (settings.*setting.get)()); });
  out.put_unless_empty("policy", settings.policy()).put_unless_empty("generator", settings.generator());
  return out.put_unless_empty("critic", settings.critic()).put_unless_empty("reviser", settings.reviser()).release();
}

RunSettings read(const Node& node, As<RunSettings>) {
  ObjectReader in{node};
  RunSettings settings;
  // Without the ranges: a run that was started with invalid settings is recorded with them, and with its error.
  for_each_run_setting(
      [&](const auto& setting) { (settings.*setting.set)(in.get_or((settings.*setting.get)(), setting.name)); });
  settings.policy(in.text("policy")).generator(in.text("generator"));
  settings.critic(in.text("critic")).reviser(in.text("reviser"));
  in.done();
  return settings;
}

json::value write(const Capabilities& can) {
  ObjectWriter out;
  out.put("name", can.name())
      .put("image_to_image", can.image_to_image())
      .put("mask", can.mask())
      .put("seed", can.seed());
  out.put("negative_prompt", can.negative_prompt()).put("min_side", can.min_side()).put("max_side", can.max_side());
  out.put("max_prompt_characters", can.max_prompt_characters()).put("images_per_call", can.images_per_call());
  out.put("init_image_types", can.init_image_types())
      .put("min_init_image_side", can.min_init_image_side())
      .put("max_init_image_side", can.max_init_image_side());
  return out.put("max_init_image_bytes", can.max_init_image_bytes()).release();
}

Capabilities read(const Node& node, As<Capabilities>) {
  ObjectReader in{node};
  Capabilities can{in.get<std::string>("name")};
  can.image_to_image(in.get_or(can.image_to_image(), "image_to_image")).mask(in.get_or(can.mask(), "mask"));
  can.seed(in.get_or(can.seed(), "seed")).negative_prompt(in.get_or(can.negative_prompt(), "negative_prompt"));
  const auto shortest = in.get_or(can.min_side(), "min_side");
  can.sides(shortest, in.get_or(can.max_side(), "max_side"));
  can.max_prompt_characters(in.get_or(can.max_prompt_characters(), "max_prompt_characters"));
  can.images_per_call(in.get_or(can.images_per_call(), "images_per_call", std::uint32_t{1}));
  can.init_image_types(in.get_or(can.init_image_types(), "init_image_types"));
  const auto shortest_init = in.get_or(can.min_init_image_side(), "min_init_image_side");
  can.init_image_sides(shortest_init, in.get_or(can.max_init_image_side(), "max_init_image_side"));
  can.max_init_image_bytes(in.get_or(can.max_init_image_bytes(), "max_init_image_bytes"));
  in.done();
  return can;
}

// Generating ----------------------------------------------------------------------------------------------------------

json::value write(const GenerationRequest& request) {
  ObjectWriter out;
  out.put("prompt", request.prompt()).put_unless_empty("negative_prompt", request.negative_prompt());
  out.put_unless_empty("size", request.size())
      .put_unless_empty("seed", request.seed())
      .put_unless_empty("init_image", request.init_image());
  out.put_unless(GenerationRequest{""}.strength(), "strength", request.strength())
      .put_unless_empty("mask", request.mask());
  return out.put_unless_empty("options", request.options()).release();
}

GenerationRequest read(const Node& node, As<GenerationRequest>) {
  ObjectReader in{node};
  GenerationRequest request{in.get<std::string>("prompt")};
  request.negative_prompt(in.text("negative_prompt"))
      .size(in.find<PixelSize>("size"))
      .seed(in.find<std::uint64_t>("seed"));
  request.init_image(in.find<Image>("init_image"))
      .strength(in.get_or(request.strength(), "strength"))
      .mask(in.find<Image>("mask"));
  for (auto& [name, value] : in.get_or(std::map<std::string, std::string>{}, "options"))
    request.option(name, std::move(value));
  in.done();
  return request;
}

json::value write(const Generation& generation) {
  ObjectWriter out;
  out.put("images", generation.images()).put_unless_empty("seed", generation.seed());
  out.put_unless_empty("revised_prompt", generation.revised_prompt())
      .put_unless_empty("request_id", generation.request_id());
  out.put_unless(std::uint64_t{0}, "dropped_images", generation.dropped_images())
      .put_unless_empty("sent_init_image", generation.sent_init_image());
  return out.put_unless_empty("charge", generation.charge()).release();
}

Generation read(const Node& node, As<Generation>) {
  ObjectReader in{node};
  Generation generation{in.get<std::vector<Image>>("images")};
  if (generation.images().empty()) node.fail("\"images\" is empty; there is at least one");
  generation.seed(in.find<std::uint64_t>("seed"))
      .revised_prompt(in.text("revised_prompt"))
      .request_id(in.text("request_id"));
  generation.dropped_images(in.get_or(std::uint64_t{0}, "dropped_images"))
      .sent_init_image(in.find<Image>("sent_init_image"))
      .charge(in.get_or(Charge{}, "charge"));
  in.done();
  return generation;
}

}  // namespace pentimento::json_form
