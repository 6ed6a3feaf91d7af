#include <pentimento/providers/openai_images.hpp>

#include <array>
#include <utility>

// The presets of the servers.

namespace pentimento {
namespace {

using Type = OpenAiImagesServer::Field::Type;

OpenAiImagesServer::Field text(std::string name, std::vector<std::string> values = {}) {
  OpenAiImagesServer::Field field;
  field.name = std::move(name);
  field.values = std::move(values);
  return field;
}

OpenAiImagesServer::Field number(std::string name, Type type, double least, double most, std::string tag_path = {}) {
  OpenAiImagesServer::Field field;
  field.name = std::move(name);
  field.type = type;
  field.least = least;
  field.most = most;
  field.tag_path = std::move(tag_path);
  return field;
}

OpenAiImagesServer::Field in_generations_only(OpenAiImagesServer::Field field) {
  field.in_edits = false;
  return field;
}

OpenAiImagesServer::Field in_edits_only(OpenAiImagesServer::Field field) {
  field.in_generations = false;
  return field;
}

std::vector<OpenAiImagesServer::Field> openai_fields() {
  return {
      text("quality"),
      text("background", {"transparent", "opaque", "auto"}),
      text("output_format", {"png", "jpeg", "webp", "gif"}),  // SVG is not supported
      number("output_compression", Type::whole_number, 0, 100),
      in_generations_only(text("moderation", {"auto", "low"})),
      text("complexity"),
      in_edits_only(text("input_fidelity", {"high", "low"})),
      text("safety_identifier"),
  };
}

using Factory = OpenAiImagesServer (*)();

constexpr std::array<std::pair<std::string_view, Factory>, 6> factories{{
    {"openai", &OpenAiImagesServer::openai},
    {"azure", &OpenAiImagesServer::azure},
    {"sd-server", &OpenAiImagesServer::sd_server},
    {"localai", &OpenAiImagesServer::localai},
    {"together", &OpenAiImagesServer::together},
    {"xai", &OpenAiImagesServer::xai},
}};

}  // namespace

OpenAiImagesServer OpenAiImagesServer::openai() {
  OpenAiImagesServer server;
  server.name = "openai";
  server.title = "OpenAI";
  server.base_url = "https://api.openai.com/v1";
  server.base_url_name = "OPENAI_BASE_URL";
  server.key_name = "OPENAI_API_KEY";
  server.default_model = "gpt-image-2";
  server.auto_size = true;
  server.sizes = {"1024x1024", "1536x1024", "1024x1536"};
  server.flexible_models = {"gpt-image-2", "gpt-image-2.5"};
  server.mask = MaskStyle::transparent;
  server.fields = openai_fields();
  server.streams = true;
  server.cost = CostStyle::tokens;
  return server;
}

OpenAiImagesServer OpenAiImagesServer::azure() {
  OpenAiImagesServer server = openai();
  server.name = "azure";
  server.title = "Azure OpenAI";
  server.base_url.clear();
  server.base_url_name.clear();
  server.generations_path = "openai/deployments/{model}/images/generations";
  server.edits_path = "openai/deployments/{model}/images/edits";
  server.key_name = "AZURE_OPENAI_API_KEY";
  server.key_header = "api-key";
  server.key_prefix.clear();
  server.check_path.clear();
  server.default_model.clear();
  return server;
}

OpenAiImagesServer OpenAiImagesServer::sd_server() {
  OpenAiImagesServer server;
  server.name = "sd-server";
  server.title = "sd-server";
  server.base_url = "http://127.0.0.1:1234/v1";
  server.key_name = "SD_SERVER_API_KEY";
  server.needs_key = false;
  server.default_model = "sd-cpp-local";
  // As in its native and WebUI interfaces, which pass their mask to the same function.
  server.mask = MaskStyle::white;
  server.seed = Extra::tag;
  server.negative_prompt = Extra::tag;
  server.strength_in_tag = true;
  server.tag = "sd_cpp_extra_args";
  server.fields = {
      text("output_format", {"png", "jpeg", "webp"}),
      number("output_compression", Type::whole_number, 0, 100),
      number("steps", Type::whole_number, 1, 1000, "sample_params.sample_steps"),
      number("cfg_scale", Type::number, 0, 100, "sample_params.guidance.txt_cfg"),
  };
  return server;
}

OpenAiImagesServer OpenAiImagesServer::localai() {
  OpenAiImagesServer server;
  server.name = "localai";
  server.title = "LocalAI";
  server.base_url = "http://127.0.0.1:8080/v1";
  server.edits_path.clear();
  server.key_name = "LOCALAI_API_KEY";
  server.needs_key = false;
  server.response_format = "b64_json";
  server.negative_prompt = Extra::bar;
  return server;
}

OpenAiImagesServer OpenAiImagesServer::together() {
  OpenAiImagesServer server;
  server.name = "together";
  server.title = "Together";
  server.base_url = "https://api.together.xyz/v1";
  server.edits_path.clear();
  server.key_name = "TOGETHER_API_KEY";
  server.response_format = "base64";
  server.size_style = SizeStyle::width_height;
  server.seed = Extra::field;
  server.negative_prompt = Extra::field;
  Field safety;
  safety.name = "disable_safety_checker";
  safety.type = Type::truth;
  server.fields = {
      number("steps", Type::whole_number, 1, 1000),
      number("guidance_scale", Type::number, 0, 100),
      text("output_format", {"png", "jpeg"}),
      safety,
  };
  return server;
}

OpenAiImagesServer OpenAiImagesServer::xai() {
  OpenAiImagesServer server;
  server.name = "xai";
  server.title = "xAI";
  server.base_url = "https://api.x.ai/v1";
  server.edits_path.clear();  // not supported: its edits are JSON
  server.key_name = "XAI_API_KEY";
  server.response_format = "b64_json";
  server.size_style = SizeStyle::aspect_ratio;
  server.aspect_ratios = {"1:1", "3:4",    "4:3",    "9:16", "16:9", "2:3", "3:2",
                          "1:2", "9:19.5", "19.5:9", "9:20", "20:9", "2:1"};
  server.fields = {text("resolution"), text("quality"), text("output_format", {"png", "jpeg", "webp"})};
  server.empty_is_refusal = true;
  server.cost = CostStyle::ticks;
  return server;
}

Result<OpenAiImagesServer> OpenAiImagesServer::named(std::string_view name) {
  for (const auto& [known, make] : factories) {
    if (known == name) return make();
  }
  std::string why = "the name of the server is unknown; the known ones are";
  for (const auto& [known, make] : factories)
    why += (known == factories.front().first ? " " : ", ") + std::string{known};
  return Error{errc::invalid_argument, why};
}

std::vector<std::string> OpenAiImagesServer::names() {
  std::vector<std::string> names;
  names.reserve(factories.size());
  for (const auto& [known, make] : factories) names.emplace_back(known);
  return names;
}

}  // namespace pentimento
