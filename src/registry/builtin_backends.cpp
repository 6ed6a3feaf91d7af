#include "registry/builtin_backends.hpp"

#include <pentimento/http/url.hpp>
#include <pentimento/providers/openai_images.hpp>
#include <pentimento/providers/stability.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/revise/suggested_prompt.hpp>
#include <pentimento/vision/chat_completions.hpp>
#include <pentimento/vision/chat_rephraser.hpp>

#include <cstdlib>
#include <utility>

namespace pentimento {

namespace {

/// The model of OpenAI's that looks at pictures, where none is named; of autumn 2026. Names change several times a year.
constexpr const char* default_vision_model = "gpt-6.1-sol";

/// The variables by which a whole environment is turned to other servers, such as an emulator.
constexpr const char* stability_variable = "STABILITY_BASE_URL";
constexpr const char* openai_variable = "OPENAI_BASE_URL";

/// The value of a variable, or else what there is without it.
std::string from_environment(const char* variable, std::string otherwise = {}) {
  const char* value = variable == nullptr ? nullptr : std::getenv(variable);
  return value == nullptr || *value == '\0' ? std::move(otherwise) : std::string{value};
}

const char* variable_of(const std::string& backend) { return backend == "openai" ? openai_variable : nullptr; }

/// The setting, else the environment's, else nothing.
std::string base_url(BackendSettings& settings, const char* variable) {
  if (std::optional<std::string> given = settings.text("base_url")) return *given;
  return from_environment(variable);
}

/// The key of a backend. One that is named has to be there; of the others, servers on this machine do without.
Secret key(BackendSettings& settings, const Registry::Services& services, std::string& name, bool is_needed,
                 const std::string& address) {
  const std::optional<std::string> named = settings.text("key");
  // What is no name may be a key, and `name` goes into messages.
  if (named && !Keys::is_name(*named)) {
    settings.fail(
        Error{errc::invalid_argument, settings.backend() +
                                          ": the setting \"key\" takes the name under which a key is kept, such as " +
                                          "MY_SERVER_KEY, and never the key itself: see \"pentimento keys\""});
    return {};
  }
  if (named) name = *named;
  if (!named && (name.empty() || (!is_needed && !Keys::is_name(name)))) return {};
  Result<FoundKey> found = Keys{services.options().keys}.find(name);
  const Result<http::Url> url = http::Url::parse(address);
  if (found) {
    if (url && !url->is_https() && !url->is_loopback()) {
      settings.fail(Error{errc::invalid_argument, settings.backend() + ": the key would go to " + url->origin() +
                                                      " where anyone on the way can read it: use https"});
    }
    return found->secret();
  }
  const bool optional = !named && (!is_needed || (url && url->is_loopback()));
  if (!optional || found.error().code() != errc::unauthorized) settings.fail(found.error());
  return {};
}

/// Says that an address is none, before anything is paid on the way to it.
void check_address(BackendSettings& settings, const std::string& address) {
  if (const Result<http::Url> url = http::Url::parse(address); !url) {
    settings.fail(Error{errc::invalid_argument, settings.backend() + ": " + url.error().message()});
  }
}

std::optional<Money> worst_case(BackendSettings& settings) {
  const std::optional<double> dollars = settings.number("worst_case_usd", 0, 1'000'000);
  return dollars ? std::optional<Money>{usd(*dollars)} : std::nullopt;
}

Result<std::shared_ptr<Generator>> make_stability(BackendSettings& settings, const Registry::Services& services) {
  StabilityOptions options;
  options.prices = services.options().prices;
  if (auto model = settings.text("model")) options.model = *model;
  if (std::string url = base_url(settings, stability_variable); !url.empty()) options.base_url = std::move(url);
  if (auto reply = settings.choice("reply", {"image", "json"}))
    options.reply = *reply == "json" ? StabilityReply::json : StabilityReply::image;
  if (auto format = settings.choice("output_format", {"png", "jpeg", "webp"})) options.output_format = *format;
  if (auto style = settings.text("style_preset")) options.style_preset = *style;
  if (auto scale = settings.number("cfg_scale", 1, 10)) options.cfg_scale = *scale;
  if (auto timeout = settings.seconds("timeout_seconds")) options.timeout = *timeout;
  options.worst_case = worst_case(settings);
  check_address(settings, options.base_url);
  options.api_key = key(settings, services, options.key_name, true, options.base_url);
  Result<http::Client> client = services.client();
  if (!client) return client.error();
  return std::shared_ptr<Generator>{std::make_shared<StabilityGenerator>(*client, std::move(options))};
}

Result<std::shared_ptr<Generator>> make_openai_images(BackendSettings& settings, const Registry::Services& services) {
  OpenAiImagesOptions options;
  Result<OpenAiImagesQuirks> server = OpenAiImagesQuirks::named(settings.backend());
  if (!server) return server.error();
  options.server = std::move(*server);
  options.prices = services.options().prices;
  options.key_name = options.server.key_name;
  if (auto model = settings.text("model")) options.model = *model;
  options.base_url = base_url(settings, variable_of(settings.backend()));
  if (auto version = settings.text("api_version")) options.api_version = *version;
  if (auto organization = settings.text("organization")) options.organization = *organization;
  if (auto project = settings.text("project")) options.project = *project;
  if (auto stream = settings.flag("stream")) options.stream = *stream;
  if (auto partial = settings.whole("partial_images", 0, 3)) options.partial_images = static_cast<int>(*partial);
  for (auto& [name, value] : settings.texts("options")) options.defaults.insert_or_assign(name, value);
  if (auto timeout = settings.seconds("timeout_seconds")) options.timeout = *timeout;
  options.worst_case = worst_case(settings);
  const std::string& address = options.base_url.empty() ? options.server.base_url : options.base_url;
  if (address.empty()) {
    settings.fail(Error{errc::invalid_argument, settings.backend() + " needs the setting \"base_url\""});
  } else {
    check_address(settings, address);
  }
  options.api_key = key(settings, services, options.key_name, options.server.key_is_needed, address);
  Result<http::Client> client = services.client();
  if (!client) return client.error();
  return std::shared_ptr<Generator>{std::make_shared<OpenAiImagesGenerator>(*client, std::move(options))};
}

/// What a chat model is asked by, whatever it is asked for.
Result<ChatCompletionsOptions> chat_options(BackendSettings& settings, const Registry::Services& services) {
  ChatCompletionsOptions options;
  Result<ChatServer> server = ChatServer::named(settings.backend());
  if (!server) return server.error();
  options.server = std::move(*server);
  options.prices = services.options().prices;
  if (auto model = settings.text("model")) options.model = *model;
  if (options.model.empty() && settings.backend() == "openai") options.model = default_vision_model;
  options.base_url = base_url(settings, variable_of(settings.backend()));
  if (auto query = settings.text("query")) options.server.query = *query;
  if (auto tokens = settings.whole("max_output_tokens", 1, 1'000'000))
    options.max_output_tokens = static_cast<std::uint32_t>(*tokens);
  if (auto effort = settings.text("reasoning_effort")) options.reasoning_effort = *effort;
  if (auto timeout = settings.seconds("timeout_seconds")) options.timeout = *timeout;
  options.worst_case = worst_case(settings);
  const std::string& address = options.base_url.empty() ? options.server.base_url : options.base_url;
  options.api_key = key(settings, services, options.server.key_name, options.server.needs_key, address);
  return options;
}

Result<std::shared_ptr<Critic>> make_chat_completions(BackendSettings& settings, const Registry::Services& services) {
  Result<ChatCompletionsOptions> options = chat_options(settings, services);
  if (!options) return options.error();
  options->scale_down = services.options().scale_down;
  if (auto name = settings.text("called")) options->name = *name;
  if (auto style = settings.choice("style", {"checklist", "free_text"}))
    options->style = *style == "free_text" ? ChatStyle::free_text : ChatStyle::checklist;
  if (auto compares = settings.flag("compares")) options->compares = *compares;
  if (auto items = settings.whole("max_items", 0, 100)) options->max_items = static_cast<std::size_t>(*items);
  if (auto detail = settings.choice("detail", {"auto", "low", "high", "original"})) {
    options->detail = *detail == "low"    ? ImageDetail::low
                      : *detail == "high" ? ImageDetail::high
                      : *detail == "auto" ? ImageDetail::automatic
                                          : ImageDetail::original;
  }
  if (auto side = settings.whole("max_image_side", 16, 16'384))
    options->max_image_side = static_cast<std::uint32_t>(*side);
  if (auto tokens = settings.whole("image_tokens", 0, 10'000'000))
    options->image_tokens = static_cast<std::uint32_t>(*tokens);
  Result<http::Client> client = services.client();
  if (!client) return client.error();
  Result<ChatCompletionsCritic> critic = ChatCompletionsCritic::create(*client, std::move(*options));
  if (!critic) return critic.error();
  return std::shared_ptr<Critic>{std::make_shared<ChatCompletionsCritic>(std::move(*critic))};
}

Result<std::shared_ptr<Reviser>> make_rephraser(BackendSettings& settings, const Registry::Services& services) {
  Result<ChatCompletionsOptions> options = chat_options(settings, services);
  if (!options) return options.error();
  Result<http::Client> client = services.client();
  if (!client) return client.error();
  const Result<ChatCompletionsCritic> model = ChatCompletionsCritic::create(*client, std::move(*options));
  if (!model) return model.error();
  return std::shared_ptr<Reviser>{std::make_shared<ChatRephraser>(*model)};
}

template <class R>
Registry::Factory<Reviser> plain_reviser() {
  return [](BackendSettings&, const Registry::Services&) -> Result<std::shared_ptr<Reviser>> {
    return std::shared_ptr<Reviser>{std::make_shared<R>()};
  };
}

}  // namespace

void add_builtin_backends(Registry& registry) {
  const StabilityOptions stability;
  registry.add_generator(BackendEntry{"stability", "Stability AI: Stable Diffusion 3.5, Core and Ultra"}
                             .key(stability.key_name)
                             .base_url(from_environment(stability_variable, stability.base_url)),
                         make_stability);
  for (const std::string& name : OpenAiImagesQuirks::names()) {
    const OpenAiImagesQuirks server = OpenAiImagesQuirks::named(name).value();
    registry.add_generator(BackendEntry{name, server.title + ", by the OpenAI Images API"}
                               .key(server.key_is_needed ? server.key_name : std::string{})
                               .base_url(from_environment(variable_of(name), server.base_url)),
                           make_openai_images);
  }
  for (const std::string& name : ChatServer::names()) {
    const ChatServer server = ChatServer::named(name).value();
    registry.add_critic(BackendEntry{name, server.title + ": a vision model, by the Chat Completions API"}
                            .key(server.needs_key ? server.key_name : std::string{})
                            .base_url(from_environment(variable_of(name), server.base_url)),
                        make_chat_completions);
  }
  registry.add_reviser(
      BackendEntry{"checklist",
                   "writes the prompt from the checklist: what fails is named first, what passes is to be kept"},
      plain_reviser<ChecklistReviser>());
  registry.add_reviser(BackendEntry{"suggested", "takes the prompt that the critic suggests, as it stands"},
                       plain_reviser<SuggestedPrompt>());
  for (const std::string& name : ChatServer::names()) {
    const ChatServer server = ChatServer::named(name).value();
    registry.add_reviser(BackendEntry{name, "failed-items, and " + server.title + " for other words after a refusal"}
                             .key(server.needs_key ? server.key_name : std::string{})
                             .base_url(from_environment(variable_of(name), server.base_url)),
                         make_rephraser);
  }
}

}  // namespace pentimento
