#include <pentimento/providers/openai_images.hpp>

#include <array>
#include <utility>

// The servers, as data.

namespace pentimento {
namespace {

using Quirks = OpenAiImagesQuirks;
using Type = Quirks::Field::Type;

Quirks::Field text(std::string name, std::vector<std::string> values = {}) {
  Quirks::Field field;
  field.name = std::move(name);
  field.values = std::move(values);
  return field;
}

Quirks::Field number(std::string name, Type type, double least, double most, std::string tag_path = {}) {
  Quirks::Field field;
  field.name = std::move(name);
  field.type = type;
  field.least = least;
  field.most = most;
  field.tag_path = std::move(tag_path);
  return field;
}

Quirks::Field in_generations_only(Quirks::Field field) {
  field.in_edits = false;
  return field;
}

Quirks::Field in_edits_only(Quirks::Field field) {
  field.in_generations = false;
  return field;
}

std::vector<Quirks::Field> openai_fields() {
  return {
      text("quality"),
      text("background", {"transparent", "opaque", "auto"}),
      text("output_format", {"png", "jpeg", "webp", "gif"}),  // SVG is no picture of ours
      number("output_compression", Type::whole_number, 0, 100),
      in_generations_only(text("moderation", {"auto", "low"})),
      text("complexity"),
      in_edits_only(text("input_fidelity", {"high", "low"})),
      text("safety_identifier"),
  };
}

using Factory = Quirks (*)();

constexpr std::array<std::pair<std::string_view, Factory>, 6> factories{{
    {"openai", &Quirks::openai},
    {"azure", &Quirks::azure},
    {"sd-server", &Quirks::sd_server},
    {"localai", &Quirks::localai},
    {"together", &Quirks::together},
    {"xai", &Quirks::xai},
}};

}  // namespace

Quirks OpenAiImagesQuirks::openai() {
  Quirks quirks;
  quirks.name = "openai";
  quirks.title = "OpenAI";
  quirks.base_url = "https://api.openai.com/v1";
  quirks.key_name = "OPENAI_API_KEY";
  quirks.default_model = "gpt-image-2";
  quirks.auto_size = true;
  quirks.sizes = {"1024x1024", "1536x1024", "1024x1536"};
  quirks.flexible_models = {"gpt-image-2", "gpt-image-2.5"};
  quirks.mask = MaskStyle::transparent;
  quirks.fields = openai_fields();
  quirks.streams = true;
  quirks.cost = CostStyle::tokens;
  return quirks;
}

Quirks OpenAiImagesQuirks::azure() {
  Quirks quirks = openai();
  quirks.name = "azure";
  quirks.title = "Azure OpenAI";
  quirks.base_url.clear();
  quirks.generations_path = "openai/deployments/{model}/images/generations";
  quirks.edits_path = "openai/deployments/{model}/images/edits";
  quirks.key_name = "AZURE_OPENAI_API_KEY";
  quirks.key_header = "api-key";
  quirks.key_prefix.clear();
  quirks.default_model.clear();
  return quirks;
}

Quirks OpenAiImagesQuirks::sd_server() {
  Quirks quirks;
  quirks.name = "sd-server";
  quirks.title = "sd-server";
  quirks.base_url = "http://127.0.0.1:1234/v1";
  quirks.key_name = "SD_SERVER_API_KEY";
  quirks.key_is_needed = false;
  quirks.default_model = "sd-cpp-local";
  // Read of its native and WebUI interfaces, which hand their mask to the same function.
  quirks.mask = MaskStyle::white;
  quirks.seed = Extra::tag;
  quirks.negative_prompt = Extra::tag;
  quirks.strength_in_tag = true;
  quirks.tag = "sd_cpp_extra_args";
  quirks.fields = {
      text("output_format", {"png", "jpeg", "webp"}),
      number("output_compression", Type::whole_number, 0, 100),
      number("steps", Type::whole_number, 1, 1000, "sample_params.sample_steps"),
      number("cfg_scale", Type::number, 0, 100, "sample_params.guidance.txt_cfg"),
  };
  return quirks;
}

Quirks OpenAiImagesQuirks::localai() {
  Quirks quirks;
  quirks.name = "localai";
  quirks.title = "LocalAI";
  quirks.base_url = "http://127.0.0.1:8080/v1";
  quirks.edits_path.clear();
  quirks.key_name = "LOCALAI_API_KEY";
  quirks.key_is_needed = false;
  quirks.response_format = "b64_json";
  quirks.negative_prompt = Extra::bar;
  return quirks;
}

Quirks OpenAiImagesQuirks::together() {
  Quirks quirks;
  quirks.name = "together";
  quirks.title = "Together";
  quirks.base_url = "https://api.together.xyz/v1";
  quirks.edits_path.clear();
  quirks.key_name = "TOGETHER_API_KEY";
  quirks.response_format = "base64";
  quirks.size_style = SizeStyle::width_height;
  quirks.seed = Extra::field;
  quirks.negative_prompt = Extra::field;
  Field safety;
  safety.name = "disable_safety_checker";
  safety.type = Type::truth;
  quirks.fields = {
      number("steps", Type::whole_number, 1, 1000),
      number("guidance_scale", Type::number, 0, 100),
      text("output_format", {"png", "jpeg"}),
      safety,
  };
  return quirks;
}

Quirks OpenAiImagesQuirks::xai() {
  Quirks quirks;
  quirks.name = "xai";
  quirks.title = "xAI";
  quirks.base_url = "https://api.x.ai/v1";
  quirks.edits_path.clear();  // its edits are JSON
  quirks.key_name = "XAI_API_KEY";
  quirks.response_format = "b64_json";
  quirks.size_style = SizeStyle::aspect_ratio;
  quirks.aspect_ratios = {"1:1", "3:4",    "4:3",    "9:16", "16:9", "2:3", "3:2",
                          "1:2", "9:19.5", "19.5:9", "9:20", "20:9", "2:1"};
  quirks.fields = {text("resolution"), text("quality"), text("output_format", {"png", "jpeg", "webp"})};
  quirks.empty_is_refusal = true;
  quirks.cost = CostStyle::ticks;
  return quirks;
}

Result<Quirks> OpenAiImagesQuirks::named(std::string_view name) {
  for (const auto& [known, make] : factories) {
    if (known == name) return make();
  }
  std::string why = "there is no server of this name; there are";
  for (const auto& [known, make] : factories)
    why += (known == factories.front().first ? " " : ", ") + std::string{known};
  return Error{errc::invalid_argument, why};
}

std::vector<std::string> OpenAiImagesQuirks::names() {
  std::vector<std::string> names;
  names.reserve(factories.size());
  for (const auto& [known, make] : factories) names.emplace_back(known);
  return names;
}

}  // namespace pentimento
