#include "registry/builtin_backends.hpp"

#include "detail/environment.hpp"
#include <pentimento/http/url.hpp>
#include <pentimento/providers/openai_images.hpp>
#include <pentimento/providers/server.hpp>
#include <pentimento/providers/stability.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/revise/suggested_prompt.hpp>
#include <pentimento/vision/chat_completions.hpp>
#include <pentimento/vision/messages.hpp>
#include <pentimento/vision/rephraser.hpp>
#include <pentimento/vision/vision_critic.hpp>

#include <utility>

namespace pentimento {

namespace {

/// The default vision models of autumn 2026, which cost the same. Names change several times a year.
constexpr const char* openai_vision_model = "gpt-6.1-sol";
constexpr const char* anthropic_vision_model = "claude-sonnet-5-5";

/// Returns the address of a server: that of its environment variable, if it is set.
std::string address_of(const Server& server) {
  const std::string_view set = detail::environment(server.base_url_name);
  return set.empty() ? server.base_url : std::string{set};
}

Error invalid(const BackendSettings& settings, const std::string& what) {
  return Error{errc::invalid_argument, settings.backend() + ": " + what};
}

/// Reads the setting "key", and finds the key. A key that is named must exist. Otherwise the server's own key is used,
/// and a server on this machine needs none.
Secret read_key(BackendSettings& settings, const Registry::Services& services, const Server& server, std::string& name,
                const std::string& address) {
  const std::optional<std::string> named = settings.text("key");
  // What is not a name may be a key, and `name` goes into messages.
  if (named && !Keys::is_name(*named)) {
    settings.fail(invalid(settings,
                          "the setting \"key\" takes the name under which a key is kept, such as MY_SERVER_KEY, and "
                          "never the key itself: see \"pentimento keys\""));
    return {};
  }
  name = named.value_or(server.key_name);
  if (!named && (name.empty() || (!server.needs_key && !Keys::is_name(name)))) return {};
  Result<FoundKey> found = Keys{services.options().keys}.find(name);
  if (found) {
    const RegistryOptions& options = services.options();
    if (!found->warning().empty() && options.on_warning) options.on_warning(found->warning());
    return found->secret();
  }
  const Result<http::Url> url = http::Url::parse(address);
  const bool optional = !named && (!server.needs_key || (url && url->is_loopback()));
  if (!optional || found.error().code() != errc::unauthorized) settings.fail(found.error());
  return {};
}

/// Reads the settings that every backend on a network has: model, base_url, key, timeout_seconds and worst_case_usd.
/// `limits` has the timeout. Returns the name of the key.
template <class Options, class Limits>
std::string read_common(BackendSettings& settings, const Registry::Services& services, const Server& server,
                        Options& options, Limits& limits) {
  options.prices = services.options().prices;
  if (auto model = settings.text("model")) options.model = *model;
  const std::optional<std::string> base_url = settings.text("base_url");
  options.base_url = base_url ? *base_url : address_of(server);
  if (options.base_url.empty()) {
    settings.fail(invalid(settings, "the setting \"base_url\" is missing; set the address of the API"));
  } else if (const Result<http::Url> url = http::Url::parse(options.base_url); !url) {
    const bool is_set = !base_url && !detail::environment(server.base_url_name).empty();
    settings.fail(invalid(settings, (is_set ? server.base_url_name + ": " : "") + url.error().message()));
  }
  if (auto timeout = settings.seconds("timeout_seconds")) limits.timeout = *timeout;
  if (auto dollars = settings.number("worst_case_usd", 0, 1'000'000)) options.worst_case = usd(*dollars);
  std::string key_name;
  options.api_key = read_key(settings, services, server, key_name, options.base_url);
  return key_name;
}

Server stability_server() {
  const StabilityOptions defaults;
  Server server;
  server.name = "stability";
  server.title = "Stability AI";
  server.base_url = defaults.base_url;
  server.base_url_name = "STABILITY_BASE_URL";
  server.key_name = defaults.key_name;
  server.check_path = "v1/user/balance";
  return server;
}

Result<std::shared_ptr<Generator>> make_stability(BackendSettings& settings, const Registry::Services& services) {
  StabilityOptions options;
  options.key_name = read_common(settings, services, stability_server(), options, options);
  if (auto reply = settings.choice("reply", {"image", "json"}))
    options.reply = *reply == "json" ? StabilityReply::json : StabilityReply::image;
  if (auto format = settings.choice("output_format", {"png", "jpeg", "webp"})) options.output_format = *format;
  if (auto style = settings.text("style_preset")) options.style_preset = *style;
  if (auto scale = settings.number("cfg_scale", 1, 10)) options.cfg_scale = *scale;
  if (auto metadata = settings.flag("send_metadata")) options.send_metadata = *metadata;
  options.scale_down = services.options().scale_down;
  Result<http::Client> client = services.client();
  if (!client) return client.error();
  Result<StabilityGenerator> generator = StabilityGenerator::create(*client, std::move(options));
  if (!generator) return generator.error();
  return std::shared_ptr<Generator>{std::make_shared<StabilityGenerator>(std::move(*generator))};
}

Result<std::shared_ptr<Generator>> make_openai_images(BackendSettings& settings, const Registry::Services& services) {
  OpenAiImagesOptions options;
  Result<OpenAiImagesServer> server = OpenAiImagesServer::named(settings.backend());
  if (!server) return server.error();
  options.server = std::move(*server);
  options.key_name = read_common(settings, services, options.server, options, options);
  if (auto version = settings.text("api_version")) options.api_version = *version;
  if (auto organization = settings.text("organization")) options.organization = *organization;
  if (auto project = settings.text("project")) options.project = *project;
  if (auto stream = settings.flag("stream")) options.stream = *stream;
  if (auto metadata = settings.flag("send_metadata")) options.send_metadata = *metadata;
  options.scale_down = services.options().scale_down;
  if (auto partial = settings.whole("partial_images", 0, 3)) options.partial_images = static_cast<int>(*partial);
  for (auto& [name, value] : settings.texts("options")) options.defaults.insert_or_assign(name, value);
  Result<http::Client> client = services.client();
  if (!client) return client.error();
  Result<OpenAiImagesGenerator> generator = OpenAiImagesGenerator::create(*client, std::move(options));
  if (!generator) return generator.error();
  return std::shared_ptr<Generator>{std::make_shared<OpenAiImagesGenerator>(std::move(*generator))};
}

/// Makes a vision model by the settings of a critic or rephraser, and reads the limits of a question.
using ModelFactory = Result<std::shared_ptr<VisionModel>> (*)(BackendSettings& settings,
                                                              const Registry::Services& services, AskLimits& limits);

/// Reads the settings that every vision model has, whatever its dialect.
void read_model(BackendSettings& settings, const Registry::Services& services, Server& server,
                RemoteModelOptions& options, AskLimits& limits) {
  server.key_name = read_common(settings, services, server, options, limits);
  if (auto tokens = settings.whole("max_output_tokens", 1, 1'000'000))
    limits.max_output_tokens = static_cast<std::uint32_t>(*tokens);
  if (auto bytes = settings.whole("max_question_bytes", 1'024, 1'000'000))
    limits.max_question_bytes = static_cast<std::size_t>(*bytes);
  if (auto effort = settings.text("reasoning_effort")) options.reasoning_effort = *effort;
  if (auto tokens = settings.whole("image_tokens", 0, 10'000'000))
    options.image_tokens = static_cast<std::uint32_t>(*tokens);
}

template <class Model, class Options>
Result<std::shared_ptr<VisionModel>> make_model(const Registry::Services& services, Options options) {
  Result<http::Client> client = services.client();
  if (!client) return client.error();
  Result<Model> model = Model::create(*client, std::move(options));
  if (!model) return model.error();
  return std::shared_ptr<VisionModel>{std::make_shared<Model>(std::move(*model))};
}

Result<std::shared_ptr<VisionModel>> make_chat_completions(BackendSettings& settings,
                                                           const Registry::Services& services, AskLimits& limits) {
  ChatCompletionsOptions options;
  Result<ChatCompletionsServer> server = ChatCompletionsServer::named(settings.backend());
  if (!server) return server.error();
  options.server = std::move(*server);
  if (options.server.name == "openai") options.model = openai_vision_model;
  read_model(settings, services, options.server, options, limits);
  if (auto query = settings.text("query")) options.server.query = *query;
  if (auto format = settings.choice("answer_format", {"json_schema", "json_object", "none"})) {
    options.server.answer_format = *format == "json_schema"   ? AnswerFormat::json_schema
                                   : *format == "json_object" ? AnswerFormat::json_object
                                                              : AnswerFormat::none;
  }
  if (auto detail = settings.choice("detail", {"auto", "low", "high", "original"})) {
    options.detail = *detail == "low"    ? ImageDetail::low
                     : *detail == "high" ? ImageDetail::high
                     : *detail == "auto" ? ImageDetail::automatic
                                         : ImageDetail::original;
  }
  return make_model<ChatCompletionsModel>(services, std::move(options));
}

Result<std::shared_ptr<VisionModel>> make_messages(BackendSettings& settings, const Registry::Services& services,
                                                   AskLimits& limits) {
  MessagesOptions options;
  options.model = anthropic_vision_model;
  read_model(settings, services, options.server, options, limits);
  return make_model<MessagesModel>(services, std::move(options));
}

Result<std::shared_ptr<Critic>> make_critic(BackendSettings& settings, const Registry::Services& services,
                                            ModelFactory make) {
  VisionCriticOptions options;
  options.scale_down = services.options().scale_down;
  Result<std::shared_ptr<VisionModel>> model = make(settings, services, options);
  if (!model) return model.error();
  if (auto name = settings.text("called")) options.name = *name;
  if (auto style = settings.choice("style", {"checklist", "free_text"}))
    options.style = *style == "free_text" ? CritiqueStyle::free_text : CritiqueStyle::checklist;
  if (auto compares = settings.flag("compares")) options.compares = *compares;
  if (auto metadata = settings.flag("send_metadata")) options.send_metadata = *metadata;
  if (auto items = settings.whole("max_items", 0, 100)) options.max_items = static_cast<std::size_t>(*items);
  if (auto side = settings.whole("max_image_side", 16, 16'384))
    options.max_image_side = static_cast<std::uint32_t>(*side);
  Result<VisionCritic> critic = VisionCritic::create(std::move(*model), std::move(options));
  if (!critic) return critic.error();
  return std::shared_ptr<Critic>{std::make_shared<VisionCritic>(std::move(*critic))};
}

Result<std::shared_ptr<Reviser>> make_rephraser(BackendSettings& settings, const Registry::Services& services,
                                                ModelFactory make) {
  AskLimits limits;
  Result<std::shared_ptr<VisionModel>> model = make(settings, services, limits);
  if (!model) return model.error();
  return std::shared_ptr<Reviser>{std::make_shared<Rephraser>(std::move(*model), limits)};
}

template <class R>
Registry::Factory<Reviser> plain_reviser() {
  return [](BackendSettings&, const Registry::Services&) -> Result<std::shared_ptr<Reviser>> {
    return std::shared_ptr<Reviser>{std::make_shared<R>()};
  };
}

BackendEntry entry(const Server& server, const std::string& description) {
  return BackendEntry{server.name, description}
      .key(server.needs_key ? server.key_name : std::string{})
      .base_url(address_of(server))
      .server(server);
}

/// Adds a vision model, as a critic and as a reviser that rephrases.
void add_vision(Registry& registry, const Server& server, const std::string& api, ModelFactory make) {
  registry.add_critic(entry(server, server.title + ": a vision model, by the " + api + " API"),
                      [make](BackendSettings& settings, const Registry::Services& services) {
                        return make_critic(settings, services, make);
                      });
  registry.add_reviser(entry(server, "checklist, and " + server.title + " to rephrase a refused prompt"),
                       [make](BackendSettings& settings, const Registry::Services& services) {
                         return make_rephraser(settings, services, make);
                       });
}

}  // namespace

void add_builtin_backends(Registry& registry) {
  registry.add_generator(entry(stability_server(), "Stability AI: Stable Diffusion 3.5, Core and Ultra"),
                         make_stability);
  for (const std::string& name : OpenAiImagesServer::names()) {
    const OpenAiImagesServer server = OpenAiImagesServer::named(name).value();
    registry.add_generator(entry(server, server.title + ", by the OpenAI Images API"), make_openai_images);
  }
  registry.add_reviser(
      BackendEntry{"checklist",
                   "writes the prompt from the checklist: what fails is named first, what passes is kept"},
      plain_reviser<ChecklistReviser>());
  registry.add_reviser(BackendEntry{"suggested", "takes the prompt that the critic suggests, as it stands"},
                       plain_reviser<SuggestedPrompt>());
  for (const ChatCompletionsServer& server : ChatCompletionsServer::presets())
    add_vision(registry, server, "Chat Completions", make_chat_completions);
  add_vision(registry, MessagesServer{}, "Messages", make_messages);
}

}  // namespace pentimento
